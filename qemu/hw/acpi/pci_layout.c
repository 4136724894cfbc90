/*
 * A device that says in ACPI's tables where PCI is
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/acpi/pci_layout.h"

static Object *find_layout(void)
{
    return object_resolve_path_type("", TYPE_ACPI_PCI_LAYOUT, NULL);
}

bool acpi_pci_layout_present(void)
{
    return find_layout() != NULL;
}

Aml *acpi_pci_layout_crs(Aml *crs)
{
    Object *layout = find_layout();

    return layout ? ACPI_PCI_LAYOUT_GET_CLASS(layout)->crs(layout) : crs;
}

void acpi_pci_layout_build_dsdt(Aml *dsdt)
{
    Object *layout = find_layout();

    if (layout) {
        ACPI_PCI_LAYOUT_GET_CLASS(layout)->build_dsdt(layout, dsdt);
    }
}

bool acpi_pci_layout_has_mcfg(void)
{
    Object *layout = find_layout();

    return layout && ACPI_PCI_LAYOUT_GET_CLASS(layout)->has_mcfg(layout);
}

void acpi_pci_layout_build_mcfg(GArray *table_data, BIOSLinker *linker,
                                const char *oem_id, const char *oem_table_id)
{
    Object *layout = find_layout();

    if (layout) {
        ACPI_PCI_LAYOUT_GET_CLASS(layout)->build_mcfg(layout, table_data,
                                                      linker, oem_id,
                                                      oem_table_id);
    }
}

void acpi_pci_layout_tables_read(void)
{
    Object *layout = find_layout();

    if (layout) {
        ACPI_PCI_LAYOUT_GET_CLASS(layout)->tables_read(layout);
    }
}

static const TypeInfo acpi_pci_layout_types[] = {
    {
        .name = TYPE_ACPI_PCI_LAYOUT,
        .parent = TYPE_INTERFACE,
        .class_size = sizeof(AcpiPCILayoutClass),
    },
};

DEFINE_TYPES(acpi_pci_layout_types)
