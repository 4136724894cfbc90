# SPDX-License-Identifier: GPL-2.0-or-later
"""The project as it is installed in the guest: built in parts, each when its files change.

A part is built in a directory of its own in the cache (staged/), from a copy of the project's
files, and installed into root/ there. make sees to it that what has changed is built and nothing
else; where make would not notice (other files, compilers, places), the part starts anew.
"""

import contextlib
import dataclasses
import os
import re
import shutil

import tree
from cache import CACHE, Failed, content_key, lock, remove, say
from releases import kernels, sources, tools
from releases.architectures import Architecture, architecture

from . import other
from .building import Killed, built

# Part of what is compared: to be changed with whatever below builds otherwise from the same files
RECIPE = 1

# A file in the directory of a part that is being built, or whose build was killed
UNDER_WAY = "under-way"


@dataclasses.dataclass
class Part:
    """name; where: which directory in staged/; release: whose tools build it.

    paths: the files that it is made of; less: a regular expression for those it is not.
    anew: the same for those that make does not see, or not all that depends on them.
    build(part): from src/ in its directory, into root/ there.
    """

    name: str
    where: str
    release: object
    paths: tuple
    build: object
    less: str = "^$"
    anew: str = "^$"
    more: tuple = ()
    arch: Architecture = architecture()

    @property
    def directory(self):
        return CACHE / "staged" / self.where

    def files(self):
        return [name for name in tree.files(*self.paths) if not re.search(self.less, name)]

    def run(self, *argv, directory=None):
        """Runs a part of its build with the right tools; shows what a compiler says."""
        built(self, tools.command(self.release, argv, directory, self.more, self.arch.name))


def parts(names, release, kernel, arch=architecture()):
    """The Parts of these names for a guest of a release with a kernel (a directory)."""
    known = {
        "user_space": lambda: _user_space(release, arch),
        "modules": lambda: _modules(kernel),
        "selftests": lambda: _selftests(release, arch),
    }
    unknown = [name for name in names if name not in known]
    if unknown:
        raise Failed(f"GUEST_PARTS: no part '{unknown[0]}'; there are: {' '.join(known)}", 2)
    return [part for part in (known[name]() for name in names) if part]


def key(part):
    """A name for all that the part is made of."""
    return _key(part, tree.sums(part.files()))


def _key(part, sums):
    return content_key(RECIPE, part.where, sorted(sums.items()))


@contextlib.contextmanager
def built_parts(parts):
    """Builds what is not up to date; gives the keys of what the parts were really built from.

    Until the end of the with statement, no other process rebuilds them: root/ is what was built.
    """
    with contextlib.ExitStack() as locks:
        for where in sorted(part.where for part in parts):
            locks.enter_context(lock(f"stage-{where}"))
        yield [_build(part) for part in parts]


def _build(part):
    work = part.directory
    work.mkdir(parents=True, exist_ok=True)
    done = work / "built"
    wanted = key(part)
    if done.exists() and done.read_text() == wanted:
        os.utime(work)
        return wanted
    done.unlink(missing_ok=True)
    _start_anew_if_needed(part)
    built_from = tree.snapshot(work / "src", part.files())
    say(f"building {part.name} for {part.where.split('-', 1)[1]}")
    remove(work / "root")
    (work / "root").mkdir()
    with _under_way(work):
        part.build(part)
    _merge_usr(work / "root")
    wanted = _key(part, built_from)
    done.write_text(wanted)
    os.utime(work)
    return wanted


def compiled_modules(kernel):
    """Compiles the drivers for a kernel (a directory) as the tree has them now, and no more.

    Returns their files, with debug information, and the copy of the tree that they were made of.
    """
    part = _modules(kernel)
    if not part:
        raise Failed("the drivers cannot be built for this kernel")
    work = part.directory
    with lock(f"stage-{part.where}"):
        work.mkdir(parents=True, exist_ok=True)
        done = work / "built"
        if not done.exists() or done.read_text() != key(part):
            done.unlink(missing_ok=True)
            _start_anew_if_needed(part)
            tree.snapshot(work / "src", part.files())
            with _under_way(work):
                _compile_modules(part)
    return sorted((work / "src/driver").rglob("*.ko")), work / "src"


@contextlib.contextmanager
def _under_way(work):
    """Says so in the directory, for as long as what was killed leaves files that are not whole.

    A compiler that fails removes its file; make removes the files of those that were killed, unless
    it was killed as well.
    """
    note = work / UNDER_WAY
    note.touch()
    try:
        yield
    except Killed:
        raise
    except Failed:
        note.unlink()
        raise
    note.unlink()


def _start_anew_if_needed(part):
    """make does not see that files have come or gone or are not whole, nor that compilers are others."""
    work = part.directory
    names = part.files()
    unseen = [name for name in names if re.search(part.anew, name)]
    seen = content_key(RECIPE, work, names, sorted(tree.sums(unseen).items()), _compiler(part))
    note = work / "started"
    if not note.exists() or note.read_text() != seen or (work / UNDER_WAY).exists():
        for name in ("src", "src.sums", "build", "root"):
            remove(work / name)
        note.write_text(seen)


def _compiler(part):
    """What tells one compiler from another: its file."""
    if not tools.is_native(part.release):
        return tools.root(part.release, part.arch.name).name
    path = shutil.which(f"{part.arch.prefix}gcc")
    return (os.path.realpath(path), os.stat(path).st_mtime_ns) if path else None


def _merge_usr(root):
    """In a layer above Debian's userland, a directory /lib would hide the link to /usr/lib that
    everything there depends on."""
    for name in ("bin", "sbin", "lib"):
        if (root / name).is_dir():
            shutil.copytree(root / name, root / "usr" / name, symlinks=True, dirs_exist_ok=True)
            shutil.rmtree(root / name)


# The parts


def _user_space(release, arch):
    # Its makefiles list the sources of the modules too (for dkms), but nothing is made of them.
    return Part("user_space", f"user_space-{release.codename}{arch.suffix}", release,
                ("configure.ac", "Makefile.am", "VERSION", "README.md", "COPYING", "docs", "driver",
                 "examples", "include", "selftests/cli", "selftests/unit", "selftests/local.mk", "tools",
                 "udev"),
                _build_user_space, less=r"^driver/.*\.[ch]$|/test_[^/]*\.py$",
                anew=r"^(configure\.ac|Makefile\.am|.*local\.mk)$", arch=arch)


def _build_user_space(part):
    work = part.directory
    src, build_in = work / "src", work / "build"
    build_in.mkdir(exist_ok=True)
    if not (build_in / "config.status").exists():
        part.run("autoreconf", "-fi", directory=src)
        part.run(*_configure(part), src / "configure", "--prefix=/usr", "--with-kdir=no",
                 *_configure_options(part), directory=build_in)
    make = ["make", "dkms_DATA=", "nobase_dist_dkms_DATA="]
    part.run(*make, f"-j{os.cpu_count()}", directory=build_in)
    part.run(*make, "install", f"DESTDIR={work / 'root'}", directory=build_in)


def _configure(part):
    """What goes before configure: libraries of another architecture are in its root."""
    if part.arch.is_native:
        return []
    libraries = other.root(part.release, part.arch)
    places = (f"{libraries}/usr/lib/{part.arch.triplet}/pkgconfig", f"{libraries}/usr/share/pkgconfig")
    return ["env", f"PKG_CONFIG_LIBDIR={':'.join(places)}", f"PKG_CONFIG_SYSROOT_DIR={libraries}",
            f"CC={part.arch.prefix}gcc --sysroot={libraries}"]


def _configure_options(part):
    return [] if part.arch.is_native else [f"--host={part.arch.triplet}", "--build=x86_64-linux-gnu"]


def _modules(kernel):
    release = (kernel / "release").read_text().strip()
    if not (kernel / "build/Makefile").exists():
        if (kernel / "tools").read_text().strip():
            return None  # Debian's, as has been said
        raise Failed(f"Linux {release} came without a build tree, which the modules need: there is no"
                     " directory 'build' beside its bzImage (GUEST_PARTS=user_space does without)", 2)
    tools_release = kernels.tools_of(kernel)
    return Part("modules", f"modules-{kernel.name}", tools_release,
                ("driver", "include", "selftests/drivers/importer", "VERSION"), _build_modules,
                anew=r"^driver/Makefile$", more=(os.path.realpath(kernel / "build"),),
                arch=kernels.architecture_of(kernel))


def _kernel_of(part):
    return kernels.KERNELS / part.where.split("-", 1)[1]


def _kbuild(part, *arguments):
    # These choose the compiler in Debian's headers.
    cross = [] if part.arch.is_native else [
        "env", "DEB_BUILD_ARCH=amd64", f"DEB_HOST_ARCH={part.arch.name}",
        f"DEB_HOST_GNU_TYPE={part.arch.triplet}"]
    part.run(*cross, "make", f"-j{os.cpu_count()}", *arguments)


def _compile_modules(part):
    _kbuild(part, "-C", part.directory / "src/driver",
            f"KDIR={os.path.realpath(_kernel_of(part) / 'build')}")


def _build_modules(part):
    work = part.directory
    kernel = _kernel_of(part)
    release = (kernel / "release").read_text().strip()
    modules = work / "root/usr/lib/modules" / release
    _compile_modules(part)
    # What a test needs beside them
    _kbuild(part, "-C", os.path.realpath(kernel / "build"),
            f"M={work / 'src/selftests/drivers/importer'}", "modules")
    (modules / "updates").mkdir(parents=True)
    for module in (work / "src").rglob("*.ko"):
        # Debug information is ten times the rest, and slows loading.
        part.run(f"{part.arch.prefix}strip", "--strip-debug", "-o", modules / "updates" / module.name, module)
    # depmod must see all of this kernel's modules at once.
    whole = work / "depmod"
    remove(whole)
    inside = whole / "lib/modules" / release
    shutil.copytree(kernel / "layer/usr/lib/modules" / release, inside, copy_function=os.link)
    shutil.copytree(modules / "updates", inside / "updates")
    for made in inside.glob("modules.*"):
        if made.name not in ("modules.order", "modules.builtin", "modules.builtin.modinfo"):
            made.unlink()
    part.run("depmod", "-b", whole, release)
    for made in inside.glob("modules.*"):
        shutil.copy(made, modules / made.name)
    remove(whole)


# What "make install" does not install: the guest's halves of demo and tests
def _selftests(release, arch):
    return Part("selftests", f"selftests-{release.codename}{arch.suffix}", release,
                ("include", "scripts/lib/demo", "scripts/lib/common.sh",
                 "scripts/lib/releases/kernels.sh", "selftests/cli", "selftests/drivers"),
                _build_selftests, less=r"/test_[^/]*\.py$", arch=arch)


def _build_selftests(part):
    work = part.directory
    src, to, build_in = work / "src", work / "root/usr/libexec/fpga-pci", work / "build"
    (to / "cli").mkdir(parents=True)
    build_in.mkdir(exist_ok=True)
    shutil.copy(src / "scripts/lib/demo/in-guest", to / "demo")
    for test in (src / "selftests/cli").glob("guest-*.bats"):
        shutil.copy(test, to / "cli")
    part.run("env", f"KSFT={sources.parts() / 'tools/testing/selftests'}",
             f"CROSS_COMPILE={part.arch.prefix}",
             src / "selftests/drivers/build", build_in)
    shutil.copytree(build_in, to / "kselftests")
