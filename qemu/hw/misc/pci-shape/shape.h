/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI shape: the configuration space of another machine
 *
 * See docs/specs/pci-shape.rst. The device pci-shape answers the guest's
 * accesses to configuration space in the place of the host bridge, once
 * firmware has read ACPI's tables. On its bus are the host bridges
 * (pci-shape-root) and functions (pci-shape-function) of the machine that is
 * shown. None of them is a PCIDevice: they have registers and no BAR that
 * answers, so that any address is possible, also one of the platform's own.
 */
#ifndef HW_MISC_PCI_SHAPE_SHAPE_H
#define HW_MISC_PCI_SHAPE_SHAPE_H

#include "hw/core/qdev-properties.h"
#include "hw/core/resettable.h"
#include "hw/isa/isa.h"
#include "hw/pci/pci.h"
#include "hw/pci/pcie_regs.h"
#include "system/address-spaces.h"

#define TYPE_PCI_SHAPE "pci-shape"
OBJECT_DECLARE_SIMPLE_TYPE(PCIShapeState, PCI_SHAPE)

#define TYPE_PCI_SHAPE_BUS "pci-shape-bus"

#define TYPE_PCI_SHAPE_ROOT "pci-shape-root"
OBJECT_DECLARE_SIMPLE_TYPE(PCIShapeRoot, PCI_SHAPE_ROOT)

#define TYPE_PCI_SHAPE_FUNCTION "pci-shape-function"
OBJECT_DECLARE_SIMPLE_TYPE(PCIShapeFunction, PCI_SHAPE_FUNCTION)

#define PCI_SHAPE_BARS 6
#define PCI_SHAPE_VF_BARS 6
#define PCI_SHAPE_DEVFNS 256

/* What is on one bus, below a host bridge or below a bridge */
typedef struct PCIShapeSlots {
    PCIShapeFunction *at[PCI_SHAPE_DEVFNS];
    GPtrArray *bridges; /* those of them that lead to another bus */
} PCIShapeSlots;

typedef enum PCIShapeWindowKind {
    PCI_SHAPE_WINDOW_IO,
    PCI_SHAPE_WINDOW_MEM,
    PCI_SHAPE_WINDOW_PREF,
} PCIShapeWindowKind;

typedef struct PCIShapeWindow {
    PCIShapeWindowKind kind;
    uint64_t first; /* of the bus */
    uint64_t last;
    uint64_t offset; /* what makes the processor's addresses of these */
} PCIShapeWindow;

/* On the ISA bus, so that its own bus is one of the machine's */
struct PCIShapeState {
    ISADevice parent_obj;

    BusState bus;
    GPtrArray *roots; /* of PCIShapeRoot, in the order of their making */
    MemoryRegion address; /* ports 0xcf8 and 0xcfc, over the host bridge's */
    MemoryRegion data;
    uint32_t latch;
    bool armed;

    bool at_once; /* property: without firmware that reads ACPI's tables */
};

struct PCIShapeRoot {
    DeviceState parent_obj;

    PCIShapeState *shape;
    PCIShapeSlots slots;
    MemoryRegion mmconfig_region;
    GArray *windows; /* of PCIShapeWindow */

    /* Properties */
    uint16_t segment;
    uint8_t bus;
    uint8_t last_bus;
    uint64_t mmconfig; /* where bus 0 of the segment is; 0: nowhere */
    char *windows_text;
    char *windows_file;
};

struct PCIShapeFunction {
    DeviceState parent_obj;

    PCIShapeRoot *root;
    PCIShapeFunction *parent; /* the bridge above; NULL on a root bus */
    PCIShapeSlots slots; /* behind a bridge */
    uint8_t devfn;
    uint32_t size; /* of configuration space */
    uint32_t image_crc;
    char *path; /* its address, by which a migration finds it */

    uint8_t image[PCIE_CONFIG_SPACE_SIZE]; /* what a reset brings back */
    uint8_t config[PCIE_CONFIG_SPACE_SIZE];
    uint8_t wmask[PCIE_CONFIG_SPACE_SIZE];
    uint8_t w1cmask[PCIE_CONFIG_SPACE_SIZE];

    /* Offsets of capabilities; 0: there is none */
    uint16_t msi;
    uint16_t express;
    uint16_t rebar;
    uint16_t sriov;

    /* Properties */
    char *address;
    char *file;
    uint64_t bar_size[PCI_SHAPE_BARS];
    uint64_t rom_size;
    uint64_t vf_bar_size[PCI_SHAPE_VF_BARS];
};

/* registers.c: which bits of @f's registers can be written, by its image */
bool pci_shape_init_registers(PCIShapeFunction *f, Error **errp);
void pci_shape_reset_registers(PCIShapeFunction *f);

/* The header type, without the bit of multi-function devices */
uint8_t pci_shape_header_type(const PCIShapeFunction *f);
bool pci_shape_is_bridge(const PCIShapeFunction *f);

/* capabilities.c: the same for capabilities, in either list */
void pci_shape_init_capabilities(PCIShapeFunction *f);
/* What follows from a write to [@addr, @addr + @len) */
void pci_shape_capabilities_written(PCIShapeFunction *f, uint32_t addr,
                                    int len);

/* bars.c */
bool pci_shape_init_bars(PCIShapeFunction *f, Error **errp);
bool pci_shape_init_vf_bars(PCIShapeFunction *f, Error **errp);
/* A resizable BAR is as large as its control register says. */
void pci_shape_update_resizable(PCIShapeFunction *f);

/* slot.c: the slot of a port, into which functions can be plugged */
bool pci_shape_slot_is_on(const PCIShapeFunction *port);
void pci_shape_slot_control_written(PCIShapeFunction *port);
void pci_shape_slot_changed(PCIShapeFunction *port, bool present);
bool pci_shape_slot_is_present(const PCIShapeFunction *port);
/* The image has come back; what is in the slot is not part of it. */
void pci_shape_slot_reset(PCIShapeFunction *port, bool present);

/* function.c: @len is 1, 2 or 4; what is beyond the end reads as all ones. */
uint32_t pci_shape_config_read(PCIShapeFunction *f, uint32_t addr, int len);
void pci_shape_config_write(PCIShapeFunction *f, uint32_t addr, uint32_t val,
                            int len);

/* slots.c */
void pci_shape_slots_init(PCIShapeSlots *slots);
void pci_shape_slots_free(PCIShapeSlots *slots);
void pci_shape_slots_add(PCIShapeSlots *slots, PCIShapeFunction *f);
void pci_shape_slots_remove(PCIShapeSlots *slots, PCIShapeFunction *f);
bool pci_shape_slots_empty(const PCIShapeSlots *slots);
/* Where the function is that answers at these numbers now, or NULL */
PCIShapeFunction *pci_shape_find(PCIShapeState *s, uint16_t segment,
                                 uint8_t bus, uint8_t devfn);
/*
 * The bus that has this number in the images: its functions, the root that it
 * is below, and the bridge that leads to it (NULL on a root bus). NULL if no
 * root and no bridge leads to it.
 */
PCIShapeSlots *pci_shape_find_bus(PCIShapeState *s, uint16_t segment,
                                  uint8_t bus, PCIShapeRoot **root,
                                  PCIShapeFunction **bridge);

/* root.c */
void pci_shape_root_set_armed(PCIShapeRoot *root, bool armed);

/* acpi.c */
void pci_shape_class_init_acpi(ObjectClass *klass);

/* host.c */
void pci_shape_set_armed(PCIShapeState *s, bool armed);

#endif /* HW_MISC_PCI_SHAPE_SHAPE_H */
