/*
 * qtest of pci-shape: what can be written
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "shape.h"

#define DEVFN PCI_DEVFN(3, 0)
#define BAR(n) (PCI_BASE_ADDRESS_0 + (n) * 4)

typedef struct Sizing {
    const char *name;
    uint32_t low; /* in the image */
    uint32_t high;
    const char *size;
    uint64_t reads; /* after all ones */
} Sizing;

static const Sizing sizings[] = {
    { "io", 0xe001, 0, "32", 0xffffffe1 },
    { "memory", 0xe0000000, 0, "64K", 0xffff0000 },
    { "prefetchable", 0xe0000008, 0, "1M", 0xfff00008 },
    { "memory-64", 0xe0000004, 0x12, "16", 0xfffffffffffffff4 },
    { "prefetchable-64", 0x0000000c, 0x40, "64G", 0xfffffff00000000c },
    /* Without a size it keeps what the image has. */
    { "no-size", 0xe0000000, 0, "0", 0xe0000000 },
};

static void test_sizing(const void *data)
{
    const Sizing *sizing = data;
    Image image = image_device();
    g_autofree char *more = g_strdup_printf(",bar2-size=%s", sizing->size);
    bool wide = sizing->reads > UINT32_MAX;
    Shape *s;

    pci_set_long(image.bytes + BAR(2), sizing->low);
    pci_set_long(image.bytes + BAR(3), sizing->high);
    s = shape_of(&image, more);
    g_assert_cmphex(shape_read(s, 0, DEVFN, BAR(2)), ==, sizing->low);
    g_assert_cmphex(shape_read(s, 0, DEVFN, BAR(3)), ==, sizing->high);
    shape_write(s, 0, DEVFN, BAR(2), UINT32_MAX);
    shape_write(s, 0, DEVFN, BAR(3), UINT32_MAX);
    g_assert_cmphex(shape_read(s, 0, DEVFN, BAR(2)), ==,
                    (uint32_t)sizing->reads);
    g_assert_cmphex(shape_read(s, 0, DEVFN, BAR(3)), ==,
                    wide ? sizing->reads >> 32 : sizing->high);
    shape_done(s);
}

static void test_rom(void)
{
    Image image = image_device();
    Shape *s = shape_of(&image, ",rom-size=128K");

    shape_write(s, 0, DEVFN, PCI_ROM_ADDRESS, UINT32_MAX);
    g_assert_cmphex(shape_read(s, 0, DEVFN, PCI_ROM_ADDRESS), ==, 0xfffe0001);
    shape_done(s);
}

static void test_read_only(void)
{
    Image image = image_device();
    Shape *s = shape_of(&image, "");

    for (unsigned int reg = 0; reg < PCI_CONFIG_SPACE_SIZE; reg += 4) {
        uint32_t before = shape_read(s, 0, DEVFN, reg);
        uint32_t writable = reg == PCI_COMMAND ? 0x557 :
                            reg == PCI_CACHE_LINE_SIZE ? 0xffff :
                            reg == PCI_INTERRUPT_LINE ? 0xff : 0;

        shape_write(s, 0, DEVFN, reg, UINT32_MAX);
        g_assert_cmphex(shape_read(s, 0, DEVFN, reg), ==, before | writable);
        shape_write(s, 0, DEVFN, reg, 0);
        g_assert_cmphex(shape_read(s, 0, DEVFN, reg), ==, before & ~writable);
    }
    shape_done(s);
}

static void test_status_is_cleared_by_ones(void)
{
    Image image = image_device();
    Shape *s;

    pci_set_word(image.bytes + PCI_STATUS, PCI_STATUS_SIG_SYSTEM_ERROR |
                 PCI_STATUS_PARITY | PCI_STATUS_66MHZ);
    s = shape_of(&image, "");
    shape_write(s, 0, DEVFN, PCI_COMMAND,
                (uint32_t)PCI_STATUS_SIG_SYSTEM_ERROR << 16);
    g_assert_cmphex(shape_read(s, 0, DEVFN, PCI_COMMAND) >> 16, ==,
                    PCI_STATUS_PARITY | PCI_STATUS_66MHZ);
    shape_done(s);
}

static void test_bytes_and_words(void)
{
    Image image = image_device();
    Shape *s = shape_of(&image, ",bar0-size=4K");

    shape_read(s, 0, DEVFN, BAR(0));
    qtest_outb(s->qts, 0xcfd, 0xf0);
    qtest_outw(s->qts, 0xcfe, 0xe123);
    g_assert_cmphex(qtest_inl(s->qts, 0xcfc), ==, 0xe123f000);
    g_assert_cmphex(qtest_inw(s->qts, 0xcfd), ==, 0x23f0);
    g_assert_cmphex(qtest_inb(s->qts, 0xcff), ==, 0xe1);
    /* A byte to the address port is not an address. */
    qtest_outb(s->qts, 0xcf8, 0);
    g_assert_cmphex(qtest_inl(s->qts, 0xcfc), ==, 0xe123f000);
    shape_done(s);
}

static void test_extended_space(void)
{
    Image image = image_device();
    Shape *s = shape_of(&image, "");

    /* Of 256 bytes there are no more. */
    g_assert_cmphex(shape_mem_read(s, 0, DEVFN, 0x100), ==, UINT32_MAX);
    shape_mem_write(s, 0, DEVFN, 0x100, 0);
    g_assert_cmphex(shape_mem_read(s, 0, DEVFN, 0), ==,
                    SHAPE_IDS(SHAPE_DEVICE));
    shape_done(s);

    image.size = PCIE_CONFIG_SPACE_SIZE;
    pci_set_long(image.bytes + 0xffc, 0x12345678);
    s = shape_of(&image, "");
    g_assert_cmphex(shape_mem_read(s, 0, DEVFN, 0xffc), ==, 0x12345678);
    shape_done(s);
}

#define REBAR 0x100
/* 256 MiB and 16 GiB, of which it has the former; BAR 0 */
#define REBAR_SIZES ((1u << 8 | 1u << 14) << 4)
#define REBAR_NOW (1 << 5 | 8 << 8)

static void test_resizable(void)
{
    Image image = image_device();
    Shape *s;

    image.size = PCIE_CONFIG_SPACE_SIZE;
    pci_set_long(image.bytes + BAR(0), 0x0000000c);
    pci_set_long(image.bytes + BAR(1), 0x00000041);
    pci_set_long(image.bytes + REBAR, PCI_EXT_CAP_ID_REBAR | 1 << 16);
    pci_set_long(image.bytes + REBAR + PCI_REBAR_CAP, REBAR_SIZES);
    pci_set_long(image.bytes + REBAR + PCI_REBAR_CTRL, REBAR_NOW);
    s = shape_of(&image, ",bar0-size=256M");
    shape_write(s, 0, DEVFN, BAR(0), UINT32_MAX);
    g_assert_cmphex(shape_read(s, 0, DEVFN, BAR(0)), ==, 0xf000000c);

    shape_mem_write(s, 0, DEVFN, REBAR + PCI_REBAR_CTRL,
                    (REBAR_NOW & ~0x3f00) | 14 << 8);
    shape_write(s, 0, DEVFN, BAR(0), UINT32_MAX);
    shape_write(s, 0, DEVFN, BAR(1), UINT32_MAX);
    g_assert_cmphex(shape_read(s, 0, DEVFN, BAR(0)), ==, 0x0000000c);
    g_assert_cmphex(shape_read(s, 0, DEVFN, BAR(1)), ==, 0xfffffffc);

    /* One that is not among its sizes changes nothing. */
    shape_mem_write(s, 0, DEVFN, REBAR + PCI_REBAR_CTRL,
                    (REBAR_NOW & ~0x3f00) | 9 << 8);
    shape_write(s, 0, DEVFN, BAR(1), UINT32_MAX);
    g_assert_cmphex(shape_read(s, 0, DEVFN, BAR(1)), ==, 0xfffffffc);
    shape_done(s);
}

static void test_cardbus(void)
{
    Image image = image_device();
    Shape *s;

    image.bytes[PCI_HEADER_TYPE] = PCI_HEADER_TYPE_CARDBUS;
    image.bytes[PCI_CB_CARD_BUS] = 2;
    image.bytes[PCI_CB_SUBORDINATE_BUS] = 5;
    s = shape_of(&image, ",bar0-size=4K");
    shape_write(s, 0, DEVFN, PCI_CB_MEMORY_BASE_0, UINT32_MAX);
    g_assert_cmphex(shape_read(s, 0, DEVFN, PCI_CB_MEMORY_BASE_0), ==,
                    0xfffff000);
    shape_write(s, 0, DEVFN, PCI_CB_IO_LIMIT_1, UINT32_MAX);
    g_assert_cmphex(shape_read(s, 0, DEVFN, PCI_CB_IO_LIMIT_1), ==,
                    0xfffffffc);
    shape_done(s);
}

/* A window that the image has none of cannot be opened. */
static void test_windows(void)
{
    Image image = image_bridge(0, 1, 1);
    Shape *s = shape_of(&image, "");

    shape_write(s, 0, DEVFN, PCI_IO_BASE, 0xffff);
    g_assert_cmphex(shape_read(s, 0, DEVFN, PCI_IO_BASE) & 0xffff, ==, 0);
    shape_write(s, 0, DEVFN, PCI_MEMORY_BASE, UINT32_MAX);
    g_assert_cmphex(shape_read(s, 0, DEVFN, PCI_MEMORY_BASE), ==, 0xfff0fff0);
    shape_write(s, 0, DEVFN, PCI_PREF_MEMORY_BASE, UINT32_MAX);
    g_assert_cmphex(shape_read(s, 0, DEVFN, PCI_PREF_MEMORY_BASE), ==, 0);
    shape_done(s);

    pci_set_word(image.bytes + PCI_IO_BASE, 0x0ff1);
    pci_set_long(image.bytes + PCI_PREF_MEMORY_BASE, 0x0001fff1);
    s = shape_of(&image, "");
    shape_write(s, 0, DEVFN, PCI_IO_BASE, 0xffff);
    g_assert_cmphex(shape_read(s, 0, DEVFN, PCI_IO_BASE) & 0xffff, ==, 0xfff1);
    shape_write(s, 0, DEVFN, PCI_PREF_BASE_UPPER32, 0x12345678);
    g_assert_cmphex(shape_read(s, 0, DEVFN, PCI_PREF_BASE_UPPER32), ==,
                    0x12345678);
    shape_done(s);
}

void add_registers_tests(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(sizings); i++) {
        g_autofree char *path = g_strdup_printf("/pci-shape/sizing/%s",
                                                sizings[i].name);

        qtest_add_data_func(path, &sizings[i], test_sizing);
    }
    qtest_add_func("/pci-shape/registers/rom", test_rom);
    qtest_add_func("/pci-shape/registers/read-only", test_read_only);
    qtest_add_func("/pci-shape/registers/status",
                   test_status_is_cleared_by_ones);
    qtest_add_func("/pci-shape/registers/bytes", test_bytes_and_words);
    qtest_add_func("/pci-shape/registers/extended", test_extended_space);
    qtest_add_func("/pci-shape/registers/resizable", test_resizable);
    qtest_add_func("/pci-shape/registers/cardbus", test_cardbus);
    qtest_add_func("/pci-shape/registers/windows", test_windows);
}
