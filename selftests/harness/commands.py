# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs on this machine, and the functions of scripts/lib/*.sh."""

import contextlib
import os
import re
import shlex
import signal
import subprocess
import sys

import tree

from . import TOP

TAIL = 60
TIMEOUT = 1800  # [s]


class CommandFailed(AssertionError):
    """Its message is for people: what was run, what came of it, the end of the output."""


def tail(text, lines=TAIL):
    """The last lines of a text, and how many were left out."""
    kept = text.rstrip("\n").split("\n")
    left_out = len(kept) - lines
    if left_out > 0:
        kept = [f"[... {left_out} lines ...]"] + kept[-lines:]
    return "\n".join(kept)


def shown(argv):
    return tail(shlex.join(map(str, argv)), 5)


def verdict(argv, status, output, expected=0, matches=()):
    """Fails unless a program ended as expected, and each regular expression is in its output."""
    __tracebackhide__ = True
    missed = [pattern for pattern in matches if not re.search(pattern, output, re.MULTILINE)]
    as_expected = status in expected if isinstance(expected, range) else status == expected
    if as_expected and not missed:
        return
    said = [shown(argv)]
    if not as_expected:
        said.append(f"ended with status {status}, not {expected}")
    said += [f"nothing in the output matches: {pattern}" for pattern in missed]
    raise CommandFailed("\n".join([*said, "its output:", tail(output)]))


@contextlib.contextmanager
def process(argv, **options):
    """Runs a program with all its children in a group, which does not outlive the block."""
    with subprocess.Popen([str(word) for word in argv], start_new_session=True,
                          **{"stdin": subprocess.DEVNULL, **options}) as child:
        try:
            yield child
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)


def run(*argv, status=0, matches=(), cwd=TOP, env=None, input=None, timeout=TIMEOUT):
    """Runs a program and returns what it has said, on both of its outputs.

    Fails when it does not end with this status (or in this range), or a regular expression of
    matches is not in what it said. env: more variables of the environment.
    """
    __tracebackhide__ = True
    with process(argv, cwd=cwd, env={**os.environ, **(env or {})}, stdout=subprocess.PIPE,
                 stderr=subprocess.STDOUT, encoding="utf-8", errors="replace",
                 stdin=subprocess.DEVNULL if input is None else subprocess.PIPE) as child:
        try:
            output, _ = child.communicate(input, timeout)
        except subprocess.TimeoutExpired as expired:
            said = (expired.stdout or b"").decode(errors="replace")
            raise CommandFailed(f"{shown(argv)}\nhas not ended in {timeout} s; its output:\n"
                                + tail(said)) from None
    print(f"$ {shown(argv)}\n{output}", end="", flush=True)
    verdict(argv, child.returncode, output, status, matches)
    return output


def library(name, *argv):
    """Calls a function of scripts/lib/NAME.sh; returns its standard output, stripped.

    What it says on its way goes to standard error.
    """
    script = '. "$0/common.sh"; . "$0/$1.sh"; shift; shopt -s inherit_errexit; "$@"'
    done = subprocess.run(["bash", "-c", script, f"{TOP}/scripts/lib", name, *map(str, argv)],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False, cwd=TOP)
    if done.returncode:
        raise CommandFailed(f"{argv[0]} (scripts/lib/{name}.sh) ended with status {done.returncode}"
                            "; what it said is above")
    return done.stdout.decode(errors="replace").rstrip("\n")


def script(name, *argv):
    """Runs scripts/NAME; returns its standard output, stripped."""
    done = subprocess.run([f"{TOP}/scripts/{name}", *map(str, argv)], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise CommandFailed(f"scripts/{name} ended with status {done.returncode}; what it said is"
                            " above")
    return done.stdout.decode(errors="replace").rstrip("\n")


def checkpatch(*arguments):
    """The kernel's checkpatch, as strict as it can be, on Debian's kernel source."""
    __tracebackhide__ = True
    run("bash", "-c", '. "$0/common.sh"; . "$0/releases/kernels.sh"; checkpatch "$@"',
        f"{TOP}/scripts/lib", *arguments)


def tree_files(*paths):
    """The project's files below these paths, from the top of the tree."""
    return tree.files(*(paths or ["."]))


def copy_tree(directory):
    """A copy of the project's files, to build in or to break."""
    tree.copy(directory)


def note(text):
    """A line of progress."""
    print(text, file=sys.stderr, flush=True)
