# SPDX-License-Identifier: GPL-2.0-or-later
"""scripts/try: from an edit in driver/ to seeing it run."""

import argparse
import os
import sys
import tempfile
import time

from cache import TOP, Failed

from . import debugger, drivers, images, running, terminal
from .__main__ import seconds
from .attach import Attachment
from .ending import status_of
from .errors import CommandTimeout
from .machine import Machine
from .session import Guest

DESCRIPTION = """\
Builds the drivers as the tree has them now, loads those that have changed into
the guest that runs (scripts/guest, in another terminal), or else into one that
it boots, and runs COMMAND there as root. What the compiler and the guest's
kernel say is on standard error. Without COMMAND it only loads them, or opens a
shell in the guest that it has booted.

FILE is a source that is to be tried: an error if no driver is made of it.
"""

EPILOG = """\
Exit status: COMMAND's; 1 the drivers did not build; 2 a wrong option; 124
COMMAND has not ended in time; 125 there is no guest, or it could not load them.
"""

SOURCES = ("driver", "include")
# How often files are looked at [s]
INTERVAL = 0.3


def running_or_new(parser, what):
    """Options of a command that runs something (what, in words) in the guest that runs, or a new one."""
    parser.add_argument("--attach", type=int, metavar="PID",
                        help="of several guests that run, that of the scripts/guest with this"
                        " process id")
    parser.add_argument("--kernel", metavar="SERIES|DIR",
                        help="of a guest that is booted: as for scripts/guest")
    parser.add_argument("--timeout", type=seconds, default=300, metavar="SECONDS",
                        help=f"how long the guest may take to come up, and then {what}"
                        " (default: %(default)s)")


def parse_arguments(argv):
    parser = argparse.ArgumentParser(
        prog="try", usage="scripts/try [OPTION]... [FILE]... [-- COMMAND...]", description=DESCRIPTION,
        epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)
    parser.add_argument("--watch", action="store_true", help="again, each time that a source is saved")
    running_or_new(parser, "COMMAND")
    parser.add_argument("files", nargs="*", metavar="FILE", help=argparse.SUPPRESS)
    own, command = argv, []
    if "--" in argv:
        at = argv.index("--")
        own, command = argv[:at], argv[at + 1 :]
    options = parser.parse_args(own)
    options.command = command
    if options.watch and not command:
        parser.error("--watch needs a COMMAND after --")
    for file in options.files:
        problem = foreign(file)
        if problem:
            parser.error(problem)
    return options


def foreign(file):
    """Why a file is none of the drivers' sources; None if it is one."""
    path = os.path.realpath(file)
    if not os.path.isfile(path):
        return f"'{file}' is not a file"
    if os.path.relpath(path, TOP).split(os.sep)[0] not in SOURCES:
        return (f"'{file}' is not a source file of the drivers; those are in {TOP}/driver"
                " (scripts/guest builds everything)")
    return None


def stamps():
    """Tells one state of the sources from another."""
    found = {}
    for top in SOURCES:
        for at, _, names in os.walk(TOP / top):
            for name in names:
                if name.endswith((".c", ".h")) or name in ("Kbuild", "Makefile"):
                    path = os.path.join(at, name)
                    try:
                        found[path] = os.stat(path).st_mtime_ns
                    except FileNotFoundError:  # an editor puts a new one in its place
                        pass
    return found


class Trial:
    """One guest, and what is tried in it."""

    def __init__(self, guest, options, kernel, release, arch, gdb=None):
        """gdb: what the paths of the guest's sockets begin with, if gdb can attach to it."""
        self.guest = guest
        self.options = options
        self._kernel, self._release, self._arch, self._gdb = kernel, release, arch, gdb

    def build(self):
        return images.drivers(self._kernel, self._release, self._arch)

    def run(self, built, begin):
        """Loads and runs what build() returned; the exit status."""
        log = drivers.KernelLog(self.guest)
        try:
            self._load(built, begin)
            if self.options.command:
                return terminal.run(self.guest, self.options.command).status
            return 0
        finally:
            for line in log.lines():
                print(f"kernel: {line}", file=sys.stderr, flush=True)

    def _load(self, built, begin):
        with tempfile.TemporaryDirectory() as directory:
            loaded = drivers.load(self.guest, drivers.stripped(built[0], directory, self._arch))
        if loaded and self._gdb:  # they are at other addresses now
            debugger.write(self.guest, self._gdb, *built)
        what = f"loaded {', '.join(loaded)}" if loaded else "the guest has these drivers already"
        print(f"try: {what} ({time.monotonic() - begin:.1f} s)", file=sys.stderr, flush=True)

    def watch(self):
        while True:
            seen = stamps()
            begin = time.monotonic()
            try:
                status = self.run(self.build(), begin)
                print(f"try: exit status {status}; waiting for a source to be saved (^C ends)",
                      file=sys.stderr, flush=True)
            except (Failed, drivers.NotLoaded, CommandTimeout) as error:
                print(f"try: {error}", file=sys.stderr, flush=True)
            while stamps() == seen:
                self.guest.pause(INTERVAL)


def in_running(options, directory, about):
    with Attachment(directory, options.timeout) as guest:
        gdb = about["sockets"] if about["gdb"] else None
        trial = Trial(guest, options, about["kernel"], about["release"], about["arch"], gdb)
        if options.watch:
            return trial.watch()
        begin = time.monotonic()
        return trial.run(trial.build(), begin)


def in_new(options):
    # The drivers are loaded afterwards; they are built while the guest boots.
    parts = os.environ.get("GUEST_PARTS", "user_space selftests").split()
    os.environ["GUEST_PARTS"] = " ".join(part for part in parts if part != "modules")
    machine = Machine(kernel=options.kernel)
    begin = time.monotonic()
    with Guest(machine, options.timeout, terminal.say) as guest:
        trial = Trial(guest, options, machine.kernel, machine.release, machine.arch)
        guest.boot(wait=False)
        built = trial.build()
        guest.wait_ready()
        if options.watch:
            return trial.watch()
        status = trial.run(built, begin)
        return status if options.command else terminal.shell(guest).status


def main(argv):
    options = parse_arguments(argv)
    return status_of("try", lambda: run(options), failed=1)


def run(options):
    if options.attach or running.find():
        return in_running(options, *running.choose(options.attach))
    return in_new(options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
