# SPDX-License-Identifier: GPL-2.0-or-later
"""The check at boot, installed from the Debian package, in a guest whose PID 1 is systemd."""

import glob
import re
import shutil

import pytest
from guest import Machine
from guest.machine import root_bus
from guest.shares import Share
from harness.guests import APPEND

GATE = "pciaddr-check.service"
TIMER = "pciaddr-check.timer"
NETWORK = "systemd-networkd.service"
PLACE = "/mnt"

# It runs before systemd does, and its output is on the console. The package and the units are there
# at this boot, as they are on a machine that was set up before.
PREPARE = f"""#!/bin/sh
set -e
dpkg -i {PLACE}/tools.deb
cp {PLACE}/units/* /etc/systemd/system
mkdir /etc/pciaddr
cp {PLACE}/specifications/* /etc/pciaddr
"""
SET_UP_BEFORE = f"""
systemd-machine-id-setup
systemctl enable {GATE} {NETWORK} needs-addresses.service
"""
# systemd then enables all units that no preset disables.
FIRST_BOOT = """
echo uninitialized >/etc/machine-id
"""

NEEDS_ADDRESSES = f"""[Unit]
Description=What must not run on another machine
Requires={GATE}
After={GATE}
"""
OTHER = """[Unit]
Description=A unit that no preset names
"""
DOES_NOTHING = """[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/true
[Install]
WantedBy=multi-user.target
"""

SPECIFICATION = """version: 1
bridges:
  - {{select: "1011:0026", count: 1}}
devices:
  - name: capture card
    select: "1234:f96a"
    bars: {{0: {{type: io, range: {ports}}}}}
    advice: put the card back into slot 4
  - {{select: "8086:7000"}}
rules:
  machine-checks: true
"""
RIGHT = SPECIFICATION.format(ports="0x2000-0x27ff")
WRONG = SPECIFICATION.format(ports="0x4000-0x47ff")


def cards(base):
    """Bridge and card, with their ports from here on."""
    return ("-device", f"dec-21154,id=dec,bus={root_bus('pc')},addr=4,chassis_nr=1,io-base={base:#x}",
            "-device", f"fpga,id=fpga,bus=dec,addr=1,io-base={base:#x}")


# What DMI says of it, and the name of the specification that belongs to it
DMI = ("-smbios", "type=1,manufacturer=Example Inc.,product=Gate/1")
OF_DMI = "Example_Inc._Gate_1.yaml"

NEEDING = {"needs-addresses.service": NEEDS_ADDRESSES + DOES_NOTHING}
OFF = {"prepare": FIRST_BOOT, "units": {"other.service": OTHER + DOES_NOTHING}, "specifications": {"machine.yaml": RIGHT}}
AS_SPECIFIED = {
    "prepare": SET_UP_BEFORE, "units": NEEDING,
    # The one for any machine would fail.
    "specifications": {"machine.yaml": WRONG, OF_DMI: RIGHT}, "qemu_args": DMI,
}  # fmt: skip
MOVED = {
    "prepare": SET_UP_BEFORE, "units": NEEDING,
    "specifications": {"machine.yaml": RIGHT}, "base": 0x3000,
}  # fmt: skip


@pytest.fixture
def machine(request, packages, guest_content, tmp_path):
    """A guest that has nothing of the project but the package fpga-pci-tools."""
    wanted = request.param
    deb, = glob.glob(f"{packages}/fpga-pci-tools_*.deb")
    shutil.copy(deb, tmp_path / "tools.deb")
    for name in ("units", "specifications"):
        (tmp_path / name).mkdir()
        for file, text in wanted[name].items():
            (tmp_path / name / file).write_text(text)
    (tmp_path / "prepare").write_text(PREPARE + wanted["prepare"])
    (tmp_path / "prepare").chmod(0o755)
    guest_content(packages="guest-systemd")
    return Machine(
        cards=False, qemu_args=(*cards(wanted.get("base", 0x2000)), *wanted.get("qemu_args", ())),
        shares=(Share(str(tmp_path), PLACE),),
        # No questions at the console, and no service that would need more packages. systemd's own
        # limits are for machines that are not emulated on a busy one.
        append=(f"guest.systemd={PLACE}/prepare", "systemd.firstboot=off",
                "systemd.mask=systemd-logind.service", "systemd.mask=serial-getty@ttyS0.service",
                "systemd.default_timeout_start_sec=900", *APPEND),
    )  # fmt: skip


@pytest.fixture
def boot_timeout():
    return 900


def booted(guest):
    """Waits until all that belongs to the boot has been started, or has failed."""
    guest.sh("[ \"$(cat /proc/1/comm)\" = systemd ]")
    guest.sh("systemctl is-system-running --wait; systemctl list-jobs", matches=["^No jobs"])


def show(guest, unit, name):
    return guest.sh(f"systemctl show -P {name} {unit}").strip()


def before_the_network(guest):
    """The check had ended when the network was started."""
    checked = int(show(guest, GATE, "ExecMainExitTimestampMonotonic"))
    network = int(show(guest, NETWORK, "ExecMainStartTimestampMonotonic"))
    assert 0 < checked <= network


# Without the delay by chance, which begins anew when the clock is set; ten seconds before midnight
BEFORE_MIDNIGHT = f"""
set -e
mkdir /etc/systemd/system/{TIMER}.d
printf '[Timer]\nRandomizedDelaySec=0\nAccuracySec=1s\n' >/etc/systemd/system/{TIMER}.d/no-delay.conf
systemctl daemon-reload
date -s "@$(($(date -d 'tomorrow 0:00' +%s) - 10))"
"""
RAN_BY_THE_TIMER = f"""
for _ in $(seq 300); do
	[ "$(systemctl show -P ExecMainExitTimestampMonotonic {GATE})" = 0 ] || exit 0
	sleep 1
done
echo "the timer has not started it"
exit 1
"""


@pytest.mark.parametrize("machine", [OFF], indirect=True, ids=["off"])
@pytest.mark.spoils_guest
def test_off_by_default_and_the_timer(guest, subtests):
    booted(guest)
    with subtests.test("this first boot has enabled what no preset disables"):
        guest.sh("systemctl is-enabled other.service", matches=["^enabled"])
    for unit in (GATE, TIMER):
        with subtests.test(f"{unit} is off, also at a first boot"):
            guest.sh(f"systemctl is-enabled {unit}", 1, ["^disabled"])
            assert show(guest, unit, "ActiveEnterTimestampMonotonic") == "0"
    with subtests.test("the gate has not run"):
        assert show(guest, GATE, "ExecMainStartTimestampMonotonic") == "0"
    with subtests.test("systemd-analyze: the exposure is below 3.0"):
        said = guest.sh(f"systemd-analyze security --no-pager {GATE}")
        exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", said)
        assert exposure and float(exposure[1]) < 3.0
    with subtests.test("the timer, when it is enabled, waits for at most a day and its delay"):
        guest.sh(f"systemctl enable --now {TIMER}; systemctl list-timers --no-pager {TIMER}",
                 matches=[rf"{TIMER} +{GATE}"])
        due = guest.sh(f"date -d \"$(systemctl show -P NextElapseUSecRealtime {TIMER})\" +%s; date +%s")
        due, now = map(int, due.split())
        assert 0 < due - now <= 25 * 3600
    with subtests.test("at midnight the timer has started the gate, which has passed"):
        guest.sh(BEFORE_MIDNIGHT)
        guest.sh(RAN_BY_THE_TIMER)
        assert show(guest, GATE, "Result") == "success"
        guest.sh(f"journalctl --no-pager -u {GATE}",
                 matches=["passed: this machine is as /etc/pciaddr/machine.yaml says"])


@pytest.mark.parametrize("machine", [AS_SPECIFIED], indirect=True, ids=["as-specified"])
def test_a_machine_as_specified(guest, subtests):
    booted(guest)
    with subtests.test("the gate passes, by the specification for what DMI says"):
        assert show(guest, GATE, "Result") == "success"
        assert show(guest, GATE, "ExecMainStatus") == "0"
        guest.sh(f"journalctl --no-pager -o cat -u {GATE}",
                 matches=[f"^specification: /etc/pciaddr/{OF_DMI}$",
                          f"^passed: this machine is as /etc/pciaddr/{OF_DMI} says$"])
    with subtests.test("the network comes after it"):
        before_the_network(guest)
        guest.sh(f"systemctl is-active {NETWORK}")
    with subtests.test("a service that requires it has started"):
        guest.sh("systemctl is-active needs-addresses.service")
    with subtests.test("nothing has failed"):
        guest.sh("systemctl --failed --no-legend --plain | grep . && exit 1; true")


@pytest.mark.parametrize("machine", [MOVED], indirect=True, ids=["moved"])
def test_a_device_that_has_moved(guest, subtests):
    booted(guest)
    with subtests.test("the unit has failed, and its status says what differs, and what to do"):
        guest.sh(f"systemctl status --no-pager {GATE}", 3, [
            "PCI addresses are as this machine's specification says", r"Active: failed \(Result: exit-code\)",
            r"FAILED   spec-bar .* is not where it is specified", "specified: 0x2000-0x27ff",
            "found: 0x3000-0x37ff", "What to do: put the card back into slot 4",
            "FAILED: this machine is not as /etc/pciaddr/machine.yaml says; what differs is above"])  # fmt: skip
    with subtests.test("the journal has the same"):
        said = guest.sh(f"journalctl --no-pager -o cat -u {GATE}", matches=[
            "^specification: /etc/pciaddr/machine.yaml$", "^FAILED   spec-bar .*0000:01:01.0",
            r"^ +specified: 0x2000-0x27ff +\(/etc/pciaddr/machine.yaml:7",
            "^Failed to start .*PCI addresses are as this machine's specification says"])  # fmt: skip
        assert "ok  " not in said and "\x1b" not in said
    with subtests.test("a service that requires it has not started, and the journal says why"):
        guest.sh("systemctl is-active needs-addresses.service", 3)
        guest.sh("journalctl --no-pager -o cat -u needs-addresses.service", matches=["^Dependency failed for"])
    with subtests.test("the network comes all the same, after it"):
        before_the_network(guest)
        guest.sh(f"systemctl is-active {NETWORK}")
