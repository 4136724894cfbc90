# SPDX-License-Identifier: GPL-2.0-or-later
"""scripts/learn: the steps of examples/first-driver, compiled and tested in the guest."""

import argparse
import io
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

from cache import TOP, Failed
from releases import kernels, table, tools

from . import building, running, terminal
from .attach import Attachment
from .drivers import KernelLog
from .ending import status_of
from .errors import GuestError
from .machine import Machine
from .session import Guest
from .trial import running_or_new

COURSE = TOP / "examples/first-driver"
MODULE = "lesson.ko"

DESCRIPTION = """\
A first PCI driver, in steps. Compiles the driver of a step, loads it in the
guest that runs (scripts/guest, in another terminal), or else in one that it
boots, and runs the step's test there. docs/learn/first-driver.md is the text
of the course. Without STEP it lists the steps.

  scripts/learn 3                 the step as it should be
  scripts/learn 3 --start my.c    writes the step's exercise to my.c
  scripts/learn 3 my.c            the same test with your driver

The other course, on a PCI device for QEMU: scripts/learn device --help.
"""

EPILOG = """\
Exit status: 0 the test passed; 1 it failed, or the driver does not compile; 2 a
wrong option; 124 the test has not ended in time; 125 there is no guest.
"""

KBUILD = """\
obj-m := lesson.o
ccflags-y := -I{include} {flags}
"""


def steps():
    """{"1": the directory of step 1, ...}, in their order."""
    found = sorted(path for path in COURSE.iterdir() if (path / "lesson.c").exists())
    return {path.name.split("-", 1)[0]: path for path in found}


def exercise(step):
    """The source of a step with what is to be done in the place of the solution."""
    done = subprocess.run(["unifdef", "-DEXERCISE", step / "lesson.c"], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, check=False, encoding="utf-8")
    if done.returncode not in (0, 1):  # 1: something was left out
        raise Failed(f"unifdef ended with status {done.returncode}")
    return done.stdout


def compile_module(source, kernel, directory, flags=""):
    """Compiles a driver (a path, C) for a kernel (a directory); returns the module's path."""
    shutil.copy(source, directory / "lesson.c")
    (directory / "Kbuild").write_text(KBUILD.format(include=TOP / "include", flags=flags))
    build = os.path.realpath(kernel / "build")
    argv = tools.command(kernels.tools_of(kernel), ["make", "-C", build, f"M={directory}", "modules"],
                         directory, binds=(directory, build))
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, encoding="utf-8", errors="replace")
    lines = done.stdout.splitlines()
    said = list(building.messages(lines)) or (lines[-building.TAIL:] if done.returncode else [])
    for line in said:
        line = line.replace(f"{directory}/", "")
        print(f"{source}{line[len('lesson.c'):]}" if line.startswith("lesson.c:") else line,
              file=sys.stderr)
    if done.returncode:
        raise Failed(f"{source} does not compile")
    return directory / MODULE


def test(guest, step, module):
    """Runs a step's test with a module in a guest; the test's exit status."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        tar.add(module, MODULE)
        tar.add(step / "test", "test")
        tar.add(COURSE / "lib.sh", "lib.sh")
    place = "/tmp/lesson"
    done = guest.run("sh", "-c", 'mkdir -p "$0" && tar -C "$0" --no-same-owner -xf -', place,
                     input=packed.getvalue())
    if done.status:
        raise GuestError(f"the driver cannot be put into the guest: {done.stderr.decode()}")
    log = KernelLog(guest)
    try:
        return terminal.run(guest, ["sh", f"{place}/test"]).status
    finally:
        for line in log.lines():
            print(f"kernel: {line}", file=sys.stderr)


def compiled(options, kernel, release, directory):
    kernel = kernels.directory(kernel, table.named(release).codename)
    return compile_module(options.file or options.step / "lesson.c", kernel, directory)


def in_running(options, build, directory, about):
    # First: a typing error is told without a guest.
    module = compiled(options, about["kernel"], about["release"], build)
    with Attachment(directory, options.timeout) as guest:
        return test(guest, options.step, module)


def in_new(options, build):
    # The card must be there, and something to look at it with; the test unloads the project's driver.
    machine = Machine(kernel=options.kernel)
    with Guest(machine, options.timeout, terminal.say) as guest:
        guest.boot(wait=False)
        return test(guest, options.step, compiled(options, machine.kernel, machine.release, build))


def learn(options):
    with tempfile.TemporaryDirectory(prefix="fpga-pci-learn-") as name:
        build = pathlib.Path(name)
        if options.attach or running.find():
            return in_running(options, build, *running.choose(options.attach))
        return in_new(options, build)


def parse_arguments(argv):
    parser = argparse.ArgumentParser(
        prog="learn", usage="scripts/learn [STEP [FILE | --start FILE]] [OPTION]...",
        description=DESCRIPTION, epilog=EPILOG, allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--start", metavar="FILE", help="write the exercise of the step to FILE")
    running_or_new(parser, "the test")
    parser.add_argument("step", nargs="?", metavar="STEP", help=argparse.SUPPRESS)
    parser.add_argument("file", nargs="?", metavar="FILE", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    known = steps()
    if options.step:
        if options.step not in known:
            parser.error(f"no step '{options.step}'; there are 1 to {list(known)[-1]}")
        options.step = known[options.step]
    elif options.start:
        parser.error("--start needs a STEP")
    if options.start and options.file:
        parser.error("a FILE is tested, or written by --start, not both")
    if options.file and not os.path.isfile(options.file):
        parser.error(f"'{options.file}' is not a file; --start FILE writes one")
    return options


def listing():
    for number, step in steps().items():
        about = (step / "lesson.c").read_text().splitlines()[1]
        print(f"{number}  {about.strip('/* ').split(': ', 1)[1]}")
    return 0


def start(options):
    try:
        with open(options.start, "x", encoding="utf-8") as file:
            file.write(exercise(options.step))
    except OSError as error:
        print(f"learn: {options.start}: {error.strerror}", file=sys.stderr)
        return 2
    return 0


def main(argv):
    options = parse_arguments(argv)
    if not options.step:
        return listing()
    if options.start:
        return status_of("learn", lambda: start(options), failed=1)
    return status_of("learn", lambda: learn(options), failed=1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
