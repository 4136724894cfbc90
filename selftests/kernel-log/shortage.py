# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines whose kernel finds no place for something, and what pciaddr-check says of their logs."""

import json

import pytest


def devices(*descriptions):
    return [word for description in descriptions for word in ("-device", description)]


def root_ports(count, more=""):
    """On q35. The low slots are taken by what the chipset has at 00:1f and 00:1a to 00:1e."""
    return devices(*(f"pcie-root-port,id=port{n},chassis={n},bus=pcie.0,addr={n:#x}{more}"
                     for n in range(1, count + 1)))  # fmt: skip


def bridges(count, more=""):
    return devices(*(f"pci-bridge,id=bridge{n},chassis_nr={n},bus=pci.0,addr={n + 3:#x}{more}"
                     for n in range(1, count + 1)))  # fmt: skip


def nested_bridges(count):
    parents = ["pci.0", *(f"bridge{n}" for n in range(1, count))]
    return devices(*(f"pci-bridge,id=bridge{n},chassis_nr={n},bus={parent},addr=6"
                     for n, parent in enumerate(parents, 1)))  # fmt: skip


def machine(**options):
    return pytest.mark.machine(cards=False, **options)


def report(guest, arguments="--dmesg -"):
    """What pciaddr-check says of the guest's log, or of both sides of a comparison."""
    output = guest.run("sh", "-c", f"dmesg | pciaddr-check {arguments} --format json").stdout
    return json.loads(output)["machines"][0]


def found(machine_report, check, status, *words):
    """The findings of a check whose JSON has all of these words."""
    return [finding for finding in machine_report["findings"]
            if finding["check"] == check and finding["status"] == status
            and all(word in json.dumps(finding) for word in words)]  # fmt: skip


def failures(machine_report):
    return [finding for finding in machine_report["findings"] if finding["status"] == "fail"]


def no_space_lines(guest):
    """How often the guest's kernel has said so, in either wording."""
    return int(guest.run("sh", "-c", "dmesg | grep -cE 'no space( for|$)'").stdout)
