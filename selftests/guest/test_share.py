# SPDX-License-Identifier: GPL-2.0-or-later
"""scripts/guest --share: a directory of the host in the guest."""

import os

import pytest
from guest import Machine
from guest.shares import Share, share
from test_command_line import call


def test_the_guest_reads_and_writes_what_is_shared(tmp_path):
    first, second = tmp_path / "with, comma and space", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    (first / "from host").write_text("from the host\n")
    (first / "out").symlink_to("/etc/hostname")
    done = call("--share", str(first), "--share", f"{second}:/srv/second", "--",
                "cat '/mnt/from host'; echo from the guest >/mnt/guest; mkdir /srv/second/made;"
                "head -c 300000 /dev/zero >/srv/second/large; cat /mnt/out;"
                "stat -c %U /mnt/guest; mount -t 9p | wc -l")
    assert done.returncode == 0, done.stderr.decode()
    # A link leads to the guest's own file.
    assert done.stdout == b"from the host\nguest\nroot\n2\n"
    assert (first / "guest").read_text() == "from the guest\n"
    assert (second / "made").is_dir()
    assert (second / "large").stat().st_size == 300000
    assert (first / "guest").stat().st_uid == os.getuid()


@pytest.mark.parametrize("value, said", {
    "/no/such": "not a directory",
    "/etc/passwd": "not a directory",
    "/tmp:/a b": "absolute path",
    "/tmp:/../etc": "absolute path",
}.items())  # fmt: skip
def test_what_cannot_be_shared_is_refused(value, said):
    done = call("--share", value, "--", "true")
    assert done.returncode == 2
    assert said in done.stderr.decode()


def test_two_directories_at_one_place_are_refused():
    done = call("--share", "/tmp", "--share", "/var", "--", "true")
    assert done.returncode == 2
    assert "two directories at /mnt" in done.stderr.decode()


def test_a_directory_with_a_colon_in_its_name(tmp_path):
    odd = tmp_path / "a:" / "b"
    odd.mkdir(parents=True)
    assert share(str(odd)) == Share(str(odd), "/mnt")
    assert share(f"{odd}:/opt") == Share(str(odd), "/opt")
    assert Machine(shares=(share(str(odd)),)).shares
