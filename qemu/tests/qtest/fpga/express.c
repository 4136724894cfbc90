/*
 * qtest of the fpga card: behind a port of PCI Express
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/host-utils.h"
#include "hw/pci/pci_regs.h"
#include "hw/pci-host/q35.h"
#include "dma.h"
#include "fault.h"
#include "irq.h"

#define PCIE    "-machine q35 -nodefaults " \
                "-device pcie-root-port,id=rp,addr=4,chassis=1,slot=1 " \
                "-device fpga,id=card,bus=rp,addr=0,io-base=0x2000"

/* Where q35 is to have configuration space in memory */
#define ECAM    0xb0000000

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
    card_migrate(c);
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

void add_express_tests(void)
{
    if (!qtest_has_machine("q35") || !qtest_has_device("pcie-root-port")) {
        return;
    }
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
