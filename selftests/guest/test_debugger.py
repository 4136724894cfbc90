# SPDX-License-Identifier: GPL-2.0-or-later
"""scripts/guest --gdb: gdb stops in a driver and shows its source."""

from harness import TOP
from harness.pseudo_terminal import PseudoTerminal

PROMPT = r"root@guest:\S*?[#$] "
SOURCE = f"{TOP}/driver/edu.c"
# What is typed begins a new page each time, commands of the command line do not.
COMMANDS = ("set pagination off", "break edu_fact", "continue", "frame", "detach", "quit")


def test_gdb_stops_in_the_driver_and_shows_its_source():
    with PseudoTerminal(f"{TOP}/scripts/guest", "--gdb") as shell:
        advised = shell.expect(r"gdb -x (\S+)\r")[1]
        shell.expect(PROMPT)
        then = [word for command in COMMANDS for word in ("-ex", command)]
        with PseudoTerminal("gdb", "-nx", "-q", "-x", advised, *then, size=(24, 250)) as gdb:
            gdb.expect(r"Breakpoint 1 at ")
            shell.type("fpga-ctl --device edu0 fact 5; echo e\"\"nd\r")
            # The compiler may have made it a part of its caller.
            stopped = gdb.expect(r"Breakpoint 1, [^\n]*\bedu_fact \([^\n]* at ([^\n:]+):(\d+)\r\n\d+\t([^\n]*)\r\n")
            assert stopped[1] == SOURCE
            with open(SOURCE, encoding="utf-8") as file:
                assert file.read().splitlines()[int(stopped[2]) - 1] == stopped[3]
            assert gdb.wait() == 0
        shell.expect("120")  # the guest goes on
        shell.expect(r"end\r\n")
