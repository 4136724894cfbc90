# SPDX-License-Identifier: GPL-2.0-or-later
"""kvm/nested: a guest with a KVM of its own, with the device pio-regs or without."""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys

from cache import CACHE, TOP, Failed, cached, content_key, output
from releases import kernels

from . import complaints, terminal
from .__main__ import seconds
from .ending import STATUS_NO_GUEST, status_of
from .errors import GuestError
from .machine import Machine
from .session import Guest
from .shares import Share, confirm

# Where the guest has what kvm/build and kvm/build-tests make
PLACE = "/kvm"
PATH = f"/usr/sbin:/usr/bin:/sbin:/bin:{PLACE}/qemu"
TIMEOUT = 1500
STATUS_COMPLAINTS = 124  # all was well but the kernel complained

# With two processors KVM crashes under the SVM that TCG emulates, stock or not.
QEMU = ("-cpu", "EPYC", "-smp", "1")
# An access costs what it costs with the kernel's own mitigations.
APPEND = ("mitigations=auto", "oops=panic")
# Each instruction takes a nanosecond, of which the time stamp counter counts each.
COUNT = ("-icount", "shift=0,sleep=off")
COUNT_APPEND = ("tsc_early_khz=1000000",)

DESCRIPTION = f"""\
Boots a guest in which QEMU's TCG emulates AMD's virtualization, with KVM's
modules as kvm/build makes them, and runs the shell command there, in a
directory that holds what kvm/build-tests makes; qemu-system-x86_64 there is
QEMU with the cards. Exit status: the command's; {STATUS_COMPLAINTS} all was well but the
kernel complained, or the command has not ended in time; {STATUS_NO_GUEST} the guest did not
come up.
"""


def machine(kernel="6.1", stock=False, count=False):
    """Builds what it needs; returns the Machine. kernel, stock, count: as kvm/nested's options."""
    modules = pathlib.Path(_built("build", "--kernel", kernel))
    series = ".".join((modules / "release").read_text().split(".")[:2])
    tests = pathlib.Path(_built("build-tests", "--kernel", series))
    content = _content(kernels.directory(kernel), None if stock else modules, tests)
    return Machine(accel="tcg", kernel=str(kernel), cards=False, shares=(Share(str(content), PLACE),),
                   qemu_args=(*QEMU, *(COUNT if count else ())),
                   append=(*APPEND, *(COUNT_APPEND if count else ())))


def load(guest):
    """Loads KVM in the guest, and puts the tests where they may write: returns that directory."""
    confirm(guest, guest.machine.shares)
    done = guest.run(f"{PLACE}/load")
    if done.status:
        raise GuestError("KVM cannot be loaded in the guest: "
                         + done.stderr.decode(errors="replace").strip())
    return done.stdout.decode().strip()


def _built(name, *options):
    # kvm/ is a part of its own, in bash, whose programs say where their results are.
    done = subprocess.run([TOP / "kvm" / name, *map(str, options)], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise Failed(f"kvm/{name} failed (see above)", done.returncode)
    return done.stdout.strip()


def _content(kernel, modules, tests):
    """The directory that the guest sees."""
    qemu = output([TOP / "scripts/qemu"]).strip()
    key = content_key(kernel.name, modules and modules.name, tests.name, qemu,
                      files=[TOP / "kvm/load", __file__])  # fmt: skip
    return cached(CACHE / "nested" / key, "nested",
                  lambda new: _fill(new, kernel, modules, tests, qemu))


def _fill(new, kernel, modules, tests, qemu):
    (new / "modules").mkdir(parents=True)
    shutil.copy(TOP / "kvm/load", new)
    shutil.copytree(tests, new / "tests")
    # The patch is in kvm.ko; the kernel's own vendor module works with it.
    if modules:
        shutil.copy(modules / "kvm.ko", new / "modules")
    _copy_program(new / "qemu", qemu)


def _copy_program(to, program):
    """A program with the libraries that it has here, which need not be those of the guest."""
    (to / "lib").mkdir(parents=True)
    name = os.path.basename(program)
    output(["strip", "-o", to / "lib" / name, program])
    libraries = [word for word in output(["ldd", program]).split() if word.startswith("/")]
    for library in libraries:
        shutil.copy(library, to / "lib")
    loader = next(name for name in map(os.path.basename, libraries) if name.startswith("ld-"))
    there = f"{PLACE}/qemu/lib"
    wrapper = to / name
    wrapper.write_text(f'#!/bin/sh\nexec {there}/{loader} --library-path {there} {there}/{name} "$@"\n')
    wrapper.chmod(0o755)


def parse_arguments(argv):
    parser = argparse.ArgumentParser(
        prog="nested", usage="kvm/nested [OPTION]... -- COMMAND", description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)
    parser.add_argument("--stock", action="store_true", help="the kernel's own KVM instead")
    parser.add_argument("--kernel", default="6.1", metavar="6.1|6.12|7.3|DIRECTORY",
                        help="the kernel's version (default: %(default)s), or the directory of"
                        " another one (with a / in its name), such as scripts/debug-kernel prints")
    parser.add_argument("--count", action="store_true",
                        help="-icount: the time-stamp counter counts instructions, exactly")
    parser.add_argument("--timeout", type=seconds, default=TIMEOUT, metavar="SECONDS",
                        help="when to give up (default: %(default)s)")
    if "--" not in argv:
        parser.parse_args(argv)
        parser.error("no COMMAND; it comes after --")
    at = argv.index("--")
    options = parser.parse_args(argv[:at])
    options.command = " ".join(argv[at + 1 :])
    if not options.command:
        parser.error("no COMMAND after --")
    return options


def run(options):
    os.environ["GUEST_PARTS"] = ""
    with Guest(machine(options.kernel, options.stock, options.count), options.timeout,
               terminal.say) as guest:
        guest.boot()
        watch = complaints.Watch(guest.logs)
        directory = load(guest)
        status = terminal.run(guest, ["env", "-C", directory, f"PATH={PATH}", "sh", "-c",
                                      options.command]).status
        found = complaints.find(watch.news())
    if found:
        print(found, file=sys.stderr)
    return status or (STATUS_COMPLAINTS if found else 0)


def main(argv):
    options = parse_arguments(argv)
    return status_of("nested", lambda: run(options))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
