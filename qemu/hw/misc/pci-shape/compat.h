/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What differs between the QEMU versions (10.0 and newer) that this builds in */
#ifndef HW_MISC_PCI_SHAPE_COMPAT_H
#define HW_MISC_PCI_SHAPE_COMPAT_H

/* QEMU 11.0 moved these under hw/core. */
#if __has_include("hw/core/qdev-properties.h")
#include "hw/core/hotplug.h"
#include "hw/core/qdev-properties.h"
#include "hw/core/resettable.h"
#else
#include "hw/hotplug.h"
#include "hw/qdev-properties.h"
#include "hw/resettable.h"
#endif

/* QEMU 10.1 moved it. */
#if __has_include("system/address-spaces.h")
#include "system/address-spaces.h"
#else
#include "exec/address-spaces.h"
#endif

/* QEMU 10.1 made the argument of class_init, and interfaces, const. */
#if QEMU_VERSION_MAJOR > 10 || \
    (QEMU_VERSION_MAJOR == 10 && QEMU_VERSION_MINOR >= 1)
typedef const void PCIShapeClassData;
#define PCI_SHAPE_INTERFACES (const InterfaceInfo[])
#else
typedef void PCIShapeClassData;
#define PCI_SHAPE_INTERFACES (InterfaceInfo[])
#endif

#endif /* HW_MISC_PCI_SHAPE_COMPAT_H */
