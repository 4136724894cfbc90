# SPDX-License-Identifier: GPL-2.0-or-later
"""The names of packages in scripts/packages, against what each release lists."""

import os
import pathlib
import re
import subprocess

import pytest
from cache import TOP
from harness import commands
from releases import apt
from releases.packages import packages
from releases.table import RELEASES

HOSTS = [release for release in RELEASES.values() if release.version]
LISTS = sorted(path.stem for path in pathlib.Path(TOP, "scripts/packages").glob("*.list"))


@pytest.mark.parametrize("release", HOSTS, ids=lambda release: release.codename)
def test_a_host_has_all_packages(release):
    """With only this release among its sources, no backports."""
    wanted = sorted({name for group in LISTS for name in packages(release, group)})
    conf = apt.config(release.codename)
    names = apt.output(["apt-cache", "--names-only", "search", "."], env=apt.environment(conf))
    there = {line.split(" ")[0] for line in names.splitlines()}
    assert [name for name in wanted if name not in there] == []


@pytest.mark.parametrize("release", RELEASES.values(), ids=lambda release: release.codename)
def test_a_guest_of_each_release_has_its_packages(release):
    names = apt.output(["apt-cache", "--names-only", "search", "."],
                       env=apt.environment(apt.config(release.codename)))
    there = {line.split(" ")[0] for line in names.splitlines()}
    wanted = packages(release, "guest-image", "guest-package", "tools",
                      *(name for name in LISTS if name.startswith("firmware-")))
    assert [name for name in wanted if name not in there] == []


@pytest.mark.parametrize("codename", RELEASES)
def test_bash_and_python_read_the_same_packages(codename, tmp_path):
    (tmp_path / "os-release").write_text(f'ID=debian\nVERSION_CODENAME="{codename}"\n')
    script = (pathlib.Path(TOP) / "scripts/lib/common.sh").read_text()
    assert script.count("/etc/os-release") >= 1
    run = subprocess.run(
        ["bash", "-c", f'. "$0"; os_release() {{ echo {codename}; }}; packages "$@"',
         f"{TOP}/scripts/lib/common.sh", *LISTS],
        capture_output=True, text=True, check=True)  # fmt: skip
    assert run.stdout.split() == packages(RELEASES[codename], *LISTS)


def test_the_lists_name_no_release_that_is_not_known():
    for group in LISTS:
        text = pathlib.Path(TOP, f"scripts/packages/{group}.list").read_text()
        for name in re.findall(r"^([a-z]+):", text, re.MULTILINE):
            assert name in RELEASES, f"{group}.list: {name}"


def test_missing_are_those_that_are_unknown_or_not_installed(tmp_path):
    """dpkg ends with status 1 when it does not know one of them."""
    status = tmp_path / "status"
    status.write_text("\n".join(
        f"Package: {name}\nStatus: {state}\nMaintainer: a <a@b.c>\nArchitecture: {of}\nVersion: 1\n"
        "Description: none\n" for name, state, of in (
            ("here", "install ok installed", "all"), ("foreign", "install ok installed", "amd64"),
            ("removed", "deinstall ok config-files", "all"), ("half", "install ok unpacked", "all"))))
    run = subprocess.run(["bash", "-c", '. "$0"; missing_packages', f"{TOP}/scripts/lib/common.sh"],
                         input="here\nunknown\nforeign\nremoved\nhalf\n", capture_output=True,
                         text=True, check=True, env={**os.environ, "DPKG_ADMINDIR": str(tmp_path)})
    assert run.stdout.split() == ["half", "removed", "unknown"]


def test_what_is_missing_is_printed():
    commands.run("scripts/setup", "--missing", "guest")
