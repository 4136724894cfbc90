# SPDX-License-Identifier: GPL-2.0-or-later
"""The processor time of this process and of all its children, those that still run included."""

import os
import resource

TICKS = os.sysconf("SC_CLK_TCK")


def _processes():
    """{process id: (its parent's, the seconds that it and its ended children have used)}"""
    found = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        found[int(name)] = int(fields[1]), sum(map(int, fields[11:15])) / TICKS
    return found


def used():
    """Seconds. A guest that runs on counts, although nothing has waited for its end yet."""
    ended = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    seconds = sum(one.ru_utime + one.ru_stime for one in ended)
    processes = _processes()
    families = {os.getpid()}
    while families:
        families = {pid for pid, (parent, _) in processes.items() if parent in families}
        seconds += sum(processes[pid][1] for pid in families)
    return seconds
