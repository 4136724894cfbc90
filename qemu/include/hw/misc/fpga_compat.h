/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What differs between the QEMU versions (10.0 and newer) that the fpga card
 * and the dec-21154 bridge build in
 */
#ifndef HW_MISC_FPGA_COMPAT_H
#define HW_MISC_FPGA_COMPAT_H

/* QEMU 11.0 moved these under hw/core. */
#if __has_include("hw/core/qdev-properties.h")
#include "hw/core/qdev-properties.h"
#include "hw/core/resettable.h"
#else
#include "hw/qdev-properties.h"
#include "hw/resettable.h"
#endif

/* QEMU 10.1 moved it. */
#if __has_include("system/address-spaces.h")
#include "system/address-spaces.h"
#else
#include "exec/address-spaces.h"
#endif

/* QEMU 10.1 made the argument of class_init const. */
#if QEMU_VERSION_MAJOR > 10 || \
    (QEMU_VERSION_MAJOR == 10 && QEMU_VERSION_MINOR >= 1)
typedef const void FPGAClassData;
#else
typedef void FPGAClassData;
#endif

#endif /* HW_MISC_FPGA_COMPAT_H */
