/*
 * Fixed address ranges, and operating systems that would assign everything anew
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * On x86 an operating system takes BARs and windows as it finds them. Machines
 * that are described by a device tree, and those of arm64 with ACPI, differ:
 * Linux reassigns all BARs and windows there, also those that ignore it. Both
 * descriptions can mark a host bridge whose configuration must be kept. A BAR
 * that has no address yet is still assigned.
 *
 * The device tree's is the property linux,pci-probe-only of the host bridge.
 * Linux reads it since 6.11; before that it knows it in /chosen alone, for all
 * host bridges, and then assigns nothing at all, so that it is not put there.
 * A machine that makes the node later than its devices (hw/riscv/virt.c) puts
 * the property there itself. ACPI's word is function 5 of _DSM, in
 * hw/pci-host/gpex-acpi.c.
 */

#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/pci/fixed_range.h"
#ifdef CONFIG_FDT
#include "system/device_tree.h"
#endif
#include "trace.h"

#ifdef CONFIG_FDT
static void ask_in_device_tree(void *fdt)
{
    g_auto(GStrv) paths = qemu_fdt_node_path(fdt, NULL,
                                             "pci-host-ecam-generic", NULL);

    for (char **path = paths; path && *path; path++) {
        qemu_fdt_setprop_cell(fdt, *path, "linux,pci-probe-only", 1);
        trace_pci_fixed_preserve(*path);
    }
}
#endif

bool pci_fixed_preserve_wanted(void)
{
    return !QLIST_EMPTY(&pci_fixed_ranges);
}

void pci_fixed_preserve_ask(void)
{
#ifdef CONFIG_FDT
    /* What is plugged in later finds a guest that has read it. */
    if (current_machine->fdt && !phase_check(PHASE_MACHINE_READY)) {
        ask_in_device_tree(current_machine->fdt);
    }
#endif
}
