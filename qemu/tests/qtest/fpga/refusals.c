/*
 * qtest of the fpga card: what is refused when a device is created
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "card.h"

static const Refusal refusals[] = {
    {
        "card-not-aligned",
        "-device fpga,io-base=0x2100",
        "fpga: io-base=0x2100 is not a multiple of 0x800",
    }, {
        "card-too-high",
        "-device fpga,io-base=0x10000",
        "fpga: io-base=0x10000 is not a multiple of 0x800 up to 0xf800",
    }, {
        "card-outside-window",
        "-device dec-21154,id=br0,io-base=0x2000 "
        "-device fpga,id=card,bus=br0,addr=1,io-base=0x3000",
        "fpga 'card': fixed ports 0x3000-0x37ff are outside the fixed I/O "
        "window 0x2000-0x2fff of dec-21154 'br0'",
    }, {
        "card-beside-window",
        "-device dec-21154,id=br0,io-base=0x2000 "
        "-device fpga,id=card,io-base=0x2000",
        "fpga 'card': fixed ports 0x2000-0x27ff overlap 0x2000-0x2fff, fixed "
        "for dec-21154 'br0'",
    }, {
        "two-cards",
        "-device fpga,id=one,io-base=0x2000 -device fpga,id=two,io-base=0x2000",
        "fpga 'two': fixed ports 0x2000-0x27ff overlap 0x2000-0x27ff, fixed "
        "for fpga 'one'",
    }, {
        "two-cards-without-id",
        "-device fpga,addr=6,io-base=0x2000 -device fpga,addr=7,io-base=0x2000",
        "fpga at slot 07.0 of bus 'pci.0': fixed ports 0x2000-0x27ff overlap "
        "0x2000-0x27ff, fixed for fpga at slot 06.0 of bus 'pci.0'",
    }, {
        "machine-ports",
        "-device fpga,id=card,io-base=0x800",
        "fpga 'card': fixed ports 0x800-0xfff overlap the machine's "
        "'pci-conf-idx' at 0xcf8",
    }, {
        "machine-ports-of-a-function",
        "-device dec-21154,id=br0,io-base=0xa000 "
        "-device fpga,id=card,bus=br0,addr=1,io-base=0xa800",
        "fpga 'card': fixed ports 0xa800-0xafff overlap the machine's "
        "'acpi-pci-hotplug' at 0xae00",
    }, {
        "bridge-not-aligned",
        "-device dec-21154,io-base=0x2800",
        "dec-21154: io-base=0x2800 is not a multiple of 0x1000",
    }, {
        "bridge-limit",
        "-device dec-21154,io-base=0x2000,io-limit=0x3000",
        "dec-21154: io-limit=0x3000 is not the last port of a 0x1000 unit",
    }, {
        "bridge-limit-alone",
        "-device dec-21154,io-limit=0x2fff",
        "dec-21154: io-limit=0x2fff has no meaning without io-base",
    }, {
        "hold-alone",
        "-device dec-21154,hold=on",
        "dec-21154: hold=on has no meaning without a fixed window",
    }, {
        "hold-at-alone",
        "-device dec-21154,io-base=0x2000,hold-at=1=0x2000",
        "dec-21154: hold-at has no meaning without hold=on",
    }, {
        "hold-at-slot",
        "-device dec-21154,io-base=0x2000,hold=on,hold-at=1=0x2000+32=0x2800",
        "dec-21154: hold-at: '32=0x2800' is not SLOT[.FUNCTION][/BAR]=ADDRESS",
    }, {
        "hold-at-nothing",
        "-device dec-21154,io-base=0x2000,hold=on,hold-at=1.2/3",
        "dec-21154: hold-at: '1.2/3' is not SLOT",
    }, {
        "hold-at-end",
        "-device dec-21154,io-base=0x2000,hold=on,hold-at=1=0x2000x",
        "dec-21154: hold-at: '1=0x2000x' is not SLOT",
    }, {
        "memory-not-aligned",
        "-device dec-21154,mem-base=0xd0080000",
        "dec-21154: mem-base=0xd0080000 is not a multiple of 0x100000 up to "
        "0xfff00000",
    }, {
        "memory-too-high",
        "-device dec-21154,mem-base=0x100000000",
        "dec-21154: mem-base=0x100000000 is not a multiple of 0x100000 up to "
        "0xfff00000",
    }, {
        "memory-limit",
        "-device dec-21154,pref-base=0xd0000000,pref-limit=0xd0100000",
        "dec-21154: pref-limit=0xd0100000 is not the last address of a "
        "0x100000 unit",
    }, {
        "memory-in-ram",
        "-device dec-21154,id=br0,mem-base=0x100000",
        "dec-21154 'br0': fixed addresses 0x100000-0x1fffff overlap the "
        "machine's 'pc.ram'",
    }, {
        "two-memory-windows",
        "-device dec-21154,id=one,mem-base=0xd0000000 "
        "-device dec-21154,id=two,pref-base=0xd0000000",
        "dec-21154 'two': fixed addresses 0xd0000000-0xd00fffff overlap "
        "0xd0000000-0xd00fffff, fixed for dec-21154 'one'",
    }, {
        "two-bridges",
        "-device dec-21154,id=one,io-base=0x2000,io-limit=0x3fff "
        "-device dec-21154,id=two,io-base=0x3000",
        "dec-21154 'two': fixed ports 0x3000-0x3fff overlap 0x2000-0x3fff, "
        "fixed for dec-21154 'one'",
    }, {
        "bridge-outside-window",
        "-device dec-21154,id=one,io-base=0x2000 "
        "-device dec-21154,id=two,bus=one,addr=1,io-base=0x3000",
        "dec-21154 'two': fixed ports 0x3000-0x3fff are outside the fixed I/O "
        "window 0x2000-0x2fff of dec-21154 'one'",
    }, {
        "bridge-after-card",
        "-device fpga,id=card,io-base=0x2000 "
        "-device dec-21154,id=br0,io-base=0x2000",
        "dec-21154 'br0': fixed ports 0x2000-0x2fff overlap 0x2000-0x27ff, "
        "fixed for fpga 'card'",
    }, {
        "ram-size-odd",
        "-device fpga,ram-size=5000",
        "fpga: ram-size=5000 is not a power of 2",
    }, {
        "ram-size-small",
        "-device fpga,ram-size=2048",
        "fpga: ram-size=2048 is not a power of 2 from 4096",
    }, {
        "ea-alone",
        "-device fpga,ea=on",
        "fpga: ea=on has no meaning without io-base",
    }, {
        "last-of-64-bits",
        "-device dec-21154,id=br0,pref-base=0xfffffffffff00000",
        "dec-21154: pref-base=0xfffffffffff00000 is not a multiple of 0x100000 "
        "up to 0xffffffffffe00000",
    }, {
        "where-memory-is-plugged",
        "-m 1G,slots=2,maxmem=8G "
        "-device dec-21154,id=br0,pref-base=0x100000000",
        "overlap 0x100000000-",
    }, {
        /* What works is not refused: the last device is. */
        "nothing-wrong",
        "-device dec-21154,id=one,io-base=0x2000,io-limit=0x3fff "
        "-device dec-21154,id=two,bus=one,addr=1,io-base=0x3000 "
        "-device fpga,bus=one,addr=2,io-base=0x2000 "
        "-device fpga,bus=two,addr=2,io-base=0x3800 "
        "-device fpga,io-base=0x4000 -device fpga "
        "-device fpga,id=last,io-base=1",
        "fpga: io-base=0x1 is not a multiple",
    },
};

void add_refusal_tests(void)
{
    add_refusals(refusals, ARRAY_SIZE(refusals));
}
