# SPDX-License-Identifier: GPL-2.0-or-later
"""Tells a machine that has stopped on its way up from one that is slow."""

import re
import time

# What firmware says, before it stops for good, and what that means
LAST_WORDS = (
    (re.compile(r"PCI: out of I/O address space"),
     "the windows and BARs of all cards together need more I/O ports than SeaBIOS can hand out:"
     " take fewer bridges and cards, bridges without hot-plug (pci-bridge,shpc=off), smaller"
     " windows, or another fixed base"),
    (re.compile(r"PCI: out of (?:32bit )?(?:prefetchable )?(?:memory )?address space"),
     "the memory BARs of all cards together need more than SeaBIOS can hand out"),
    (re.compile(r"No bootable device"),
     "firmware found nothing to start: is the kernel one for x86?"),
    (re.compile(r"^\s*ASSERT(?:_EFI_ERROR)? "), "firmware found an error in itself"),
)  # fmt: skip

# Silence after which the processors are looked at, a second apart. How many looks must find them
# halted in one place: a processor that waits with interrupts off waits for ever. One that runs may
# only be slow: how long QEMU must have computed meanwhile, which a busy host does not lengthen.
SILENCE = 12
LOOKS_HALTED = 3
COMPUTED = 10
SAME_PLACE = 64  # bytes: a loop that does nothing but wait

_PROCESSOR = re.compile(
    r"^[ER]IP=([0-9a-f]+) [ER]FL=([0-9a-f]+) .*?HLT=(\d)", re.MULTILINE)
INTERRUPTS_ON = 1 << 9  # in EFLAGS


class Processor:
    def __init__(self, address, flags, halted):
        self.address = int(address, 16)
        self.interrupts = bool(int(flags, 16) & INTERRUPTS_ON)
        self.halted = halted == "1"

    def __str__(self):
        if not self.halted:
            return f"at {self.address:#x}"
        return f"at {self.address:#x} (halted, interrupts {'on' if self.interrupts else 'off'})"


def processors(registers):
    """What QEMU's "info registers -a" says of them."""
    return [Processor(*found) for found in _PROCESSOR.findall(registers)]


def last_words(lines):
    """Why firmware has stopped, if one of these lines says so."""
    for line in lines:
        for pattern, meaning in LAST_WORDS:
            if pattern.search(line):
                return f"firmware stopped: '{line.strip()}': {meaning}"
    return None


class Progress:
    """Watches a machine between its start (or reset) and the agent's first answer."""

    def __init__(self):
        self._seen = None
        self._before = []
        self._looks = 0
        self._still = None  # QEMU's processor time when the processors came to this place
        self.since = time.monotonic()

    def is_silent(self, seen):
        """seen: anything that is another when the machine has said something."""
        if seen != self._seen:
            self._seen = seen
            self._before = []
            self._looks = 0
            self._still = None
            self.since = time.monotonic()
        return time.monotonic() - self.since > SILENCE

    def look(self, now, kernel_runs, used):
        """Takes the processors, a second after the last look; says why they have stopped.

        None are known of other architectures than x86. used: QEMU's processor time until now [s]
        """
        if not now:
            return None
        before, self._before = self._before, now
        halted = bool(now) and all(processor.halted for processor in now)
        # The kernel, idle, waits for its devices and its user space.
        for_ever = not kernel_runs or not any(processor.interrupts for processor in now)
        same = len(before) == len(now) and all(
            abs(a.address - b.address) <= SAME_PLACE for a, b in zip(before, now))
        self._looks = self._looks + 1 if same and halted and for_ever else 0
        if not same or kernel_runs:
            self._still = used
        if self._looks < LOOKS_HALTED and used - self._still < COMPUTED:
            return None
        silent = f"has said nothing for {time.monotonic() - self.since:.0f} s"
        if kernel_runs:
            return f"the kernel stopped: it {silent}, and its processors are halted, interrupts off"
        return (f"the machine stopped in firmware, or before the kernel's first message: it {silent},"
                f" and its processors {'are halted' if halted else 'stay in one place'}")
