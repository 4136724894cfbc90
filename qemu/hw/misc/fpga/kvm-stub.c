/*
 * fpga card: in a QEMU that has no KVM
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "fpga.h"

bool fpga_kvm_init(FPGAState *s, Error **errp)
{
    if (s->kvm.pio == ON_OFF_AUTO_ON) {
        error_setg(errp, TYPE_FPGA ": kvm-pio=on: this QEMU was built without "
                   "KVM");
        return false;
    }
    return true;
}

void fpga_kvm_publish(FPGAState *s)
{
}

bool fpga_kvm_take_doorbell(FPGAState *s, Error **errp)
{
    return true;
}

void fpga_kvm_exit(FPGAState *s)
{
}
