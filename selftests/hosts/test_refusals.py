# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines on which it cannot go on: it has to say so, once, with what is to be done."""

import os
import pathlib
import stat
import tempfile

import pytest
from harness import TOP, commands
from releases.table import RELEASES, host


@pytest.fixture
def unprivileged():
    """A directory of a user who is not root, in which dpkg-query knows no package."""
    if os.getuid() != 0:
        pytest.skip("needs root, to become another user")
    if not all_can_reach(TOP):
        pytest.skip("the tree lies where another user cannot read it")
    with tempfile.TemporaryDirectory() as name:
        fake = pathlib.Path(name) / "dpkg-query"
        fake.write_text("#!/bin/sh\nexit 1\n")
        fake.chmod(0o755)
        os.chown(name, 65534, 65534)
        yield name


@pytest.mark.parametrize("command", ["setup", "demo", "guest -- true", "qemu"])
def test_not_root_names_all_packages_and_ways_without(command, unprivileged):
    commands.run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "env",
                 f"PATH={unprivileged}:/usr/bin:/bin", f"HOME={unprivileged}", f"XDG_CACHE_HOME={unprivileged}",
                 "bash", "-c", f"exec scripts/{command}",
                 status=3, matches=["not root", r"\bpython3\b", "Debian 12 and 13", "Ubuntu",
                                    "QEMU_SRC=", "--kernel DIR"])


def all_can_reach(path):
    """Whether any user gets to this directory."""
    path = pathlib.Path(path)
    return all(one.stat().st_mode & stat.S_IXOTH for one in (path, *path.parents))


def test_no_apt_names_all_packages_and_ways_without(tmp_path):
    """As on a system of another kind: no apt-get, no dpkg-query."""
    for program in ("bash", "sed", "tr", "sort", "cat", "grep", "fold", "comm", "dirname", "env", "id", "realpath"):
        for place in ("/usr/bin", "/bin"):
            if os.path.exists(f"{place}/{program}") and not (tmp_path / program).exists():
                (tmp_path / program).symlink_to(f"{place}/{program}")
    commands.run("env", f"PATH={tmp_path}", "bash", "scripts/setup", status=3,
                 matches=["no apt-get", r"\bninja-build\b", "QEMU=PROGRAM", "scripts/guest --kernel DIR"])


def test_root_directory_without_mounts_of_its_own_is_named(tmp_path):
    """As in a chroot into an ordinary directory: what it is to do, before anything is mounted."""
    if os.getuid() != 0:
        pytest.skip("needs root, to change the root directory")
    script = """
root=$1 top=$2
for name in bin sbin lib lib64; do [ ! -L "/$name" ] || cp -d "/$name" "$root/"; done
for path in /usr /etc /proc /dev "$top"; do
	mkdir -p "$root$path"
	mount --rbind "$path" "$root$path"
done
mkdir -p "$root/tmp/cache"
exec chroot "$root" env PATH=/usr/bin:/usr/sbin XDG_CACHE_HOME=/tmp/cache \
	PYTHONPATH="$top/scripts/lib" /usr/bin/python3 -B -m releases run --release "$3" true
"""
    other = next(name for name in ("bookworm", "trixie") if RELEASES[name] != host())
    commands.run("unshare", "--mount", "--propagation", "private", "bash", "-ec", script, "bash",
                 tmp_path, TOP, other, status=3,
                 matches=["root directory is not a mount point", "mount --bind"])


def test_setup_ends_where_a_part_fails(tmp_path):
    """A command that fails inside of a message must not be lost."""
    said = commands.run("env", "QEMU=/nonexistent/qemu", "bash", "scripts/setup", "qemu",
                        status=2, matches=["is not a program"])
    assert "all is set up" not in said


def test_every_script_ends_when_a_command_inside_of_a_message_would_be_lost():
    """say "... $(command)" hides that the command has failed."""
    output = commands.run("bash", "-c", "grep -rnE '(say|echo|printf|tap_[a-z_]+) .*\\$\\(\"?"
                          "(\\$TOP/(scripts|kvm)|releases |kernel_|scripts/|\\./)'"
                          " scripts kvm qemu --include='*' | grep -v '\\.py:' || true")
    assert not [line for line in output.splitlines() if not line.startswith("$")]


BAD_KERNELS = {
    "9.9": "there are, by Debian's suites",
    "seven": "neither a series such as 6.1 nor a directory",
    "/nonexistent/kernel": "there is no bzImage in it",
}


@pytest.mark.parametrize("kernel", BAD_KERNELS)
def test_a_kernel_that_is_not_there(kernel):
    commands.run("scripts/guest", "--kernel", kernel, "--", "true", status=125,
                 matches=[BAD_KERNELS[kernel]])


def test_a_kernel_that_is_none(tmp_path):
    (tmp_path / "bzImage").write_bytes(b"no kernel" * 1000)
    commands.run("scripts/guest", "--kernel", tmp_path, "--", "true", status=125,
                 matches=["its bzImage is not a kernel for x86"])
