# SPDX-License-Identifier: GPL-2.0-or-later
"""Which kernel and which source are chosen, where Debian lists more than it has."""

import pytest
from cache import Failed
from guest.building import messages
from releases import apt, kernels, sources
from releases.table import RELEASES

IMAGE = {"Depends": "linux-binary-{0}, linux-modules-{0} (= 1), linux-base-{0}, kmod"}
HEADERS = {"Depends": "linux-headers-common-{0}, linux-kbuild-{0}"}


def packages_of(release, without=()):
    """What a suite lists of one kernel, as it is packaged since 6.19."""
    uname = f"{release}+deb13-amd64"
    parts = {
        f"linux-image-{uname}": f"linux-binary-{uname} (= 1), linux-modules-{uname} (= 1), kmod",
        f"linux-binary-{uname}": "", f"linux-modules-{uname}": "",
        f"linux-headers-{uname}": f"linux-headers-{release}+deb13-common (= 1), linux-kbuild-{release}+deb13",
        f"linux-headers-{release}+deb13-common": "", f"linux-kbuild-{release}+deb13": "",
    }  # fmt: skip
    return [{"Package": name, "Depends": needs, "Version": f"{release}-1"}
            for name, needs in parts.items() if not name.startswith(tuple(without))]  # fmt: skip


@pytest.fixture
def debian(monkeypatch, tmp_path):
    """Debian with these packages: {suite: [fields]}, of which some are not there: names."""
    listed, gone = {}, set()

    def download(suite, names, *_):
        for name in names:
            if name in gone:
                raise Failed(f"{name}: 404 Not Found", 3)
        return []

    def finish(candidate, new):
        apt.download(candidate.suite, candidate.image, new)
        new.mkdir()

    def fetch(candidate, new):
        try:
            finish(candidate, new)
        except Failed as error:
            raise kernels.Unavailable(str(error), 3) from None

    monkeypatch.setattr(apt, "packages", lambda suite, prefix, *_: listed.get(suite, []))
    monkeypatch.setattr(apt, "download", download)
    monkeypatch.setattr(kernels, "_fetch", fetch)
    monkeypatch.setattr(kernels, "KERNELS", tmp_path / "kernels")
    kernels.candidates.cache_clear()
    yield listed, gone
    kernels.candidates.cache_clear()


def chosen(series, release="trixie"):
    return kernels._look_up(series, RELEASES[release]).name


def test_the_newest_of_a_series_is_taken(debian):
    debian[0]["trixie-backports"] = packages_of("7.3.4") + packages_of("7.3.10") + packages_of("7.4.1")
    assert chosen("7.3") == "7.3.10+deb13-amd64"


def test_what_is_listed_and_not_there_is_passed_over(debian, capsys):
    debian[0]["trixie-backports"] = packages_of("7.3.4") + packages_of("7.3.10")
    debian[1].add("linux-modules-7.3.10+deb13-amd64")
    assert chosen("7.3") == "7.3.4+deb13-amd64"
    assert "7.3.10+deb13-amd64, and it is not there" in capsys.readouterr().err


def test_what_lacks_headers_is_passed_over_for_an_older_one(debian, capsys):
    debian[0]["trixie-backports"] = packages_of("7.3.4") + packages_of("7.3.10", ["linux-headers"])
    assert chosen("7.3") == "7.3.4+deb13-amd64"
    assert "without linux-headers-7.3.10+deb13-amd64" in capsys.readouterr().err


def test_without_any_headers_it_is_taken_without_drivers(debian, capsys):
    debian[0]["trixie-backports"] = packages_of("6.18.5", ["linux-headers", "linux-kbuild"])
    assert chosen("6.18") == "6.18.5+deb13-amd64"
    assert "without the drivers" in capsys.readouterr().err


def test_without_modules_it_does_not_boot_and_is_refused(debian):
    debian[0]["trixie-backports"] = packages_of("7.0.13", ["linux-modules"]) + packages_of("7.3.4")
    with pytest.raises(Failed, match=r"7\.0 \(without modules\), 7\.3"):
        chosen("7.0")


def test_the_guests_own_release_is_asked_first(debian):
    debian[0]["bookworm"] = packages_of("6.12.99")
    debian[0]["trixie"] = packages_of("6.12.5")
    assert chosen("6.12") == "6.12.5+deb13-amd64"


def test_a_kernel_that_is_here_serves_when_debian_cannot_be_asked(debian, monkeypatch, capsys):
    here = kernels.KERNELS / "6.12.5+deb13-amd64"
    here.mkdir(parents=True)
    (here / "release").write_text("6.12.5+deb13-amd64\n")
    (kernels.KERNELS / ".6.12-trixie").write_text(f"{here.name}\n")
    monkeypatch.setattr(kernels, "RECENT", -1)
    assert kernels.directory("6.12", "trixie") == here
    assert "which is here" in capsys.readouterr().err


@pytest.fixture
def qemu_sources(monkeypatch, tmp_path):
    """{suite: versions}, of which those in gone answer that they are not there."""
    listed, gone = {}, set()

    def download(suite, package, version, _):
        if version in gone:
            raise Failed("404 Not Found", 3)

    monkeypatch.setattr(apt, "source_versions", lambda suite, package: listed.get(suite, []))
    monkeypatch.setattr(apt, "download_source", download)
    listed["trixie"] = ["1:10.0.13+ds-0+deb13u1"]
    listed["trixie-backports"] = ["1:11.1.3+ds-1~bpo13+1"]
    listed["sid"] = ["1:10.2.2+ds-1", "1:11.1.2+ds-3", "1:11.1.3+ds-1"]
    gone.update(version for versions in listed.values() for version in versions if ":11." in version)
    return lambda wanted: sources.get("qemu", wanted, tmp_path)[0]


@pytest.mark.parametrize("wanted, version", {
    "10.0": "1:10.0.13+ds-0+deb13u1", "10.0.13": "1:10.0.13+ds-0+deb13u1",
    "trixie": "1:10.0.13+ds-0+deb13u1", "10.2": "1:10.2.2+ds-1", "sid": "1:10.2.2+ds-1",
    "11.1": "1:10.2.2+ds-1", "trixie-backports": "1:10.2.2+ds-1",
}.items())  # fmt: skip
def test_qemu_is_the_one_wanted_or_the_next_that_is_there(qemu_sources, wanted, version):
    assert qemu_sources(wanted) == version


def test_a_qemu_that_is_not_listed_is_refused_with_what_there_is(qemu_sources):
    with pytest.raises(Failed, match=r"there are: 11\.1\.3, 11\.1\.2, 10\.2\.2, 10\.0\.13"):
        qemu_sources("9.2")


OUTPUT = """\
make: Entering directory '/x'
  CC [M]  /copy/driver/edu.o
In file included from /copy/driver/edu.c:9:
/copy/driver/edu.c: In function 'edu_probe':
/copy/driver/edu.c:77:9: error: 'x' undeclared
   77 |         x = 1;
      |         ^
make[2]: *** [edu.o] Error 1
ERROR: modpost: "edu_nothing" [/copy/driver/edu.ko] undefined!
""".splitlines()


def test_of_a_build_that_fails_the_compilers_words_are_shown():
    assert list(messages(OUTPUT)) == OUTPUT[2:7] + OUTPUT[8:]
