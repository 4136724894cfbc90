/*
 * qtest of the fpga card: faults
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/pci/pci_regs.h"
#include "qobject/qdict.h"
#include "dma.h"
#include "fault.h"
#include "irq.h"

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

void set_gone(Card *c, bool gone)
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

void assert_gone(Card *c)
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

static void test_fault_gone_at_once(void)
{
    QTestState *qts = qtest_init(FIXED ",fault-gone=on");

    g_assert_cmphex(qtest_inl(qts, FPGA_IO_BASE + FPGA_ID), ==, 0xffffffff);
    qtest_quit(qts);
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
    card_migrate(c);
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
    card_migrate(c);
    qtest_qmp_assert_success(c->qts, "{ 'execute': 'cont' }");
    g_assert_cmphex(dma_status(c, entry), ==, FPGA_DESC_S_OWN);
    g_assert_cmpint(dma_step(c, entry), >, 1);
    dma_expect(c, entry, FPGA_DESC_OK, 0);

    set_gone(c, true);
    qtest_qmp_assert_success(c->qts, "{ 'execute': 'stop' }");
    card_migrate(c);
    assert_gone(c);
    card_done(c);
}

static const Refusal refusals[] = {
    {
        "fault-status",
        "-device fpga,fault-status=256",
        "Parameter 'fault-status' expects uint8_t",
    },
};

void add_fault_tests(void)
{
    qtest_add_func("/fpga/fault/delay", test_fault_delay);
    qtest_add_func("/fpga/fault/lost-message", test_fault_lost_message);
    qtest_add_func("/fpga/fault/lost-intx", test_fault_lost_intx);
    qtest_add_func("/fpga/fault/stuck", test_fault_stuck);
    qtest_add_func("/fpga/fault/unstoppable", test_fault_unstoppable);
    qtest_add_func("/fpga/fault/status", test_fault_status);
    qtest_add_func("/fpga/fault/gone", test_fault_gone);
    qtest_add_func("/fpga/fault/gone-at-once", test_fault_gone_at_once);
    qtest_add_func("/fpga/migrate/faults", test_migrate_faults);
    add_refusals(refusals, ARRAY_SIZE(refusals));
}
