/*
 * qtest of pci-shape: pci-shape/ has its parts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "pci-shape/shape.h"

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (!qtest_has_machine("q35") || !qtest_has_device("pci-shape")) {
        g_test_skip("this QEMU lacks q35 or pci-shape");
        return 0;
    }
    /* So that one failure does not hide the tests after it */
    g_test_set_nonfatal_assertions();

    add_arming_tests();
    add_registers_tests();
    add_buses_tests();
    add_slots_tests();
    add_tables_tests();
    add_refusals_tests();
    return g_test_run();
}
