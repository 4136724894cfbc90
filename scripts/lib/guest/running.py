# SPDX-License-Identifier: GPL-2.0-or-later
"""The guests of this user that run now, for who wants to attach to one."""

import fcntl
import glob
import json
import os
import shutil
import tempfile

from .errors import GuestError

PREFIX = "fpga-pci-guest-"
ABOUT = "guest.json"


def create_directory():
    """For a guest's sockets, whose paths may have only some hundred bytes."""
    return tempfile.mkdtemp(prefix=PREFIX)


def register(directory, about):
    """Lets others find the guest, until what this returns is closed."""
    path = os.path.join(directory, ABOUT)
    with open(f"{path}.new", "w", encoding="utf-8") as file:
        json.dump(about, file)
    lock = open(f"{path}.new", "rb")  # pylint: disable=consider-using-with  # held for long
    fcntl.flock(lock, fcntl.LOCK_EX)
    os.rename(f"{path}.new", path)
    return lock


def find():
    """The running guests: (directory, what register() was told), the latest last."""
    found = []
    for path in glob.glob(os.path.join(tempfile.gettempdir(), f"{PREFIX}*", ABOUT)):
        directory = os.path.dirname(path)
        try:
            # Anybody can make a directory of that name.
            if os.lstat(directory).st_uid != os.geteuid():
                continue
            with open(path, encoding="utf-8") as file:
                if not _is_locked(file):  # killed before it could clean up
                    shutil.rmtree(directory, ignore_errors=True)
                    continue
                found.append((os.stat(path).st_mtime, directory, json.load(file)))
        except (OSError, ValueError):
            continue
    return [(directory, about) for _, directory, about in sorted(found, key=lambda it: it[0])]


def _is_locked(file):
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(file, fcntl.LOCK_UN)
    return False


def choose(pid=None):
    """The running guest, or that of scripts/guest with this process id."""
    guests = find()
    if pid is not None:
        guests = [(directory, about) for directory, about in guests if about["pid"] == pid]
        if not guests:
            raise GuestError(f"no guest of a scripts/guest with process id {pid} runs"
                             f"{listing(find())}")
    if not guests:
        raise GuestError("no guest runs to attach to: start one with scripts/guest")
    if len(guests) > 1:
        raise GuestError(f"several guests run: say which, by process id{listing(guests)}")
    return guests[0]


def listing(guests):
    return "".join(f"\n    {about['pid']}  {about['what']}" for _, about in guests)
