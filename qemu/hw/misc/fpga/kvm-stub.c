/*
 * fpga card: in a QEMU that has no KVM
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "kvm.h"

bool fpga_kvm_init(FPGAState *s, Error **errp)
{
    if (s->kvm_pio == ON_OFF_AUTO_ON) {
        error_setg(errp, TYPE_FPGA ": kvm-pio=on: this QEMU was built without "
                   "KVM");
        return false;
    }
    return true;
}

void fpga_kvm_publish(FPGAState *s)
{
}

bool fpga_kvm_set_doorbell(FPGAState *s, EventNotifier *doorbell, Error **errp)
{
    g_assert_not_reached();
}

void fpga_kvm_exit(FPGAState *s)
{
}
