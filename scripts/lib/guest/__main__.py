# SPDX-License-Identifier: GPL-2.0-or-later
"""scripts/guest: options, and one session with one command or a shell."""

import argparse
import os
import shlex
import sys

from cache import TOP
from releases import firmware
from releases.table import RELEASES

from . import debugger, replay, running, shares, terminal
from .attach import Attachment
from .ending import status_of
from .errors import UsageError
from .images import drivers, prepare
from .machine import ACCELS, Machine
from .platforms import MACHINES, PLATFORMS
from .session import Guest
from .shares import share

SHELLS = 3  # that can be attached at a time

DESCRIPTION = """\
Boots a Debian guest with the emulated cards and the project installed in it,
and runs COMMAND there as root, with its standard input, output and error. One
word is given to a shell ('cat /proc/ioports | grep fpga'); several are run as
they are. Without COMMAND, an interactive shell. Whatever is missing is built
first.
"""

EPILOG = """\
Exit status: COMMAND's; 2 a wrong option; 124 COMMAND has not ended in time and
was killed; 125 the guest did not come up or was lost, and why.

Environment: QEMU, a QEMU program to be used instead of the project's own;
GUEST_PARTS, what of the project to install (user_space, modules, selftests);
GUEST_PACKAGES, more to install: lists of scripts/packages, or Debian packages.
"""


def words(text):
    try:
        return shlex.split(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{error} in: {text}") from error


def seconds(text):
    value = int(text)
    if value <= 0:
        raise ValueError
    return value


def firmware_name(text):
    try:
        return firmware.check(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def parse_arguments(argv):
    parser = argparse.ArgumentParser(
        prog="guest",
        usage="scripts/guest [OPTION]... [-- COMMAND...]",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--arch", choices=PLATFORMS, default="amd64",
                        help="of the guest; each has machines and firmware of its own")
    parser.add_argument("--machine", choices=MACHINES,
                        help="amd64: pc (the default), q35; ppc64el: pseries; others: virt")
    parser.add_argument("--firmware", type=firmware_name, metavar="NAME[:RELEASE]",
                        help="amd64: seabios (the default), ovmf, of this machine or of another"
                        " release (seabios:sid); arm64: none (the default: QEMU starts the kernel,"
                        " with a device tree), aavmf (UEFI, with ACPI)")
    parser.add_argument("--accel", choices=ACCELS, default="auto",
                        help="auto: KVM where the processor's own is there, else TCG")
    parser.add_argument("--release", choices=RELEASES,
                        help="Debian's release in the guest (default: this machine's)")
    parser.add_argument("--kernel", metavar="SERIES|DIR",
                        help="a series of which Debian has kernels, such as 6.12 (default: that"
                        " of the release), or a directory (with a / in its name) with bzImage,"
                        " lib/modules/RELEASE and build, the kernel's build tree")
    parser.add_argument("--no-cards", action="store_true", help="leave bridge and cards out")
    parser.add_argument("--qemu-args", action="append", default=[], type=words, metavar="'ARGS'",
                        help="more arguments for QEMU, split as a shell splits words"
                        " (a single one after a =, not a space)")
    parser.add_argument("--append", action="append", default=[], metavar="'ARGS'",
                        help="more of the kernel's command line")
    parser.add_argument("--pci-from", metavar="FILE|DIR",
                        help="a guest with the PCI devices of another machine, and no others: from"
                        " text of lspci, a kernel's log, a copy of a /sys tree, or a directory of"
                        " pciaddr-check --emulate. Its specification is /run/fpga-pci/machine.yaml")
    parser.add_argument("--fault", action="append", default=[], metavar="KIND@SELECTOR",
                        help="with --pci-from of a source: something is wrong in the machine; see"
                        " --fault in pciaddr-check(1)")
    parser.add_argument("--hot-add", action="append", default=[], metavar="SLOT=FILE",
                        help="with --pci-from: when the guest is up, plug a card (lspci's text of"
                        " it) behind the port that leads to SLOT, as 0000:05:00")
    parser.add_argument("--share", action="append", default=[], type=share, metavar="DIR[:PLACE]",
                        help="let the guest read and write a directory, as /mnt or PLACE")
    parser.add_argument("--gdb", action="store_true",
                        help="print the gdb command that debugs the guest's drivers and kernel")
    parser.add_argument("--with", action="append", default=[], dest="with_", metavar="NAME[,NAME]",
                        help="more in the guest: lab (less, vim, nano, man, strace, gdb, ps,"
                        " completion), package (what the Debian packages need), systemd (with"
                        " --append guest.systemd=true, as PID 1), or any package of Debian")
    parser.add_argument("--modules-only", action="store_true",
                        help="of the project, build and install only the drivers")
    parser.add_argument("--timeout", type=seconds, default=300, metavar="SECONDS",
                        help="how long the guest may take to come up, and then COMMAND"
                        " (default: %(default)s)")
    parser.add_argument("--terminal", action="store_true",
                        help="run COMMAND on a terminal, as the shell is (an editor, gdb)")
    parser.add_argument("--attach", nargs="?", type=int, const=0, metavar="PID",
                        help="run COMMAND, or another shell, in the guest that runs already;"
                        " of several, in that of the scripts/guest with this process id")
    parser.add_argument("--prepare", action="store_true",
                        help="only build what is missing; boot nothing")
    parser.add_argument("command", nargs="*", metavar="COMMAND", help=argparse.SUPPRESS)
    # argparse would take options out of COMMAND if it saw them.
    own, command = (argv, [])
    if "--" in argv:
        at = argv.index("--")
        own, command = argv[:at], argv[at + 1 :]
        if not command:
            parser.error("no COMMAND after --")
    options = parser.parse_args(own)
    if options.command:
        parser.error(f"'{options.command[0]}': a COMMAND comes after --")
    options.command = command
    wrong = shares.check(options.share) or replay.check(options)
    if wrong:
        parser.error(wrong)
    if options.pci_from and options.arch != "amd64":
        parser.error(f"--pci-from: guests of {options.arch} cannot have another machine's PCI devices")
    try:
        options.wanted = machine_of(options)
    except UsageError as error:
        parser.error(str(error))
    return options


def machine_of(options):
    """The Machine that options ask for; UsageError."""
    return Machine(
        arch=options.arch,
        machine=options.machine,
        firmware=options.firmware,
        accel=options.accel,
        kernel=options.kernel,
        release=options.release,
        cards=not options.no_cards,
        qemu_args=[word for words in options.qemu_args for word in words],
        append=options.append,
        shares=options.share,
        gdb=options.gdb,
        shells=0 if options.pci_from else SHELLS,
    )


def choose_content(options):
    """What the guest has in it, from the options; images.py reads it from the environment."""
    if options.modules_only:
        os.environ["GUEST_PARTS"] = "modules"
    more = [name for names in options.with_ for name in names.split(",") if name]
    lists = [f"guest-{name}" if os.path.exists(f"{TOP}/scripts/packages/guest-{name}.list") else name
             for name in more]
    os.environ["GUEST_PACKAGES"] = " ".join([os.environ.get("GUEST_PACKAGES", ""), *lists]).strip()


def attached(options):
    """Runs the command in a guest that runs already."""
    directory, _ = running.choose(options.attach or None)
    with Attachment(directory, options.timeout) as guest:
        return in_guest(guest, options)


def booted(options, machine):
    with Guest(machine, options.timeout, terminal.say) as guest:
        guest.boot()
        shares.confirm(guest, machine.shares)
        for addition in options.hot_add:
            replay.hot_add(guest, addition)
        if options.gdb:
            files, source = drivers(machine.kernel, machine.release)
            terminal.say(debugger.advice(*debugger.write(guest, guest.sockets, files, source)))
        return in_guest(guest, options)


def in_guest(guest, options):
    if options.command:
        # A debugger may hold the guest for as long as it likes.
        timeout = 0 if options.gdb else None
        return terminal.run(guest, options.command, options.terminal, timeout).status
    return terminal.shell(guest).status


def main(argv):
    options = parse_arguments(argv)
    choose_content(options)
    return status_of("guest", lambda: run(options, options.wanted))


def run(options, machine):
    if options.prepare:
        if options.pci_from:
            replay.prepare(machine.kernel, machine.release, machine.firmware)
        else:
            prepare(machine.kernel, machine.release, machine.firmware, machine.arch)
        return 0
    if options.attach is not None:
        return attached(options)
    with replay.machine_of(options.pci_from, terminal.say, options.fault) as machine.replay:
        return booted(options, machine)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
