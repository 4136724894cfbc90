/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device that says in ACPI's tables where PCI is
 *
 * The tables of a PC describe the host bridges that QEMU has. A device with
 * this interface puts others in their place: their buses, their windows and
 * their memory-mapped configuration space. There can be one in a machine.
 */
#ifndef HW_ACPI_PCI_LAYOUT_H
#define HW_ACPI_PCI_LAYOUT_H

#include "hw/acpi/aml-build.h"
#include "hw/acpi/bios-linker-loader.h"
#include "qom/object.h"

#define TYPE_ACPI_PCI_LAYOUT "acpi-pci-layout"

typedef struct AcpiPCILayoutClass AcpiPCILayoutClass;
DECLARE_CLASS_CHECKERS(AcpiPCILayoutClass, ACPI_PCI_LAYOUT,
                       TYPE_ACPI_PCI_LAYOUT)

struct AcpiPCILayoutClass {
    InterfaceClass parent_class;

    /* The resources of \_SB.PCI0 */
    Aml *(*crs)(Object *layout);
    /* Adds the other host bridges, and what they need, to the DSDT */
    void (*build_dsdt)(Object *layout, Aml *dsdt);
    /* Whether there is any memory-mapped configuration space */
    bool (*has_mcfg)(Object *layout);
    /* Adds the table that says where that is */
    void (*build_mcfg)(Object *layout, GArray *table_data, BIOSLinker *linker,
                       const char *oem_id, const char *oem_table_id);
    /* The guest's firmware reads the tables: it has enumerated PCI. */
    void (*tables_read)(Object *layout);
};

/* Is there such a device? */
bool acpi_pci_layout_present(void);

/* The resources of \_SB.PCI0: the device's, or @crs where there is none */
Aml *acpi_pci_layout_crs(Aml *crs);

/* Each of the rest does nothing where there is no such device. */
void acpi_pci_layout_build_dsdt(Aml *dsdt);
bool acpi_pci_layout_has_mcfg(void);
void acpi_pci_layout_build_mcfg(GArray *table_data, BIOSLinker *linker,
                                const char *oem_id, const char *oem_table_id);
void acpi_pci_layout_tables_read(void);

#endif /* HW_ACPI_PCI_LAYOUT_H */
