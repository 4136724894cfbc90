/*
 * qtest of the fpga card: DMA
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "hw/pci/pci_regs.h"
#include "dma.h"
#include "irq.h"

/* Above the 128 MiB of RAM that the machine has, and below its PCI hole */
#define NOWHERE 0x40000000

void dma_start(Card *c)
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

uint32_t dma_post(Card *c, uint16_t flags, uint64_t addr, uint64_t card,
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

void dma_ring(Card *c)
{
    wr(c, FPGA_DMA_DOORBELL, 0);
}

uint32_t dma_status(Card *c, uint32_t entry)
{
    return qtest_readl(c->qts, c->ring + entry * FPGA_DESC_SIZE +
                       offsetof(struct fpga_desc, status));
}

uint32_t dma_done(Card *c, uint32_t entry)
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

void dma_expect(Card *c, uint32_t entry, uint32_t code, uint32_t done)
{
    dma_wait(c, entry);
    g_assert_cmphex(dma_status(c, entry), ==, FPGA_DESC_S_DONE | code);
    g_assert_cmphex(dma_done(c, entry), ==, done);
}

void dma_one(Card *c, uint16_t flags, uint64_t addr, uint64_t card,
             uint32_t len, uint16_t nseg, uint32_t code, uint32_t done)
{
    uint32_t entry = dma_post(c, flags, addr, card, len, nseg);

    dma_ring(c);
    dma_expect(c, entry, code, done);
}

uint8_t *pattern(size_t len, uint32_t seed)
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

void read_memory(Card *c, uint64_t addr, uint8_t *buf, size_t len)
{
    for (size_t at = 0; at < len; at += MEMORY_PART) {
        qtest_memread(c->qts, addr + at, buf + at, MIN(len - at, MEMORY_PART));
    }
}

void write_memory(Card *c, uint64_t addr, const uint8_t *buf, size_t len)
{
    for (size_t at = 0; at < len; at += MEMORY_PART) {
        qtest_memwrite(c->qts, addr + at, buf + at, MIN(len - at, MEMORY_PART));
    }
}

void assert_memory(Card *c, uint64_t addr, const uint8_t *want,
                   size_t len)
{
    g_autofree uint8_t *got = g_malloc(len);

    read_memory(c, addr, got, len);
    g_assert_cmpmem(got, len, want, len);
}

void round_trip(Card *c, uint32_t len, uint64_t card, unsigned int skew)
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

static void test_dma_undefined_bits(void)
{
    Card *c = card_fixed();

    wr(c, FPGA_DMA_RING_LO, 0xffffffff);
    g_assert_cmphex(rd(c, FPGA_DMA_RING_LO), ==, 0xffffffe0);
    card_done(c);
}

static void test_dma_control_reset(void)
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

/* An error has its own vector. */
static void test_dma_error_message(void)
{
    Card *c = card_fixed();
    Msi msi;

    msi_start(c, &msi, 2);
    wr(c, FPGA_INT_ENABLE, FPGA_INT_ALL);
    wr(c, FPGA_DMA_CONTROL, FPGA_DMA_CONTROL_RUN);
    g_assert_cmphex(rd(c, FPGA_INT_STATUS), ==, FPGA_INT_DMA_ERROR);
    g_assert_cmphex(msi_take(c, &msi), ==, MSI_DATA + FPGA_VECTOR_DMA_ERROR);
    card_done(c);
}

static void test_dma_one_vector(void)
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

uint64_t put_table(Card *c, const struct fpga_seg *segs, int count)
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

void dma_start_endless(Card *c)
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

    /* The test does not move the clock, so the bound in time is not reached. */
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

/* All that has to be given back when a card goes */
static void test_ioeventfd_hotplug(void)
{
    QTestState *qts = qtest_init("-nodefaults");

    for (int i = 0; i < 2; i++) {
        g_assert_cmphex(qtest_inl(qts, FPGA_IO_BASE), ==, 0xffffffff);
        qtest_qmp_device_add(qts, "fpga", "hot", "{'addr': '6', 'io-base': %d, "
                             "'ea': true, 'ioeventfd': true}", FPGA_IO_BASE);
        assert_fixed(qts);
        qpci_unplug_acpi_device_test(qts, "hot", 6);
    }
    qtest_quit(qts);
}

void add_dma_tests(void)
{
    qtest_add_func("/fpga/dma/undefined-bits", test_dma_undefined_bits);
    qtest_add_func("/fpga/dma/control-reset", test_dma_control_reset);
    qtest_add_func("/fpga/dma/error-message", test_dma_error_message);
    qtest_add_func("/fpga/dma/one-vector", test_dma_one_vector);
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
    qtest_add_func("/fpga/ioeventfd/dma", test_ioeventfd);
    qtest_add_func("/fpga/ioeventfd/moves", test_ioeventfd_moves);
    qtest_add_func("/fpga/ioeventfd/stop", test_ioeventfd_stop);
    qtest_add_func("/fpga/ioeventfd/hotplug", test_ioeventfd_hotplug);
}
