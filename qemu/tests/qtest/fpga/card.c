/*
 * qtest of the fpga card: what its parts share
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqos/malloc-pc.h"
#include "qobject/qdict.h"
#include "hw/pci/pci_regs.h"
#include "card.h"

#define BRIDGE_SLOT 4

uint32_t rd(Card *c, uint32_t reg)
{
    return qtest_inl(c->qts, c->port + reg);
}

void wr(Card *c, uint32_t reg, uint32_t value)
{
    qtest_outl(c->qts, c->port + reg, value);
}

void card_find(Card *c, int devfn)
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

Card *card_new(const char *args, int devfn)
{
    Card *c = g_new0(Card, 1);

    c->args = args;
    c->qts = qtest_init(args);
    card_find(c, devfn);
    return c;
}

Card *card_fixed_with(const char *args)
{
    Card *c = card_new(args, BEHIND(CARD_SLOT));

    c->port = FPGA_IO_BASE;
    qpci_device_enable(c->bridge);
    qpci_device_enable(c->dev);
    return c;
}

Card *card_fixed(void)
{
    return card_fixed_with(FIXED);
}

Card *card_free(void)
{
    return card_new(FREE, QPCI_DEVFN(5, 0));
}

/* qpci_find_capability() takes what follows the last capability for one. */
uint8_t capability(Card *c, uint8_t id)
{
    uint8_t at = qpci_config_readb(c->dev, PCI_CAPABILITY_LIST);

    while (at && qpci_config_readb(c->dev, at) != id) {
        at = qpci_config_readb(c->dev, at + PCI_CAP_LIST_NEXT);
    }
    return at;
}

void card_done(Card *c)
{
    g_free(c->bridge);
    g_free(c->dev);
    qpci_free_pc(c->bus);
    alloc_destroy(&c->alloc);
    qtest_quit(c->qts);
    g_free(c);
}

void assert_fixed(QTestState *qts)
{
    g_assert_cmphex(qtest_inl(qts, FPGA_IO_BASE + FPGA_ID), ==, FPGA_ID_VALUE);
    g_assert_cmphex(qtest_inl(qts, FPGA_IO_BASE + FPGA_FIXED_BASE), ==,
                    FPGA_IO_BASE);
}

void assert_bar(Card *c, uint32_t value)
{
    g_assert_cmphex(qpci_config_readl(c->dev, PCI_BASE_ADDRESS_0), ==, value);
}

void assert_card_at(QTestState *qts, uint16_t port)
{
    g_assert_cmphex(qtest_inl(qts, port + FPGA_ID), ==, FPGA_ID_VALUE);
    g_assert_cmphex(qtest_inl(qts, port + FPGA_FIXED_BASE), ==, 0);
}

void wait_migrated(QTestState *qts)
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

void card_migrate(Card *c)
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

void add_refusals(const Refusal *refusals, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        g_autofree char *path = g_strdup_printf("/fpga/refusals/%s",
                                                refusals[i].name);

        qtest_add_data_func(path, &refusals[i], test_refusal);
    }
}
