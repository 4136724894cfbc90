/*
 * PCI shape: host bridges and configuration space in ACPI's tables
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * ACPI 6.4, 6.2.11 (_OSC), 6.4.3.5; PCI Firmware 3.3, 4.1.2 (MCFG)
 */

#include "qemu/osdep.h"
#include "hw/acpi/acpi-defs.h"
#include "hw/acpi/pci_layout.h"
#include "shape.h"

/* The ports 0xcf8 to 0xcff are at the host bridge, and go no further. */
#define CONFIG_PORTS 0xcf8
#define CONFIG_PORTS_SIZE 8

#define OSC_UUID "33DB4D5B-1FF7-401C-9657-7441C03DD766"
/* Hot-plug, SHPC, PME, AER, and the Express capability: all the system's */
#define OSC_CONTROL 0x1f

static PCIShapeRoot *main_root(PCIShapeState *s)
{
    for (guint i = 0; i < s->roots->len; i++) {
        PCIShapeRoot *root = g_ptr_array_index(s->roots, i);

        if (root->segment == 0 && root->bus == 0) {
            return root;
        }
    }
    return NULL;
}

static Aml *window_aml(const PCIShapeWindow *window)
{
    uint64_t length = window->last - window->first + 1;
    AmlCacheable cacheable = window->kind == PCI_SHAPE_WINDOW_PREF ?
                             AML_PREFETCHABLE : AML_NON_CACHEABLE;

    if (window->kind == PCI_SHAPE_WINDOW_IO) {
        return aml_dword_io(AML_MIN_FIXED, AML_MAX_FIXED, AML_POS_DECODE,
                            AML_ENTIRE_RANGE, 0, window->first, window->last,
                            0, length);
    }
    if (window->last <= UINT32_MAX && !window->offset) {
        return aml_dword_memory(AML_POS_DECODE, AML_MIN_FIXED, AML_MAX_FIXED,
                                cacheable, AML_READ_WRITE, 0, window->first,
                                window->last, 0, length);
    }
    return aml_qword_memory(AML_POS_DECODE, AML_MIN_FIXED, AML_MAX_FIXED,
                            cacheable, AML_READ_WRITE, 0, window->first,
                            window->last, window->offset, length);
}

static Aml *root_crs(const PCIShapeRoot *root, bool config_ports)
{
    Aml *crs = aml_resource_template();

    aml_append(crs, aml_word_bus_number(AML_MIN_FIXED, AML_MAX_FIXED,
                                        AML_POS_DECODE, 0, root->bus,
                                        root->last_bus, 0,
                                        root->last_bus - root->bus + 1));
    if (config_ports) {
        aml_append(crs, aml_io(AML_DECODE16, CONFIG_PORTS, CONFIG_PORTS, 1,
                               CONFIG_PORTS_SIZE));
    }
    for (guint i = 0; i < root->windows->len; i++) {
        aml_append(crs, window_aml(&g_array_index(root->windows,
                                                  PCIShapeWindow, i)));
    }
    return crs;
}

static Aml *pci_shape_crs(Object *layout)
{
    PCIShapeRoot *root = main_root(PCI_SHAPE(layout));

    /* Without one, \_SB.PCI0 forwards nothing. */
    return root ? root_crs(root, true) : aml_resource_template();
}

static Aml *osc_method(void)
{
    Aml *method = aml_method("_OSC", 4, AML_NOTSERIALIZED);
    Aml *ours = aml_if(aml_equal(aml_arg(0), aml_touuid(OSC_UUID)));
    Aml *unknown = aml_else();

    aml_append(method, aml_create_dword_field(aml_arg(3), aml_int(0), "CDW1"));
    aml_append(ours, aml_create_dword_field(aml_arg(3), aml_int(8), "CDW3"));
    aml_append(ours, aml_and(aml_name("CDW3"), aml_int(OSC_CONTROL),
                             aml_name("CDW3")));
    aml_append(method, ours);
    aml_append(unknown, aml_or(aml_name("CDW1"), aml_int(4),
                               aml_name("CDW1")));
    aml_append(method, unknown);
    aml_append(method, aml_return(aml_arg(3)));
    return method;
}

static Aml *root_device(PCIShapeRoot *root, unsigned int number)
{
    Aml *dev = aml_device("PS%02X", number);

    if (root->mmconfig) {
        aml_append(dev, aml_name_decl("_HID", aml_eisaid("PNP0A08")));
        aml_append(dev, aml_name_decl("_CID", aml_eisaid("PNP0A03")));
        aml_append(dev, osc_method());
    } else {
        aml_append(dev, aml_name_decl("_HID", aml_eisaid("PNP0A03")));
    }
    /* \_SB.PCI0 has 0. */
    aml_append(dev, aml_name_decl("_UID", aml_int(number + 1)));
    aml_append(dev, aml_name_decl("_SEG", aml_int(root->segment)));
    aml_append(dev, aml_name_decl("_BBN", aml_int(root->bus)));
    aml_append(dev, aml_name_decl("_CRS", root_crs(root, false)));
    return dev;
}

/*
 * Linux uses memory-mapped configuration space only where firmware reserves it
 * (PCI Firmware 3.3, 4.1.2, note 2).
 */
static Aml *mmconfig_device(PCIShapeRoot *root, unsigned int number)
{
    Aml *dev = aml_device("PM%02X", number);
    Aml *crs = aml_resource_template();
    uint64_t base = root->mmconfig + ((uint64_t)root->bus << 20);
    uint64_t size = (uint64_t)(root->last_bus - root->bus + 1) << 20;

    aml_append(crs, aml_qword_memory(AML_POS_DECODE, AML_MIN_FIXED,
                                     AML_MAX_FIXED, AML_NON_CACHEABLE,
                                     AML_READ_WRITE, 0, base, base + size - 1,
                                     0, size));
    aml_append(dev, aml_name_decl("_HID", aml_eisaid("PNP0C01")));
    aml_append(dev, aml_name_decl("_UID", aml_int(number + 1)));
    aml_append(dev, aml_name_decl("_CRS", crs));
    return dev;
}

static void pci_shape_build_dsdt(Object *layout, Aml *dsdt)
{
    PCIShapeState *s = PCI_SHAPE(layout);
    Aml *scope = aml_scope("\\_SB");

    for (guint i = 0; i < s->roots->len; i++) {
        PCIShapeRoot *root = g_ptr_array_index(s->roots, i);

        if (root != main_root(s)) {
            aml_append(scope, root_device(root, i));
        }
        if (root->mmconfig) {
            aml_append(scope, mmconfig_device(root, i));
        }
    }
    aml_append(dsdt, scope);
}

static bool pci_shape_has_mcfg(Object *layout)
{
    PCIShapeState *s = PCI_SHAPE(layout);

    for (guint i = 0; i < s->roots->len; i++) {
        PCIShapeRoot *root = g_ptr_array_index(s->roots, i);

        if (root->mmconfig) {
            return true;
        }
    }
    return false;
}

static void pci_shape_build_mcfg(Object *layout, GArray *table_data,
                                 BIOSLinker *linker, const char *oem_id,
                                 const char *oem_table_id)
{
    PCIShapeState *s = PCI_SHAPE(layout);
    AcpiTable table = { .sig = "MCFG", .rev = 1, .oem_id = oem_id,
                        .oem_table_id = oem_table_id };

    acpi_table_begin(&table, table_data);
    build_append_int_noprefix(table_data, 0, 8); /* reserved */
    for (guint i = 0; i < s->roots->len; i++) {
        PCIShapeRoot *root = g_ptr_array_index(s->roots, i);

        if (root->mmconfig) {
            build_append_int_noprefix(table_data, root->mmconfig, 8);
            build_append_int_noprefix(table_data, root->segment, 2);
            build_append_int_noprefix(table_data, root->bus, 1);
            build_append_int_noprefix(table_data, root->last_bus, 1);
            build_append_int_noprefix(table_data, 0, 4); /* reserved */
        }
    }
    acpi_table_end(linker, &table);
}

/* Firmware does so when it has enumerated what it found on PCI. */
static void pci_shape_tables_read(Object *layout)
{
    pci_shape_set_armed(PCI_SHAPE(layout), true);
}

void pci_shape_class_init_acpi(ObjectClass *klass)
{
    AcpiPCILayoutClass *lc = ACPI_PCI_LAYOUT_CLASS(klass);

    lc->crs = pci_shape_crs;
    lc->build_dsdt = pci_shape_build_dsdt;
    lc->has_mcfg = pci_shape_has_mcfg;
    lc->build_mcfg = pci_shape_build_mcfg;
    lc->tables_read = pci_shape_tables_read;
}
