/* SPDX-License-Identifier: GPL-2.0-or-later */
/* qtest of pci-shape: what its parts share */
#ifndef TESTS_PCI_SHAPE_SHAPE_H
#define TESTS_PCI_SHAPE_SHAPE_H

#include "libqtest.h"
#include "hw/pci/pci.h"
#include "hw/pci/pci_regs.h"

/* Whose functions no QEMU has */
#define SHAPE_VENDOR 0x1234
#define SHAPE_DEVICE 0xfed0
#define SHAPE_BRIDGE 0xfed1
#define SHAPE_IDS(device) (SHAPE_VENDOR | (uint32_t)(device) << 16)

/* What q35 has at 00:00.0 */
#define Q35_HOST_IDS 0x29c08086

#define SHAPE_MMCONFIG 0xd0000000u
#define SHAPE_ROOT " -device pci-shape-root,mmconfig=0xd0000000," \
                   "windows='io:0x1000-0xffff mem:0xe0000000-0xefffffff'"

/* Where express_port() has its capability */
#define SHAPE_EXPRESS 0x40

typedef struct Image {
    uint8_t bytes[PCIE_CONFIG_SPACE_SIZE];
    size_t size;
} Image;

/* A machine of pci-shape, before and after it is started */
typedef struct Shape {
    GString *args;
    char *directory;
    unsigned int files;
    QTestState *qts;
} Shape;

Image image_device(void);
Image image_bridge(uint8_t primary, uint8_t secondary, uint8_t subordinate);
/* The same with a slot for hot-plugging: presence, and a power switch */
Image image_port(uint8_t primary, uint8_t secondary, uint8_t subordinate);

/* @roots: "-device pci-shape-root..." */
Shape *shape_new(const char *roots);
void shape_done(Shape *s);
/* The file of an image; to be freed */
char *shape_file(Shape *s, const Image *image);
/* @more: ",bar0-size=4K" and others of its properties, or "" */
void shape_add(Shape *s, const char *address, const Image *image,
               const char *more);
void shape_start(Shape *s);
/* As firmware does: it reads ACPI's tables. Returns them; to be freed. */
char *shape_read_tables(Shape *s, size_t *size);
void shape_arm(Shape *s);
/* A machine of one function at 00:03.0, armed */
Shape *shape_of(const Image *image, const char *more);

/* By ports */
uint32_t shape_read(Shape *s, uint8_t bus, uint8_t devfn, uint8_t reg);
void shape_write(Shape *s, uint8_t bus, uint8_t devfn, uint8_t reg,
                 uint32_t value);
/* By memory */
uint32_t shape_mem_read(Shape *s, uint8_t bus, uint8_t devfn, uint16_t reg);
void shape_mem_write(Shape *s, uint8_t bus, uint8_t devfn, uint16_t reg,
                     uint32_t value);

/* One file each */
void add_arming_tests(void);
void add_registers_tests(void);
void add_buses_tests(void);
void add_slots_tests(void);
void add_tables_tests(void);
void add_refusals_tests(void);

#endif /* TESTS_PCI_SHAPE_SHAPE_H */
