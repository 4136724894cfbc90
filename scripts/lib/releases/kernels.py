# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernels for the guest: Debian's, or one that the user built.

A kernel is a directory in the cache, which may be moved as it is:

  release         what uname -r says
  architecture    Debian's name of it; without the file, amd64
  bzImage         as it came, whatever its form is on other architectures
  vmlinux         the same without its compression, if it can be started so
  layer/usr/lib/modules/RELEASE   its modules, not compressed (but for other architectures), and
                  what depmod makes
  modules.erofs   a file system with layer/ in it
  build           what external modules are built against (KDIR), if there is any
  tools           the release of Debian whose compiler builds them; the machine's, if empty
"""

import dataclasses
import functools
import os
import pathlib
import re
import shutil
import time

from cache import CACHE, Failed, cached, content_key, output, run_logged, say

from . import apt, bzimage
from .architectures import NATIVE, architecture
from .table import RELEASES, named

KERNELS = CACHE / "kernels"
# After how long Debian is asked whether there is a newer kernel of a series [s]
RECENT = 24 * 3600


def _image_name(flavour):
    return re.compile(rf"linux-image-((\d+\.\d+)[.\d]*(?:-\d+|[+~]\S*?)-{flavour})")


@dataclasses.dataclass
class Candidate:
    """One of Debian's kernels. parts: the packages of each kind that it consists of."""

    release: str
    series: str
    version: str
    suite: str
    image: list
    headers: list
    lacks: list  # what the packages listed need and the suite does not list
    architecture: str = NATIVE

    @property
    def order(self):
        return [int(number) for number in re.findall(r"\d+", self.version)]

    @property
    def boots(self):
        return not any(name.startswith("linux-modules") for name in self.lacks)


def directory(kernel, release=None, arch=NATIVE):
    """The directory of a kernel, which is fetched or copied if it is not in the cache.

    kernel: a series, such as "6.1", whose newest kernel in Debian is taken; None: the series that
    the guest of this release has by default; or (with a / in it) a directory with bzImage and, if
    there are any, lib/modules/RELEASE and build.
    release: the release of Debian that is asked first (releases.toml).
    arch: Debian's name of the architecture.
    """
    release = named(release)
    if kernel is None:
        kernel = release.kernel or _newest_series(release, arch)
    if "/" in kernel and arch != NATIVE:
        raise Failed(f"--kernel {kernel}: of {arch}, only Debian's kernels can be taken", 2)
    if "/" in kernel:
        return _users(pathlib.Path(kernel))
    if not re.fullmatch(r"\d+\.\d+", kernel):
        raise Failed(f"--kernel {kernel}: neither a series such as 6.1"
                     " nor a directory (with a / in its name)", 2)  # fmt: skip
    return _debians(kernel, release, arch)


# Debian's


def suites(release):
    """All suites: those of this release first, then from new to old; what has no version last."""
    others = [other for other in reversed(RELEASES.values()) if other != release]
    others.sort(key=lambda other: not other.version)
    return [suite for one in (release, *others) for suite in one.suites]


def _home(suite):
    """The release that a suite belongs to."""
    return next(release for release in RELEASES.values() if suite in release.suites)


@functools.lru_cache(maxsize=None)
def candidates(suite, arch=NATIVE):
    """Debian's kernels in this suite, the newest first."""
    listed = {}
    pattern = _image_name(re.escape(architecture(arch).flavour))
    for fields in apt.packages(suite, "linux-", arch):
        listed.setdefault(fields["Package"], fields)

    def needs(name, kinds, have):
        """Packages of these kinds that this one needs, itself first; what is not listed: None."""
        have[name] = listed.get(name)
        if have[name]:
            for other in re.findall(r"[^\s,|()]+", have[name].get("Depends", "")):
                if re.match(rf"linux-({kinds})-\d", other) and other not in have:
                    needs(other, kinds, have)
        return have

    found = []
    for name, fields in listed.items():
        match = pattern.fullmatch(name)
        if not match:
            continue
        uname, series = match.groups()
        image = needs(name, "binary|modules|base", {})
        headers = needs(f"linux-headers-{uname}", "headers|kbuild", {})
        lacks = [name for name, there in {**image, **headers}.items() if not there]
        found.append(Candidate(uname, series, fields["Version"], suite,
                               list(image), list(headers), lacks, arch))  # fmt: skip
    return sorted(found, key=lambda candidate: candidate.order, reverse=True)


def _newest_series(release, arch):
    for suite in release.suites:
        for candidate in candidates(suite, arch):
            if not candidate.lacks:
                return candidate.series
    raise Failed(f"no kernel in Debian's {release.codename}", 3)


def _debians(series, release, arch):
    """Debian's newest of a series. What is there is used for a day without a look at Debian."""
    note = KERNELS / f".{series}-{release.codename}{architecture(arch).suffix}"
    path = None
    try:
        path = KERNELS / note.read_text().strip()
        if (path / "release").exists() and time.time() - note.stat().st_mtime < RECENT:
            os.utime(path)
            return path
    except FileNotFoundError:
        pass
    try:
        path = _look_up(series, release, arch)
    except Failed as error:
        if not path or not (path / "release").exists():
            raise
        say(f"Debian cannot be asked for a newer kernel ({str(error).splitlines()[0]}):"
            f" taking {path.name}, which is here")  # fmt: skip
    note.write_text(f"{path.name}\n")
    return path


def _look_up(series, release, arch=NATIVE):
    bare = None
    for suite in suites(release):
        for candidate in candidates(suite, arch):
            if candidate.series != series:
                continue
            if candidate.lacks:
                bare = bare or candidate
                say(f"Debian lists Linux {candidate.release} without"
                    f" {' '.join(candidate.lacks)}: passed over")  # fmt: skip
                continue
            try:
                return fetch(candidate)
            except Unavailable as error:
                say(f"Debian lists Linux {candidate.release}, and it is not there ({error}):"
                    " passed over")  # fmt: skip
    if bare and bare.boots:
        say(f"there is no Linux {series} for which modules can be built:"
            f" taking {bare.release}, without the drivers")  # fmt: skip
        return fetch(bare)
    raise Failed(f"no Linux {series} that can be used\n{overview(release, arch)}", 3)


def overview(release, arch=NATIVE):
    """What Debian offers, in a few lines."""
    lines = []
    for suite in suites(release):
        best = {}
        for candidate in candidates(suite, arch):
            if candidate.series not in best or best[candidate.series].lacks:
                best[candidate.series] = candidate
        series = [name + ("" if not one.lacks else " (without modules)" if not one.boots
                          else " (without headers)") for name, one in best.items()]  # fmt: skip
        if series:
            lines.append(f"  {suite}: {', '.join(reversed(series))}")
    return "there are, by Debian's suites:\n" + "\n".join(lines)


class Unavailable(Failed):
    """A package is listed and cannot be fetched."""


def fetch(candidate):
    path = KERNELS / candidate.release
    return cached(path, f"kernel-{candidate.release}", lambda new: _fetch(candidate, new))


def _fetch(candidate, new):
    release = candidate.release
    say(f"fetching Linux {release} of Debian's {candidate.suite}")
    # The programs that build modules (linux-kbuild) run here.
    names = [f"{name}:{NATIVE}" if name.startswith("linux-kbuild-") else name
             for name in candidate.image + candidate.headers if name not in candidate.lacks]  # fmt: skip
    try:
        debs = apt.download(candidate.suite, names, new / "deb", candidate.architecture)
    except Failed as error:
        raise Unavailable(str(error), error.status) from None
    apt.unpack(debs, new)
    (new / "deb").rmdir()
    # Before 6.19 the modules were in /lib, and the kernel in /boot to 7.1.
    modules = new / "layer/usr/lib/modules"
    modules.mkdir(parents=True)
    for found in (new / "lib/modules" / release, new / "usr/lib/modules" / release):
        if (found / "kernel").is_dir():
            found.rename(modules / release)
    inside = modules / release
    name = architecture(candidate.architecture).image
    images = [new / f"boot/{name}-{release}", inside / name,
              new / "usr/lib/modules" / release / name]  # fmt: skip
    next(image for image in images if image.exists()).rename(new / "bzImage")
    for name in ("build", "source", name, "System.map", "config"):
        (inside / name).unlink(missing_ok=True)
    shutil.rmtree(new / "boot", ignore_errors=True)
    headers = new / "usr/src" / f"linux-headers-{release}"
    if headers.exists():
        _make_movable(headers / "Makefile")
        (new / "build").symlink_to(f"usr/src/{headers.name}")
    (new / "tools").write_text(f"{_home(candidate.suite).codename}\n")
    (new / "architecture").write_text(f"{candidate.architecture}\n")
    finish(new, release)


def _make_movable(makefile):
    """Installed headers find each other by absolute names; these by where they lie."""
    text = makefile.read_text().replace("/usr/src/", "$(headers_dir)../")
    makefile.write_text("headers_dir := $(dir $(realpath $(lastword $(MAKEFILE_LIST))))\n" + text)


def architecture_of(path):
    """The Architecture of the kernel in this directory."""
    try:
        return architecture((pathlib.Path(path) / "architecture").read_text().strip())
    except FileNotFoundError:
        return architecture()


def tools_of(path):
    """The Release whose tools build modules for the kernel in this directory; None: the machine's."""
    name = (pathlib.Path(path) / "tools").read_text().strip()
    return named(name) if name else None


# The user's


def _users(path):
    start = path.resolve()
    image = start / "bzImage"
    if not os.access(image, os.R_OK):
        raise Failed(f"--kernel {path}: there is no bzImage in it", 2)
    try:
        release = bzimage.release(image)
    except ValueError as error:
        raise Failed(f"--kernel {path}: its bzImage is not a kernel for x86: {error}", 2) from None
    modules = start / "lib/modules" / release
    if not modules.is_dir():
        others = sorted(other.name for other in modules.parent.glob("*"))
        why = f"there are modules of {' '.join(others)}" if others else "it has no modules"
        say(f"--kernel {path}: no lib/modules/{release} ({why}): it has to have built in what it"
            " needs to boot")  # fmt: skip
    listed = sorted((str(file.relative_to(modules)), file.stat().st_size, file.stat().st_mtime_ns)
                    for file in modules.rglob("*") if file.is_file())  # fmt: skip
    key = content_key(start, listed, files=[image])
    return cached(KERNELS / f"{release}-{key}", f"kernel-{release}",
                  lambda new: _copy(start, release, new))  # fmt: skip


def _copy(start, release, new):
    say(f"taking Linux {release} from {start}")
    inside = new / "layer/usr/lib/modules" / release
    modules = start / "lib/modules" / release
    if modules.is_dir():
        shutil.copytree(modules, inside, symlinks=True,
                        ignore=lambda at, _: ["build", "source"] if at == str(modules) else [])  # fmt: skip
    else:
        inside.mkdir(parents=True)
    shutil.copy(start / "bzImage", new / "bzImage")
    if (start / "build").exists():
        (new / "build").symlink_to((start / "build").resolve())
    (new / "tools").write_text("\n")
    finish(new, release)


# What both need


def finish(new, release):
    log = f"kernel-{release}"
    if not architecture_of(new).is_native:
        # The guest's modules are in its initramfs: only those that it needs, and as they come.
        run_logged(log, ["depmod", "-b", new / "layer/usr", release])
        (new / "vmlinux").symlink_to("bzImage")
        (new / "release").write_text(f"{release}\n")
        return
    for ending, unpack in ((".ko.xz", "unxz"), (".ko.zst", "unzstd"), (".ko.gz", "gunzip")):
        files = [str(file) for file in (new / "layer").rglob(f"*{ending}")]
        if files:
            script = ["xargs", "-0", "-n", "100", "-P", str(os.cpu_count()), unpack, "--quiet"]
            if unpack == "unzstd":
                script.append("--rm")
            (new / "files").write_text("\0".join(files))
            run_logged(log, [*script[:1], "-a", new / "files", *script[1:]])
            (new / "files").unlink()
    run_logged(log, ["depmod", "-b", new / "layer/usr", release])
    if bzimage.unpack(new / "bzImage", new / "vmlinux") and _starts_as_elf(new / "vmlinux"):
        pass
    else:
        (new / "vmlinux").unlink(missing_ok=True)
        (new / "vmlinux").symlink_to("bzImage")
    run_logged(log, ["mkfs.erofs", "-T0", new / "modules.erofs", new / "layer"])
    (new / "release").write_text(f"{release}\n")


def _starts_as_elf(vmlinux):
    """Whether QEMU can enter it by XEN_ELFNOTE_PHYS32_ENTRY (0x12), which CONFIG_PVH makes.

    Linux 6.1 with KASAN does not get beyond that entry: what it calls is instrumented, and runs
    before there is a shadow.
    """
    notes = output(["readelf", "-n", "-W", vmlinux], stderr=-3)
    if not re.search(r"Xen .*0x00000012", notes):
        return False
    return b"BUG: KASAN" not in vmlinux.read_bytes()
