/*
 * qtest of the fpga card: fixed and free addresses
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/units.h"
#include "hw/pci/pci_regs.h"
#include "qobject/qdict.h"
#include "card.h"

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

    g_assert_cmphex(rd(c, FPGA_VERSION), ==, FPGA_VERSION_VALUE);
    g_assert_cmphex(rd(c, FPGA_RAM_PAGES), ==, 16 * MiB / FPGA_RAM_PAGE_SIZE);

    /* A conventional function */
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
    qtest_qmp_device_add(qts, "fpga", "hot", "{'addr': '6', 'io-base': %d, "
                         "'ea': true}", FPGA_IO_BASE);
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

/* What was refused is gone when the answer comes, with all that it made. */
static void test_corrected(void)
{
    QTestState *qts = qtest_init("-nodefaults -device fpga,addr=5,"
                                 "io-base=0x2800");

    for (int i = 0; i < 3; i++) {
        QDict *answer = qtest_qmp(qts, "{ 'execute': 'device_add', "
                                  "'arguments': { 'driver': 'fpga', 'id': "
                                  "'hot', 'addr': '6', 'io-base': 10240 } }");

        g_assert_true(qdict_haskey(answer, "error"));
        qobject_unref(answer);
    }
    add_card(qts);
    assert_fixed(qts);
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

void add_fixed_tests(void)
{
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
    qtest_add_func("/fpga/fixed/corrected", test_corrected);
    qtest_add_func("/fpga/fixed/ea", test_enhanced_allocation);
    qtest_add_func("/fpga/fixed/overlaid", test_overlaid);
    qtest_add_func("/fpga/fixed/memory", test_fixed_memory);
    qtest_add_func("/fpga/fixed/no-isa-enable", test_no_isa_enable);
    qtest_add_func("/fpga/free/base", test_free_base);
    qtest_add_func("/fpga/free/bridge", test_free_bridge);
}
