/*
 * qtest of pci-shape: bridges forward by the numbers in their registers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "shape.h"

#define ROOT_DEVFN PCI_DEVFN(1, 0)

static bool is_there(Shape *s, uint8_t bus, uint8_t devfn)
{
    return shape_read(s, bus, devfn, PCI_VENDOR_ID) ==
           SHAPE_IDS(SHAPE_DEVICE);
}

static void set_buses(Shape *s, uint8_t bus, uint8_t devfn, uint8_t primary,
                      uint8_t secondary, uint8_t subordinate)
{
    shape_write(s, bus, devfn, PCI_PRIMARY_BUS,
                primary | secondary << 8 | subordinate << 16);
}

static Shape *two_levels(void)
{
    Shape *s = shape_new(SHAPE_ROOT);
    Image device = image_device();
    Image upper = image_bridge(0, 1, 2);
    Image lower = image_bridge(1, 2, 2);

    shape_add(s, "0000:00:01.0", &upper, "");
    shape_add(s, "0000:01:00.0", &lower, "");
    shape_add(s, "0000:02:05.3", &device, "");
    shape_start(s);
    shape_arm(s);
    return s;
}

static void test_forwarding(void)
{
    Shape *s = two_levels();

    g_assert_true(is_there(s, 2, PCI_DEVFN(5, 3)));
    g_assert_cmphex(shape_mem_read(s, 2, PCI_DEVFN(5, 3), PCI_VENDOR_ID), ==,
                    SHAPE_IDS(SHAPE_DEVICE));
    g_assert_false(is_there(s, 2, PCI_DEVFN(5, 2)));
    g_assert_false(is_there(s, 3, PCI_DEVFN(5, 3)));
    shape_done(s);
}

static void test_renumbering(void)
{
    Shape *s = two_levels();

    set_buses(s, 1, 0, 1, 0x20, 0x2f);
    /* The bridge above does not forward that far. */
    g_assert_false(is_there(s, 0x20, PCI_DEVFN(5, 3)));
    set_buses(s, 0, ROOT_DEVFN, 0, 1, 0x2f);
    g_assert_true(is_there(s, 0x20, PCI_DEVFN(5, 3)));
    g_assert_false(is_there(s, 2, PCI_DEVFN(5, 3)));
    set_buses(s, 0, ROOT_DEVFN, 0, 0, 0);
    g_assert_false(is_there(s, 0x20, PCI_DEVFN(5, 3)));
    shape_done(s);
}

/* Numbers that lead around in a circle lead nowhere. */
static void test_circle(void)
{
    Shape *s = two_levels();

    set_buses(s, 1, 0, 1, 1, 0xff);
    set_buses(s, 0, ROOT_DEVFN, 0, 1, 0xff);
    g_assert_false(is_there(s, 2, PCI_DEVFN(5, 3)));
    g_assert_false(is_there(s, 0xff, PCI_DEVFN(5, 3)));
    shape_done(s);
}

static void test_roots_and_segments(void)
{
    Shape *s = shape_new(
        " -device pci-shape-root,last-bus=0x7f,mmconfig=0xd0000000"
        " -device pci-shape-root,bus-number=0x80,mmconfig=0xd0000000"
        " -device pci-shape-root,segment=1,mmconfig=0x100000000");
    Image device = image_device();

    shape_add(s, "0000:80:01.0", &device, "");
    shape_add(s, "0001:00:02.0", &device, "");
    shape_start(s);
    shape_arm(s);
    g_assert_true(is_there(s, 0x80, PCI_DEVFN(1, 0)));
    g_assert_cmphex(shape_mem_read(s, 0x80, PCI_DEVFN(1, 0), PCI_VENDOR_ID),
                    ==, SHAPE_IDS(SHAPE_DEVICE));
    /* Ports reach segment 0 alone. */
    g_assert_false(is_there(s, 0, PCI_DEVFN(2, 0)));
    g_assert_cmphex(qtest_readl(s->qts, 0x100000000 + (2 << 15)), ==,
                    SHAPE_IDS(SHAPE_DEVICE));
    shape_done(s);
}

void add_buses_tests(void)
{
    qtest_add_func("/pci-shape/buses/forwarding", test_forwarding);
    qtest_add_func("/pci-shape/buses/renumbering", test_renumbering);
    qtest_add_func("/pci-shape/buses/circle", test_circle);
    qtest_add_func("/pci-shape/buses/roots", test_roots_and_segments);
}
