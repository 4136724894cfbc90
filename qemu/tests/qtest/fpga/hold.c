/*
 * qtest of the fpga card: a bridge that holds what stands behind it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/pci/pci_regs.h"
#include "card.h"

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

/* A BAR that is held, in the middle of being sized */
static void test_migrate_hold(void)
{
    Card *c = card_new(HOLD(" -device fpga,id=card,bus=br0,addr=1"),
                       BEHIND(CARD_SLOT));

    qpci_config_writel(c->dev, PCI_BASE_ADDRESS_0, 0xffffffff);
    card_migrate(c);
    assert_card_at(c->qts, FPGA_IO_BASE);
    assert_bar(c, SIZE_BAR);
    assert_bar(c, FIXED_BAR);
    card_done(c);
}

void add_hold_tests(void)
{
    qtest_add_func("/fpga/hold/card", test_hold);
    qtest_add_func("/fpga/hold/order", test_hold_order);
    qtest_add_func("/fpga/hold/named", test_hold_named);
    qtest_add_func("/fpga/hold/hotplug", test_hold_hotplug);
    qtest_add_func("/fpga/migrate/hold", test_migrate_hold);
}
