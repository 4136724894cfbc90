# SPDX-License-Identifier: GPL-2.0-or-later
"""The card's address is the same after whatever happens to the machine."""

from where import BRIDGE, FPGA, RANGE

# What the demo does, as (command, exit status, patterns)
MAIN_COMMANDS = (
    ("modprobe fpga_pci", 0, ()),
    ("cat /proc/ioports", 0, (r"^  2000-2fff : PCI Bus", r"^ *2000-27ff : fpga_pci$")),
    ("lspci -t", 0, (r"-04\.0-\[01\]----01\.0",)),
    (f"pciaddr-check --expect {RANGE}@{FPGA}", 0, ()),
    ("pciaddr-check --spec /usr/share/doc/fpga-pci/examples/fixed-card.yaml", 0, ()),
    ("fpga-ctl --device fpga0 dma --len 4096", 0, ("verified",)),
    ("fpga-ctl --device fpga0 irq raise", 0, ("arrived",)),
)
EDU_COMMANDS = (
    ("fpga-ctl --device edu0 dma --len 4096", 0, ("verified",)),
    ("fpga-ctl --device edu0 fact 10", 0, ("3628800",)),
)

# QEMU's own edu card saves no state at all, not even its configuration space.
NO_EDU = MAIN_COMMANDS
ALL = MAIN_COMMANDS + EDU_COMMANDS

# (event, what makes it happen, how many kernels have then started, commands)
EVENTS = (
    ("cold boot", lambda guest: None, 1, ALL),
    ("QMP system_reset", lambda guest: guest.reset(), 2, ALL),
    ("warm reboot", lambda guest: guest.reboot(), 3, ALL),
    ("savevm and loadvm", lambda guest: guest.restore(guest.save()), 3, NO_EDU),
    ("live migration", lambda guest: guest.migrate(), 3, NO_EDU),
)

# All that says where the ports are: registers of card and bridge, the kernel's tables
ADDRESSES = (
    f"setpci -s {FPGA} COMMAND BASE_ADDRESS_0 && "
    f"setpci -s {BRIDGE} COMMAND 1c.w 30.l && "
    f"head -n 1 /sys/bus/pci/devices/{FPGA}/resource && "
    "grep -E '^ +2[0-9a-f]{3}-' /proc/ioports"
)


def test(tap, guest):
    first = None
    for event, happen, boots, commands in EVENTS:
        happen(guest)
        tap.equal(f"{event}: so many kernels have started", guest.boots, boots)
        # Not by hand: the modules must have come by themselves.
        tap.command(f"{event}: udev has loaded the drivers", guest.run("lsmod"), 0,
                    r"^fpga_pci ", r"^edu ")
        addresses = guest.run("sh", "-c", ADDRESSES)
        tap.command(f"{event}: registers hold the fixed address", addresses, 0,
                    r"^00002001$", r"^2020$", r"^0x0*2000 0x0*27ff ")
        if first:
            tap.equal(f"{event}: all addresses are as before", addresses.stdout, first)
        first = first or addresses.stdout
        for command, status, patterns in commands:
            tap.command(f"{event}: {command}", guest.run("sh", "-c", command), status, *patterns)
