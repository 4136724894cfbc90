/*
 * qtest of the fpga card and the dec-21154 bridge
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/host-utils.h"
#include "qemu/units.h"
#include "libqtest.h"
#include "libqos/libqos-malloc.h"
#include "libqos/malloc-pc.h"
#include "libqos/pci-pc.h"
#include "qobject/qdict.h"
#include "hw/misc/fpga_regs.h"
#include "hw/pci/pci_regs.h"
#include "hw/pci-host/q35.h"

#define BRIDGE_SLOT 4
#define CARD_SLOT   1
/* libqos numbers the buses; ours is the only bridge, so its bus is 1. */
#define BEHIND(slot) QPCI_DEVFN(32 + (slot), 0)

#define FIXED   "-nodefaults -device dec-21154,id=br0,addr=4,io-base=0x2000 " \
                "-device fpga,id=card,bus=br0,addr=1,io-base=0x2000"
#define FREE    "-nodefaults -device fpga,id=card,addr=5"

#define PCIE    "-machine q35 -nodefaults " \
                "-device pcie-root-port,id=rp,addr=4,chassis=1,slot=1 " \
                "-device fpga,id=card,bus=rp,addr=0,io-base=0x2000"

/* Where q35 is to have configuration space in memory */
#define ECAM    0xb0000000

/* Above the 128 MiB of RAM that the machine has, and below its PCI hole */
#define NOWHERE 0x40000000

/* How often to look before something is found not to happen */
#define PATIENCE 100000

#define RING_SIZE 8

typedef struct Card {
    const char *args;
    QTestState *qts;
    QGuestAllocator alloc;
    QPCIBus *bus;
    QPCIDevice *bridge;
    QPCIDevice *dev;
    uint16_t port;
    uint64_t ring;
    uint32_t tail;
} Card;

/* Ports, without the help of configuration space */

static uint32_t rd(Card *c, uint32_t reg)
{
    return qtest_inl(c->qts, c->port + reg);
}

static void wr(Card *c, uint32_t reg, uint32_t value)
{
    qtest_outl(c->qts, c->port + reg, value);
}

static void card_find(Card *c, int devfn)
{
    pc_alloc_init(&c->alloc, c->qts, ALLOC_NO_FLAGS);
    c->bus = qpci_new_pc(c->qts, &c->alloc);
    if (devfn >= BEHIND(0)) {
        qpci_secondary_buses_init(c->bus);
        c->bridge = qpci_device_find(c->bus, QPCI_DEVFN(BRIDGE_SLOT, 0));
        g_assert_nonnull(c->bridge);
    }
    c->dev = qpci_device_find(c->bus, devfn);
    g_assert_nonnull(c->dev);
}

static Card *card_new(const char *args, int devfn)
{
    Card *c = g_new0(Card, 1);

    c->args = args;
    c->qts = qtest_init(args);
    card_find(c, devfn);
    return c;
}

/* A card at its fixed ports, behind a dec-21154 */
static Card *card_fixed_with(const char *args)
{
    Card *c = card_new(args, BEHIND(CARD_SLOT));

    c->port = FPGA_IO_BASE;
    qpci_device_enable(c->bridge);
    qpci_device_enable(c->dev);
    return c;
}

static Card *card_fixed(void)
{
    return card_fixed_with(FIXED);
}

static Card *card_free(void)
{
    return card_new(FREE, QPCI_DEVFN(5, 0));
}

/* Behind a PCI Express port, whose windows the guest sets */
static Card *card_pcie(void)
{
    Card *c = card_new(PCIE, BEHIND(0));

    c->port = FPGA_IO_BASE;
    qpci_config_writew(c->bridge, PCI_IO_BASE, 0x2020);
    qpci_config_writew(c->bridge, PCI_MEMORY_BASE, 0xe000);
    qpci_config_writew(c->bridge, PCI_MEMORY_LIMIT, 0xeff0);
    qpci_device_enable(c->bridge);
    qpci_device_enable(c->dev);
    return c;
}

/* qpci_find_capability() takes what follows the last capability for one. */
static uint8_t capability(Card *c, uint8_t id)
{
    uint8_t at = qpci_config_readb(c->dev, PCI_CAPABILITY_LIST);

    while (at && qpci_config_readb(c->dev, at) != id) {
        at = qpci_config_readb(c->dev, at + PCI_CAP_LIST_NEXT);
    }
    return at;
}

static void card_done(Card *c)
{
    g_free(c->bridge);
    g_free(c->dev);
    qpci_free_pc(c->bus);
    alloc_destroy(&c->alloc);
    qtest_quit(c->qts);
    g_free(c);
}

/* Fixed and free base */

static void assert_fixed(QTestState *qts)
{
    g_assert_cmphex(qtest_inl(qts, FPGA_IO_BASE + FPGA_ID), ==, FPGA_ID_VALUE);
    g_assert_cmphex(qtest_inl(qts, FPGA_IO_BASE + FPGA_FIXED_BASE), ==,
                    FPGA_IO_BASE);
}

static void test_before_firmware(void)
{
    QTestState *qts = qtest_init(FIXED);

    assert_fixed(qts);
    g_assert_cmphex(qtest_inl(qts, FPGA_IO_BASE + FPGA_FEATURES) &
                    FPGA_FEATURE_FIXED_IO, ==, FPGA_FEATURE_FIXED_IO);
    /* The last register, and the first port that is not the card's */
    qtest_outl(qts, FPGA_IO_BASE + FPGA_IO_SIZE - 4, 0x12345678);
    g_assert_cmphex(qtest_inl(qts, FPGA_IO_BASE + FPGA_IO_SIZE - 4), ==,
                    0x12345678);
    g_assert_cmphex(qtest_inl(qts, FPGA_IO_BASE + FPGA_IO_SIZE), ==,
                    0xffffffff);
    qtest_quit(qts);
}

static void test_identity(void)
{
    Card *c = card_fixed();

    g_assert_cmphex(qpci_config_readw(c->bridge, PCI_VENDOR_ID), ==,
                    DEC_21154_VENDOR_ID);
    g_assert_cmphex(qpci_config_readw(c->bridge, PCI_DEVICE_ID), ==,
                    DEC_21154_DEVICE_ID);
    g_assert_cmphex(qpci_config_readw(c->dev, PCI_VENDOR_ID), ==,
                    FPGA_PCI_VENDOR_ID);
    g_assert_cmphex(qpci_config_readw(c->dev, PCI_DEVICE_ID), ==,
                    FPGA_PCI_DEVICE_ID);
    g_assert_cmphex(qpci_config_readw(c->dev, PCI_CLASS_DEVICE), ==,
                    FPGA_PCI_CLASS);
    g_assert_cmphex(qpci_config_readb(c->dev, PCI_REVISION_ID), ==,
                    FPGA_PCI_REVISION);
    g_assert_cmphex(qpci_config_readb(c->dev, PCI_INTERRUPT_PIN), ==, 1);

    g_assert_cmphex(rd(c, FPGA_VERSION), ==, FPGA_VERSION_VALUE);
    g_assert_cmphex(rd(c, FPGA_RAM_PAGES), ==, 16 * MiB / FPGA_RAM_PAGE_SIZE);
    g_assert_cmphex(rd(c, FPGA_INT_VECTORS), ==, 0);

    /* A conventional function */
    g_assert_cmphex(capability(c, PCI_CAP_ID_MSI), !=, 0);
    g_assert_cmphex(capability(c, PCI_CAP_ID_EXP), ==, 0);
    g_assert_cmphex(capability(c, PCI_CAP_ID_MSIX), ==, 0);
    qpci_config_writel(c->dev, PCI_BASE_ADDRESS_1, 0xffffffff);
    g_assert_cmphex(qpci_config_readl(c->dev, PCI_BASE_ADDRESS_1), ==, 0);
    card_done(c);
}

static void test_window(void)
{
    Card *c = card_fixed();

    g_assert_cmphex(qpci_config_readw(c->bridge, PCI_IO_BASE), ==, 0x2020);
    qpci_config_writew(c->bridge, PCI_IO_BASE, 0xc0c0);
    g_assert_cmphex(qpci_config_readw(c->bridge, PCI_IO_BASE), ==, 0x2020);
    assert_fixed(c->qts);
    qpci_config_writew(c->bridge, PCI_COMMAND, 0);
    g_assert_cmphex(qpci_config_readw(c->bridge, PCI_COMMAND), ==,
                    PCI_COMMAND_IO);
    assert_fixed(c->qts);
    card_done(c);
}

static void test_wide_window(void)
{
    QTestState *qts = qtest_init("-nodefaults -device dec-21154,id=br0,addr=4,"
                                 "io-base=0x2000,io-limit=0x3fff "
                                 "-device fpga,bus=br0,addr=1,io-base=0x2000 "
                                 "-device fpga,bus=br0,addr=2,io-base=0x3800");

    assert_fixed(qts);
    g_assert_cmphex(qtest_inl(qts, 0x3800 + FPGA_ID), ==, FPGA_ID_VALUE);
    g_assert_cmphex(qtest_inl(qts, 0x3800 + FPGA_FIXED_BASE), ==, 0x3800);
    qtest_quit(qts);
}

#define FIXED_BAR (FPGA_IO_BASE | PCI_BASE_ADDRESS_SPACE_IO)
#define SIZE_BAR  (0xfffff800 | PCI_BASE_ADDRESS_SPACE_IO)

static void assert_bar(Card *c, uint32_t value)
{
    g_assert_cmphex(qpci_config_readl(c->dev, PCI_BASE_ADDRESS_0), ==, value);
}

static void test_sizing(void)
{
    Card *c = card_fixed();

    assert_bar(c, FIXED_BAR);
    qpci_config_writel(c->dev, PCI_BASE_ADDRESS_0, 0xffffffff);
    assert_fixed(c->qts);
    assert_bar(c, SIZE_BAR);
    assert_bar(c, FIXED_BAR);
    assert_fixed(c->qts);

    /* As the operating systems do: size, then write what was there */
    qpci_config_writel(c->dev, PCI_BASE_ADDRESS_0, 0xffffffff);
    qpci_config_writel(c->dev, PCI_BASE_ADDRESS_0, FIXED_BAR);
    assert_bar(c, FIXED_BAR);

    /* A write to the command register ends it */
    qpci_config_writel(c->dev, PCI_BASE_ADDRESS_0, 0xffffffff);
    qpci_config_writew(c->dev, PCI_COMMAND, PCI_COMMAND_IO);
    assert_bar(c, FIXED_BAR);
    card_done(c);
}

static void test_sizing_in_parts(void)
{
    Card *c = card_fixed();

    qpci_config_writew(c->dev, PCI_BASE_ADDRESS_0, 0xffff);
    assert_bar(c, FIXED_BAR);
    qpci_config_writew(c->dev, PCI_BASE_ADDRESS_0, 0xffff);
    qpci_config_writew(c->dev, PCI_BASE_ADDRESS_0 + 2, 0xffff);
    g_assert_cmphex(qpci_config_readw(c->dev, PCI_BASE_ADDRESS_0), ==,
                    SIZE_BAR & 0xffff);
    g_assert_cmphex(qpci_config_readw(c->dev, PCI_BASE_ADDRESS_0 + 2), ==,
                    SIZE_BAR >> 16);
    assert_bar(c, FIXED_BAR);
    card_done(c);
}

static void test_rewriting(void)
{
    Card *c = card_fixed();

    qpci_config_writel(c->dev, PCI_BASE_ADDRESS_0, 0xc001);
    assert_bar(c, FIXED_BAR);
    qpci_config_writew(c->dev, PCI_COMMAND, 0);
    g_assert_cmphex(qpci_config_readw(c->dev, PCI_COMMAND), ==, PCI_COMMAND_IO);
    assert_fixed(c->qts);
    g_assert_cmphex(qtest_inl(c->qts, 0xc000), ==, 0xffffffff);
    card_done(c);
}

static void test_system_reset(void)
{
    Card *c = card_fixed();

    qpci_config_writel(c->dev, PCI_BASE_ADDRESS_0, 0xffffffff);
    wr(c, FPGA_REGFILE, 1);
    for (int i = 0; i < 2; i++) {
        qtest_system_reset(c->qts);
        assert_fixed(c->qts);
        g_assert_cmphex(rd(c, FPGA_REGFILE), ==, 0);
    }
    g_assert_cmphex(qpci_config_readw(c->bridge, PCI_IO_BASE), ==, 0x2020);
    qpci_secondary_buses_init(c->bus);
    assert_bar(c, FIXED_BAR);
    card_done(c);
}

static void test_bus_reset(void)
{
    Card *c = card_fixed();

    wr(c, FPGA_REGFILE, 1);
    qpci_config_writew(c->bridge, PCI_BRIDGE_CONTROL, PCI_BRIDGE_CTL_BUS_RESET);
    qpci_config_writew(c->bridge, PCI_BRIDGE_CONTROL, 0);
    assert_fixed(c->qts);
    g_assert_cmphex(rd(c, FPGA_REGFILE), ==, 0);
    assert_bar(c, FIXED_BAR);
    card_done(c);
}

/* Others at the fixed ports, first or last, do not take them away. */
static void test_overlaid(void)
{
    QTestState *qts = qtest_init(FIXED " -device fpga,id=free,addr=5");
    QPCIBus *bus = qpci_new_pc(qts, NULL);
    QPCIDevice *dev = qpci_device_find(bus, QPCI_DEVFN(5, 0));

    qpci_config_writel(dev, PCI_BASE_ADDRESS_0, FPGA_IO_BASE);
    qpci_device_enable(dev);
    assert_fixed(qts);
    qpci_config_writel(dev, PCI_BASE_ADDRESS_0, 0x3000);
    assert_fixed(qts);
    g_assert_cmphex(qtest_inl(qts, 0x3000 + FPGA_ID), ==, FPGA_ID_VALUE);
    g_assert_cmphex(qtest_inl(qts, 0x3000 + FPGA_FIXED_BASE), ==, 0);
    qpci_config_writel(dev, PCI_BASE_ADDRESS_0, FPGA_IO_BASE);
    assert_fixed(qts);
    g_free(dev);
    qpci_free_pc(bus);
    qtest_quit(qts);
}

/* Any device behind a bridge that holds it: here a card without a fixed base */

#define HOLD(more) "-nodefaults -device dec-21154,id=br0,addr=4," \
                   "io-base=0x2000,hold=on" more

static void assert_card_at(QTestState *qts, uint16_t port)
{
    g_assert_cmphex(qtest_inl(qts, port + FPGA_ID), ==, FPGA_ID_VALUE);
    g_assert_cmphex(qtest_inl(qts, port + FPGA_FIXED_BASE), ==, 0);
}

static void test_hold(void)
{
    Card *c = card_new(HOLD(" -device fpga,id=card,bus=br0,addr=1"),
                       BEHIND(CARD_SLOT));

    c->port = FPGA_IO_BASE;
    assert_card_at(c->qts, FPGA_IO_BASE);
    assert_bar(c, FIXED_BAR);
    qpci_config_writel(c->dev, PCI_BASE_ADDRESS_0, 0xffffffff);
    assert_bar(c, SIZE_BAR);
    assert_bar(c, FIXED_BAR);
    qpci_config_writel(c->dev, PCI_BASE_ADDRESS_0, 0xc001);
    assert_bar(c, FIXED_BAR);
    qpci_config_writew(c->dev, PCI_COMMAND, 0);
    g_assert_cmphex(qpci_config_readw(c->dev, PCI_COMMAND), ==, PCI_COMMAND_IO);
    assert_card_at(c->qts, FPGA_IO_BASE);
    g_assert_cmphex(qtest_inl(c->qts, 0xc000), ==, 0xffffffff);
    /* Memory has no fixed window here, and is the guest's. */
    qpci_config_writel(c->dev, PCI_BASE_ADDRESS_2, 0xffffffff);
    g_assert_cmphex(qpci_config_readl(c->dev, PCI_BASE_ADDRESS_2), ==,
                    0xff000000 | PCI_BASE_ADDRESS_MEM_TYPE_64 |
                    PCI_BASE_ADDRESS_MEM_PREFETCH);

    wr(c, FPGA_REGFILE, 1);
    qpci_config_writew(c->bridge, PCI_BRIDGE_CONTROL, PCI_BRIDGE_CTL_BUS_RESET);
    qpci_config_writew(c->bridge, PCI_BRIDGE_CONTROL, 0);
    assert_card_at(c->qts, FPGA_IO_BASE);
    g_assert_cmphex(rd(c, FPGA_REGFILE), ==, 0);
    assert_bar(c, FIXED_BAR);

    qtest_system_reset(c->qts);
    assert_card_at(c->qts, FPGA_IO_BASE);
    qpci_secondary_buses_init(c->bus);
    assert_bar(c, FIXED_BAR);
    card_done(c);
}

/* By slots, whatever the order in which they are named; then what is free */
static void test_hold_order(void)
{
    QTestState *qts = qtest_init(HOLD(",io-limit=0x3fff")
                                 " -device fpga,bus=br0,addr=3"
                                 " -device fpga,bus=br0,addr=1.1"
                                 " -device fpga,bus=br0,addr=1.0,"
                                 "multifunction=on"
                                 " -device fpga,bus=br0,addr=2,io-base=0x2800");

    qtest_outl(qts, 0x2000 + FPGA_REGFILE, 1);
    qtest_outl(qts, 0x3000 + FPGA_REGFILE, 2);
    qtest_outl(qts, 0x3800 + FPGA_REGFILE, 3);
    assert_card_at(qts, 0x2000);
    g_assert_cmphex(qtest_inl(qts, 0x2800 + FPGA_FIXED_BASE), ==, 0x2800);
    assert_card_at(qts, 0x3000);
    assert_card_at(qts, 0x3800);
    g_assert_cmphex(qtest_inl(qts, 0x2000 + FPGA_REGFILE), ==, 1);
    g_assert_cmphex(qtest_inl(qts, 0x3000 + FPGA_REGFILE), ==, 2);
    qtest_quit(qts);
}

static void test_hold_named(void)
{
    QTestState *qts = qtest_init(HOLD(",io-limit=0x4fff,"
                                      "hold-at=1=0x4800+2.0/0=0x2800")
                                 " -device fpga,bus=br0,addr=1,ram-size=4096"
                                 " -device fpga,bus=br0,addr=2,ram-size=8192"
                                 " -device fpga,bus=br0,addr=3,ram-size=16384");

    assert_card_at(qts, 0x4800);
    assert_card_at(qts, 0x2800);
    assert_card_at(qts, 0x2000);
    g_assert_cmphex(qtest_inl(qts, 0x4800 + FPGA_RAM_PAGES), ==, 1);
    g_assert_cmphex(qtest_inl(qts, 0x2800 + FPGA_RAM_PAGES), ==, 2);
    g_assert_cmphex(qtest_inl(qts, 0x2000 + FPGA_RAM_PAGES), ==, 4);
    qtest_quit(qts);
}

static void test_hold_hotplug(void)
{
    QTestState *qts = qtest_init(HOLD(""));

    for (int i = 0; i < 2; i++) {
        qtest_qmp_device_add(qts, "fpga", "hot", "{'bus': 'br0', 'addr': '6'}");
        assert_card_at(qts, FPGA_IO_BASE);
        qtest_qmp_device_add(qts, "fpga", "two", "{'bus': 'br0', 'addr': '1'}");
        assert_card_at(qts, FPGA_IO_BASE + FPGA_IO_SIZE);
        qtest_system_reset(qts);
        assert_card_at(qts, FPGA_IO_BASE);
        assert_card_at(qts, FPGA_IO_BASE + FPGA_IO_SIZE);
        qtest_quit(qts);
        qts = i ? NULL : qtest_init(HOLD(",hold-at=6=0x2000"));
    }
}

/* Windows for memory, and a card's memory BAR that is held there */
static void test_fixed_memory(void)
{
    Card *c = card_new("-nodefaults -device dec-21154,id=br0,addr=4,hold=on,"
                       "io-base=0x2000,mem-base=0xd0000000,"
                       "pref-base=0x4000000000,pref-limit=0x4000ffffff "
                       "-device fpga,bus=br0,addr=1", BEHIND(CARD_SLOT));
    const uint64_t ram = 0x4000000000;

    for (int i = 0; i < 2; i++) {
        qtest_writel(c->qts, ram + 16 * MiB - 4, 0x12345678);
        g_assert_cmphex(qtest_readl(c->qts, ram + 16 * MiB - 4), ==,
                        0x12345678);
        g_assert_cmphex(qpci_config_readw(c->bridge, PCI_COMMAND), ==,
                        PCI_COMMAND_IO | PCI_COMMAND_MEMORY);
        g_assert_cmphex(qpci_config_readl(c->bridge, PCI_MEMORY_BASE), ==,
                        0xd000d000);
        g_assert_cmphex(qpci_config_readl(c->bridge, PCI_PREF_MEMORY_BASE), ==,
                        0x00f10001);
        g_assert_cmphex(qpci_config_readl(c->bridge, PCI_PREF_BASE_UPPER32), ==,
                        0x40);
        g_assert_cmphex(qpci_config_readl(c->bridge, PCI_PREF_LIMIT_UPPER32),
                        ==, 0x40);
        g_assert_cmphex(qpci_config_readl(c->dev, PCI_BASE_ADDRESS_2), ==, 0xc);
        qpci_config_writel(c->dev, PCI_BASE_ADDRESS_2, 0xffffffff);
        qpci_config_writel(c->dev, PCI_BASE_ADDRESS_3, 0xffffffff);
        g_assert_cmphex(qpci_config_readl(c->dev, PCI_BASE_ADDRESS_2), ==,
                        0xff00000c);
        g_assert_cmphex(qpci_config_readl(c->dev, PCI_BASE_ADDRESS_3), ==,
                        0xffffffff);
        g_assert_cmphex(qpci_config_readl(c->dev, PCI_BASE_ADDRESS_3), ==,
                        0x40);
        qpci_config_writel(c->bridge, PCI_MEMORY_BASE, 0xe000e000);
        qpci_config_writel(c->bridge, PCI_PREF_MEMORY_BASE, 0xe000e000);
        qpci_config_writel(c->bridge, PCI_PREF_BASE_UPPER32, 0);
        qpci_config_writew(c->bridge, PCI_COMMAND, 0);
        if (i == 0) {
            qtest_system_reset(c->qts);
            qpci_secondary_buses_init(c->bus);
        }
    }
    card_done(c);
}

/* A bridge that has no ISA mode does not say that it has. */
static void test_no_isa_enable(void)
{
    Card *c = card_fixed();

    qpci_config_writew(c->bridge, PCI_BRIDGE_CONTROL, PCI_BRIDGE_CTL_ISA);
    g_assert_cmphex(qpci_config_readw(c->bridge, PCI_BRIDGE_CONTROL), ==, 0);
    card_done(c);
}

static void test_free_base(void)
{
    Card *c = card_free();
    uint64_t size;
    QPCIBar bar;

    g_assert_cmphex(qtest_inl(c->qts, FPGA_IO_BASE), ==, 0xffffffff);
    assert_bar(c, PCI_BASE_ADDRESS_SPACE_IO);
    bar = qpci_iomap(c->dev, FPGA_BAR_REGS, &size);
    g_assert_cmphex(size, ==, FPGA_IO_SIZE);
    qpci_device_enable(c->dev);
    g_assert_cmphex(qpci_io_readl(c->dev, bar, FPGA_ID), ==, FPGA_ID_VALUE);
    g_assert_cmphex(qpci_io_readl(c->dev, bar, FPGA_FIXED_BASE), ==, 0);
    g_assert_cmphex(qpci_io_readl(c->dev, bar, FPGA_FEATURES) &
                    FPGA_FEATURE_FIXED_IO, ==, 0);

    /* It moves, and reset takes it away. */
    qpci_config_writel(c->dev, PCI_BASE_ADDRESS_0, 0xd001);
    g_assert_cmphex(qtest_inl(c->qts, 0xd000), ==, FPGA_ID_VALUE);
    qtest_system_reset(c->qts);
    g_assert_cmphex(qtest_inl(c->qts, 0xd000), ==, 0xffffffff);
    assert_bar(c, PCI_BASE_ADDRESS_SPACE_IO);
    card_done(c);
}

static void test_free_bridge(void)
{
    Card c = { .qts = qtest_init("-nodefaults -device dec-21154,id=br0,addr=4 "
                                 "-device fpga,bus=br0,addr=1") };

    card_find(&c, BEHIND(CARD_SLOT));
    g_assert_cmphex(qpci_config_readw(c.bridge, PCI_IO_BASE), ==, 0);
    g_assert_cmphex(qpci_config_readw(c.bridge, PCI_COMMAND), ==, 0);
    qpci_config_writel(c.dev, PCI_BASE_ADDRESS_0, 0xd001);
    qpci_device_enable(c.dev);
    g_assert_cmphex(qtest_inl(c.qts, 0xd000), ==, 0xffffffff);
    qpci_config_writew(c.bridge, PCI_IO_BASE, 0xd0d0);
    qpci_device_enable(c.bridge);
    g_assert_cmphex(qtest_inl(c.qts, 0xd000), ==, FPGA_ID_VALUE);
    g_free(c.bridge);
    g_free(c.dev);
    qpci_free_pc(c.bus);
    alloc_destroy(&c.alloc);
    qtest_quit(c.qts);
}

static void add_card(QTestState *qts)
{
    /* With all that has to be given back when it goes */
    qtest_qmp_device_add(qts, "fpga", "hot", "{'addr': '6', 'io-base': %d, "
                         "'ea': true, 'ioeventfd': true}", FPGA_IO_BASE);
}

/* A card that comes back finds that its ports are free again. */
static void test_hotplug(void)
{
    QTestState *qts = qtest_init("-nodefaults");

    for (int i = 0; i < 2; i++) {
        g_assert_cmphex(qtest_inl(qts, FPGA_IO_BASE), ==, 0xffffffff);
        add_card(qts);
        assert_fixed(qts);
        qpci_unplug_acpi_device_test(qts, "hot", 6);
    }
    qtest_quit(qts);
}

static void assert_enhanced(Card *c)
{
    uint8_t ea = capability(c, PCI_CAP_ID_EA);

    assert_fixed(c->qts);
    assert_bar(c, 0);
    g_assert_cmphex(ea, !=, 0);
    g_assert_cmphex(qpci_config_readb(c->dev, ea + PCI_EA_NUM_ENT), ==, 1);
    g_assert_cmphex(qpci_config_readl(c->dev, ea + 4), ==, 0x80ff0202);
    g_assert_cmphex(qpci_config_readl(c->dev, ea + 8), ==, FPGA_IO_BASE);
    g_assert_cmphex(qpci_config_readl(c->dev, ea + 12), ==,
                    (FPGA_IO_SIZE - 1) & ~3);
}

static void test_enhanced_allocation(void)
{
    Card *c = card_fixed_with(FIXED ",ea=on");
    uint8_t ea = capability(c, PCI_CAP_ID_EA);

    assert_enhanced(c);
    for (int i = 0; i < 16; i += 4) {
        qpci_config_writel(c->dev, ea + i, 0xffffffff);
    }
    qpci_config_writel(c->dev, PCI_BASE_ADDRESS_0, 0xffffffff);
    assert_enhanced(c);
    qpci_config_writel(c->dev, PCI_BASE_ADDRESS_0, 0xc001);
    assert_enhanced(c);
    g_assert_cmphex(qtest_inl(c->qts, 0xc000), ==, 0xffffffff);
    /* Parts of it, and its neighbour */
    g_assert_cmphex(qpci_config_readw(c->dev, PCI_BASE_ADDRESS_0 + 2), ==, 0);
    g_assert_cmphex(qpci_config_readb(c->dev, PCI_BASE_ADDRESS_0), ==, 0);
    g_assert_cmphex(qpci_config_readl(c->dev, PCI_BASE_ADDRESS_2), !=, 0);

    qtest_system_reset(c->qts);
    qpci_secondary_buses_init(c->bus);
    assert_enhanced(c);
    qpci_config_writew(c->bridge, PCI_BRIDGE_CONTROL, PCI_BRIDGE_CTL_BUS_RESET);
    qpci_config_writew(c->bridge, PCI_BRIDGE_CONTROL, 0);
    assert_enhanced(c);
    card_done(c);
}

/* Registers */

static void test_read_sizes(void)
{
    Card *c = card_fixed();
    const uint32_t reg[] = { FPGA_ID, FPGA_REGFILE };

    wr(c, FPGA_REGFILE, FPGA_ID_VALUE);
    for (int i = 0; i < ARRAY_SIZE(reg); i++) {
        uint16_t port = c->port + reg[i];

        for (int byte = 0; byte < 4; byte++) {
            g_assert_cmphex(qtest_inb(c->qts, port + byte), ==, "FPGA"[byte]);
        }
        g_assert_cmphex(qtest_inw(c->qts, port), ==, FPGA_ID_VALUE & 0xffff);
        g_assert_cmphex(qtest_inw(c->qts, port + 2), ==, FPGA_ID_VALUE >> 16);
        g_assert_cmphex(qtest_inl(c->qts, port), ==, FPGA_ID_VALUE);
    }
    card_done(c);
}

static void test_write_sizes(void)
{
    Card *c = card_fixed();
    uint16_t port = c->port + FPGA_REGFILE;

    wr(c, FPGA_REGFILE, 0x11223344);
    qtest_outb(c->qts, port + 2, 0xaa);
    g_assert_cmphex(rd(c, FPGA_REGFILE), ==, 0x11aa3344);
    qtest_outw(c->qts, port, 0xbbcc);
    g_assert_cmphex(rd(c, FPGA_REGFILE), ==, 0x11aabbcc);
    qtest_outw(c->qts, port + 2, 0xddee);
    g_assert_cmphex(rd(c, FPGA_REGFILE), ==, 0xddeebbcc);

    /* Other lanes of a W1C register are not cleared. */
    wr(c, FPGA_INT_RAISE, 0x81810000);
    g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, 0x81810000);
    qtest_outb(c->qts, c->port + FPGA_INT_STATUS + 3, 0xff);
    g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, 0x00810000);
    card_done(c);
}

static void test_scratch(void)
{
    Card *c = card_fixed();

    g_assert_cmphex(rd(c, FPGA_SCRATCH), ==, FPGA_SCRATCH_RESET);
    wr(c, FPGA_SCRATCH, 0x12345678);
    g_assert_cmphex(rd(c, FPGA_SCRATCH), ==, (uint32_t)~0x12345678);
    qtest_outb(c->qts, c->port + FPGA_SCRATCH, 0);
    g_assert_cmphex(rd(c, FPGA_SCRATCH), ==, (uint32_t)~0x12345600);
    card_done(c);
}

static void test_regfile(void)
{
    Card *c = card_fixed();

    for (uint32_t i = 0; i < FPGA_REGFILE_SIZE; i += 4) {
        g_assert_cmphex(rd(c, FPGA_REGFILE + i), ==, 0);
        wr(c, FPGA_REGFILE + i, i * 0x01010101u);
    }
    for (uint32_t i = 0; i < FPGA_REGFILE_SIZE; i += 4) {
        g_assert_cmphex(rd(c, FPGA_REGFILE + i), ==, i * 0x01010101u);
    }
    card_done(c);
}

static void test_read_only(void)
{
    Card *c = card_fixed();
    const uint32_t reg[] = {
        FPGA_ID, FPGA_VERSION, FPGA_FEATURES, FPGA_STATUS, FPGA_FIXED_BASE,
        FPGA_RAM_PAGES, FPGA_INT_VECTORS, FPGA_DMA_STATUS, FPGA_DMA_HEAD,
        FPGA_DMA_ERROR,
    };

    for (int i = 0; i < ARRAY_SIZE(reg); i++) {
        uint32_t value = rd(c, reg[i]);

        wr(c, reg[i], ~value);
        g_assert_cmphex(rd(c, reg[i]), ==, value);
    }
    /* Write-only registers and holes read 0. */
    wr(c, 0x200, 0xffffffff);
    g_assert_cmphex(rd(c, 0x200), ==, 0);
    g_assert_cmphex(rd(c, FPGA_INT_RAISE), ==, 0);
    g_assert_cmphex(rd(c, FPGA_DMA_DOORBELL), ==, 0);
    card_done(c);
}

static void test_undefined_bits(void)
{
    Card *c = card_fixed();

    wr(c, FPGA_INT_ENABLE, 0xffffffff);
    g_assert_cmphex(rd(c, FPGA_INT_ENABLE), ==, FPGA_INT_ALL);
    wr(c, FPGA_INT_AUTOCLEAR, 0xffffffff);
    g_assert_cmphex(rd(c, FPGA_INT_AUTOCLEAR), ==, FPGA_INT_ALL);
    wr(c, FPGA_INT_COALESCE, 0xffffffff);
    g_assert_cmphex(rd(c, FPGA_INT_COALESCE), ==,
                    FPGA_INT_COALESCE_COUNT | FPGA_INT_COALESCE_USEC);
    wr(c, FPGA_INT_MAP, 0xffffffff);
    g_assert_cmphex(rd(c, FPGA_INT_MAP), ==, FPGA_INT_MAP_ALL);
    wr(c, FPGA_INT_RAISE, 0xffffffff);
    g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, FPGA_INT_SOFTWARE);
    wr(c, FPGA_DMA_RING_LO, 0xffffffff);
    g_assert_cmphex(rd(c, FPGA_DMA_RING_LO), ==, 0xffffffe0);
    card_done(c);
}

static void test_control_reset(void)
{
    Card *c = card_fixed();

    wr(c, FPGA_SCRATCH, 1);
    wr(c, FPGA_REGFILE, 1);
    wr(c, FPGA_INT_ENABLE, FPGA_INT_ALL);
    wr(c, FPGA_INT_AUTOCLEAR, FPGA_INT_ALL);
    wr(c, FPGA_INT_COALESCE, 4);
    wr(c, FPGA_INT_RAISE, FPGA_INT_SOFTWARE);
    wr(c, FPGA_DMA_RING_HI, 1);
    /* An invalid ring: the engine halts */
    wr(c, FPGA_DMA_CONTROL, FPGA_DMA_CONTROL_RUN);
    g_assert_cmphex(rd(c, FPGA_STATUS), ==,
                    FPGA_STATUS_DMA_HALTED | FPGA_STATUS_IRQ);
    g_assert_cmphex(qpci_config_readw(c->dev, PCI_STATUS) &
                    PCI_STATUS_INTERRUPT, !=, 0);

    wr(c, FPGA_CONTROL, FPGA_CONTROL_RESET);
    g_assert_cmphex(rd(c, FPGA_CONTROL), ==, 0);
    g_assert_cmphex(rd(c, FPGA_SCRATCH), ==, FPGA_SCRATCH_RESET);
    g_assert_cmphex(rd(c, FPGA_REGFILE), ==, 0);
    g_assert_cmphex(rd(c, FPGA_STATUS), ==, 0);
    g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, 0);
    g_assert_cmphex(rd(c, FPGA_INT_ENABLE), ==, 0);
    g_assert_cmphex(rd(c, FPGA_INT_AUTOCLEAR), ==, 0);
    g_assert_cmphex(rd(c, FPGA_INT_COALESCE), ==, 0);
    g_assert_cmphex(rd(c, FPGA_DMA_RING_HI), ==, 0);
    g_assert_cmphex(rd(c, FPGA_DMA_STATUS), ==, 0);
    g_assert_cmphex(rd(c, FPGA_DMA_ERROR), ==, 0);
    g_assert_cmphex(qpci_config_readw(c->dev, PCI_STATUS) &
                    PCI_STATUS_INTERRUPT, ==, 0);
    assert_fixed(c->qts);
    card_done(c);
}

/* Interrupts */

#define SW(n) (1u << (FPGA_INT_SOFTWARE_SHIFT + (n)))

static bool intx(Card *c)
{
    return qpci_config_readw(c->dev, PCI_STATUS) & PCI_STATUS_INTERRUPT;
}

static void test_intx(void)
{
    Card *c = card_fixed();

    wr(c, FPGA_INT_RAISE, SW(0));
    g_assert_false(intx(c));
    g_assert_cmphex(rd(c, FPGA_STATUS), ==, 0);
    wr(c, FPGA_INT_ENABLE, SW(0) | SW(15));
    g_assert_true(intx(c));
    g_assert_cmphex(rd(c, FPGA_STATUS), ==, FPGA_STATUS_IRQ);

    wr(c, FPGA_INT_RAISE, SW(15));
    wr(c, FPGA_INT_STATUS, SW(0));
    g_assert_true(intx(c));
    wr(c, FPGA_INT_STATUS, SW(15));
    g_assert_false(intx(c));
    g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, 0);

    /* No message is sent, so nothing clears by itself. */
    wr(c, FPGA_INT_AUTOCLEAR, FPGA_INT_ALL);
    wr(c, FPGA_INT_RAISE, SW(0));
    g_assert_true(intx(c));
    wr(c, FPGA_INT_ENABLE, 0);
    g_assert_false(intx(c));
    g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, SW(0));
    card_done(c);
}

/*
 * Messages go to guest RAM here, where their data can be seen: the low bits are
 * the vector.
 */
#define MSI_DATA 0x5a50

typedef struct Msi {
    uint8_t cap;
    uint64_t addr;
} Msi;

static void msi_start(Card *c, Msi *msi, unsigned int log2_vectors)
{
    msi->cap = qpci_find_capability(c->dev, PCI_CAP_ID_MSI, 0);
    g_assert_cmphex(msi->cap, !=, 0);
    msi->addr = guest_alloc(&c->alloc, 4);
    qtest_writel(c->qts, msi->addr, 0);
    qpci_config_writel(c->dev, msi->cap + PCI_MSI_ADDRESS_LO, msi->addr);
    qpci_config_writel(c->dev, msi->cap + PCI_MSI_ADDRESS_HI, 0);
    qpci_config_writew(c->dev, msi->cap + PCI_MSI_DATA_64, MSI_DATA);
    qpci_config_writew(c->dev, msi->cap + PCI_MSI_FLAGS, PCI_MSI_FLAGS_ENABLE |
                       log2_vectors << ctz32(PCI_MSI_FLAGS_QSIZE));
}

/* The message that has come since the last call; 0: none */
static uint32_t msi_take(Card *c, Msi *msi)
{
    uint32_t data = qtest_readl(c->qts, msi->addr);

    qtest_writel(c->qts, msi->addr, 0);
    return data;
}

static void test_msi(void)
{
    Card *c = card_fixed();
    Msi msi;

    msi_start(c, &msi, 2);
    g_assert_cmphex(rd(c, FPGA_INT_VECTORS), ==, FPGA_VECTORS);
    wr(c, FPGA_INT_ENABLE, FPGA_INT_ALL);
    g_assert_cmphex(msi_take(c, &msi), ==, 0);

    wr(c, FPGA_INT_RAISE, SW(3));
    g_assert_cmphex(msi_take(c, &msi), ==, MSI_DATA + FPGA_VECTOR_SOFTWARE);
    g_assert_false(intx(c));

    /* The line is high already. */
    wr(c, FPGA_INT_RAISE, SW(4));
    g_assert_cmphex(msi_take(c, &msi), ==, 0);
    /* It is still high after an acknowledgement. */
    wr(c, FPGA_INT_STATUS, SW(3));
    g_assert_cmphex(msi_take(c, &msi), ==, MSI_DATA + FPGA_VECTOR_SOFTWARE);
    wr(c, FPGA_INT_STATUS, SW(4));
    g_assert_cmphex(msi_take(c, &msi), ==, 0);

    /* Another vector */
    wr(c, FPGA_DMA_CONTROL, FPGA_DMA_CONTROL_RUN);
    g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, FPGA_INT_DMA_ERROR);
    g_assert_cmphex(msi_take(c, &msi), ==, MSI_DATA + FPGA_VECTOR_DMA_ERROR);
    card_done(c);
}

static void test_msi_one_vector(void)
{
    Card *c = card_fixed();
    Msi msi;

    msi_start(c, &msi, 0);
    g_assert_cmphex(rd(c, FPGA_INT_VECTORS), ==, 1);
    wr(c, FPGA_INT_ENABLE, FPGA_INT_ALL);
    wr(c, FPGA_DMA_CONTROL, FPGA_DMA_CONTROL_RUN);
    g_assert_cmphex(msi_take(c, &msi), ==, MSI_DATA);
    /* The one line is high, for another cause. */
    wr(c, FPGA_INT_RAISE, SW(0));
    g_assert_cmphex(msi_take(c, &msi), ==, 0);
    wr(c, FPGA_INT_STATUS, FPGA_INT_DMA_ERROR);
    g_assert_cmphex(msi_take(c, &msi), ==, MSI_DATA);
    card_done(c);
}

static void test_msi_autoclear(void)
{
    Card *c = card_fixed();
    Msi msi;

    msi_start(c, &msi, 2);
    wr(c, FPGA_INT_AUTOCLEAR, SW(0));
    wr(c, FPGA_INT_ENABLE, SW(0) | SW(1));
    for (int i = 0; i < 2; i++) {
        wr(c, FPGA_INT_RAISE, SW(0));
        g_assert_cmphex(msi_take(c, &msi), ==, MSI_DATA);
        g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, 0);
    }
    /* Only what is enabled, and only what is to be cleared */
    wr(c, FPGA_INT_AUTOCLEAR, SW(0) | SW(2));
    wr(c, FPGA_INT_RAISE, SW(0) | SW(1) | SW(2));
    g_assert_cmphex(msi_take(c, &msi), ==, MSI_DATA);
    g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, SW(1) | SW(2));
    card_done(c);
}

static void test_msi_masked(void)
{
    Card *c = card_fixed();
    Msi msi;

    msi_start(c, &msi, 2);
    qpci_config_writel(c->dev, msi.cap + PCI_MSI_MASK_64, 1);
    wr(c, FPGA_INT_ENABLE, SW(0));
    wr(c, FPGA_INT_RAISE, SW(0));
    g_assert_cmphex(msi_take(c, &msi), ==, 0);
    g_assert_cmphex(qpci_config_readl(c->dev, msi.cap + PCI_MSI_PENDING_64),
                    ==, 1);
    qpci_config_writel(c->dev, msi.cap + PCI_MSI_MASK_64, 0);
    g_assert_cmphex(msi_take(c, &msi), ==, MSI_DATA);
    card_done(c);
}

static void test_msi_switch(void)
{
    Card *c = card_fixed();
    Msi msi;

    wr(c, FPGA_INT_ENABLE, SW(0));
    wr(c, FPGA_INT_RAISE, SW(0));
    g_assert_true(intx(c));
    msi_start(c, &msi, 2);
    g_assert_false(intx(c));
    g_assert_cmphex(msi_take(c, &msi), ==, MSI_DATA);
    qpci_config_writew(c->dev, msi.cap + PCI_MSI_FLAGS, 0);
    g_assert_true(intx(c));
    card_done(c);
}

/* DMA */

static void dma_start(Card *c)
{
    c->ring = guest_alloc(&c->alloc, RING_SIZE * FPGA_DESC_SIZE);
    c->tail = 0;
    qtest_memset(c->qts, c->ring, 0, RING_SIZE * FPGA_DESC_SIZE);
    wr(c, FPGA_DMA_RING_LO, c->ring);
    wr(c, FPGA_DMA_RING_HI, c->ring >> 32);
    wr(c, FPGA_DMA_RING_SIZE, RING_SIZE);
    wr(c, FPGA_DMA_CONTROL, FPGA_DMA_CONTROL_RUN);
    g_assert_cmphex(rd(c, FPGA_DMA_STATUS), ==, FPGA_DMA_STATUS_RUNNING);
    g_assert_cmphex(rd(c, FPGA_DMA_HEAD), ==, 0);
}

/* Returns: the entry */
static uint32_t dma_post(Card *c, uint16_t flags, uint64_t addr, uint64_t card,
                         uint32_t len, uint16_t nseg)
{
    uint32_t entry = c->tail++ % RING_SIZE;
    struct fpga_desc desc = {
        .addr = cpu_to_le64(addr),
        .card = cpu_to_le64(card),
        .len = cpu_to_le32(len),
        .flags = cpu_to_le16(flags),
        .nseg = cpu_to_le16(nseg),
        .done = cpu_to_le32(0xdeadbeef),
        .status = cpu_to_le32(FPGA_DESC_S_OWN),
    };

    qtest_memwrite(c->qts, c->ring + entry * FPGA_DESC_SIZE, &desc,
                   sizeof(desc));
    return entry;
}

static void dma_ring(Card *c)
{
    wr(c, FPGA_DMA_DOORBELL, 0);
}

static uint32_t dma_status(Card *c, uint32_t entry)
{
    return qtest_readl(c->qts, c->ring + entry * FPGA_DESC_SIZE +
                       offsetof(struct fpga_desc, status));
}

static uint32_t dma_done(Card *c, uint32_t entry)
{
    return qtest_readl(c->qts, c->ring + entry * FPGA_DESC_SIZE +
                       offsetof(struct fpga_desc, done));
}

static void dma_wait(Card *c, uint32_t entry)
{
    for (int i = 0; dma_status(c, entry) & FPGA_DESC_S_OWN; i++) {
        if (i == PATIENCE) {
            g_test_message("entry %u was not completed", entry);
            g_test_fail();
            return;
        }
    }
}

static void dma_wait_halted(Card *c, uint32_t error)
{
    for (int i = 0; rd(c, FPGA_DMA_STATUS) & FPGA_DMA_STATUS_RUNNING; i++) {
        if (i == PATIENCE) {
            break;
        }
    }
    g_assert_cmphex(rd(c, FPGA_DMA_STATUS), ==, FPGA_DMA_STATUS_HALTED);
    g_assert_cmphex(rd(c, FPGA_DMA_ERROR), ==, error);
    g_assert_cmphex(rd(c, FPGA_DMA_CONTROL), ==, 0);
    g_assert_cmphex(rd(c, FPGA_INT_STATUS) & FPGA_INT_DMA_ERROR, !=, 0);
}

static void dma_expect(Card *c, uint32_t entry, uint32_t code, uint32_t done)
{
    dma_wait(c, entry);
    g_assert_cmphex(dma_status(c, entry), ==, FPGA_DESC_S_DONE | code);
    g_assert_cmphex(dma_done(c, entry), ==, done);
}

/* Execute one descriptor, and see it end like this. */
static void dma_one(Card *c, uint16_t flags, uint64_t addr, uint64_t card,
                    uint32_t len, uint16_t nseg, uint32_t code, uint32_t done)
{
    uint32_t entry = dma_post(c, flags, addr, card, len, nseg);

    dma_ring(c);
    dma_expect(c, entry, code, done);
}

static uint8_t *pattern(size_t len, uint32_t seed)
{
    uint8_t *buf = g_malloc(len);

    for (size_t i = 0; i < len; i++) {
        seed = seed * 1664525 + 1013904223;
        buf[i] = seed >> 24;
    }
    return buf;
}

/* In parts, because libqtest's time for one answer grows with its square */
#define MEMORY_PART (64 * KiB)

static void read_memory(Card *c, uint64_t addr, uint8_t *buf, size_t len)
{
    for (size_t at = 0; at < len; at += MEMORY_PART) {
        qtest_memread(c->qts, addr + at, buf + at, MIN(len - at, MEMORY_PART));
    }
}

static void write_memory(Card *c, uint64_t addr, const uint8_t *buf, size_t len)
{
    for (size_t at = 0; at < len; at += MEMORY_PART) {
        qtest_memwrite(c->qts, addr + at, buf + at, MIN(len - at, MEMORY_PART));
    }
}

static void assert_memory(Card *c, uint64_t addr, const uint8_t *want,
                          size_t len)
{
    g_autofree uint8_t *got = g_malloc(len);

    read_memory(c, addr, got, len);
    g_assert_cmpmem(got, len, want, len);
}

static void round_trip(Card *c, uint32_t len, uint64_t card, unsigned int skew)
{
    uint64_t addr = guest_alloc(&c->alloc, len + 16) + skew;
    g_autofree uint8_t *data = pattern(len + 1, len);
    g_autofree uint8_t *other = pattern(len + 1, ~len);

    write_memory(c, addr, data, len);
    dma_one(c, 0, addr, card, len, 0, FPGA_DESC_OK, len);
    write_memory(c, addr, other, len + 1);
    dma_one(c, FPGA_DESC_F_TO_HOST, addr, card, len, 0, FPGA_DESC_OK, len);
    /* Not a byte more */
    data[len] = other[len];
    assert_memory(c, addr, data, len + 1);
}

static void test_dma_round_trip(void)
{
    Card *c = card_fixed();
    const uint32_t len[] = { 1, 2, 3, 7, 4095, 4096, 4097, 65537 };

    dma_start(c);
    for (int i = 0; i < ARRAY_SIZE(len); i++) {
        round_trip(c, len[i], 0, 0);
        round_trip(c, len[i], 4093, 3);
        round_trip(c, len[i], 16 * MiB - len[i], 1);
    }
    g_assert_cmphex(rd(c, FPGA_DMA_STATUS), ==, FPGA_DMA_STATUS_RUNNING);
    g_assert_cmphex(rd(c, FPGA_DMA_HEAD), ==, c->tail % RING_SIZE);
    g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, 0);
    card_done(c);
}

/* More than the engine does at once */
static void test_dma_large(void)
{
    Card *c = card_fixed();

    dma_start(c);
    round_trip(c, 5 * MiB + 1, 12345, 5);
    card_done(c);
}

static void test_dma_batch(void)
{
    Card *c = card_fixed();
    uint64_t addr = guest_alloc(&c->alloc, RING_SIZE * 256);
    g_autofree uint8_t *data = pattern(RING_SIZE * 256, 1);

    dma_start(c);
    write_memory(c, addr, data, RING_SIZE * 256);
    /* The whole ring, one doorbell; no interrupt was asked for */
    for (int i = 0; i < RING_SIZE; i++) {
        dma_post(c, 0, addr + i * 256, (RING_SIZE - 1 - i) * 256, 256, 0);
    }
    dma_ring(c);
    dma_expect(c, RING_SIZE - 1, FPGA_DESC_OK, 256);
    g_assert_cmphex(rd(c, FPGA_DMA_HEAD), ==, 0);
    dma_one(c, FPGA_DESC_F_TO_HOST, addr, (RING_SIZE - 1) * 256, 256, 0,
            FPGA_DESC_OK, 256);
    assert_memory(c, addr, data, 256);
    g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, 0);
    card_done(c);
}

static void test_dma_nop(void)
{
    Card *c = card_fixed();
    Msi msi;

    msi_start(c, &msi, 2);
    wr(c, FPGA_INT_ENABLE, FPGA_INT_DMA_DONE);
    dma_start(c);
    dma_one(c, FPGA_DESC_F_NOP, 0, 0, 0, 0, FPGA_DESC_OK, 0);
    g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, 0);
    dma_one(c, FPGA_DESC_F_NOP | FPGA_DESC_F_IRQ, NOWHERE, UINT64_MAX, 0, 0,
            FPGA_DESC_OK, 0);
    g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, FPGA_INT_DMA_DONE);
    g_assert_cmphex(msi_take(c, &msi), ==, MSI_DATA + FPGA_VECTOR_DMA_DONE);
    card_done(c);
}

static uint64_t put_table(Card *c, const struct fpga_seg *segs, int count)
{
    uint64_t table = guest_alloc(&c->alloc, count * sizeof(*segs));

    for (int i = 0; i < count; i++) {
        struct fpga_seg seg = {
            .addr = cpu_to_le64(segs[i].addr),
            .len = cpu_to_le32(segs[i].len),
            .zero = cpu_to_le32(segs[i].zero),
        };

        qtest_memwrite(c->qts, table + i * sizeof(seg), &seg, sizeof(seg));
    }
    return table;
}

static void test_dma_sg(void)
{
    Card *c = card_fixed();
    /* More than are read from the table at once */
    enum { COUNT = 100 };
    uint64_t addr = guest_alloc(&c->alloc, COUNT * 512);
    struct fpga_seg segs[COUNT];
    uint32_t len = 0;
    uint64_t table;
    g_autofree uint8_t *data = NULL;

    dma_start(c);
    /* Scattered backwards, each of another length */
    for (int i = 0; i < COUNT; i++) {
        segs[i] = (struct fpga_seg) {
            .addr = addr + (COUNT - 1 - i) * 512 + i % 7,
            .len = 1 + i * 5,
        };
        len += segs[i].len;
    }
    table = put_table(c, segs, COUNT);
    data = pattern(len, 3);
    for (uint32_t i = 0, at = 0; i < COUNT; at += segs[i++].len) {
        qtest_memwrite(c->qts, segs[i].addr, data + at, segs[i].len);
    }
    dma_one(c, FPGA_DESC_F_SG, table, 77, len, COUNT, FPGA_DESC_OK, len);

    qtest_memset(c->qts, addr, 0, COUNT * 512);
    dma_one(c, FPGA_DESC_F_SG | FPGA_DESC_F_TO_HOST, table, 77, len, COUNT,
            FPGA_DESC_OK, len);
    for (uint32_t i = 0, at = 0; i < COUNT; at += segs[i++].len) {
        assert_memory(c, segs[i].addr, data + at, segs[i].len);
    }
    card_done(c);
}

static void test_dma_sg_errors(void)
{
    Card *c = card_fixed();
    uint64_t addr = guest_alloc(&c->alloc, 4096);
    struct fpga_seg segs[] = { { addr, 100, 0 }, { addr + 200, 50, 0 } };
    uint64_t table = put_table(c, segs, 2);
    const uint16_t f = FPGA_DESC_F_SG;

    dma_start(c);
    dma_one(c, f, table, 0, 150, 2, FPGA_DESC_OK, 150);
    /* The sum is less than the length; more; much more */
    dma_one(c, f, table, 0, 151, 2, FPGA_DESC_E_SEGMENT, 150);
    dma_one(c, f, table, 0, 149, 2, FPGA_DESC_E_SEGMENT, 100);
    dma_one(c, f, table, 0, 100, 2, FPGA_DESC_E_SEGMENT, 100);
    /* Not aligned, not there */
    dma_one(c, f, table + 8, 0, 150, 2, FPGA_DESC_E_SEGMENT, 0);
    dma_one(c, f, NOWHERE, 0, 150, 2, FPGA_DESC_E_SEGMENT, 0);
    dma_one(c, f, -(uint64_t)16, 0, 150, 2, FPGA_DESC_E_SEGMENT, 0);

    segs[1].zero = 1;
    dma_one(c, f, put_table(c, segs, 2), 0, 150, 2, FPGA_DESC_E_SEGMENT, 100);
    segs[1].zero = 0;
    segs[1].len = 0;
    dma_one(c, f, put_table(c, segs, 2), 0, 150, 2, FPGA_DESC_E_SEGMENT, 100);
    /* A segment that is not there */
    segs[1] = (struct fpga_seg) { NOWHERE, 50, 0 };
    dma_one(c, f, put_table(c, segs, 2), 0, 150, 2, FPGA_DESC_E_HOST, 100);
    /* ... and one that wraps around */
    segs[1] = (struct fpga_seg) { -(uint64_t)10, 50, 0 };
    dma_one(c, f, put_table(c, segs, 2), 0, 150, 2, FPGA_DESC_E_HOST, 100);

    g_assert_cmphex(rd(c, FPGA_DMA_STATUS), ==, FPGA_DMA_STATUS_RUNNING);
    card_done(c);
}

static void test_dma_invalid(void)
{
    Card *c = card_fixed();
    uint64_t addr = guest_alloc(&c->alloc, 4096);

    dma_start(c);
    for (uint32_t bit = 0x10; bit <= 0x8000; bit <<= 1) {
        dma_one(c, bit, addr, 0, 16, 0, FPGA_DESC_E_INVALID, 0);
    }
    dma_one(c, 0, addr, 0, 0, 0, FPGA_DESC_E_INVALID, 0);
    dma_one(c, 0, addr, 0, 16, 1, FPGA_DESC_E_INVALID, 0);
    dma_one(c, FPGA_DESC_F_SG, addr, 0, 16, 0, FPGA_DESC_E_INVALID, 0);
    dma_one(c, FPGA_DESC_F_NOP, addr, 0, 16, 0, FPGA_DESC_E_INVALID, 0);
    dma_one(c, FPGA_DESC_F_NOP | FPGA_DESC_F_SG, addr, 0, 0, 5,
            FPGA_DESC_E_INVALID, 0);
    /* An error completes, and so interrupts, like a success */
    g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, 0);
    dma_one(c, FPGA_DESC_F_IRQ, addr, 0, 0, 0, FPGA_DESC_E_INVALID, 0);
    g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, FPGA_INT_DMA_DONE);
    dma_one(c, 0, addr, 0, 16, 0, FPGA_DESC_OK, 16);
    card_done(c);
}

static void test_dma_range(void)
{
    Card *c = card_fixed();
    uint64_t addr = guest_alloc(&c->alloc, 4096);
    const uint64_t end = 16 * MiB;

    dma_start(c);
    dma_one(c, 0, addr, end - 16, 16, 0, FPGA_DESC_OK, 16);
    dma_one(c, 0, addr, end - 15, 16, 0, FPGA_DESC_E_RANGE, 0);
    dma_one(c, 0, addr, end, 1, 0, FPGA_DESC_E_RANGE, 0);
    dma_one(c, 0, addr, UINT64_MAX, 1, 0, FPGA_DESC_E_RANGE, 0);
    dma_one(c, 0, addr, UINT64_MAX - 15, 32, 0, FPGA_DESC_E_RANGE, 0);
    dma_one(c, 0, addr, 0, end + 1, 0, FPGA_DESC_E_RANGE, 0);
    dma_one(c, 0, addr, 0, UINT32_MAX, 0, FPGA_DESC_E_RANGE, 0);
    card_done(c);
}

static void test_dma_host(void)
{
    Card *c = card_fixed();
    const uint64_t end = 128 * MiB;

    dma_start(c);
    dma_one(c, 0, NOWHERE, 0, 4096, 0, FPGA_DESC_E_HOST, 0);
    dma_one(c, FPGA_DESC_F_TO_HOST, NOWHERE, 0, 4096, 0, FPGA_DESC_E_HOST, 0);
    /* Where RAM ends */
    dma_one(c, 0, end - 100, 0, 4096, 0, FPGA_DESC_E_HOST, 100);
    dma_one(c, 0, -(uint64_t)10, 0, 20, 0, FPGA_DESC_E_HOST, 0);
    card_done(c);
}

static void test_dma_ring_errors(void)
{
    Card *c = card_fixed();
    const uint32_t size[] = { 0, 1, 3, 12, 8192, 0x80000000, 0xffffffff };

    for (int i = 0; i < ARRAY_SIZE(size); i++) {
        wr(c, FPGA_INT_STATUS, FPGA_INT_ALL);
        wr(c, FPGA_DMA_RING_SIZE, size[i]);
        wr(c, FPGA_DMA_CONTROL, FPGA_DMA_CONTROL_RUN);
        dma_wait_halted(c, FPGA_DMA_ERROR_RING);
    }
    /* Wraps around */
    wr(c, FPGA_DMA_RING_LO, 0xffffffe0);
    wr(c, FPGA_DMA_RING_HI, 0xffffffff);
    wr(c, FPGA_DMA_RING_SIZE, 2);
    wr(c, FPGA_DMA_CONTROL, FPGA_DMA_CONTROL_RUN);
    dma_wait_halted(c, FPGA_DMA_ERROR_RING);

    /* It goes on after that. */
    dma_start(c);
    g_assert_cmphex(rd(c, FPGA_DMA_ERROR), ==, FPGA_DMA_ERROR_NONE);
    dma_one(c, FPGA_DESC_F_NOP, 0, 0, 0, 0, FPGA_DESC_OK, 0);
    card_done(c);
}

static void test_dma_fetch_error(void)
{
    Card *c = card_fixed();

    wr(c, FPGA_DMA_RING_LO, NOWHERE);
    wr(c, FPGA_DMA_RING_SIZE, RING_SIZE);
    wr(c, FPGA_DMA_CONTROL, FPGA_DMA_CONTROL_RUN);
    g_assert_cmphex(rd(c, FPGA_DMA_STATUS), ==, FPGA_DMA_STATUS_RUNNING);
    dma_ring(c);
    dma_wait_halted(c, FPGA_DMA_ERROR_FETCH);

    /* Nor may it read when it is no bus master. */
    dma_start(c);
    dma_post(c, FPGA_DESC_F_NOP, 0, 0, 0, 0);
    qpci_config_writew(c->dev, PCI_COMMAND, PCI_COMMAND_IO);
    dma_ring(c);
    dma_wait_halted(c, FPGA_DMA_ERROR_FETCH);
    card_done(c);
}

/*
 * The BIOS is memory that can be read and not written, and somewhere in it is a
 * word that looks like a descriptor's status.
 */
static void test_dma_writeback_error(void)
{
    Card *c = card_fixed();
    const uint64_t rom = 0xffff0000;
    uint64_t ring = 0;

    for (uint64_t at = rom; at < rom + 0x8000 && !ring; at += FPGA_DESC_SIZE) {
        if (qtest_readl(c->qts, at + offsetof(struct fpga_desc, status)) &
            FPGA_DESC_S_OWN) {
            ring = at;
        }
    }
    g_assert_cmphex(ring, !=, 0);
    wr(c, FPGA_DMA_RING_LO, ring);
    wr(c, FPGA_DMA_RING_SIZE, FPGA_DMA_RING_MIN);
    wr(c, FPGA_DMA_CONTROL, FPGA_DMA_CONTROL_RUN);
    dma_ring(c);
    dma_wait_halted(c, FPGA_DMA_ERROR_WRITEBACK);
    g_assert_cmphex(rd(c, FPGA_DMA_HEAD), ==, 0);
    card_done(c);
}

/*
 * Two entries that hand each other to the card again by what they move, so that
 * the engine never finds the ring empty
 */
static void dma_start_endless(Card *c)
{
    const uint32_t status = offsetof(struct fpga_desc, status);
    uint64_t own = guest_alloc(&c->alloc, 4);

    dma_start(c);
    qtest_writel(c->qts, own, FPGA_DESC_S_OWN);
    dma_one(c, 0, own, 0, 4, 0, FPGA_DESC_OK, 4);
    wr(c, FPGA_DMA_CONTROL, 0);
    wr(c, FPGA_DMA_RING_SIZE, 2);
    wr(c, FPGA_DMA_CONTROL, FPGA_DMA_CONTROL_RUN);
    c->tail = 0;
    dma_post(c, FPGA_DESC_F_TO_HOST, c->ring + FPGA_DESC_SIZE + status, 0, 4,
             0);
    dma_post(c, FPGA_DESC_F_TO_HOST, c->ring + status, 0, 4, 0);
    dma_ring(c);
    for (int i = 0; dma_done(c, 1) != 4; i++) {
        if (i == PATIENCE) {
            break;
        }
    }
    g_assert_cmphex(dma_done(c, 1), ==, 4);
}

static void test_dma_stop(void)
{
    Card *c = card_fixed();
    const struct { uint32_t reg, value; } stop[] = {
        { FPGA_DMA_CONTROL, 0 },
        { FPGA_CONTROL, FPGA_CONTROL_RESET },
    };

    for (int i = 0; i < ARRAY_SIZE(stop); i++) {
        uint8_t ring[2 * FPGA_DESC_SIZE];
        uint32_t head;

        dma_start_endless(c);
        g_assert_cmphex(rd(c, FPGA_DMA_STATUS), ==, FPGA_DMA_STATUS_RUNNING);
        wr(c, stop[i].reg, stop[i].value);
        g_assert_cmphex(rd(c, FPGA_DMA_STATUS), ==, 0);
        read_memory(c, c->ring, ring, sizeof(ring));
        head = rd(c, FPGA_DMA_HEAD);

        /* Nor does a doorbell start it again. */
        dma_ring(c);
        for (int j = 0; j < 100; j++) {
            g_assert_cmphex(rd(c, FPGA_DMA_HEAD), ==, head);
            assert_memory(c, c->ring, ring, sizeof(ring));
        }
        g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, 0);
    }
    dma_start(c);
    round_trip(c, 4096, 0, 0);
    card_done(c);
}

static void test_dma_ring_registers(void)
{
    Card *c = card_fixed();

    dma_start(c);
    wr(c, FPGA_DMA_RING_LO, 0);
    wr(c, FPGA_DMA_RING_HI, 1);
    wr(c, FPGA_DMA_RING_SIZE, 2);
    g_assert_cmphex(rd(c, FPGA_DMA_RING_LO), ==, c->ring);
    g_assert_cmphex(rd(c, FPGA_DMA_RING_HI), ==, 0);
    g_assert_cmphex(rd(c, FPGA_DMA_RING_SIZE), ==, RING_SIZE);
    /* RUN again is no restart. */
    dma_one(c, FPGA_DESC_F_NOP, 0, 0, 0, 0, FPGA_DESC_OK, 0);
    wr(c, FPGA_DMA_CONTROL, FPGA_DMA_CONTROL_RUN);
    g_assert_cmphex(rd(c, FPGA_DMA_HEAD), ==, 1);
    wr(c, FPGA_DMA_CONTROL, 0);
    g_assert_cmphex(rd(c, FPGA_DMA_HEAD), ==, 1);
    card_done(c);
}

static void test_dma_coalesce_count(void)
{
    Card *c = card_fixed();
    const uint16_t f = FPGA_DESC_F_NOP | FPGA_DESC_F_IRQ;

    /* The bound in time is never reached here: nobody moves the clock. */
    wr(c, FPGA_INT_COALESCE, 3 | 1000 << FPGA_INT_COALESCE_USEC_SHIFT);
    dma_start(c);
    dma_one(c, f, 0, 0, 0, 0, FPGA_DESC_OK, 0);
    dma_one(c, FPGA_DESC_F_NOP, 0, 0, 0, 0, FPGA_DESC_OK, 0);
    dma_one(c, f, 0, 0, 0, 0, FPGA_DESC_OK, 0);
    g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, 0);
    dma_one(c, f, 0, 0, 0, 0, FPGA_DESC_OK, 0);
    g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, FPGA_INT_DMA_DONE);
    card_done(c);
}

static void test_dma_coalesce_time(void)
{
    Card *c = card_fixed();
    const uint16_t f = FPGA_DESC_F_NOP | FPGA_DESC_F_IRQ;

    wr(c, FPGA_INT_COALESCE, 255 | 1000 << FPGA_INT_COALESCE_USEC_SHIFT);
    dma_start(c);
    dma_one(c, f, 0, 0, 0, 0, FPGA_DESC_OK, 0);
    qtest_clock_step(c->qts, 500 * 1000);
    dma_one(c, f, 0, 0, 0, 0, FPGA_DESC_OK, 0);
    qtest_clock_step(c->qts, 499 * 1000);
    g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, 0);
    qtest_clock_step(c->qts, 1000);
    g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, FPGA_INT_DMA_DONE);

    /* Once: nothing is left to be shown later. */
    wr(c, FPGA_INT_STATUS, FPGA_INT_DMA_DONE);
    qtest_clock_step(c->qts, 10 * 1000 * 1000);
    g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, 0);

    /* Stopping shows what is held back. */
    dma_one(c, f, 0, 0, 0, 0, FPGA_DESC_OK, 0);
    g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, 0);
    wr(c, FPGA_DMA_CONTROL, 0);
    g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, FPGA_INT_DMA_DONE);
    card_done(c);
}

static void test_dma_coalesce_idle(void)
{
    Card *c = card_fixed();

    wr(c, FPGA_INT_COALESCE, 255);
    dma_start(c);
    dma_one(c, FPGA_DESC_F_NOP | FPGA_DESC_F_IRQ, 0, 0, 0, 0, FPGA_DESC_OK, 0);
    /* The engine finds the ring empty in the same go. */
    g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, FPGA_INT_DMA_DONE);
    card_done(c);
}

/* The doorbell's write executes what is small itself. */
static void test_dma_doorbell(void)
{
    Card *c = card_fixed();
    uint64_t addr = guest_alloc(&c->alloc, 4096);
    uint32_t entry;

    dma_start(c);
    for (int i = 0; i < 2 * RING_SIZE; i++) {
        entry = dma_post(c, 0, addr, 0, 4096, 0);
        dma_ring(c);
        g_assert_cmphex(dma_status(c, entry), ==,
                        FPGA_DESC_S_DONE | FPGA_DESC_OK);
    }
    card_done(c);
}

/* What is large it leaves to others, who may be asked to do all of it. */
static void dma_not_in_doorbell(const char *args, uint32_t len)
{
    Card *c = card_fixed_with(args);
    uint64_t addr = guest_alloc(&c->alloc, len);
    uint32_t entry;

    dma_start(c);
    wr(c, FPGA_DMA_CONTROL, FPGA_DMA_CONTROL_RUN | FPGA_DMA_CONTROL_POLLED);
    qtest_qmp_assert_success(c->qts, "{ 'execute': 'stop' }");
    entry = dma_post(c, FPGA_DESC_F_IRQ, addr, 0, len, 0);
    dma_ring(c);
    g_assert_cmphex(dma_status(c, entry), ==, FPGA_DESC_S_OWN);
    qtest_qmp_assert_success(c->qts, "{ 'execute': 'cont' }");
    dma_expect(c, entry, FPGA_DESC_OK, len);
    g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, FPGA_INT_DMA_DONE);

    wr(c, FPGA_INT_STATUS, FPGA_INT_DMA_DONE);
    entry = dma_post(c, FPGA_DESC_F_IRQ, addr, 0, len, 0);
    dma_ring(c);
    dma_expect(c, entry, FPGA_DESC_OK, len);
    g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, FPGA_INT_DMA_DONE);
    card_done(c);
}

static void test_dma_no_doorbell(void)
{
    dma_not_in_doorbell(FIXED ",doorbell-bytes=0", 1);
}

static void test_dma_large_doorbell(void)
{
    dma_not_in_doorbell(FIXED, 12 * MiB);
}

/* Who looks after each doorbell is not told of what was done in it. */
static void test_dma_polled(void)
{
    Card *c = card_fixed();
    const uint16_t f = FPGA_DESC_F_NOP | FPGA_DESC_F_IRQ;
    const uint32_t run = FPGA_DMA_CONTROL_RUN;
    const uint32_t polled = FPGA_DMA_CONTROL_RUN | FPGA_DMA_CONTROL_POLLED;

    g_assert_cmphex(rd(c, FPGA_FEATURES) & FPGA_FEATURE_POLLED, !=, 0);
    dma_start(c);
    for (int i = 0; i < 3; i++) {
        wr(c, FPGA_DMA_CONTROL, polled);
        g_assert_cmphex(rd(c, FPGA_DMA_CONTROL), ==, polled);
        dma_one(c, f, 0, 0, 0, 0, FPGA_DESC_OK, 0);
        g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, 0);

        wr(c, FPGA_DMA_CONTROL, run);
        g_assert_cmphex(rd(c, FPGA_DMA_CONTROL), ==, run);
        dma_one(c, f, 0, 0, 0, 0, FPGA_DESC_OK, 0);
        g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, FPGA_INT_DMA_DONE);
        wr(c, FPGA_INT_STATUS, FPGA_INT_DMA_DONE);
    }
    wr(c, FPGA_DMA_CONTROL, polled);
    wr(c, FPGA_CONTROL, FPGA_CONTROL_RESET);
    g_assert_cmphex(rd(c, FPGA_DMA_CONTROL), ==, 0);
    card_done(c);
}

/* Card RAM as both ends of a transfer, overlapping */
static void test_dma_own_ram(void)
{
    Card *c = card_free();
    QPCIBar regs, ram;
    g_autofree uint8_t *data = pattern(8192, 5);

    regs = qpci_iomap(c->dev, FPGA_BAR_REGS, NULL);
    c->port = regs.addr;
    ram = qpci_iomap(c->dev, FPGA_BAR_RAM, NULL);
    qpci_device_enable(c->dev);
    qpci_memwrite(c->dev, ram, 0, data, 8192);
    dma_start(c);
    dma_one(c, 0, ram.addr, 100, 8000, 0, FPGA_DESC_OK, 8000);
    assert_memory(c, ram.addr, data, 100);
    assert_memory(c, ram.addr + 100, data, 8000);
    dma_one(c, FPGA_DESC_F_TO_HOST, ram.addr, 100, 8000, 0, FPGA_DESC_OK, 8000);
    assert_memory(c, ram.addr, data, 8000);
    card_done(c);
}

static void test_dma_endless_ring(void)
{
    Card *c = card_fixed();

    dma_start_endless(c);
    /* The machine goes on. */
    qtest_qmp_assert_success(c->qts, "{ 'execute': 'stop' }");
    qtest_qmp_assert_success(c->qts, "{ 'execute': 'cont' }");
    qtest_system_reset(c->qts);
    assert_fixed(c->qts);
    g_assert_cmphex(rd(c, FPGA_DMA_STATUS), ==, 0);
    card_done(c);
}

/* PCI Express */

static void test_pcie_identity(void)
{
    Card *c = card_pcie();
    uint8_t exp = capability(c, PCI_CAP_ID_EXP);
    uint8_t msix = capability(c, PCI_CAP_ID_MSIX);

    assert_fixed(c->qts);
    g_assert_cmphex(exp, !=, 0);
    g_assert_cmphex(qpci_config_readw(c->dev, exp + PCI_EXP_FLAGS) &
                    PCI_EXP_FLAGS_TYPE, ==,
                    PCI_EXP_TYPE_LEG_END << ctz32(PCI_EXP_FLAGS_TYPE));
    g_assert_cmphex(qpci_config_readl(c->dev, exp + PCI_EXP_DEVCAP) &
                    PCI_EXP_DEVCAP_FLR, !=, 0);
    g_assert_cmphex(capability(c, PCI_CAP_ID_PM), !=, 0);
    g_assert_cmphex(capability(c, PCI_CAP_ID_MSI), !=, 0);
    g_assert_cmphex(msix, !=, 0);
    g_assert_cmpint(qpci_msix_table_size(c->dev), ==, FPGA_VECTORS);
    g_assert_cmphex(qpci_config_readl(c->dev, msix + PCI_MSIX_TABLE) &
                    PCI_MSIX_TABLE_BIR, ==, FPGA_BAR_MSIX);
    card_done(c);
}

/* No endpoint of the root complex may need I/O space. */
static void test_pcie_root_bus(void)
{
    Card *c = card_new("-machine q35 -nodefaults -device fpga,addr=5",
                       QPCI_DEVFN(5, 0));

    g_assert_cmphex(capability(c, PCI_CAP_ID_MSI), !=, 0);
    g_assert_cmphex(capability(c, PCI_CAP_ID_EXP), ==, 0);
    g_assert_cmphex(capability(c, PCI_CAP_ID_MSIX), ==, 0);
    card_done(c);
}

static void function_level_reset(Card *c)
{
    uint8_t exp = capability(c, PCI_CAP_ID_EXP);

    qpci_config_writew(c->dev, exp + PCI_EXP_DEVCTL, PCI_EXP_DEVCTL_BCR_FLR);
    g_assert_cmphex(qpci_config_readw(c->dev, exp + PCI_EXP_DEVCTL) &
                    PCI_EXP_DEVCTL_BCR_FLR, ==, 0);
}

static void test_pcie_flr(void)
{
    Card *c = card_pcie();
    QPCIBar ram = qpci_iomap(c->dev, FPGA_BAR_RAM, NULL);
    uint32_t word = 0x12345678;

    /* Not where the DMA goes */
    qpci_memwrite(c->dev, ram, 8192, &word, sizeof(word));
    wr(c, FPGA_REGFILE, 1);
    dma_start_endless(c);
    function_level_reset(c);

    assert_fixed(c->qts);
    assert_bar(c, FIXED_BAR);
    g_assert_cmphex(qpci_config_readw(c->dev, PCI_COMMAND), ==, PCI_COMMAND_IO);
    g_assert_cmphex(qpci_config_readl(c->dev, PCI_BASE_ADDRESS_2), ==,
                    PCI_BASE_ADDRESS_MEM_TYPE_64 |
                    PCI_BASE_ADDRESS_MEM_PREFETCH);
    g_assert_cmphex(rd(c, FPGA_REGFILE), ==, 0);
    g_assert_cmphex(rd(c, FPGA_DMA_STATUS), ==, 0);

    /* It works again, and card RAM has kept its content. */
    qpci_config_writel(c->dev, PCI_BASE_ADDRESS_2, ram.addr);
    qpci_device_enable(c->dev);
    word = 0;
    qpci_memread(c->dev, ram, 8192, &word, sizeof(word));
    g_assert_cmphex(word, ==, 0x12345678);
    dma_start(c);
    round_trip(c, 4096, 0, 0);
    card_done(c);
}

/* Where configuration space of the card behind a port is in memory, on q35 */
static uint64_t config_in_memory(Card *c)
{
    QPCIDevice *host = qpci_device_find(c->bus, QPCI_DEVFN(0, 0));

    g_assert_nonnull(host);
    qpci_config_writel(host, MCH_HOST_BRIDGE_PCIEXBAR,
                       ECAM | MCH_HOST_BRIDGE_PCIEXBAREN);
    g_free(host);
    return ECAM + (1 << 20);
}

/* A DMA whose target is the bit that resets the card */
static void test_pcie_flr_by_dma(void)
{
    Card *c = card_pcie();
    uint64_t devctl = config_in_memory(c) + capability(c, PCI_CAP_ID_EXP) +
                      PCI_EXP_DEVCTL;
    uint64_t addr = guest_alloc(&c->alloc, 4096);

    dma_start(c);
    qtest_writew(c->qts, addr, PCI_EXP_DEVCTL_BCR_FLR);
    dma_one(c, 0, addr, 0, 2, 0, FPGA_DESC_OK, 2);
    wr(c, FPGA_REGFILE, 1);
    dma_post(c, FPGA_DESC_F_TO_HOST | FPGA_DESC_F_IRQ, devctl, 0, 2, 0);
    dma_ring(c);

    for (int i = 0; rd(c, FPGA_REGFILE) && i < PATIENCE; i++) {
        ;
    }
    g_assert_cmphex(rd(c, FPGA_REGFILE), ==, 0);
    g_assert_cmphex(rd(c, FPGA_DMA_STATUS), ==, 0);
    g_assert_cmphex(rd(c, FPGA_DMA_ERROR), ==, FPGA_DMA_ERROR_NONE);
    g_assert_cmphex(rd(c, FPGA_DMA_HEAD), ==, 0);
    g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, 0);
    assert_fixed(c->qts);

    qpci_device_enable(c->dev);
    dma_start(c);
    round_trip(c, 4096, 0, 0);
    card_done(c);
}

/* A message that switches messages off, before others that are due */
static void test_pcie_msi_at_itself(void)
{
    Card *c = card_pcie();
    uint8_t cap = capability(c, PCI_CAP_ID_MSI);

    wr(c, FPGA_DMA_CONTROL, FPGA_DMA_CONTROL_RUN);
    wr(c, FPGA_INT_RAISE, SW(0));
    qpci_config_writel(c->dev, cap + PCI_MSI_ADDRESS_LO,
                       config_in_memory(c) + cap);
    qpci_config_writel(c->dev, cap + PCI_MSI_ADDRESS_HI, 0);
    qpci_config_writew(c->dev, cap + PCI_MSI_DATA_64, 0);
    qpci_config_writew(c->dev, cap + PCI_MSI_FLAGS, PCI_MSI_FLAGS_ENABLE |
                       2 << ctz32(PCI_MSI_FLAGS_QSIZE));
    g_assert_cmphex(rd(c, FPGA_INT_VECTORS), ==, FPGA_VECTORS);

    wr(c, FPGA_INT_ENABLE, SW(0) | FPGA_INT_DMA_ERROR);
    g_assert_cmphex(qpci_config_readw(c->dev, cap + PCI_MSI_FLAGS) &
                    PCI_MSI_FLAGS_ENABLE, ==, 0);
    g_assert_cmphex(rd(c, FPGA_ID), ==, FPGA_ID_VALUE);
    card_done(c);
}

/* In D3hot no port answers. It changes nothing else. */
static void test_pcie_power(void)
{
    Card *c = card_pcie();
    uint8_t pm = capability(c, PCI_CAP_ID_PM);

    wr(c, FPGA_REGFILE, 0x12345678);
    qpci_config_writew(c->dev, pm + PCI_PM_CTRL, 3);
    g_assert_cmphex(rd(c, FPGA_ID), ==, 0xffffffff);
    assert_bar(c, FIXED_BAR);
    qpci_config_writew(c->dev, pm + PCI_PM_CTRL, 0);
    assert_fixed(c->qts);
    g_assert_cmphex(rd(c, FPGA_REGFILE), ==, 0x12345678);

    qpci_config_writew(c->dev, pm + PCI_PM_CTRL, 3);
    function_level_reset(c);
    assert_fixed(c->qts);
    card_done(c);
}

typedef struct Msix {
    uint64_t addr;      /* of FPGA_VECTORS words, to which the messages go */
} Msix;

static void msix_entry(Card *c, Msix *msix, unsigned int vector, bool masked)
{
    QPCIBar bar = c->dev->msix_table_bar;
    uint64_t entry = c->dev->msix_table_off + vector * PCI_MSIX_ENTRY_SIZE;

    qpci_io_writel(c->dev, bar, entry + PCI_MSIX_ENTRY_LOWER_ADDR,
                   msix->addr + vector * 4);
    qpci_io_writel(c->dev, bar, entry + PCI_MSIX_ENTRY_UPPER_ADDR, 0);
    qpci_io_writel(c->dev, bar, entry + PCI_MSIX_ENTRY_DATA,
                   MSI_DATA + vector);
    qpci_io_writel(c->dev, bar, entry + PCI_MSIX_ENTRY_VECTOR_CTRL,
                   masked ? PCI_MSIX_ENTRY_CTRL_MASKBIT : 0);
}

static void msix_start(Card *c, Msix *msix, unsigned int vectors)
{
    msix->addr = guest_alloc(&c->alloc, FPGA_VECTORS * 4);
    qtest_memset(c->qts, msix->addr, 0, FPGA_VECTORS * 4);
    qpci_msix_enable(c->dev);
    for (unsigned int vector = 0; vector < vectors; vector++) {
        msix_entry(c, msix, vector, false);
    }
}

/* The messages that have come since the last call, a bit for each vector */
static uint32_t msix_take(Card *c, Msix *msix)
{
    uint32_t vectors = 0;

    for (unsigned int vector = 0; vector < FPGA_VECTORS; vector++) {
        uint32_t data = qtest_readl(c->qts, msix->addr + vector * 4);

        if (data) {
            g_assert_cmphex(data, ==, MSI_DATA + vector);
            vectors |= 1u << vector;
        }
    }
    qtest_memset(c->qts, msix->addr, 0, FPGA_VECTORS * 4);
    return vectors;
}

static void test_pcie_msix(void)
{
    Card *c = card_pcie();
    Msix msix;

    g_assert_cmphex(rd(c, FPGA_INT_VECTORS), ==, 0);
    msix_start(c, &msix, FPGA_VECTORS);
    g_assert_cmphex(rd(c, FPGA_INT_VECTORS), ==, FPGA_VECTORS);
    wr(c, FPGA_INT_AUTOCLEAR, FPGA_INT_DMA_DONE);
    wr(c, FPGA_INT_ENABLE, FPGA_INT_ALL);
    wr(c, FPGA_INT_RAISE, SW(0));
    g_assert_cmphex(msix_take(c, &msix), ==, 1 << FPGA_VECTOR_SOFTWARE);
    g_assert_false(intx(c));
    wr(c, FPGA_INT_STATUS, SW(0));
    g_assert_cmphex(msix_take(c, &msix), ==, 0);

    dma_start(c);
    for (int i = 0; i < 2; i++) {
        dma_one(c, FPGA_DESC_F_NOP | FPGA_DESC_F_IRQ, 0, 0, 0, 0, FPGA_DESC_OK,
                0);
        g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, 0);
        g_assert_cmphex(msix_take(c, &msix), ==, 1 << FPGA_VECTOR_DMA_DONE);
    }
    wr(c, FPGA_DMA_CONTROL, 0);
    wr(c, FPGA_DMA_RING_SIZE, 0);
    wr(c, FPGA_DMA_CONTROL, FPGA_DMA_CONTROL_RUN);
    g_assert_cmphex(msix_take(c, &msix), ==, 1 << FPGA_VECTOR_DMA_ERROR);
    card_done(c);
}

/* Which vectors are used software says; the table does not matter. */
static void test_pcie_msix_few(void)
{
    Card *c = card_pcie();
    Msix msix;

    g_assert_cmphex(rd(c, FPGA_FEATURES) & FPGA_FEATURE_MAP, !=, 0);
    g_assert_cmphex(rd(c, FPGA_INT_MAP), ==, FPGA_INT_MAP_RESET);
    /* Entries that an earlier driver has left behind */
    msix_start(c, &msix, FPGA_VECTORS);
    msix_entry(c, &msix, 1, true);
    msix_entry(c, &msix, 2, true);
    g_assert_cmphex(rd(c, FPGA_INT_VECTORS), ==, FPGA_VECTORS);
    wr(c, FPGA_INT_MAP, 0xffffffff & FPGA_INT_MAP_SOFTWARE);
    wr(c, FPGA_INT_ENABLE, FPGA_INT_ALL);
    wr(c, FPGA_DMA_CONTROL, FPGA_DMA_CONTROL_RUN);
    g_assert_cmphex(msix_take(c, &msix), ==, 1);
    wr(c, FPGA_INT_RAISE, SW(0));
    g_assert_cmphex(msix_take(c, &msix), ==, 1 << 3);
    /* A cause that stands is signalled where it belongs now. */
    wr(c, FPGA_INT_MAP, 3 << FPGA_INT_MAP_DMA_ERROR_SHIFT);
    g_assert_cmphex(msix_take(c, &msix), ==, 1 << 0 | 1 << 3);
    wr(c, FPGA_CONTROL, FPGA_CONTROL_RESET);
    g_assert_cmphex(rd(c, FPGA_INT_MAP), ==, FPGA_INT_MAP_RESET);
    card_done(c);
}

static void test_pcie_msix_masked(void)
{
    Card *c = card_pcie();
    uint8_t cap = capability(c, PCI_CAP_ID_MSIX);
    Msix msix;

    msix_start(c, &msix, FPGA_VECTORS);
    msix_entry(c, &msix, 0, true);
    wr(c, FPGA_INT_ENABLE, FPGA_INT_ALL);
    wr(c, FPGA_INT_RAISE, SW(0));
    g_assert_cmphex(msix_take(c, &msix), ==, 0);
    g_assert_true(qpci_msix_pending(c->dev, 0));
    g_assert_cmphex(rd(c, FPGA_INT_VECTORS), ==, FPGA_VECTORS);
    msix_entry(c, &msix, 0, false);
    g_assert_cmphex(msix_take(c, &msix), ==, 1);
    g_assert_false(qpci_msix_pending(c->dev, 0));

    /* The whole function */
    qpci_config_writew(c->dev, cap + PCI_MSIX_FLAGS,
                       PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
    wr(c, FPGA_INT_STATUS, SW(0));
    wr(c, FPGA_INT_RAISE, SW(1));
    g_assert_cmphex(msix_take(c, &msix), ==, 0);
    qpci_config_writew(c->dev, cap + PCI_MSIX_FLAGS, PCI_MSIX_FLAGS_ENABLE);
    g_assert_cmphex(msix_take(c, &msix), ==, 1);

    /* INTx takes over a line that is high. */
    qpci_config_writew(c->dev, cap + PCI_MSIX_FLAGS, 0);
    g_assert_true(intx(c));
    function_level_reset(c);
    g_assert_false(intx(c));
    card_done(c);
}

static void test_pcie_msi(void)
{
    Card *c = card_pcie();
    Msi msi;

    msi_start(c, &msi, 2);
    wr(c, FPGA_INT_ENABLE, SW(0));
    wr(c, FPGA_INT_RAISE, SW(0));
    g_assert_cmphex(msi_take(c, &msi), ==, MSI_DATA);
    card_done(c);
}

/* The doorbell as an event */

static void test_ioeventfd(void)
{
    g_autofree char *trace = NULL;
    g_autofree char *args = NULL;
    g_autofree char *seen = NULL;
    int fd = g_file_open_tmp("fpga-test-XXXXXX", &trace, NULL);
    Card *c;

    g_assert_cmpint(fd, >=, 0);
    close(fd);
    args = g_strdup_printf(FIXED ",ioeventfd=on -d trace:fpga_write -D %s",
                           trace);
    c = card_fixed_with(args);
    dma_start(c);
    for (int i = 0; i < 3 * RING_SIZE; i++) {
        round_trip(c, 100, 0, 0);
    }
    wr(c, FPGA_REGFILE, 0xabcdef01);

    /* Narrower writes are no event, and ring as well. */
    dma_post(c, FPGA_DESC_F_NOP, 0, 0, 0, 0);
    qtest_outb(c->qts, c->port + FPGA_DMA_DOORBELL + 1, 0);
    dma_expect(c, (c->tail - 1) % RING_SIZE, FPGA_DESC_OK, 0);
    card_done(c);

    /* The registers saw the others, and not the doorbells. */
    g_assert_true(g_file_get_contents(trace, &seen, NULL, NULL));
    unlink(trace);
    g_assert_nonnull(strstr(seen, "0x400 (4 bytes) = 0xabcdef01"));
    g_assert_nonnull(strstr(seen, "0x115 (1 bytes)"));
    g_assert_null(strstr(seen, "0x114 ("));
}

static void test_ioeventfd_moves(void)
{
    Card *c = card_new(FREE ",ioeventfd=on", QPCI_DEVFN(5, 0));
    const uint16_t port[] = { 0xd000, 0xe000, 0xd000 };

    qpci_device_enable(c->dev);
    for (int i = 0; i < ARRAY_SIZE(port); i++) {
        qpci_config_writel(c->dev, PCI_BASE_ADDRESS_0, port[i]);
        c->port = port[i];
        dma_start(c);
        dma_post(c, FPGA_DESC_F_NOP, 0, 0, 0, 0);
        /* Where the card is not */
        qtest_outl(c->qts, (port[i] ^ 0x3000) + FPGA_DMA_DOORBELL, 0);
        for (int j = 0; j < 100; j++) {
            g_assert_cmphex(dma_status(c, 0), ==, FPGA_DESC_S_OWN);
        }
        dma_ring(c);
        dma_expect(c, 0, FPGA_DESC_OK, 0);
        wr(c, FPGA_CONTROL, FPGA_CONTROL_RESET);
    }
    card_done(c);
}

/* Doorbells, as events, of an engine that is stopped and started again */
static void test_ioeventfd_stop(void)
{
    Card *c = card_fixed_with(FIXED ",ioeventfd=on");

    for (int i = 0; i < 100; i++) {
        dma_start(c);
        dma_ring(c);
        wr(c, FPGA_DMA_CONTROL, 0);
        dma_start(c);
        dma_post(c, FPGA_DESC_F_NOP, 0, 0, 0, 0);
        g_assert_cmphex(dma_status(c, 0), ==, FPGA_DESC_S_OWN);
        dma_ring(c);
        dma_expect(c, 0, FPGA_DESC_OK, 0);
        wr(c, FPGA_DMA_CONTROL, 0);
    }
    card_done(c);
}

/* Faults */

#define CARD_PATH "/machine/peripheral/card"

static void set_fault(Card *c, const char *name, uint32_t value)
{
    qtest_qmp_assert_success(c->qts, "{ 'execute': 'qom-set', 'arguments': "
                             "{ 'path': %s, 'property': %s, 'value': %u } }",
                             CARD_PATH, name, value);
}

static uint32_t get_fault(Card *c, const char *name)
{
    QDict *reply = qtest_qmp(c->qts, "{ 'execute': 'qom-get', 'arguments': "
                             "{ 'path': %s, 'property': %s } }",
                             CARD_PATH, name);
    uint32_t value = qdict_get_int(reply, "return");

    qobject_unref(reply);
    return value;
}

static void switch_fault(Card *c, const char *name, bool on)
{
    qtest_qmp_assert_success(c->qts, "{ 'execute': 'qom-set', 'arguments': "
                             "{ 'path': %s, 'property': %s, 'value': %i } }",
                             CARD_PATH, name, on);
}

static void set_gone(Card *c, bool gone)
{
    switch_fault(c, "fault-gone", gone);
}

/* Step the clock until the entry has been completed. Returns: milliseconds */
static int dma_step(Card *c, uint32_t entry)
{
    int ms = 0;

    while (dma_status(c, entry) & FPGA_DESC_S_OWN && ms < 1000) {
        qtest_clock_step(c->qts, 1000 * 1000);
        ms++;
    }
    return ms;
}

static void test_fault_delay(void)
{
    Card *c = card_fixed_with(FIXED ",fault-delay-ms=20");
    uint32_t one, two;

    dma_start(c);
    one = dma_post(c, FPGA_DESC_F_NOP, 0, 0, 0, 0);
    two = dma_post(c, FPGA_DESC_F_NOP, 0, 0, 0, 0);
    dma_ring(c);
    g_assert_cmpint(dma_step(c, one), >=, 20);
    g_assert_cmphex(dma_status(c, two), ==, FPGA_DESC_S_OWN);
    g_assert_cmpint(dma_step(c, two), >=, 20);
    dma_expect(c, one, FPGA_DESC_OK, 0);
    dma_expect(c, two, FPGA_DESC_OK, 0);

    /* The engine can be stopped meanwhile. */
    one = dma_post(c, FPGA_DESC_F_NOP, 0, 0, 0, 0);
    dma_ring(c);
    wr(c, FPGA_DMA_CONTROL, 0);
    g_assert_cmphex(rd(c, FPGA_DMA_STATUS), ==, 0);
    g_assert_cmpint(dma_step(c, one), ==, 1000);

    set_fault(c, "fault-delay-ms", 0);
    dma_start(c);
    dma_one(c, FPGA_DESC_F_NOP, 0, 0, 0, 0, FPGA_DESC_OK, 0);
    card_done(c);
}

static void test_fault_lost_message(void)
{
    Card *c = card_fixed();
    Msi msi;

    msi_start(c, &msi, 2);
    wr(c, FPGA_INT_ENABLE, FPGA_INT_ALL);
    set_fault(c, "fault-lost-interrupts", 2);
    for (int i = 0; i < 2; i++) {
        wr(c, FPGA_INT_RAISE, SW(0));
        g_assert_cmphex(msi_take(c, &msi), ==, 0);
        g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, SW(0));
        wr(c, FPGA_INT_STATUS, SW(0));
    }
    g_assert_cmphex(get_fault(c, "fault-lost-interrupts"), ==, 0);
    wr(c, FPGA_INT_RAISE, SW(0));
    g_assert_cmphex(msi_take(c, &msi), ==, MSI_DATA);
    wr(c, FPGA_INT_STATUS, SW(0));

    set_fault(c, "fault-lost-interrupts", UINT32_MAX);
    wr(c, FPGA_INT_RAISE, SW(0));
    g_assert_cmphex(msi_take(c, &msi), ==, 0);
    g_assert_cmphex(get_fault(c, "fault-lost-interrupts"), ==, UINT32_MAX);
    card_done(c);
}

static void test_fault_lost_intx(void)
{
    Card *c = card_fixed_with(FIXED ",fault-lost-interrupts=1");

    wr(c, FPGA_INT_ENABLE, FPGA_INT_ALL);
    wr(c, FPGA_INT_RAISE, SW(0));
    g_assert_false(intx(c));
    g_assert_cmphex(rd(c, FPGA_STATUS), ==, FPGA_STATUS_IRQ);
    /* Not before all lines have fallen */
    wr(c, FPGA_INT_RAISE, SW(1));
    wr(c, FPGA_INT_STATUS, SW(0));
    g_assert_false(intx(c));
    wr(c, FPGA_INT_STATUS, SW(1));
    wr(c, FPGA_INT_RAISE, SW(0));
    g_assert_true(intx(c));
    card_done(c);
}

/* Until the engine is stuck: the count falls when it sticks. */
static void wait_stuck(Card *c)
{
    for (int i = 0; get_fault(c, "fault-stuck"); i++) {
        if (i == PATIENCE) {
            g_test_message("the engine does not stick");
            g_test_fail();
            return;
        }
    }
}

static void test_fault_stuck(void)
{
    Card *c = card_fixed_with(FIXED ",fault-stuck=1");
    uint32_t entry;

    dma_start(c);
    entry = dma_post(c, FPGA_DESC_F_NOP, 0, 0, 0, 0);
    dma_ring(c);
    wait_stuck(c);
    dma_ring(c);
    wr(c, FPGA_DMA_CONTROL, 0);
    g_assert_cmphex(rd(c, FPGA_DMA_STATUS), ==, FPGA_DMA_STATUS_RUNNING);
    g_assert_cmphex(rd(c, FPGA_DMA_CONTROL), ==, FPGA_DMA_CONTROL_RUN);
    g_assert_cmphex(dma_status(c, entry), ==, FPGA_DESC_S_OWN);

    wr(c, FPGA_CONTROL, FPGA_CONTROL_RESET);
    g_assert_cmphex(rd(c, FPGA_DMA_STATUS), ==, 0);
    g_assert_cmphex(dma_status(c, entry), ==, FPGA_DESC_S_OWN);
    dma_start(c);
    round_trip(c, 4096, 0, 0);
    card_done(c);
}

/* It goes on, and still writes to memory, until the function is reset. */
static void test_fault_unstoppable(void)
{
    Card *c = card_fixed_with(FIXED ",fault-delay-ms=20");
    uint64_t addr = guest_alloc(&c->alloc, 4096);
    uint32_t entry;

    switch_fault(c, "fault-unstoppable", true);
    dma_start(c);
    qtest_memset(c->qts, addr, 0x55, 4096);
    entry = dma_post(c, FPGA_DESC_F_TO_HOST, addr, 0, 4096, 0);
    dma_ring(c);
    wr(c, FPGA_DMA_CONTROL, 0);
    g_assert_cmphex(rd(c, FPGA_DMA_STATUS), ==, FPGA_DMA_STATUS_RUNNING);
    wr(c, FPGA_REGFILE, 0x1234);
    wr(c, FPGA_CONTROL, FPGA_CONTROL_RESET);
    g_assert_cmphex(rd(c, FPGA_REGFILE), ==, 0);
    g_assert_cmphex(rd(c, FPGA_DMA_STATUS), ==, FPGA_DMA_STATUS_RUNNING);

    dma_step(c, entry);
    g_assert_cmphex(dma_status(c, entry), ==, FPGA_DESC_S_DONE);
    g_assert_cmphex(qtest_readb(c->qts, addr), ==, 0);

    switch_fault(c, "fault-unstoppable", false);
    wr(c, FPGA_DMA_CONTROL, 0);
    g_assert_cmphex(rd(c, FPGA_DMA_STATUS), ==, 0);
    card_done(c);
}

static void test_fault_status(void)
{
    Card *c = card_fixed();
    uint64_t addr = guest_alloc(&c->alloc, 4096);
    g_autofree uint8_t *zero = g_malloc0(4096);

    dma_start(c);
    write_memory(c, addr, zero, 4096);
    dma_one(c, 0, addr, 0, 4096, 0, FPGA_DESC_OK, 4096);
    qtest_memset(c->qts, addr, 0xff, 4096);
    set_fault(c, "fault-status", 200);
    dma_one(c, 0, addr, 0, 4096, 0, 200, 0);
    dma_one(c, FPGA_DESC_F_NOP | FPGA_DESC_F_IRQ, 0, 0, 0, 0, 200, 0);
    g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, FPGA_INT_DMA_DONE);
    set_fault(c, "fault-status", 0);
    /* It moved nothing. */
    dma_one(c, FPGA_DESC_F_TO_HOST, addr, 0, 4096, 0, FPGA_DESC_OK, 4096);
    assert_memory(c, addr, zero, 4096);
    card_done(c);
}

static void assert_gone(Card *c)
{
    wr(c, FPGA_REGFILE, 0);
    g_assert_cmphex(rd(c, FPGA_ID), ==, 0xffffffff);
    g_assert_cmphex(rd(c, FPGA_REGFILE), ==, 0xffffffff);
    g_assert_cmphex(qtest_inw(c->qts, c->port + FPGA_ID + 2), ==, 0xffff);
    g_assert_cmphex(qtest_inb(c->qts, c->port + FPGA_ID + 3), ==, 0xff);
    g_assert_cmphex(qpci_config_readl(c->dev, PCI_VENDOR_ID), ==, 0xffffffff);
    g_assert_cmphex(qpci_config_readw(c->dev, PCI_COMMAND), ==, 0xffff);
    qpci_config_writew(c->dev, PCI_COMMAND, 0);
    qpci_config_writel(c->dev, PCI_BASE_ADDRESS_0, 0xffffffff);
}

static void test_fault_gone(void)
{
    Card *c = card_fixed();
    uint8_t ring[2 * FPGA_DESC_SIZE];

    wr(c, FPGA_REGFILE, 1);
    wr(c, FPGA_INT_ENABLE, SW(0));
    wr(c, FPGA_INT_RAISE, SW(0));
    dma_start_endless(c);
    set_gone(c, true);
    assert_gone(c);
    read_memory(c, c->ring, ring, sizeof(ring));
    for (int i = 0; i < 100; i++) {
        assert_memory(c, c->ring, ring, sizeof(ring));
    }
    qtest_system_reset(c->qts);
    qpci_secondary_buses_init(c->bus);
    assert_gone(c);

    set_gone(c, false);
    assert_fixed(c->qts);
    assert_bar(c, FIXED_BAR);
    g_assert_false(intx(c));
    g_assert_cmphex(rd(c, FPGA_REGFILE), ==, 0);
    g_assert_cmphex(rd(c, FPGA_DMA_STATUS), ==, 0);
    qpci_device_enable(c->bridge);
    qpci_device_enable(c->dev);
    dma_start(c);
    round_trip(c, 4096, 0, 0);
    card_done(c);
}

static void test_fault_gone_memory(void)
{
    Card *c = card_pcie();
    QPCIBar ram = qpci_iomap(c->dev, FPGA_BAR_RAM, NULL);
    uint32_t word = 0x12345678;
    uint32_t zero = 0;
    Msix msix;

    msix_start(c, &msix, FPGA_VECTORS);
    qpci_memwrite(c->dev, ram, 0, &word, sizeof(word));
    set_gone(c, true);
    assert_gone(c);
    qpci_memwrite(c->dev, ram, 0, &zero, sizeof(zero));
    qpci_memread(c->dev, ram, 0, &word, sizeof(word));
    g_assert_cmphex(word, ==, 0xffffffff);
    g_assert_cmphex(qpci_io_readl(c->dev, c->dev->msix_table_bar, 0), ==,
                    0xffffffff);
    set_gone(c, false);
    assert_fixed(c->qts);

    /* What the system gives back to a card that has been reset */
    qpci_config_writel(c->dev, PCI_BASE_ADDRESS_1,
                       c->dev->msix_table_bar.addr);
    qpci_config_writel(c->dev, PCI_BASE_ADDRESS_2, ram.addr);
    qpci_device_enable(c->dev);
    word = 0;
    qpci_memread(c->dev, ram, 0, &word, sizeof(word));
    g_assert_cmphex(word, ==, 0x12345678);
    g_assert_cmphex(rd(c, FPGA_INT_VECTORS), ==, 0);
    g_assert_cmphex(qpci_io_readl(c->dev, c->dev->msix_table_bar,
                                  PCI_MSIX_ENTRY_VECTOR_CTRL), ==,
                    PCI_MSIX_ENTRY_CTRL_MASKBIT);
    card_done(c);
}

static void test_fault_gone_at_once(void)
{
    QTestState *qts = qtest_init(FIXED ",fault-gone=on");

    g_assert_cmphex(qtest_inl(qts, FPGA_IO_BASE + FPGA_ID), ==, 0xffffffff);
    qtest_quit(qts);
}

/* State */

static void wait_migrated(QTestState *qts)
{
    for (int i = 0; i < PATIENCE; i++) {
        QDict *info = qtest_qmp_assert_success_ref(
            qts, "{ 'execute': 'query-migrate' }");
        const char *status = qdict_get_try_str(info, "status");
        bool done = !g_strcmp0(status, "completed");

        g_assert_cmpstr(status, !=, "failed");
        qobject_unref(info);
        if (done) {
            return;
        }
        g_usleep(1000);
    }
    g_test_message("migration did not complete");
    g_test_fail();
}

/* @c goes to another process, by way of a file. */
static void migrate(Card *c)
{
    g_autofree char *file = NULL;
    g_autofree char *uri = NULL;
    QTestState *to;
    int fd = g_file_open_tmp("fpga-test-XXXXXX", &file, NULL);

    g_assert_cmpint(fd, >=, 0);
    close(fd);
    uri = g_strdup_printf("file:%s", file);
    qtest_qmp_assert_success(c->qts, "{ 'execute': 'migrate', 'arguments': "
                             "{ 'uri': %s } }", uri);
    wait_migrated(c->qts);
    to = qtest_initf("%s -incoming %s", c->args, uri);
    wait_migrated(to);
    unlink(file);
    qtest_quit(c->qts);
    c->qts = to;
    c->bus->qts = to;
}

/* Where something else is fixed, or nothing, the machine cannot go on. */
typedef struct Unlike {
    const char *name;
    const char *from;
    const char *to;
    const char *message;
} Unlike;

#define FREE_CARD "-nodefaults -device dec-21154,id=br0,addr=4,io-base=0x2000 " \
                  "-device fpga,id=card,bus=br0,addr=1"

static const Unlike unlike[] = {
    { "fixed-to-free", FIXED, FREE_CARD, "the base is fixed elsewhere" },
    { "free-to-fixed", FREE_CARD, FIXED, "the base is fixed elsewhere" },
    { "window-to-free", "-nodefaults -device dec-21154,addr=4,io-base=0x2000",
      "-nodefaults -device dec-21154,addr=4", "the window is fixed elsewhere" },
    { "free-to-window", "-nodefaults -device dec-21154,addr=4",
      "-nodefaults -device dec-21154,addr=4,io-base=0x2000",
      "the window is fixed elsewhere" },
    { "memory-window", "-nodefaults -device dec-21154,addr=4,mem-base=0xd0000000",
      "-nodefaults -device dec-21154,addr=4,mem-base=0xd0100000",
      "the window is fixed elsewhere" },
    { "held-elsewhere", HOLD(" -device fpga,bus=br0,addr=1"),
      HOLD(",hold-at=1=0x2800 -device fpga,bus=br0,addr=1"),
      "Bad config data" },
};

static void test_migrate_unlike(const void *data)
{
    const Unlike *u = data;
    QTestState *qts = qtest_init(u->from);
    g_autofree char *file = NULL;
    g_autofree char *uri = NULL;
    g_autofree char *shell = NULL;
    g_autofree char *out = NULL;
    g_autofree char *err = NULL;
    const char *argv[] = { "sh", "-c", NULL, NULL };
    int fd = g_file_open_tmp("fpga-test-XXXXXX", &file, NULL);
    int status;

    g_assert_cmpint(fd, >=, 0);
    close(fd);
    uri = g_strdup_printf("file:%s", file);
    qtest_qmp_assert_success(qts, "{ 'execute': 'migrate', 'arguments': "
                             "{ 'uri': %s } }", uri);
    wait_migrated(qts);
    qtest_quit(qts);
    /* Whoever takes it is told to end. */
    shell = g_strdup_printf("(sleep 5; echo quit) | %s -machine pc "
                            "-accel qtest -display none -monitor stdio -S "
                            "-incoming %s %s",
                            getenv("QTEST_QEMU_BINARY"), uri, u->to);
    argv[2] = shell;
    g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH,
                               NULL, NULL, &out, &err, &status, NULL));
    unlink(file);
    if (!strstr(err, u->message)) {
        g_test_message("expected: %s", u->message);
        g_test_message("got: %s", err);
        g_test_fail();
    }
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 1);
}

/* A BAR that is held, in the middle of being sized */
static void test_migrate_hold(void)
{
    Card *c = card_new(HOLD(" -device fpga,id=card,bus=br0,addr=1"),
                       BEHIND(CARD_SLOT));

    qpci_config_writel(c->dev, PCI_BASE_ADDRESS_0, 0xffffffff);
    migrate(c);
    assert_card_at(c->qts, FPGA_IO_BASE);
    assert_bar(c, SIZE_BAR);
    assert_bar(c, FIXED_BAR);
    card_done(c);
}

static void test_migrate_registers(void)
{
    Card *c = card_fixed();
    Msi msi;

    msi_start(c, &msi, 2);
    wr(c, FPGA_SCRATCH, 0x12345678);
    wr(c, FPGA_REGFILE + 0x10, 0xabcdef01);
    wr(c, FPGA_INT_COALESCE, 7);
    wr(c, FPGA_INT_MAP, 1 << FPGA_INT_MAP_DMA_ERROR_SHIFT);
    wr(c, FPGA_DMA_CONTROL, FPGA_DMA_CONTROL_POLLED);
    wr(c, FPGA_INT_ENABLE, SW(0) | SW(1));
    wr(c, FPGA_INT_RAISE, SW(0) | SW(1));
    g_assert_cmphex(msi_take(c, &msi), ==, MSI_DATA);
    qpci_config_writel(c->dev, PCI_BASE_ADDRESS_0, 0xffffffff);

    qtest_qmp_assert_success(c->qts, "{ 'execute': 'stop' }");
    migrate(c);
    qtest_qmp_assert_success(c->qts, "{ 'execute': 'cont' }");

    assert_fixed(c->qts);
    assert_bar(c, SIZE_BAR);
    assert_bar(c, FIXED_BAR);
    g_assert_cmphex(rd(c, FPGA_SCRATCH), ==, (uint32_t)~0x12345678);
    g_assert_cmphex(rd(c, FPGA_REGFILE + 0x10), ==, 0xabcdef01);
    g_assert_cmphex(rd(c, FPGA_INT_COALESCE), ==, 7);
    g_assert_cmphex(rd(c, FPGA_INT_MAP), ==,
                    1 << FPGA_INT_MAP_DMA_ERROR_SHIFT);
    g_assert_cmphex(rd(c, FPGA_DMA_CONTROL), ==, FPGA_DMA_CONTROL_POLLED);
    g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, SW(0) | SW(1));
    /* The line was high, and is: no message until it is acknowledged. */
    g_assert_cmphex(msi_take(c, &msi), ==, 0);
    wr(c, FPGA_INT_STATUS, SW(0));
    g_assert_cmphex(msi_take(c, &msi), ==, MSI_DATA);
    card_done(c);
}

/* Where the register file lies is the machine's own business. */
static void test_migrate_kvm_pio(void)
{
    Card *c = card_fixed_with(FIXED ",kvm-pio=off");

    wr(c, FPGA_REGFILE, 0x04030201);
    wr(c, FPGA_REGFILE + FPGA_REGFILE_SIZE - 4, 0x08070605);
    c->args = FIXED ",kvm-pio=auto";
    migrate(c);
    g_assert_cmphex(rd(c, FPGA_REGFILE), ==, 0x04030201);
    qtest_outb(c->qts, c->port + FPGA_REGFILE + 1, 0x12);
    c->args = FIXED ",kvm-pio=off";
    migrate(c);
    g_assert_cmphex(rd(c, FPGA_REGFILE), ==, 0x04031201);
    g_assert_cmphex(rd(c, FPGA_REGFILE + FPGA_REGFILE_SIZE - 4), ==,
                    0x08070605);
    card_done(c);
}

/* The doorbell was the last thing before the machine stopped. */
static void migrate_doorbell(const char *args)
{
    Card *c = card_fixed_with(args);
    uint64_t addr = guest_alloc(&c->alloc, 4096);
    g_autofree uint8_t *data = pattern(4096, 9);
    uint32_t in, out;

    dma_start(c);
    in = dma_post(c, 0, addr, 0, 4096, 0);
    out = dma_post(c, FPGA_DESC_F_TO_HOST | FPGA_DESC_F_IRQ, addr + 2048, 0,
                   2048, 0);
    qtest_qmp_assert_success(c->qts, "{ 'execute': 'stop' }");
    dma_ring(c);
    /* Memory does not change while the machine is stopped. */
    for (int i = 0; i < 100; i++) {
        g_assert_cmphex(dma_status(c, in), ==, FPGA_DESC_S_OWN);
    }
    migrate(c);
    g_assert_cmphex(rd(c, FPGA_DMA_STATUS), ==, FPGA_DMA_STATUS_RUNNING);
    g_assert_cmphex(dma_status(c, in), ==, FPGA_DESC_S_OWN);
    write_memory(c, addr, data, 4096);
    qtest_qmp_assert_success(c->qts, "{ 'execute': 'cont' }");
    dma_expect(c, in, FPGA_DESC_OK, 4096);
    dma_expect(c, out, FPGA_DESC_OK, 2048);
    g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, FPGA_INT_DMA_DONE);
    assert_memory(c, addr, data, 2048);
    assert_memory(c, addr + 2048, data, 2048);
    card_done(c);
}

static void test_migrate_doorbell(void)
{
    migrate_doorbell(FIXED);
}

static void test_migrate_ioeventfd(void)
{
    migrate_doorbell(FIXED ",ioeventfd=on");
}

/* The machine stops somewhere in a long batch. */
static void test_migrate_dma(void)
{
    Card *c = card_fixed();
    const uint32_t len = 12 * MiB;
    /* Not equal, so that no segment ends with the engine's portions */
    struct fpga_seg segs[3] = {
        { .len = 5000001 }, { .len = 1 }, { .len = len - 5000002 },
    };
    uint64_t addr = guest_alloc(&c->alloc, len);
    g_autofree uint8_t *data = pattern(len, 9);
    uint64_t table;

    segs[0].addr = addr;
    segs[1].addr = segs[0].addr + segs[0].len;
    segs[2].addr = segs[1].addr + segs[1].len;
    table = put_table(c, segs, 3);

    dma_start(c);
    write_memory(c, addr, data, len);
    for (int i = 0; i < RING_SIZE - 1; i++) {
        uint16_t direction = i % 2 ? FPGA_DESC_F_TO_HOST : 0;

        dma_post(c, direction | FPGA_DESC_F_SG, table, i / 2, len, 3);
    }
    dma_ring(c);
    qtest_qmp_assert_success(c->qts, "{ 'execute': 'stop' }");
    g_test_message("stopped in entry %u", rd(c, FPGA_DMA_HEAD));
    migrate(c);
    qtest_qmp_assert_success(c->qts, "{ 'execute': 'cont' }");
    for (int i = 0; i < RING_SIZE - 1; i++) {
        dma_expect(c, i, FPGA_DESC_OK, len);
    }
    g_assert_cmphex(rd(c, FPGA_DMA_HEAD), ==, RING_SIZE - 1);
    assert_memory(c, addr, data, len);
    card_done(c);
}

static void test_migrate_pcie(void)
{
    Card *c = card_pcie();
    Msix msix;

    msix_start(c, &msix, FPGA_VECTORS);
    msix_entry(c, &msix, 0, true);
    wr(c, FPGA_INT_ENABLE, FPGA_INT_ALL);
    wr(c, FPGA_INT_RAISE, SW(0));
    wr(c, FPGA_DMA_CONTROL, FPGA_DMA_CONTROL_RUN);
    g_assert_cmphex(msix_take(c, &msix), ==, 1 << FPGA_VECTOR_DMA_ERROR);

    qtest_qmp_assert_success(c->qts, "{ 'execute': 'stop' }");
    migrate(c);
    qtest_qmp_assert_success(c->qts, "{ 'execute': 'cont' }");

    assert_fixed(c->qts);
    g_assert_true(qpci_msix_pending(c->dev, 0));
    msix_entry(c, &msix, 0, false);
    g_assert_cmphex(msix_take(c, &msix), ==, 1);
    /* The other line was high, and is. */
    wr(c, FPGA_INT_STATUS, SW(0));
    g_assert_cmphex(msix_take(c, &msix), ==, 1 << FPGA_VECTOR_DMA_ERROR);
    card_done(c);
}

/* Faults go with the machine, also those that the new one was not given. */
static void test_migrate_faults(void)
{
    Card *c = card_fixed();
    uint32_t entry;

    set_fault(c, "fault-lost-interrupts", 2);
    set_fault(c, "fault-stuck", 1);
    wr(c, FPGA_INT_ENABLE, SW(0));
    wr(c, FPGA_INT_RAISE, SW(0));
    g_assert_false(intx(c));
    dma_start(c);
    entry = dma_post(c, FPGA_DESC_F_NOP, 0, 0, 0, 0);
    dma_ring(c);
    wait_stuck(c);
    qtest_qmp_assert_success(c->qts, "{ 'execute': 'stop' }");
    migrate(c);
    qtest_qmp_assert_success(c->qts, "{ 'execute': 'cont' }");

    g_assert_cmphex(get_fault(c, "fault-lost-interrupts"), ==, 1);
    wr(c, FPGA_INT_STATUS, 0);
    g_assert_false(intx(c));
    wr(c, FPGA_DMA_CONTROL, 0);
    g_assert_cmphex(rd(c, FPGA_DMA_STATUS), ==, FPGA_DMA_STATUS_RUNNING);
    wr(c, FPGA_CONTROL, FPGA_CONTROL_RESET);

    /* In the middle of a delay */
    set_fault(c, "fault-delay-ms", 20);
    dma_start(c);
    entry = dma_post(c, FPGA_DESC_F_NOP, 0, 0, 0, 0);
    dma_ring(c);
    qtest_clock_step(c->qts, 1000 * 1000);
    qtest_qmp_assert_success(c->qts, "{ 'execute': 'stop' }");
    migrate(c);
    qtest_qmp_assert_success(c->qts, "{ 'execute': 'cont' }");
    g_assert_cmphex(dma_status(c, entry), ==, FPGA_DESC_S_OWN);
    g_assert_cmpint(dma_step(c, entry), >, 1);
    dma_expect(c, entry, FPGA_DESC_OK, 0);

    set_gone(c, true);
    qtest_qmp_assert_success(c->qts, "{ 'execute': 'stop' }");
    migrate(c);
    assert_gone(c);
    card_done(c);
}

/* Refusals */

typedef struct Refusal {
    const char *name;
    const char *args;
    const char *message;
} Refusal;

#define DEC     "-device dec-21154,id=dec,addr="
#define B(n)    "-device pci-bridge,id=b" #n ",chassis_nr=" #n " "
#define FOUR    B(1) B(2) B(3) B(4)

/* What is known when the machine is complete; no message: it starts */
static const Refusal firmware[] = {
    { "hold-no-room", "-device dec-21154,id=dec,io-base=0x2000,hold=on "
      "-device fpga,bus=dec,addr=1 -device fpga,bus=dec,addr=2 "
      "-device fpga,id=three,bus=dec,addr=3",
      "dec-21154: the fixed window 0x2000-0x2fff has no room for BAR 0 of fpga "
      "'three', 0x800 bytes: make it larger" },
    { "hold-not-aligned", "-device dec-21154,id=dec,io-base=0x2000,hold=on,"
      "hold-at=1=0x2100 -device fpga,id=card,bus=dec,addr=1",
      "dec-21154: hold-at: 0x2100 is not a multiple of 0x800, the size of BAR "
      "0 of fpga 'card'" },
    { "hold-outside", "-device dec-21154,id=dec,io-base=0x2000,hold=on,"
      "hold-at=1=0x3000 -device fpga,id=card,bus=dec,addr=1",
      "fpga 'card': fixed ports 0x3000-0x37ff are outside the fixed I/O "
      "window 0x2000-0x2fff of dec-21154 'dec'" },
    { "hold-twice", "-device dec-21154,id=dec,io-base=0x2000,hold=on,"
      "hold-at=1=0x2000+2=0x2000 -device fpga,id=one,bus=dec,addr=1 "
      "-device fpga,id=two,bus=dec,addr=2",
      "fpga 'two': fixed ports 0x2000-0x27ff overlap 0x2000-0x27ff, fixed for "
      "fpga 'one'" },
    { "pc/alone-0x1000", DEC "4,io-base=0x1000" },
    { "pc/alone-0x5000", DEC "4,io-base=0x5000" },
    { "pc/alone-0x8000", DEC "4,io-base=0x8000" },
    { "pc/alone-0xc000", DEC "4,io-base=0xc000" },
    { "pc/alone-0xf000", DEC "4,io-base=0xf000" },
    { "pc/wide", DEC "4,io-base=0x1000,io-limit=0x9fff" },
    { "q35/alone-0x9000", "-machine q35 " DEC "4,io-base=0x9000" },
    /* Found before the others, it keeps its window. */
    { "pc/crowded-first", DEC "2,io-base=0x2000 " FOUR },
    { "pc/crowded-last", FOUR DEC "f,io-base=0x2000",
      "dec-21154 'dec': SeaBIOS will give 0x2000-0x2fff of its fixed ports "
      "0x2000-0x2fff to pci-bridge 'b3', which the operating system finds "
      "first: give it a slot below that one (addr=), or shpc=off to bridges "
      "that need no I/O" },
    /* SeaBIOS does not come that far. */
    { "pc/crowded-above", FOUR DEC "f,io-base=0x8000" },
    { "pc/not-crowded", B(1) B(2) B(3) DEC "f,io-base=0x2000" },
    { "pc/no-shpc", "-device pci-bridge,id=b,chassis_nr=9,shpc=off "
      B(1) B(2) B(3) DEC "f,io-base=0x2000" },
    { "pc/check-off", FOUR DEC "f,io-base=0x2000,firmware-check=off" },
    { "pc/card-alone", FOUR "-device fpga,id=card,addr=f,io-base=0x2000",
      "fpga 'card': SeaBIOS will give 0x2000-0x27ff of its fixed ports "
      "0x2000-0x27ff to pci-bridge 'b3'" },
    { "pc/too-many", DEC "2,io-base=0xc000 " FOUR B(5) B(6) B(7) B(8) B(9),
      "SeaBIOS will stop (\"out of I/O address space\"): the bridges and BARs "
      "of this machine need 0x9010 bytes of I/O ports, and it must be less "
      "than 0x9000: use shpc=off" },
    { "q35/many", "-machine q35 " DEC "1,io-base=0x2000 " FOUR B(5) B(6) B(7)
      B(8) B(9) },
    /* The reservation of QEMU's own bridges */
    { "pc/reserved", "-device pci-bridge,id=b1,chassis_nr=1,addr=3,"
      "io-reserve=0x3000 " B(2) DEC "4,io-base=0x2000",
      "0x2000-0x2fff to pci-bridge 'b1'" },
    { "pc/other-firmware", FOUR "-bios OVMF.fd " DEC "f,io-base=0x2000" },
    { "pc/other-firmware-pm", "-bios OVMF.fd " DEC "f,io-base=0xb000 "
      "-device fpga,id=card,bus=dec,addr=1,io-base=0xb000",
      "fpga 'card': fixed ports 0xb000-0xb7ff overlap those at which firmware "
      "puts power management and SMBus, 0xb000-0xb10f: use others, or SeaBIOS" },
    { "pc/seabios-pm", DEC "f,io-base=0xb000 "
      "-device fpga,id=card,bus=dec,addr=1,io-base=0xb000" },
    { "pc/other-firmware-high", B(1) "-bios OVMF.fd " DEC "f,io-base=0xc000",
      "dec-21154 'dec': firmware hands out I/O ports from 0xc000 on, and may "
      "give some of its fixed ports 0xc000-0xcfff to pci-bridge 'b1', which "
      "the operating system finds first" },
};

static const Refusal refusals[] = {
    {
        "card-not-aligned",
        "-device fpga,io-base=0x2100",
        "fpga: io-base=0x2100 is not a multiple of 0x800",
    }, {
        "card-too-high",
        "-device fpga,io-base=0x10000",
        "fpga: io-base=0x10000 is not a multiple of 0x800 up to 0xf800",
    }, {
        "card-outside-window",
        "-device dec-21154,id=br0,io-base=0x2000 "
        "-device fpga,id=card,bus=br0,addr=1,io-base=0x3000",
        "fpga 'card': fixed ports 0x3000-0x37ff are outside the fixed I/O "
        "window 0x2000-0x2fff of dec-21154 'br0'",
    }, {
        "card-beside-window",
        "-device dec-21154,id=br0,io-base=0x2000 "
        "-device fpga,id=card,io-base=0x2000",
        "fpga 'card': fixed ports 0x2000-0x27ff overlap 0x2000-0x2fff, fixed "
        "for dec-21154 'br0'",
    }, {
        "two-cards",
        "-device fpga,id=one,io-base=0x2000 -device fpga,id=two,io-base=0x2000",
        "fpga 'two': fixed ports 0x2000-0x27ff overlap 0x2000-0x27ff, fixed "
        "for fpga 'one'",
    }, {
        "two-cards-without-id",
        "-device fpga,addr=6,io-base=0x2000 -device fpga,addr=7,io-base=0x2000",
        "fpga at slot 07.0 of bus 'pci.0': fixed ports 0x2000-0x27ff overlap "
        "0x2000-0x27ff, fixed for fpga at slot 06.0 of bus 'pci.0'",
    }, {
        "machine-ports",
        "-device fpga,id=card,io-base=0x800",
        "fpga 'card': fixed ports 0x800-0xfff overlap the machine's "
        "'pci-conf-idx' at 0xcf8",
    }, {
        "machine-ports-of-a-function",
        "-device dec-21154,id=br0,io-base=0xa000 "
        "-device fpga,id=card,bus=br0,addr=1,io-base=0xa800",
        "fpga 'card': fixed ports 0xa800-0xafff overlap the machine's "
        "'acpi-pci-hotplug' at 0xae00",
    }, {
        "bridge-not-aligned",
        "-device dec-21154,io-base=0x2800",
        "dec-21154: io-base=0x2800 is not a multiple of 0x1000",
    }, {
        "bridge-limit",
        "-device dec-21154,io-base=0x2000,io-limit=0x3000",
        "dec-21154: io-limit=0x3000 is not the last port of a 0x1000 unit",
    }, {
        "bridge-limit-alone",
        "-device dec-21154,io-limit=0x2fff",
        "dec-21154: io-limit=0x2fff has no meaning without io-base",
    }, {
        "hold-alone",
        "-device dec-21154,hold=on",
        "dec-21154: hold=on has no meaning without a fixed window",
    }, {
        "hold-at-alone",
        "-device dec-21154,io-base=0x2000,hold-at=1=0x2000",
        "dec-21154: hold-at has no meaning without hold=on",
    }, {
        "hold-at-slot",
        "-device dec-21154,io-base=0x2000,hold=on,hold-at=1=0x2000+32=0x2800",
        "dec-21154: hold-at: '32=0x2800' is not SLOT[.FUNCTION][/BAR]=ADDRESS",
    }, {
        "hold-at-nothing",
        "-device dec-21154,io-base=0x2000,hold=on,hold-at=1.2/3",
        "dec-21154: hold-at: '1.2/3' is not SLOT",
    }, {
        "hold-at-end",
        "-device dec-21154,io-base=0x2000,hold=on,hold-at=1=0x2000x",
        "dec-21154: hold-at: '1=0x2000x' is not SLOT",
    }, {
        "memory-not-aligned",
        "-device dec-21154,mem-base=0xd0080000",
        "dec-21154: mem-base=0xd0080000 is not a multiple of 0x100000 up to "
        "0xfff00000",
    }, {
        "memory-too-high",
        "-device dec-21154,mem-base=0x100000000",
        "dec-21154: mem-base=0x100000000 is not a multiple of 0x100000 up to "
        "0xfff00000",
    }, {
        "memory-limit",
        "-device dec-21154,pref-base=0xd0000000,pref-limit=0xd0100000",
        "dec-21154: pref-limit=0xd0100000 is not the last address of a "
        "0x100000 unit",
    }, {
        "memory-in-ram",
        "-device dec-21154,id=br0,mem-base=0x100000",
        "dec-21154 'br0': fixed addresses 0x100000-0x1fffff overlap the "
        "machine's 'pc.ram'",
    }, {
        "two-memory-windows",
        "-device dec-21154,id=one,mem-base=0xd0000000 "
        "-device dec-21154,id=two,pref-base=0xd0000000",
        "dec-21154 'two': fixed addresses 0xd0000000-0xd00fffff overlap "
        "0xd0000000-0xd00fffff, fixed for dec-21154 'one'",
    }, {
        "two-bridges",
        "-device dec-21154,id=one,io-base=0x2000,io-limit=0x3fff "
        "-device dec-21154,id=two,io-base=0x3000",
        "dec-21154 'two': fixed ports 0x3000-0x3fff overlap 0x2000-0x3fff, "
        "fixed for dec-21154 'one'",
    }, {
        "bridge-outside-window",
        "-device dec-21154,id=one,io-base=0x2000 "
        "-device dec-21154,id=two,bus=one,addr=1,io-base=0x3000",
        "dec-21154 'two': fixed ports 0x3000-0x3fff are outside the fixed I/O "
        "window 0x2000-0x2fff of dec-21154 'one'",
    }, {
        "bridge-after-card",
        "-device fpga,id=card,io-base=0x2000 "
        "-device dec-21154,id=br0,io-base=0x2000",
        "dec-21154 'br0': fixed ports 0x2000-0x2fff overlap 0x2000-0x27ff, "
        "fixed for fpga 'card'",
    }, {
        "ram-size-odd",
        "-device fpga,ram-size=5000",
        "fpga: ram-size=5000 is not a power of 2",
    }, {
        "ram-size-small",
        "-device fpga,ram-size=2048",
        "fpga: ram-size=2048 is not a power of 2 from 4096",
    }, {
        "ea-alone",
        "-device fpga,ea=on",
        "fpga: ea=on has no meaning without io-base",
    }, {
        "kvm-pio-without-kvm",
        "-device fpga,kvm-pio=on",
        "fpga: kvm-pio=on: it needs KVM (-accel kvm)",
    }, {
        "kvm-pio",
        "-device fpga,kvm-pio=off -device fpga,kvm-pio=auto "
        "-device fpga,kvm-pio=perhaps",
        "does not accept value 'perhaps'",
    }, {
        "fault-status",
        "-device fpga,fault-status=256",
        "Parameter 'fault-status' expects uint8_t",
    }, {
        /* What works is not refused: the last device is. */
        "nothing-wrong",
        "-device dec-21154,id=one,io-base=0x2000,io-limit=0x3fff "
        "-device dec-21154,id=two,bus=one,addr=1,io-base=0x3000 "
        "-device fpga,bus=one,addr=2,io-base=0x2000 "
        "-device fpga,bus=two,addr=2,io-base=0x3800 "
        "-device fpga,io-base=0x4000 -device fpga "
        "-device fpga,id=last,io-base=1",
        "fpga: io-base=0x1 is not a multiple",
    },
};

static void test_refusal(const void *data)
{
    const Refusal *r = data;
    /* So that it ends even if it is not refused */
    g_autofree char *command =
        g_strdup_printf("%s -machine pc,accel=qtest -display none -nodefaults "
                        "%s -device no-such-device",
                        getenv("QTEST_QEMU_BINARY"), r->args);
    g_autofree char *err = NULL;
    int status;

    g_assert_true(g_spawn_command_line_sync(command, NULL, &err, &status,
                                            NULL));
    if (!strstr(err, r->message)) {
        g_test_message("expected: %s", r->message);
        g_test_message("got: %s", err);
        g_test_fail();
    }
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 1);
}

static void test_firmware(const void *data)
{
    const Refusal *r = data;
    g_autofree char *shell =
        g_strdup_printf("echo quit | %s -S -machine pc -accel qtest "
                        "-display none -monitor stdio -nodefaults %s",
                        getenv("QTEST_QEMU_BINARY"), r->args);
    const char *argv[] = { "sh", "-c", shell, NULL };
    g_autofree char *out = NULL;
    g_autofree char *err = NULL;
    int status;

    g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH,
                               NULL, NULL, &out, &err, &status, NULL));
    if (r->message ? !strstr(err, r->message) : *err) {
        g_test_message("expected: %s", r->message ? r->message : "(nothing)");
        g_test_message("got: %s", err);
        g_test_fail();
    }
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, r->message ? 1 : 0);
}

static void add_express_tests(void)
{
    qtest_add_func("/fpga/pcie/identity", test_pcie_identity);
    qtest_add_func("/fpga/pcie/root-bus", test_pcie_root_bus);
    qtest_add_func("/fpga/pcie/flr", test_pcie_flr);
    qtest_add_func("/fpga/pcie/flr-by-dma", test_pcie_flr_by_dma);
    qtest_add_func("/fpga/pcie/power", test_pcie_power);
    qtest_add_func("/fpga/pcie/msix", test_pcie_msix);
    qtest_add_func("/fpga/pcie/msix-few", test_pcie_msix_few);
    qtest_add_func("/fpga/pcie/msix-masked", test_pcie_msix_masked);
    qtest_add_func("/fpga/pcie/msi", test_pcie_msi);
    qtest_add_func("/fpga/pcie/msi-at-itself", test_pcie_msi_at_itself);
    qtest_add_func("/fpga/migrate/pcie", test_migrate_pcie);
    qtest_add_func("/fpga/fault/gone-memory", test_fault_gone_memory);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (!qtest_has_machine("pc") || !qtest_has_device("fpga") ||
        !qtest_has_device("dec-21154")) {
        g_test_skip("this QEMU lacks machine or devices");
        return 0;
    }
    /* So that one failure does not hide the tests after it */
    g_test_set_nonfatal_assertions();

    qtest_add_func("/fpga/fixed/before-firmware", test_before_firmware);
    qtest_add_func("/fpga/fixed/identity", test_identity);
    qtest_add_func("/fpga/fixed/window", test_window);
    qtest_add_func("/fpga/fixed/wide-window", test_wide_window);
    qtest_add_func("/fpga/fixed/sizing", test_sizing);
    qtest_add_func("/fpga/fixed/sizing-in-parts", test_sizing_in_parts);
    qtest_add_func("/fpga/fixed/rewriting", test_rewriting);
    qtest_add_func("/fpga/fixed/system-reset", test_system_reset);
    qtest_add_func("/fpga/fixed/bus-reset", test_bus_reset);
    qtest_add_func("/fpga/fixed/hotplug", test_hotplug);
    qtest_add_func("/fpga/fixed/ea", test_enhanced_allocation);
    qtest_add_func("/fpga/fixed/overlaid", test_overlaid);
    qtest_add_func("/fpga/fixed/memory", test_fixed_memory);
    qtest_add_func("/fpga/fixed/no-isa-enable", test_no_isa_enable);
    qtest_add_func("/fpga/hold/card", test_hold);
    qtest_add_func("/fpga/hold/order", test_hold_order);
    qtest_add_func("/fpga/hold/named", test_hold_named);
    qtest_add_func("/fpga/hold/hotplug", test_hold_hotplug);
    qtest_add_func("/fpga/free/base", test_free_base);
    qtest_add_func("/fpga/free/bridge", test_free_bridge);

    qtest_add_func("/fpga/registers/read-sizes", test_read_sizes);
    qtest_add_func("/fpga/registers/write-sizes", test_write_sizes);
    qtest_add_func("/fpga/registers/scratch", test_scratch);
    qtest_add_func("/fpga/registers/regfile", test_regfile);
    qtest_add_func("/fpga/registers/read-only", test_read_only);
    qtest_add_func("/fpga/registers/undefined-bits", test_undefined_bits);
    qtest_add_func("/fpga/registers/control-reset", test_control_reset);

    qtest_add_func("/fpga/interrupts/intx", test_intx);
    qtest_add_func("/fpga/interrupts/msi", test_msi);
    qtest_add_func("/fpga/interrupts/msi-one-vector", test_msi_one_vector);
    qtest_add_func("/fpga/interrupts/msi-autoclear", test_msi_autoclear);
    qtest_add_func("/fpga/interrupts/msi-masked", test_msi_masked);
    qtest_add_func("/fpga/interrupts/msi-switch", test_msi_switch);

    qtest_add_func("/fpga/dma/round-trip", test_dma_round_trip);
    qtest_add_func("/fpga/dma/large", test_dma_large);
    qtest_add_func("/fpga/dma/batch", test_dma_batch);
    qtest_add_func("/fpga/dma/nop", test_dma_nop);
    qtest_add_func("/fpga/dma/sg", test_dma_sg);
    qtest_add_func("/fpga/dma/sg-errors", test_dma_sg_errors);
    qtest_add_func("/fpga/dma/invalid", test_dma_invalid);
    qtest_add_func("/fpga/dma/range", test_dma_range);
    qtest_add_func("/fpga/dma/host", test_dma_host);
    qtest_add_func("/fpga/dma/ring-errors", test_dma_ring_errors);
    qtest_add_func("/fpga/dma/fetch-error", test_dma_fetch_error);
    qtest_add_func("/fpga/dma/writeback-error", test_dma_writeback_error);
    qtest_add_func("/fpga/dma/stop", test_dma_stop);
    qtest_add_func("/fpga/dma/ring-registers", test_dma_ring_registers);
    qtest_add_func("/fpga/dma/coalesce-count", test_dma_coalesce_count);
    qtest_add_func("/fpga/dma/coalesce-time", test_dma_coalesce_time);
    qtest_add_func("/fpga/dma/coalesce-idle", test_dma_coalesce_idle);
    qtest_add_func("/fpga/dma/doorbell", test_dma_doorbell);
    qtest_add_func("/fpga/dma/no-doorbell", test_dma_no_doorbell);
    qtest_add_func("/fpga/dma/large-doorbell", test_dma_large_doorbell);
    qtest_add_func("/fpga/dma/polled", test_dma_polled);
    qtest_add_func("/fpga/dma/own-ram", test_dma_own_ram);
    qtest_add_func("/fpga/dma/endless-ring", test_dma_endless_ring);

    if (qtest_has_machine("q35") && qtest_has_device("pcie-root-port")) {
        add_express_tests();
    }

    qtest_add_func("/fpga/ioeventfd/dma", test_ioeventfd);
    qtest_add_func("/fpga/ioeventfd/moves", test_ioeventfd_moves);
    qtest_add_func("/fpga/ioeventfd/stop", test_ioeventfd_stop);

    qtest_add_func("/fpga/fault/delay", test_fault_delay);
    qtest_add_func("/fpga/fault/lost-message", test_fault_lost_message);
    qtest_add_func("/fpga/fault/lost-intx", test_fault_lost_intx);
    qtest_add_func("/fpga/fault/stuck", test_fault_stuck);
    qtest_add_func("/fpga/fault/unstoppable", test_fault_unstoppable);
    qtest_add_func("/fpga/fault/status", test_fault_status);
    qtest_add_func("/fpga/fault/gone", test_fault_gone);
    qtest_add_func("/fpga/fault/gone-at-once", test_fault_gone_at_once);

    qtest_add_func("/fpga/migrate/registers", test_migrate_registers);
    qtest_add_func("/fpga/migrate/hold", test_migrate_hold);
    for (size_t i = 0; i < ARRAY_SIZE(unlike); i++) {
        g_autofree char *path = g_strdup_printf("/fpga/migrate/unlike/%s",
                                                unlike[i].name);

        qtest_add_data_func(path, &unlike[i], test_migrate_unlike);
    }
    qtest_add_func("/fpga/migrate/kvm-pio", test_migrate_kvm_pio);
    qtest_add_func("/fpga/migrate/doorbell", test_migrate_doorbell);
    qtest_add_func("/fpga/migrate/ioeventfd", test_migrate_ioeventfd);
    qtest_add_func("/fpga/migrate/dma", test_migrate_dma);
    qtest_add_func("/fpga/migrate/faults", test_migrate_faults);

    for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
        g_autofree char *path = g_strdup_printf("/fpga/refusals/%s",
                                                refusals[i].name);

        qtest_add_data_func(path, &refusals[i], test_refusal);
    }
    for (size_t i = 0; i < ARRAY_SIZE(firmware); i++) {
        g_autofree char *path = g_strdup_printf("/fpga/firmware/%s",
                                                firmware[i].name);

        qtest_add_data_func(path, &firmware[i], test_firmware);
    }
    return g_test_run();
}
