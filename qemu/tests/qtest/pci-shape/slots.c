/*
 * qtest of pci-shape: slots, and what is plugged into them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "shape.h"

#define PORT PCI_DEVFN(3, 0)
#define CONTROL (SHAPE_EXPRESS + PCI_EXP_SLTCTL)

static uint32_t slot_status(Shape *s)
{
    return shape_read(s, 0, PORT, CONTROL) >> 16;
}

static uint16_t link_status(Shape *s)
{
    return shape_read(s, 0, PORT, SHAPE_EXPRESS + PCI_EXP_LNKCTL) >> 16;
}

static bool link_is_up(Shape *s)
{
    return link_status(s) & PCI_EXP_LNKSTA_DLLLA;
}

static void plug(Shape *s, const char *id, const char *address)
{
    Image image = image_device();
    g_autofree char *file = shape_file(s, &image);

    qtest_qmp_device_add(s->qts, "pci-shape-function", id,
                         "{ 'address': %s, 'config': %s }", address, file);
}

static void unplug(Shape *s, const char *id)
{
    qtest_qmp_device_del(s->qts, id);
}

static void test_plug_and_unplug(void)
{
    Image port = image_port(0, 1, 1);
    Shape *s = shape_of(&port, "");

    g_assert_cmphex(slot_status(s) & PCI_EXP_SLTSTA_PDS, ==, 0);
    plug(s, "card", "0000:01:00.0");
    g_assert_cmphex(slot_status(s) & PCI_EXP_SLTSTA_PDS, !=, 0);
    g_assert_cmphex(slot_status(s) & PCI_EXP_SLTSTA_PDC, !=, 0);
    g_assert_true(link_is_up(s));
    g_assert_cmphex(shape_read(s, 1, 0, PCI_VENDOR_ID), ==,
                    SHAPE_IDS(SHAPE_DEVICE));
    /* A 1 clears the event, and leaves the state. */
    shape_write(s, 0, PORT, CONTROL, PCI_EXP_SLTSTA_PDC << 16);
    g_assert_cmphex(slot_status(s) & PCI_EXP_SLTSTA_PDC, ==, 0);
    g_assert_cmphex(slot_status(s) & PCI_EXP_SLTSTA_PDS, !=, 0);

    unplug(s, "card");
    g_assert_cmphex(slot_status(s) & PCI_EXP_SLTSTA_PDS, ==, 0);
    g_assert_cmphex(slot_status(s) & PCI_EXP_SLTSTA_PDC, !=, 0);
    g_assert_false(link_is_up(s));
    g_assert_cmphex(shape_read(s, 1, 0, PCI_VENDOR_ID), ==, UINT32_MAX);
    shape_done(s);
}

static void test_power(void)
{
    Image port = image_port(0, 1, 1);
    Shape *s = shape_of(&port, "");

    plug(s, "card", "0000:01:00.0");
    shape_write(s, 0, PORT, CONTROL, PCI_EXP_SLTCTL_PCC);
    g_assert_cmphex(shape_read(s, 1, 0, PCI_VENDOR_ID), ==, UINT32_MAX);
    g_assert_false(link_is_up(s));
    g_assert_cmphex(slot_status(s) & PCI_EXP_SLTSTA_CC, !=, 0);
    shape_write(s, 0, PORT, CONTROL, 0);
    g_assert_cmphex(shape_read(s, 1, 0, PCI_VENDOR_ID), ==,
                    SHAPE_IDS(SHAPE_DEVICE));
    g_assert_true(link_is_up(s));
    shape_done(s);
}

/*
 * Speed and lanes of a slot that was empty: what its port is able to do, and
 * the least where that is not said. Without them Linux does not look for a
 * card.
 */
static void test_link(void)
{
    static const struct {
        uint32_t able;
        uint16_t image;
        uint16_t trained;
    } links[] = {
        { 0, 0, PCI_EXP_LNKSTA_CLS_2_5GB | PCI_EXP_LNKSTA_NLW_X1 },
        { PCI_EXP_LNKCAP_SLS_8_0GB | PCI_EXP_LNKSTA_NLW_X4, 0,
          PCI_EXP_LNKSTA_CLS_8_0GB | PCI_EXP_LNKSTA_NLW_X4 },
        /* As of a port that says 2.5 GT/s and no lane while it is empty */
        { PCI_EXP_LNKCAP_SLS_16_0GB | 16 << PCI_EXP_LNKSTA_NLW_SHIFT,
          PCI_EXP_LNKSTA_CLS_2_5GB,
          PCI_EXP_LNKSTA_CLS_16_0GB | 16 << PCI_EXP_LNKSTA_NLW_SHIFT },
        /* What the image knows is kept. */
        { PCI_EXP_LNKCAP_SLS_8_0GB | PCI_EXP_LNKSTA_NLW_X8,
          PCI_EXP_LNKSTA_CLS_5_0GB | PCI_EXP_LNKSTA_NLW_X2,
          PCI_EXP_LNKSTA_CLS_5_0GB | PCI_EXP_LNKSTA_NLW_X2 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
        Image port = image_port(0, 1, 1);
        uint8_t *capability = port.bytes + SHAPE_EXPRESS;
        Shape *s;

        pci_set_long(capability + PCI_EXP_LNKCAP,
                     PCI_EXP_LNKCAP_DLLLARC | links[i].able);
        pci_set_word(capability + PCI_EXP_LNKSTA, links[i].image);
        s = shape_of(&port, "");
        g_assert_false(link_is_up(s));
        plug(s, "card", "0000:01:00.0");
        g_assert_cmphex(link_status(s), ==,
                        links[i].trained | PCI_EXP_LNKSTA_DLLLA);
        unplug(s, "card");
        g_assert_false(link_is_up(s));
        shape_done(s);
    }
}

/* A reset brings the image back, and neither plugs nor unplugs anything. */
static void test_reset(void)
{
    Image port = image_port(0, 1, 1);
    Shape *s = shape_of(&port, "");

    plug(s, "card", "0000:01:00.0");
    qtest_system_reset(s->qts);
    shape_arm(s);
    g_assert_cmphex(slot_status(s) & PCI_EXP_SLTSTA_PDS, !=, 0);
    g_assert_cmphex(slot_status(s) & PCI_EXP_SLTSTA_PDC, ==, 0);
    g_assert_true(link_is_up(s));
    g_assert_cmphex(shape_read(s, 1, 0, PCI_VENDOR_ID), ==,
                    SHAPE_IDS(SHAPE_DEVICE));
    unplug(s, "card");
    qtest_system_reset(s->qts);
    shape_arm(s);
    g_assert_cmphex(slot_status(s) & PCI_EXP_SLTSTA_PDS, ==, 0);
    g_assert_false(link_is_up(s));
    shape_done(s);
}

/* Two functions of one card: the slot is empty when both are gone. */
static void test_two_functions(void)
{
    Image port = image_port(0, 1, 1);
    Shape *s = shape_of(&port, "");

    plug(s, "one", "0000:01:00.1");
    plug(s, "zero", "0000:01:00.0");
    unplug(s, "zero");
    g_assert_cmphex(slot_status(s) & PCI_EXP_SLTSTA_PDS, !=, 0);
    unplug(s, "one");
    g_assert_cmphex(slot_status(s) & PCI_EXP_SLTSTA_PDS, ==, 0);
    shape_done(s);
}

void add_slots_tests(void)
{
    qtest_add_func("/pci-shape/slots/plug", test_plug_and_unplug);
    qtest_add_func("/pci-shape/slots/power", test_power);
    qtest_add_func("/pci-shape/slots/link", test_link);
    qtest_add_func("/pci-shape/slots/reset", test_reset);
    qtest_add_func("/pci-shape/slots/functions", test_two_functions);
}
