/*
 * qtest of the fpga card: migration
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/units.h"
#include "hw/pci/pci_regs.h"
#include "dma.h"
#include "irq.h"

/* Where something else is fixed, or nothing, the machine cannot go on. */
typedef struct Unlike {
    const char *name;
    const char *from;
    const char *to;
    const char *message;
} Unlike;

#define FREE_CARD "-nodefaults " \
                  "-device dec-21154,id=br0,addr=4,io-base=0x2000 " \
                  "-device fpga,id=card,bus=br0,addr=1"

static const Unlike unlike[] = {
    { "fixed-to-free", FIXED, FREE_CARD, "the base is fixed elsewhere" },
    { "free-to-fixed", FREE_CARD, FIXED, "the base is fixed elsewhere" },
    { "window-to-free", "-nodefaults -device dec-21154,addr=4,io-base=0x2000",
      "-nodefaults -device dec-21154,addr=4", "the window is fixed elsewhere" },
    { "free-to-window", "-nodefaults -device dec-21154,addr=4",
      "-nodefaults -device dec-21154,addr=4,io-base=0x2000",
      "the window is fixed elsewhere" },
    { "memory-window",
      "-nodefaults -device dec-21154,addr=4,mem-base=0xd0000000",
      "-nodefaults -device dec-21154,addr=4,mem-base=0xd0100000",
      "the window is fixed elsewhere" },
    { "held-to-not-held", HOLD(" -device fpga,bus=br0,addr=1"),
      FREE_CARD, "hold=on where the state was saved" },
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
    /* The destination is told to end. */
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
    card_migrate(c);
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
    card_migrate(c);
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
    card_migrate(c);
    qtest_qmp_assert_success(c->qts, "{ 'execute': 'cont' }");
    for (int i = 0; i < RING_SIZE - 1; i++) {
        dma_expect(c, i, FPGA_DESC_OK, len);
    }
    g_assert_cmphex(rd(c, FPGA_DMA_HEAD), ==, RING_SIZE - 1);
    assert_memory(c, addr, data, len);
    card_done(c);
}

void add_migration_tests(void)
{
    qtest_add_func("/fpga/migrate/registers", test_migrate_registers);
    qtest_add_func("/fpga/migrate/doorbell", test_migrate_doorbell);
    qtest_add_func("/fpga/migrate/ioeventfd", test_migrate_ioeventfd);
    qtest_add_func("/fpga/migrate/dma", test_migrate_dma);
    for (size_t i = 0; i < ARRAY_SIZE(unlike); i++) {
        g_autofree char *path = g_strdup_printf("/fpga/migrate/unlike/%s",
                                                unlike[i].name);

        qtest_add_data_func(path, &unlike[i], test_migrate_unlike);
    }
}
