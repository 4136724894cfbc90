# SPDX-License-Identifier: GPL-2.0-or-later
"""The drivers while things happen to the cards that only the machine can do: sleep,
errors of the link, sudden absence, hot-unplug, a reboot. Each with requests under way."""

import pytest
from guest import SessionLost
from harness.cards import REGISTERS
from harness.kselftests import DIRECTORY
from harness.machines import ROOT_PORTS

FPGA = "0000:01:00.0"
CARDS = ("fpga", "edu")

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

pytestmark = ROOT_PORTS


def sh(guest, command, status=0, matches=()):
    """Runs a command that may be run again, should the guest have slept meanwhile."""
    __tracebackhide__ = True
    for _ in range(3):
        try:
            return guest.sh(command, status, matches)
        except SessionLost:
            pass
    return guest.sh(command, status, matches)


def start(guest, how, cards=CARDS):
    for card in cards:
        command = f"{DIRECTORY}/inflight /dev/{card}0 {how}"
        guest.run("sh", "-c", START.format(name=card, command=command))
        sh(guest, STARTED.format(name=card))


def stopped(guest, subtests, cards=CARDS):
    """What survives is told to stop, and must have seen nothing but EIO."""
    for card in cards:
        sh(guest, STOP.format(name=card))
    ended(guest, subtests, cards)


def ended(guest, subtests, cards=CARDS):
    for card in cards:
        with subtests.test(f"requests under way: {card}"):
            sh(guest, ENDED.format(name=card), matches=["^status 0$"])


def works(guest, subtests, cards=CARDS, when="after it"):
    for card in cards:
        with subtests.test(f"{when} {card} works"):
            sh(guest, WORKS.format(card=card))


@pytest.mark.parametrize("name", [
    "reset", *(pytest.param(name, marks=pytest.mark.long("the same tests pass on a conventional card"))
               for name in ("abi", "dma_errors", "faults", "irq", "lifetime")),
])  # fmt: skip
def test_kselftest_on_a_pci_express_endpoint(guest, kselftest, name):
    said = kselftest(guest, name)
    if name == "reset":
        assert any(line.startswith("ok ") and "function_resets_under_load" in line for line in said)


# A user's reset between the error and the end of its recovery must not touch the card.
RESETS = (
    "(while [ ! -e /tmp/enough ]; do fpga-ctl --device /dev/fpga0 reset; done; rm /tmp/enough) "
    ">/tmp/resets.log 2>&1 &"
)


def test_fatal_error_of_the_link(guest, subtests):
    sh(guest, "dmesg --clear")
    start(guest, "kept", ["fpga"])
    guest.run("sh", "-c", RESETS)
    guest.hmp("pcie_aer_inject_error port1 DLP")
    with subtests.test("it is recovered from"):
        sh(guest, "timeout 60 sh -c 'until dmesg | grep -q \"device recovery\"; do sleep 0.1; done'; "
           "dmesg | grep -E 'AER|recovery'", matches=["device recovery successful"])
    sh(guest, "touch /tmp/enough; timeout 60 sh -c 'while [ -e /tmp/enough ]; do sleep 0.1; done'")
    stopped(guest, subtests, ["fpga"])
    works(guest, subtests, ["fpga"])


def test_card_that_is_suddenly_gone(guest, subtests):
    start(guest, "gone", ["fpga"])
    guest.qmp("qom-set", path="/machine/peripheral/fpga", property="fault-gone", value=True)
    with subtests.test("the driver says so"):
        sh(guest, "timeout 60 sh -c 'until dmesg | grep \"gone: it reads all-ones\"; do sleep 0.1; "
           "done'", matches=["fpga_pci.*all-ones"])
    sh(guest, f"echo 1 >/sys/bus/pci/devices/{FPGA}/remove")
    ended(guest, subtests, ["fpga"])
    guest.qmp("qom-set", path="/machine/peripheral/fpga", property="fault-gone", value=False)
    sh(guest, "echo 1 >/sys/bus/pci/rescan")
    works(guest, subtests, ["fpga"], "found again,")


def test_hot_unplug(guest, subtests):
    start(guest, "gone")
    for card in CARDS:
        guest.unplug(card)
    ended(guest, subtests)
    with subtests.test("no node is left"):
        sh(guest, "ls /dev/fpga0 /dev/edu0", 2)
    for number, card in enumerate(CARDS, 1):
        guest.plug(f"{card},id={card},bus=port{number}")
        sh(guest, f"timeout 60 sh -c 'until [ -e /dev/{card}0 ]; do sleep 0.1; done'")
    works(guest, subtests, when="plugged in again,")


# After a suspend to RAM, QEMU 10.0's TCG may deliver no interrupt of ACPI any more: no
# errors of a link, no unplugging, and who knows what else. So the guest ends with these.


@pytest.mark.long("it takes half a minute")
def test_all_devices_are_suspended_and_resumed(guest, subtests):
    with subtests.test("it ends"):
        guest.run("sh", "-c", START.format(name="power", command=f"{DIRECTORY}/power"))
        said = sh(guest, ENDED.format(name="power"), matches=["^status 0$"])
    for card in CARDS:
        with subtests.test(card):
            assert any(line.startswith("ok ") and f"card.{card}" in line for line in said.splitlines())


@pytest.mark.spoils_guest
def test_suspend_to_memory_and_wake(guest, subtests):
    start(guest, "kept")
    guest.suspend()
    stopped(guest, subtests)
    works(guest, subtests)


@pytest.mark.spoils_guest
def test_reboot_stops_the_engine(guest, subtests):
    """The next kernel's memory must not be written to. QEMU shows the last state."""
    ports = sh(guest, f"head -n 1 /sys/bus/pci/devices/{FPGA}/resource")
    base = int(ports.split()[0], 0)

    def read(register):
        return int(guest.hmp(f"i/w {base + REGISTERS[register]:#x}").split("=")[1], 0)

    start(guest, "kept")
    with subtests.test("before a reboot: the engine runs"):
        assert read("FPGA_DMA_STATUS") & 1
    guest.qmp("set-action", reboot="shutdown", shutdown="pause")
    guest.run("sh", "-c", REBOOT)
    guest.wait_event("STOP")
    with subtests.test("at the end of a reboot: the engine does not run"):
        assert not read("FPGA_DMA_STATUS") & 1
    with subtests.test("at the end of a reboot: no interrupt is enabled"):
        assert not read("FPGA_INT_ENABLE")
