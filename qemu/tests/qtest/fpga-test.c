/*
 * qtest of the fpga card and the dec-21154 bridge: fpga/ has its parts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "fpga/card.h"

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (!qtest_has_machine("pc") || !qtest_has_device("fpga") ||
        !qtest_has_device("dec-21154")) {
        g_test_skip("this QEMU lacks machine or devices");
        return 0;
    }
    /* So that one failure does not hide the tests after it */
    g_test_set_nonfatal_assertions();

    add_fixed_tests();
    add_hold_tests();
    add_registers_tests();
    add_refusal_tests();
    add_firmware_tests();
    add_irq_tests();
    add_dma_tests();
    add_migration_tests();
    add_fault_tests();
    add_express_tests();
    add_kvm_tests();
    return g_test_run();
}
