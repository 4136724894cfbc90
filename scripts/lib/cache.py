# SPDX-License-Identifier: GPL-2.0-or-later
"""The cache, messages, locks and logs, for the scripts in Python.

common.sh has the same for those in bash: the same places, the same locks.
"""

import contextlib
import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
# Links on the way to it would lead nowhere in a root directory (releases/tools.py).
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache",
                     "fpga-pci").resolve()

# How long a lock is waited for [s]
LOCK_TIMEOUT = 3600
LOG_LINES = 25

# What the cache keeps of each kind (a folder in it): what was used last, and that not for ever
KEEP_ENTRIES = 16
KEEP_TIME = 7 * 24 * 3600
# What was used so recently may be in use now [s]
IN_USE_TIME = 3 * 3600
_started = time.monotonic()


class Failed(Exception):
    """Something could not be made. status: 1 failed, 2 usage or input, 3 not possible here."""

    def __init__(self, message, status=1):
        super().__init__(message)
        self.status = status


def say(message):
    """Messages go to standard error: standard output belongs to the result."""
    print(f"[{time.monotonic() - _started:4.0f}s] {message}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def lock(name):
    """One at a time on this machine, with a bound on the wait."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / f"{name}.lock", "w", encoding="ascii") as file:
        deadline = time.monotonic() + LOCK_TIMEOUT
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise Failed(f"waited an hour for {file.name}", 3) from None
                time.sleep(0.2)
        yield


def log_file(name):
    """Where what is said under this name goes."""
    path = CACHE / "logs" / f"{name}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def run_logged(name, argv, **options):
    """Runs a command, its output in the log of this name; if it fails, shows the end of that."""
    path = log_file(name)
    with open(path, "wb") as log:
        status = subprocess.run([str(word) for word in argv], stdin=subprocess.DEVNULL, stdout=log,
                                stderr=subprocess.STDOUT, check=False, **options).returncode
    if status:
        for line in path.read_text(errors="replace").splitlines()[-LOG_LINES:]:
            print(line, file=sys.stderr)
        words = " ".join(map(str, argv))
        words = words if len(words) < 200 else words[:200] + "..."
        raise Failed(f"'{words}' failed with status {status}; the whole of its output is in {path}")


def output(argv, **options):
    """What a command prints; it must succeed."""
    done = subprocess.run([str(word) for word in argv], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, check=False, text=True, **options)
    if done.returncode:
        raise Failed(f"'{' '.join(map(str, argv))}' failed with status {done.returncode}")
    return done.stdout


def content_key(*parts, files=()):
    """A name for the content of files, and of what else is given."""
    total = hashlib.sha256()
    for path in files:
        total.update(hashlib.sha256(pathlib.Path(path).read_bytes()).digest())
    for part in parts:
        total.update(str(part).encode() + b"\0")
    return total.hexdigest()[:16]


def remove(path):
    """A file or a directory, if it is there."""
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.unlink(path)


def cached(path, lock_name, make):
    """Returns path, which make(new) makes as new, in the same folder, if it is missing.

    What has been used is touched: drop_unused() goes by that.
    """
    path = pathlib.Path(path)
    if not path.exists():
        with lock(lock_name):
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                new = path.with_name(path.name + ".new")
                remove(new)
                try:
                    make(new)
                    new.rename(path)
                finally:
                    remove(new)
                drop_unused()
    os.utime(path)
    return path


def _last_used(entry):
    """What is being made has the date of what is unpacked into it: that of a Debian package."""
    status = entry.stat(follow_symlinks=False)
    unfinished = entry.name.endswith(".dir") or entry.name.endswith(".new")
    return max(status.st_mtime, status.st_ctime) if unfinished else status.st_mtime


def drop_unused():
    """The one rule for what the cache gives up.

    Of each kind it keeps the KEEP_ENTRIES entries used last, and none that nothing used for a week.
    """
    now = time.time()
    for kind in (entry for entry in os.scandir(CACHE) if entry.is_dir(follow_symlinks=False)):
        entries = [entry for entry in os.scandir(kind) if not entry.name.startswith(".")]
        ages = sorted((now - _last_used(entry), entry.path) for entry in entries)
        for place, (age, path) in enumerate(ages):
            if age > KEEP_TIME or place >= KEEP_ENTRIES and age > IN_USE_TIME:
                remove(path)
