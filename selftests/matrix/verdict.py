# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the guest has each card, whether it works, and whether that is as it should be."""

import os

from harness.cards import REGISTERS

IN_GUEST = os.path.join(os.path.dirname(__file__), "in-guest")
ID = f"{REGISTERS['FPGA_ID_VALUE']:08x}"


class Look:
    """What a guest says of its cards; lost: those whose address it is to have lost."""

    def __init__(self, guest, cards, lost):
        words = []
        for card in cards:
            words += [card.path, card.ports, "no" if card in lost else "yes"]
        with open(IN_GUEST, "rb") as file:
            said = guest.run("bash", "-s", "--", *words, input=file.read())
        self.transcript = (said.stdout + said.stderr).decode(errors="replace")
        self._facts = {}
        for line in said.stdout.decode(errors="replace").splitlines():
            where, key, value = (*line.split(" ", 2), "")[:3]
            self._facts[where, key] = value

    def fact(self, card, key):
        return self._facts.get((card.path, key), "")

    def slot(self, card):
        return self.fact(card, "slot")

    def ports(self, card):
        """Where the kernel has its ports."""
        return self.fact(card, "kernel")

    def machine_faults(self):
        """What pciaddr-check has against the machine as a whole."""
        return self._check_faults("machine")

    def _check_faults(self, of):
        status = self._facts.get((of, "check"))
        return [] if status == "0" else [f"pciaddr-check of the {of} ends with status {status}"]

    def _compare(self, card, expected):
        return [
            f"{card.name}: {key} is {self.fact(card, key)!r}, not {value!r}"
            for key, value in expected.items()
            if self.fact(card, key) != value
        ]

    def _register(self, card):
        base = card.base or int(self.ports(card).split("-")[0] or "0", 16)
        return "00000000" if card.ea else f"{base | 1:08x}"

    def faults(self, card):
        """What is wrong with a card that is to have its address and to work."""
        if not self.slot(card):
            return [f"{card.name}: there is none"]
        expected = {"driver": "fpga_pci", "bar0": self._register(card), "owner": "fpga_pci",
                    "id": ID, "dma": "0"}  # fmt: skip
        if card.base:
            expected["kernel"] = card.ports
        return self._compare(card, expected) + self._check_faults("cards")

    def lost_faults(self, card, answers):
        """What is wrong with a card whose address is lost, and that is to be noticed."""
        if not self.slot(card):
            return [f"{card.name}: there is none"]
        faults = self._compare(card, {"driver": "none", "bar0": self._register(card), "check": "1",
                                      "id": ID if answers else "ffffffff"})
        if self.fact(card, "dma") == "0":
            faults.append(f"{card.name}: DMA works")
        if self.ports(card) == card.ports:
            faults.append(f"{card.name}: the kernel has it at {card.ports}")
        return faults
