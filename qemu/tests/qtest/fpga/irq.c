/*
 * qtest of the fpga card: interrupts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/host-utils.h"
#include "hw/pci/pci_regs.h"
#include "irq.h"

static void test_irq_identity(void)
{
    Card *c = card_fixed();

    g_assert_cmphex(qpci_config_readb(c->dev, PCI_INTERRUPT_PIN), ==, 1);
    g_assert_cmphex(capability(c, PCI_CAP_ID_MSI), !=, 0);
    g_assert_cmphex(rd(c, FPGA_INT_VECTORS), ==, 0);
    card_done(c);
}

/* Other lanes of a W1C register are not cleared. */
static void test_lanes(void)
{
    Card *c = card_fixed();

    wr(c, FPGA_INT_RAISE, 0x81810000);
    g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, 0x81810000);
    qtest_outb(c->qts, c->port + FPGA_INT_STATUS + 3, 0xff);
    g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, 0x00810000);
    card_done(c);
}

static void test_irq_undefined_bits(void)
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
    card_done(c);
}

bool intx(Card *c)
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

void msi_start(Card *c, Msi *msi, unsigned int log2_vectors)
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

uint32_t msi_take(Card *c, Msi *msi)
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

void add_irq_tests(void)
{
    qtest_add_func("/fpga/interrupts/identity", test_irq_identity);
    qtest_add_func("/fpga/interrupts/lanes", test_lanes);
    qtest_add_func("/fpga/interrupts/undefined-bits", test_irq_undefined_bits);
    qtest_add_func("/fpga/interrupts/intx", test_intx);
    qtest_add_func("/fpga/interrupts/msi", test_msi);
    qtest_add_func("/fpga/interrupts/msi-autoclear", test_msi_autoclear);
    qtest_add_func("/fpga/interrupts/msi-masked", test_msi_masked);
    qtest_add_func("/fpga/interrupts/msi-switch", test_msi_switch);
}
