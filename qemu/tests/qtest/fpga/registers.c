/*
 * qtest of the fpga card: registers without side effects
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "card.h"

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

static void test_control_reset(void)
{
    Card *c = card_fixed();

    wr(c, FPGA_SCRATCH, 1);
    wr(c, FPGA_REGFILE, 1);
    wr(c, FPGA_CONTROL, FPGA_CONTROL_RESET);
    g_assert_cmphex(rd(c, FPGA_CONTROL), ==, 0);
    g_assert_cmphex(rd(c, FPGA_SCRATCH), ==, FPGA_SCRATCH_RESET);
    g_assert_cmphex(rd(c, FPGA_REGFILE), ==, 0);
    g_assert_cmphex(rd(c, FPGA_STATUS), ==, 0);
    assert_fixed(c->qts);
    card_done(c);
}

void add_registers_tests(void)
{
    qtest_add_func("/fpga/registers/read-sizes", test_read_sizes);
    qtest_add_func("/fpga/registers/write-sizes", test_write_sizes);
    qtest_add_func("/fpga/registers/scratch", test_scratch);
    qtest_add_func("/fpga/registers/regfile", test_regfile);
    qtest_add_func("/fpga/registers/read-only", test_read_only);
    qtest_add_func("/fpga/registers/control-reset", test_control_reset);
}
