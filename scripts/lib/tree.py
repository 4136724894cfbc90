# SPDX-License-Identifier: GPL-2.0-or-later
"""The project's files, and copies of them to build in.

For scripts in bash: "python3 -m tree DIRECTORY" is snapshot() of all of them.
"""

import hashlib
import json
import os
import pathlib
import shutil
import sys

from cache import TOP, output, remove


def files(*paths):
    """The project's files below these paths, from the top; those that git does not know included."""
    if (TOP / ".git").exists():
        listed = output(["git", "-C", TOP, "ls-files", "-z", "--cached", "--others",
                         "--exclude-standard", "--", *paths]).split("\0")  # fmt: skip
    else:
        paths = paths or (".",)
        listed = [os.path.relpath(os.path.join(at, name), TOP) for path in paths
                  for at, _, names in os.walk(TOP / path) for name in names]  # fmt: skip
        listed += [path for path in paths if (TOP / path).is_file()]
    names = {os.path.normpath(name) for name in listed if name}
    return sorted(name for name in names if (TOP / name).is_file())


def sums(names, top=TOP):
    """{name: checksum of its content and mode}"""
    found = {}
    for name in names:
        path = top / name
        mode = "x" if os.access(path, os.X_OK) else "-"
        found[name] = mode + hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def copy(directory):
    """All of them, in a directory."""
    for name in files():
        path = pathlib.Path(directory, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(TOP / name, path)


def snapshot(directory, names):
    """Brings a copy of these files up to date; returns their checksums.

    What has changed is of now, and the rest keeps its times, so that make rebuilds what has changed
    and nothing else: the times of the project's own files say nothing where several copies of it
    use the same cache.
    """
    directory.mkdir(parents=True, exist_ok=True)
    note = directory.with_name(directory.name + ".sums")
    try:
        before = json.loads(note.read_text())
    except (FileNotFoundError, ValueError):
        before = {}
    note.unlink(missing_ok=True)
    for name in before.keys() - set(names):
        remove(directory / name)
    for name, checksum in sums(names).items():
        path = directory / name
        if before.get(name) != checksum or not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            remove(path)
            shutil.copyfile(TOP / name, path)
            shutil.copymode(TOP / name, path)
    # A file may be edited during this: what counts is what was copied.
    after = sums(names, directory)
    note.write_text(json.dumps(after))
    return after


if __name__ == "__main__":
    snapshot(pathlib.Path(sys.argv[1]), files())
