# SPDX-License-Identifier: GPL-2.0-or-later
"""Parts of an initramfs, whatever guest it is for: the agent, archives, modules and their needs."""

import pathlib
import shlex
import shutil
import subprocess

from cache import run_logged

COMPILE = ("-static", "-Os", "-s", "-Wall", "-Wextra", "-Werror", "-o")


def compile_agent(compiler, source, program, command=list):
    """Compiles the agent to a program that needs no library.

    command: what makes the command line to be run of that, for a compiler that is not this machine's.
    """
    run_logged("initrd", command([compiler, *COMPILE, program, source]))


def archive(directory, new, leave_out=()):
    """Writes what is in a directory as a part of an initramfs, as root's."""
    skip = [word for name in leave_out for word in ("-path", f"./{name}", "-prune", "-o")]
    find = shlex.join(["find", ".", *skip, "!", "-name", "*.a", "!", "-name", "*.o", "-print"])
    command = (f"cd {shlex.quote(str(directory))} && {find} |"
               f" cpio --quiet -o -H newc -R 0:0 >{shlex.quote(str(new))}")  # fmt: skip
    run_logged("initrd", ["bash", "-c", f"set -o pipefail; {command}"])


def join(archives, new):
    """Writes several archives one after the other, as Linux takes them."""
    with open(new, "wb") as to:
        for path in archives:
            with open(path, "rb") as file:
                shutil.copyfileobj(file, to)
            to.write(bytes(-to.tell() % 4))


def with_needs(kernel, release, modules):
    """The files of modules and, before each, of those that it needs; none that is built in."""
    files = []
    for module in modules:
        shown = subprocess.run(["modprobe", "-d", kernel / "layer/usr", "-S", release, "--show-depends",
                                module], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                               check=False).stdout  # fmt: skip
        for words in (line.split() for line in shown.splitlines()):
            if len(words) > 1 and words[0] == "insmod" and pathlib.Path(words[1]) not in files:
                files.append(pathlib.Path(words[1]))
    return files
