/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The numbers of the PCI specifications that the decoder and the checks need.
 * PCI Local Bus 3.0, chapter 6; PCI-to-PCI Bridge Architecture 1.2, chapter 3;
 * PC Card Standard 8.0 (CardBus bridges); PCI Express Base 5.0, 7.5 and 7.8.5 (EA).
 *
 * <linux/pci_regs.h> has most of them; the few used here keep the tool free of kernel headers
 * and say which document a number is from.
 */
#ifndef PCIADDR_PCISPEC_H
#define PCIADDR_PCISPEC_H

#define CFG_VENDOR		0x00
#define CFG_COMMAND		0x04
#define   COMMAND_IO		0x0001
#define   COMMAND_MEMORY	0x0002
#define   COMMAND_MASTER	0x0004
#define   COMMAND_INTX_DISABLE	0x0400
#define CFG_STATUS		0x06
#define   STATUS_CAPABILITIES	0x0010
#define CFG_REVISION		0x08
#define CFG_HEADER_TYPE		0x0e
#define   HEADER_MASK		0x7f
#define   HEADER_DEVICE		0
#define   HEADER_BRIDGE		1
#define   HEADER_CARDBUS	2
#define CFG_BAR0		0x10
#define   BAR_IO		0x1
#define   BAR_IO_MASK		0xfffffffcu
#define   BAR_MEMORY_TYPE	0x6
#define   BAR_MEMORY_64BIT	0x4
#define   BAR_PREFETCH		0x8
#define   BAR_MEMORY_MASK	0xfffffff0u
#define CFG_SUBSYSTEM_VENDOR	0x2c
#define CFG_ROM			0x30
#define CFG_BRIDGE_ROM		0x38
#define   ROM_ENABLE		0x1
#define   ROM_MASK		0xfffff800u
#define CFG_CAPABILITIES	0x34
#define CFG_CARDBUS_CAPABILITIES 0x14

#define CFG_PRIMARY		0x18
#define CFG_SECONDARY		0x19
#define CFG_SUBORDINATE		0x1a
#define CFG_IO_BASE		0x1c
#define   IO_WINDOW_TYPE	0x0f
#define   IO_WINDOW_32BIT	0x01
#define CFG_MEMORY_BASE		0x20
#define CFG_PREFETCH_BASE	0x24
#define   PREFETCH_64BIT	0x01
#define CFG_PREFETCH_BASE_HIGH	0x28
#define CFG_PREFETCH_LIMIT_HIGH	0x2c
#define CFG_IO_BASE_HIGH	0x30
#define CFG_BRIDGE_CONTROL	0x3e
#define   CONTROL_ISA		0x0004
#define   CONTROL_VGA		0x0008

#define CFG_CARDBUS_MEMORY_BASE		0x1c
#define CFG_CARDBUS_IO_BASE		0x2c

#define CAP_ID_MSI		0x05
#define CAP_ID_SUBSYSTEM	0x0d
#define CAP_ID_EXPRESS		0x10
#define CAP_ID_MSIX		0x11
#define CAP_ID_EA		0x14

#define CLASS_IDE		0x0101
#define CLASS_PCI_BRIDGE	0x0604
#define PROGIF_SUBTRACTIVE	0x01

/* <linux/ioport.h>: flags in the third column of sysfs's `resource` */
#define RESOURCE_IO		0x00000100ull
#define RESOURCE_MEMORY		0x00000200ull
#define RESOURCE_ROM_SHADOW	0x00000002ull
#define RESOURCE_PREFETCH	0x00002000ull
#define RESOURCE_64BIT		0x00100000ull
#define RESOURCE_DISABLED	0x10000000ull
#define RESOURCE_UNSET		0x20000000ull

#endif
