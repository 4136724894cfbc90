/*
 * qtest of pci-shape: when the guest sees the images
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qobject/qdict.h"
#include "shape.h"

static Shape *host_and_device(void)
{
    Shape *s = shape_new(SHAPE_ROOT);
    Image image = image_device();

    /* At the place of one of QEMU's own, and at a free one */
    shape_add(s, "0000:00:00.0", &image, "");
    shape_add(s, "0000:00:03.0", &image, ",bar0-size=4K");
    shape_start(s);
    return s;
}

static void assert_hidden(Shape *s)
{
    g_assert_cmphex(shape_read(s, 0, 0, PCI_VENDOR_ID), ==, Q35_HOST_IDS);
    g_assert_cmphex(shape_read(s, 0, PCI_DEVFN(3, 0), PCI_VENDOR_ID), ==,
                    UINT32_MAX);
    /* QEMU's own is off after a reset; nothing else is there. */
    g_assert_cmphex(shape_mem_read(s, 0, PCI_DEVFN(3, 0), PCI_VENDOR_ID), !=,
                    SHAPE_IDS(SHAPE_DEVICE));
}

static void assert_shown(Shape *s)
{
    g_assert_cmphex(shape_read(s, 0, 0, PCI_VENDOR_ID), ==,
                    SHAPE_IDS(SHAPE_DEVICE));
    g_assert_cmphex(shape_read(s, 0, PCI_DEVFN(3, 0), PCI_VENDOR_ID), ==,
                    SHAPE_IDS(SHAPE_DEVICE));
    g_assert_cmphex(shape_mem_read(s, 0, PCI_DEVFN(3, 0), PCI_VENDOR_ID), ==,
                    SHAPE_IDS(SHAPE_DEVICE));
    /* QEMU's LPC bridge is not to be seen. */
    g_assert_cmphex(shape_read(s, 0, PCI_DEVFN(31, 0), PCI_VENDOR_ID), ==,
                    UINT32_MAX);
}

static void test_hidden_until_tables_are_read(void)
{
    Shape *s = host_and_device();

    assert_hidden(s);
    /* What firmware writes does not reach the images. */
    shape_write(s, 0, PCI_DEVFN(3, 0), PCI_BASE_ADDRESS_0, 0xfeb00000);
    shape_arm(s);
    assert_shown(s);
    g_assert_cmphex(shape_read(s, 0, PCI_DEVFN(3, 0), PCI_BASE_ADDRESS_0), ==,
                    0);
    shape_done(s);
}

static void test_reset_hides_and_brings_back(void)
{
    Shape *s = host_and_device();

    shape_arm(s);
    shape_write(s, 0, PCI_DEVFN(3, 0), PCI_BASE_ADDRESS_0, 0xe0001000);
    g_assert_cmphex(shape_read(s, 0, PCI_DEVFN(3, 0), PCI_BASE_ADDRESS_0), ==,
                    0xe0001000);
    qtest_system_reset(s->qts);
    assert_hidden(s);
    shape_arm(s);
    assert_shown(s);
    g_assert_cmphex(shape_read(s, 0, PCI_DEVFN(3, 0), PCI_BASE_ADDRESS_0), ==,
                    0);
    shape_done(s);
}

static void test_reset_port_is_still_there(void)
{
    Shape *s = host_and_device();

    shape_arm(s);
    /* 0xcf9 is among the ports of configuration space. */
    qtest_outb(s->qts, 0xcf9, 0x02);
    g_assert_cmphex(qtest_inb(s->qts, 0xcf9), ==, 0x02);
    shape_done(s);
}

/* For tests without firmware; a reset does not hide. */
static void test_at_once(void)
{
    QTestState *qts = qtest_init("-machine q35 -nodefaults "
                                 "-device pci-shape,x-at-once=on "
                                 "-device pci-shape-root");

    for (int i = 0; i < 2; i++) {
        qtest_outl(qts, 0xcf8, 1u << 31);
        g_assert_cmphex(qtest_inl(qts, 0xcfc), ==, UINT32_MAX);
        qtest_system_reset(qts);
    }
    qtest_quit(qts);
}

static void wait_migrated(QTestState *qts)
{
    for (;;) {
        g_autoptr(GString) status = NULL;
        QDict *response = qtest_qmp(qts, "{ 'execute': 'query-migrate' }");
        QDict *result = qdict_get_qdict(response, "return");

        status = g_string_new(qdict_get_try_str(result, "status") ?: "");
        qobject_unref(response);
        g_assert_cmpstr(status->str, !=, "failed");
        if (g_str_equal(status->str, "completed")) {
            return;
        }
        g_usleep(1000);
    }
}

static void test_migration_keeps_both(void)
{
    Shape *s = host_and_device();
    g_autofree char *file = g_strdup_printf("%s/%u", s->directory, s->files++);
    g_autofree char *uri = g_strdup_printf("file:%s", file);

    shape_arm(s);
    shape_write(s, 0, PCI_DEVFN(3, 0), PCI_BASE_ADDRESS_0, 0xe0001000);
    qtest_qmp_assert_success(s->qts, "{ 'execute': 'migrate', 'arguments': "
                             "{ 'uri': %s } }", uri);
    wait_migrated(s->qts);
    qtest_quit(s->qts);

    g_string_append_printf(s->args, " -incoming %s", uri);
    s->qts = qtest_init(s->args->str);
    wait_migrated(s->qts);
    assert_shown(s);
    g_assert_cmphex(shape_read(s, 0, PCI_DEVFN(3, 0), PCI_BASE_ADDRESS_0), ==,
                    0xe0001000);
    shape_done(s);
}

static const char *const places[] = { "0000:00:03.0", "0000:00:04.0" };

/* Two functions that differ in their ids, created in either order */
static Shape *two_functions(unsigned int first)
{
    Shape *s = shape_new(SHAPE_ROOT);

    for (unsigned int i = 0; i < 2; i++) {
        Image image = image_device();

        image.bytes[PCI_DEVICE_ID] = 0x70 + (i ^ first);
        shape_add(s, places[i ^ first], &image, ",bar0-size=4K");
    }
    return s;
}

/* After hot-plugging the order is another than that of the command line. */
static void test_migration_goes_by_address(void)
{
    Shape *from = two_functions(0), *to = two_functions(1);
    g_autofree char *file = g_strdup_printf("%s/state", to->directory);
    g_autofree char *uri = g_strdup_printf("file:%s", file);

    shape_start(from);
    shape_arm(from);
    shape_write(from, 0, PCI_DEVFN(4, 0), PCI_BASE_ADDRESS_0, 0xe0001000);
    qtest_qmp_assert_success(from->qts, "{ 'execute': 'migrate', 'arguments': "
                             "{ 'uri': %s } }", uri);
    wait_migrated(from->qts);
    g_string_append_printf(to->args, " -incoming %s", uri);
    shape_start(to);
    wait_migrated(to->qts);
    for (unsigned int i = 0; i < 2; i++) {
        uint8_t devfn = PCI_DEVFN(3 + i, 0);

        g_assert_cmphex(shape_read(to, 0, devfn, PCI_VENDOR_ID) >> 16 & 0xff,
                        ==, 0x70 + i);
        g_assert_cmphex(shape_read(to, 0, devfn, PCI_BASE_ADDRESS_0), ==,
                        i ? 0xe0001000 : 0);
    }
    unlink(file);
    shape_done(from);
    shape_done(to);
}

void add_arming_tests(void)
{
    qtest_add_func("/pci-shape/arming/hidden",
                   test_hidden_until_tables_are_read);
    qtest_add_func("/pci-shape/arming/reset",
                   test_reset_hides_and_brings_back);
    qtest_add_func("/pci-shape/arming/reset-port",
                   test_reset_port_is_still_there);
    qtest_add_func("/pci-shape/arming/at-once", test_at_once);
    qtest_add_func("/pci-shape/arming/migration", test_migration_keeps_both);
    qtest_add_func("/pci-shape/arming/migration-order",
                   test_migration_goes_by_address);
}
