/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The numbers of the PCI specifications that the decoder and the checks need.
 * PCI Local Bus 3.0, chapter 6; PCI-to-PCI Bridge Architecture 1.2, chapter 3;
 * PC Card Standard 8.0 (CardBus bridges); PCI Express Base 5.0, 7.5 and 7.8.5 (EA).
 *
 * <linux/pci_regs.h> has most of them; the few used here keep the tool free of kernel headers
 * and say which document a number is from.
 */
#ifndef PCIADDR_MODEL_PCISPEC_H
#define PCIADDR_MODEL_PCISPEC_H

#define CFG_VENDOR		0x00
#define   VENDOR_AMD		0x1022
#define   VENDOR_INTEL		0x8086
#define CFG_COMMAND		0x04
#define   COMMAND_IO		0x0001
#define   COMMAND_MEMORY	0x0002
#define   COMMAND_MASTER	0x0004
#define   COMMAND_INTX_DISABLE	0x0400
#define CFG_STATUS		0x06
#define   STATUS_CAPABILITIES	0x0010
#define CFG_REVISION		0x08
#define CFG_CLASS		0x09	/* programming interface, subclass, class */
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
#define CFG_IO_LIMIT		0x1d
#define   WINDOW_TYPE		0x0f	/* the low bits of each base register */
#define   WINDOW_IO_32BIT	0x01
#define   WINDOW_IO_MASK	0xf0	/* address bits 15:12 */
#define   WINDOW_IO_UNIT	0x1000
#define CFG_MEMORY_BASE		0x20
#define CFG_MEMORY_LIMIT	0x22
#define   WINDOW_MEMORY_MASK	0xfff0	/* address bits 31:20 */
#define   WINDOW_MEMORY_UNIT	0x100000
#define CFG_PREFETCH_BASE	0x24
#define CFG_PREFETCH_LIMIT	0x26
#define   WINDOW_PREFETCH_64BIT	0x01
#define CFG_PREFETCH_BASE_HIGH	0x28
#define CFG_PREFETCH_LIMIT_HIGH	0x2c
#define CFG_IO_BASE_HIGH	0x30
#define CFG_IO_LIMIT_HIGH	0x32
#define CFG_INTERRUPT_LINE	0x3c
#define CFG_BRIDGE_CONTROL	0x3e
#define   CONTROL_ISA		0x0004
#define   CONTROL_VGA		0x0008

#define CFG_CARDBUS_MEMORY_BASE		0x1c
#define CFG_CARDBUS_MEMORY_LIMIT	0x20
#define CFG_CARDBUS_MEMORY_BASE_1	0x24
#define CFG_CARDBUS_MEMORY_LIMIT_1	0x28
#define   CARDBUS_MEMORY_UNIT		0x1000
#define CFG_CARDBUS_IO_BASE		0x2c
#define CFG_CARDBUS_IO_LIMIT		0x30
#define CFG_CARDBUS_IO_BASE_1		0x34
#define CFG_CARDBUS_IO_LIMIT_1		0x38
#define   CARDBUS_IO_UNIT		4
#define CFG_CARDBUS_SUBSYSTEM_VENDOR	0x40

/* Registers of a capability: offsets in it */
#define CAP_ID_MSI		0x05
#define   MSI_CONTROL		0x02	/* of MSI-X, too */
#define     MSI_ENABLE		0x0001
#define     MSI_CAPABLE		0x000e	/* vectors asked for, a power of two */
#define     MSI_ENABLED		0x0070	/* vectors granted, likewise */
#define CAP_ID_SUBSYSTEM	0x0d
#define   SUBSYSTEM_VENDOR	0x04
#define CAP_ID_EXPRESS		0x10
#define   EXPRESS_CAPABILITIES	0x02
#define     EXPRESS_TYPE	0x00f0	/* device/port type */
#define   LINK_CAPABILITIES	0x0c	/* maximum speed and width, as in the status */
#define   LINK_STATUS		0x12
#define     LINK_SPEED		0x000f
#define     LINK_WIDTH		0x03f0
#define CAP_ID_MSIX		0x11
#define     MSIX_TABLE_SIZE	0x07ff	/* less one */
#define     MSIX_ENABLE		0x8000
#define CAP_ID_EA		0x14
#define CAP_ID_PCIX		0x07

/* PCI Express' extended capabilities: a header of 32 bits each */
#define EXTENDED_ID		0x0000ffff
#define EXTENDED_NEXT_SHIFT	20
#define EXTENDED_ID_SERIAL	0x0003
#define   SERIAL_LOW		0x04
#define   SERIAL_HIGH		0x08
#define EXTENDED_ID_ACS		0x000d
#define   ACS_CAPABILITY	0x04
#define   ACS_CONTROL		0x06	/* the same bits */
#define     ACS_SOURCE_VALIDATION	0x0001
#define     ACS_TRANSLATION_BLOCKING	0x0002
#define     ACS_REQUEST_REDIRECT	0x0004
#define     ACS_COMPLETION_REDIRECT	0x0008
#define     ACS_UPSTREAM_FORWARDING	0x0010
#define     ACS_EGRESS_CONTROL		0x0020
#define     ACS_DIRECT_TRANSLATED	0x0040
#define     ACS_ALL			0x007f
#define EXTENDED_ID_SRIOV	0x0010
#define   SRIOV_CONTROL		0x08
#define     SRIOV_VF_ENABLE	0x0001
#define     SRIOV_VF_MEMORY	0x0008
#define   SRIOV_TOTAL_VFS	0x0e
#define   SRIOV_NUM_VFS		0x10
#define   SRIOV_BAR0		0x24
#define EXTENDED_ID_REBAR	0x0015
#define EXTENDED_ID_VF_REBAR	0x0024	/* likewise, of virtual functions' BARs */
#define   REBAR_CAPABILITY	0x04	/* 8 bytes for each BAR */
#define     REBAR_SIZES_SHIFT	4	/* bit 4: 1 MiB */
#define   REBAR_CONTROL		0x08	/* 8 bytes for each BAR */
#define     REBAR_INDEX		0x00000007
#define     REBAR_COUNT		0x000000e0
#define     REBAR_COUNT_SHIFT	5
#define     REBAR_SIZE		0x00003f00	/* a power of two MiB */
#define     REBAR_SIZE_SHIFT	8
#define     REBAR_HIGH_SHIFT	16	/* bit 16: 256 TiB, of the sizes too */
#define     REBAR_HIGH_FIRST	28	/* that is 2^28 MiB */

#define CAP_ID_POWER		0x01
#define   POWER_STATUS		0x04
#define     POWER_STATE	0x0003	/* D0 to D3hot */
#define CLASS_MEMORY_OTHER	0x0580
#define CLASS_HOST_BRIDGE	0x0600
#define CLASS_ISA_BRIDGE	0x0601
#define CLASS_IDE		0x0101
#define PROGIF_IDE_NATIVE_1	0x01	/* the primary channel has BARs of its own */
#define PROGIF_IDE_NATIVE_2	0x04	/* the secondary channel */
#define CLASS_PCI_BRIDGE	0x0604
#define CLASS_CARDBUS_BRIDGE	0x0607
#define PROGIF_SUBTRACTIVE	0x01

/* <linux/ioport.h>: flags in the third column of sysfs's `resource` */
#define RESOURCE_IO		0x00000100ull
#define RESOURCE_MEMORY		0x00000200ull
#define RESOURCE_ROM_SHADOW	0x00000002ull
#define RESOURCE_PREFETCH	0x00002000ull
#define RESOURCE_64BIT		0x00100000ull
#define RESOURCE_DISABLED	0x10000000ull
#define RESOURCE_UNSET		0x20000000ull

/* Where a PC's firmware copies a VGA card's ROM to */
#define ROM_SHADOW_FIRST	0xc0000u
#define ROM_SHADOW_LAST		0xdffffu

#endif
