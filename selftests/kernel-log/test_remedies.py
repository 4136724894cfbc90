# SPDX-License-Identifier: GPL-2.0-or-later
"""What pciaddr-check advises helps: each machine is booted without and with it."""

import pytest
from guest import Guest, GuestError, Machine

from shortage import bridges, devices, failures, found, machine, no_space_lines, report, root_ports

SEVENTEEN = root_ports(17)


def harmless_io(guest):
    said = report(guest)
    assert not failures(said), failures(said)
    return found(said, "log-no-space", "pass", "harmless: no place", "I/O", "pci=hpiosize=0")


@machine(machine="q35", qemu_args=SEVENTEEN)
def test_io_windows_of_ports_do_not_fit_and_that_is_harmless(guest):
    assert no_space_lines(guest)
    assert len(harmless_io(guest)) == 1


REMEDIES = {
    "hpiosize": machine(machine="q35", qemu_args=SEVENTEEN, append=["pci=hpiosize=0"]),
    "fewer ports": machine(machine="q35", qemu_args=root_ports(8)),
}


@pytest.mark.parametrize("remedy", [
    pytest.param(name, marks=mark) for name, mark in REMEDIES.items()
])  # fmt: skip
def test_io_windows_are_not_asked_for(guest, remedy):
    assert not no_space_lines(guest)
    assert not harmless_io(guest)


@pytest.mark.long("boots a machine that has no more than the others show")
@machine(machine="q35", qemu_args=root_ports(17, ",io-reserve=0"))
def test_io_reserve_0_alone_does_not_keep_linux_from_asking(guest):
    assert no_space_lines(guest)
    assert len(harmless_io(guest)) == 1


# SeaBIOS gives each bridge that can hot-plug 4 KiB, and stops where there are none left.
def test_firmware_has_no_io_for_bridges_with_shpc():
    with Guest(Machine(cards=False, qemu_args=bridges(17, ",shpc=on"))) as guest:
        with pytest.raises(GuestError, match="out of I/O address space.*shpc=off"):
            guest.boot()


@machine(qemu_args=bridges(17, ",shpc=off"))
def test_bridges_without_shpc_ask_for_none(guest):
    assert not no_space_lines(guest)


# A card of 64 MiB that comes when the ports have their windows
LATE = devices("pcie-root-port,id=port1,chassis=1,bus=pcie.0,addr=1{}")
CARD = "pci-testdev,id=late,membar=64M,bus=port1"


def late_card(guest):
    guest.plug(CARD)
    guest.sh("for n in $(seq 300); do dmesg | grep -q 1b36:0005 && break; sleep .2; done; sleep 1; "
             "dmesg | grep 1b36:0005")  # fmt: skip
    return report(guest)


def late(more="", append=()):
    ports = [word.format(more) for word in LATE]
    return machine(machine="q35", qemu_args=ports, append=list(append))


@late()
@pytest.mark.spoils_guest
def test_a_card_that_comes_late_has_no_place(guest):
    said = late_card(guest)
    lost = found(said, "log-no-space", "fail", "BAR 2", "64 MiB", "pref64-reserve=", "hpmmioprefsize=")
    assert len(failures(said)) == len(lost) == 1


@late(",pref64-reserve=128M")
@pytest.mark.spoils_guest
def test_a_port_with_room_for_a_card_that_comes_late(guest):
    assert not failures(late_card(guest))


@late()
@pytest.mark.spoils_guest
def test_a_port_that_is_found_again_with_its_card(guest):
    late_card(guest)
    guest.sh("echo 1 >/sys/bus/pci/devices/0000:00:01.0/remove; sleep 1; "
             "echo 1 >/sys/bus/pci/rescan; sleep 2")  # fmt: skip
    assert not failures(report(guest))


# More than the aperture above 4 GiB that OVMF makes of its own accord: an eighth of what the
# processor reaches, which is 1 TiB
LARGE = devices("pci-testdev,membar=256G,bus=pcie.0,addr=2")


@pytest.mark.long("OVMF takes long")
@machine(machine="q35", firmware="ovmf", qemu_args=LARGE)
def test_ovmfs_aperture_is_too_small(guest):
    assert found(report(guest), "log-no-space", "fail", "BAR 2", "256 GiB", "aperture")


@pytest.mark.long("OVMF takes long")
@machine(machine="q35", firmware="ovmf", qemu_args=[
    *LARGE, "-fw_cfg", "name=opt/ovmf/X-PciMmio64Mb,string=524288",
    "-global", "q35-pcihost.pci-hole64-size=512G"])  # fmt: skip
def test_a_larger_aperture_of_ovmf(guest):
    assert not failures(report(guest))
