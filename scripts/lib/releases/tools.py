# SPDX-License-Identifier: GPL-2.0-or-later
"""Compilers of each release: the machine's own, or those in a root directory of that release.

What is built for a guest or a kernel of another release needs its C library, its headers, and
for a module the compiler that the kernel was built by and programs that come with its headers.
"""

import os
import shlex

from cache import CACHE, TOP, Failed, cached, content_key, run_logged, say

from . import apt
from .architectures import NATIVE
from .packages import packages
from .table import host

# Runs a command in a root directory: ROOT DIRECTORY BIND... -- COMMAND...
ENTER = """
set -e
root=$1 directory=$2
shift 2
# A mount point, so that unshare in it works as it does on a machine
mount --bind "$root" "$root"
for path in /proc /sys /dev; do mount --rbind "$path" "$root$path"; done
while [ "$1" != -- ]; do
	mkdir -p "$root$1"
	mount --rbind "$1" "$root$1"
	shift
done
shift
exec chroot "$root" /bin/sh -c 'cd "$0" && exec "$@"' "$directory" "$@"
"""


def command(release, argv, directory=None, binds=(), architecture=NATIVE):
    """The command that runs argv with the tools of this release, in a directory.

    With another architecture, its cross compilers are among them.

    The tree, the cache, /tmp and what binds names are there at the same paths.
    """
    directory = str(directory or os.getcwd())
    if is_native(release):
        return ["env", "-C", directory, *map(str, argv)]
    _need_mount_point()  # before minutes of making a root directory
    seen = dict.fromkeys(["/tmp", str(TOP), str(CACHE), *map(str, binds)])
    return enter(root(release, architecture), directory, seen, ["env", "LC_ALL=C", *argv])


def enter(root_directory, directory, binds, argv):
    """The command that runs argv in a root directory, with those of this machine's binds in it."""
    _need_mount_point()
    user = [] if os.getuid() == 0 else ["--map-root-user"]
    return ["unshare", *user, "--mount", "--propagation", "private", "sh", "-c", ENTER, "sh",
            str(root_directory), str(directory), *map(str, binds), "--", *map(str, argv)]  # fmt: skip


def _need_mount_point():
    if not _is_mount_point("/"):
        raise Failed("a build with the tools of another Debian release needs mounts of its own, and"
                     " this root directory is not a mount point, so that they cannot be kept from"
                     " the rest of the machine; from outside of it: mount --bind DIRECTORY DIRECTORY,"
                     " then chroot again", 3)


def _is_mount_point(path):
    """os.path.ismount() takes "/" for one everywhere; in a chroot it often is none."""
    with open("/proc/self/mountinfo", encoding="utf-8") as mounts:
        return any(line.split()[4] == path for line in mounts)


def is_native(release):
    """Whether the machine's own tools are those of this release, or None is asked for."""
    return release is None or release == host()


def root(release, architecture=NATIVE):
    """A root directory of this release with the compilers in it."""
    cross = [] if architecture == NATIVE else [f"cross-{architecture}"]
    names = packages(release, "tools", *cross)
    path = CACHE / "tools" / f"{release.codename}-{content_key(*names)}"
    return cached(path, f"tools-{release.codename}", lambda new: _make_root(release, names, new))


def _make_root(release, names, new):
    say(f"making a root directory with the compilers of Debian's {release.codename}")
    new.mkdir()
    bootstrap = debootstrap(release, names, "essential", "-")
    # Out of a tar: the files belong to who runs this, whatever mode mmdebstrap runs in.
    run_logged(f"tools-{release.codename}", ["bash", "-c", "set -o pipefail; "
               f"{shlex.join(bootstrap)} | tar -C {shlex.quote(str(new))} -x --exclude='./dev/?*'"])


def debootstrap(release, names, variant, target, *options, updates=True):
    """mmdebstrap's command line, with the mirror and the settings that this machine has.

    updates: security updates too; mmdebstrap fails where the mirror lacks one of the lists.
    """
    sources = apt.sources(release.codename)
    include = [f"--include={','.join(names)}"] if names else []
    settings = [f"--aptopt={line}" for line in apt.settings()]
    return ["mmdebstrap", f"--variant={variant}", *include, *settings, *options,
            release.codename, target, *(sources if updates else sources[:1])]
