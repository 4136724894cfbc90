# SPDX-License-Identifier: GPL-2.0-or-later
"""scripts/guest as people call it."""

import subprocess

from where import GUEST, RANGE

NO_CARD = (
    "printf 'a\\0b'; "
    f"pciaddr-check --expect {RANGE} >&2; check=$?; "
    "fpga-ctl dma --len 4096; ctl=$?; "
    "echo \"check=$check ctl=$ctl\" >&2; "
    "exit 42"
)

WRONG_OPTIONS = (
    (["--nonsense"], "--nonsense"),
    (["--machine", "isapc"], "isapc"),
    (["--qemu-args", "'unfinished"], "unfinished"),
    (["--timeout", "0"], "timeout"),
    (["uname"], "after --"),
    (["--"], "COMMAND"),
)


def call(*arguments, **options):
    return subprocess.run([GUEST, *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                          check=False, timeout=900, **options)


def test_wrong_options(tap):
    for arguments, said in WRONG_OPTIONS:
        done = call(*arguments)
        tap.result(
            done.returncode == 2 and said in done.stderr.decode() and not done.stdout,
            f"a wrong option: status 2 and a message: {' '.join(arguments)}",
            f"status {done.returncode}\n{done.stderr.decode()}",
        )


def test_no_cards(tap):
    done = call("--no-cards", "--", NO_CARD)
    errors = done.stderr.decode()
    tap.equal("the command's exit status is handed back", done.returncode, 42)
    tap.equal("standard output is the command's, and nothing else", done.stdout, b"a\0b")
    tap.result("check=1 ctl=3" in errors, "no card: the check fails, fpga-ctl cannot tell", errors)
    tap.result("-device fpga" in errors, "no card: fpga-ctl says what QEMU needs", errors)


def test_no_guest(tap):
    done = call("--append", "init=/no/such rdinit=/no/such", "--", "true")
    errors = done.stderr.decode()
    tap.result(
        done.returncode == 125 and "panic" in errors and not done.stdout,
        "a guest that does not come up: status 125 and the end of its console",
        f"status {done.returncode}\n{errors}",
    )
    done = call("--qemu-args", "-device no-such-device", "--", "true")
    errors = done.stderr.decode()
    tap.result(
        done.returncode == 125 and "no-such-device" in errors and not done.stdout,
        "a QEMU that does not start: status 125 and what it said",
        f"status {done.returncode}\n{errors}",
    )
