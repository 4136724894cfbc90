/*
 * qtest of the fpga card: registers that KVM answers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "card.h"

/* Where the register file lies is the machine's own business. */
static void test_migrate_kvm_pio(void)
{
    Card *c = card_fixed_with(FIXED ",kvm-pio=off");

    wr(c, FPGA_REGFILE, 0x04030201);
    wr(c, FPGA_REGFILE + FPGA_REGFILE_SIZE - 4, 0x08070605);
    c->args = FIXED ",kvm-pio=auto";
    card_migrate(c);
    g_assert_cmphex(rd(c, FPGA_REGFILE), ==, 0x04030201);
    qtest_outb(c->qts, c->port + FPGA_REGFILE + 1, 0x12);
    c->args = FIXED ",kvm-pio=off";
    card_migrate(c);
    g_assert_cmphex(rd(c, FPGA_REGFILE), ==, 0x04031201);
    g_assert_cmphex(rd(c, FPGA_REGFILE + FPGA_REGFILE_SIZE - 4), ==,
                    0x08070605);
    card_done(c);
}

static const Refusal refusals[] = {
    {
        "kvm-pio-without-kvm",
        "-device fpga,kvm-pio=on",
        "fpga: kvm-pio=on: it needs KVM (-accel kvm)",
    }, {
        "kvm-pio",
        "-device fpga,kvm-pio=off -device fpga,kvm-pio=auto "
        "-device fpga,kvm-pio=perhaps",
        "does not accept value 'perhaps'",
    },
};

void add_kvm_tests(void)
{
    qtest_add_func("/fpga/migrate/kvm-pio", test_migrate_kvm_pio);
    add_refusals(refusals, ARRAY_SIZE(refusals));
}
