# SPDX-License-Identifier: GPL-2.0-or-later
"""The drivers while things happen to the cards that only the machine can do: sleep,
errors of the link, sudden absence, hot-unplug, a reboot. Each with requests under way."""

import os

from guest import Machine, SessionLost
from registers import REGISTERS

# Behind root ports the fpga card is a PCI Express endpoint (FLR, MSI-X), and both can
# be unplugged. Of a link that can report it the kernel wants to hear that it is up again
# after a reset, which QEMU does not say where ACPI does the hot-plugging; the slowest
# cannot report it.
PORTS = (
    "-device", "pcie-root-port,id=port1,bus=pcie.0,addr=4,chassis=1,slot=1,x-speed=2_5",
    "-device", "fpga,id=fpga,bus=port1",
    "-device", "pcie-root-port,id=port2,bus=pcie.0,addr=5,chassis=2,slot=2",
    "-device", "edu,id=edu,bus=port2",
)  # fmt: skip
MACHINE = Machine(machine="q35", cards=False, qemu_args=PORTS, bzimage=True)

FPGA = "0000:01:00.0"
CARDS = ("fpga", "edu")
DIRECTORY = "/usr/libexec/fpga-pci/kselftests"
LONG = os.environ.get("CHECK_LONG", "0") != "0"
KSELFTESTS = f"{DIRECTORY}/run reset" + (" abi dma_errors faults irq lifetime" if LONG else "")

# What comes of it is in a file, because the session is lost when the guest sleeps.
START = (
    "cd /tmp && (sh -c 'echo $$ >{name}.pid; exec {command}' >{name}.log 2>&1; "
    "echo status $? >>{name}.log) & "
)
STARTED = "timeout 60 sh -c 'until grep -q ^started /tmp/{name}.log; do sleep 0.1; done'"
STOP = "kill -TERM $(cat /tmp/{name}.pid)"
ENDED = (
    "timeout 100 sh -c 'until grep -q ^status /tmp/{name}.log; do sleep 0.1; done'; "
    "cat /tmp/{name}.log"
)
REBOOT = "(sleep 0.2; reboot) >/dev/null 2>&1 &"
WORKS = "udevadm settle && fpga-ctl --device /dev/{card}0 selftest"
COMPLAINTS = r"BUG|WARNING|Oops|refcount_t|Call Trace|blocked for more than"


def sh(guest, command, **names):
    """Runs a command that may be run again, should the guest have slept meanwhile."""
    argv = ("sh", "-c", command.format(**names) if names else command)
    for _ in range(3):
        try:
            return guest.run(*argv)
        except SessionLost:
            pass
    return guest.run(*argv)


def start(guest, how, cards=CARDS):
    for card in cards:
        guest.run("sh", "-c", START.format(name=card, command=f"{DIRECTORY}/under_way /dev/{card}0 {how}"))
        sh(guest, STARTED, name=card)


def stopped(tap, guest, name, cards=CARDS):
    """What survives is told to stop, and must have seen nothing but EIO."""
    for card in cards:
        sh(guest, STOP, name=card)
    ended(tap, guest, name, cards)


def ended(tap, guest, name, cards=CARDS):
    for card in cards:
        tap.command(f"{name}: {card}", sh(guest, ENDED, name=card), 0, r"^status 0$")


def works(tap, guest, name, cards=CARDS):
    for card in cards:
        tap.command(f"{name}: {card} works", sh(guest, WORKS, card=card), 0)


def test_kselftests(tap, guest):
    tap.command("kselftests pass on a PCI Express endpoint", sh(guest, KSELFTESTS), 0,
                r"^ok .*function_resets_under_load")


def test_device_sleep(tap, guest):
    guest.run("sh", "-c", START.format(name="power", command=f"{DIRECTORY}/run power"))
    tap.command("all devices are suspended and resumed", sh(guest, ENDED, name="power"), 0,
                r"^status 0$", r"^ok .*power card\.fpga", r"^ok .*power card\.edu")


def test_sleep(tap, guest):
    name = "suspend to memory, and wake"
    start(guest, "kept")
    guest.suspend()
    stopped(tap, guest, name)
    works(tap, guest, name)


def test_link_error(tap, guest):
    name = "a fatal error of the link"
    start(guest, "kept", ("fpga",))
    guest.hmp("pcie_aer_inject_error port1 DLP")
    tap.command(f"{name} is recovered from",
                sh(guest, "timeout 60 sh -c 'until dmesg | grep -q \"device recovery\"; do "
                   "sleep 0.1; done'; dmesg | grep -E 'AER|recovery'"),
                0, "device recovery successful")
    stopped(tap, guest, name, ("fpga",))
    works(tap, guest, name, ("fpga",))


def test_gone(tap, guest):
    name = "a card that is suddenly gone"
    start(guest, "gone", ("fpga",))
    guest.qmp("qom-set", path="/machine/peripheral/fpga", property="fault-gone", value=True)
    tap.command(f"{name} is called that",
                sh(guest, "timeout 60 sh -c 'until dmesg | grep \"gone: it reads all-ones\"; do "
                   "sleep 0.1; done'"),
                0, "fpga_pci.*all-ones")
    sh(guest, f"echo 1 >/sys/bus/pci/devices/{FPGA}/remove")
    ended(tap, guest, name, ("fpga",))
    guest.qmp("qom-set", path="/machine/peripheral/fpga", property="fault-gone", value=False)
    sh(guest, "echo 1 >/sys/bus/pci/rescan")
    works(tap, guest, f"{name}, and back", ("fpga",))


def test_unplug(tap, guest):
    name = "hot-unplug"
    start(guest, "gone")
    for card in CARDS:
        guest.unplug(card)
    ended(tap, guest, name)
    tap.command(f"{name}: no node is left", sh(guest, "ls /dev/fpga0 /dev/edu0"), 2)
    for number, card in enumerate(CARDS, 1):
        guest.plug(f"{card},id={card}-again,bus=port{number}")
        sh(guest, f"timeout 60 sh -c 'until [ -e /dev/{card}0 ]; do sleep 0.1; done'")
    works(tap, guest, "plugged in again")


def test_log(tap, guest):
    tap.command("the kernel's log has no complaint", sh(guest, f"dmesg | grep -E '{COMPLAINTS}'"), 1)


def test_shutdown(tap, guest):
    """The next kernel's memory must not be written to. QEMU shows the last state."""
    ports = sh(guest, f"head -n 1 /sys/bus/pci/devices/{FPGA}/resource").stdout
    base = int(ports.split()[0], 0)

    def read(register):
        return int(guest.hmp(f"i/w {base + REGISTERS[register]:#x}").split("=")[1], 0)

    start(guest, "kept")
    tap.equal("before a reboot: the engine runs", read("FPGA_DMA_STATUS") & 1, 1)
    guest.qmp("set-action", reboot="shutdown", shutdown="pause")
    guest.run("sh", "-c", REBOOT)
    guest.wait_event("STOP")
    tap.equal("at the end of a reboot: the engine does not run", read("FPGA_DMA_STATUS") & 1, 0)
    tap.equal("at the end of a reboot: no interrupt is enabled", read("FPGA_INT_ENABLE"), 0)


# After a suspend to RAM, QEMU 10.0's TCG may deliver no interrupt of ACPI any more: no
# errors of a link, no unplugging, and who knows what else.
TESTS = (test_kselftests, test_link_error, test_gone, test_unplug,
         *((test_device_sleep,) if LONG else ()), test_sleep, test_log)
