# SPDX-License-Identifier: GPL-2.0-or-later
# QEMU 11.0 moved these from include/hw to include/hw/core.
s,^#include "hw/core/\(qdev-properties\|resettable\)\.h",#include "hw/\1.h",
