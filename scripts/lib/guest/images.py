# SPDX-License-Identifier: GPL-2.0-or-later
"""What a guest boots from: userland, kernel, project and initramfs, from the cache or made anew."""

import functools
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile

from cache import CACHE, TOP, Failed, cached, content_key, remove, run_logged, say
from releases import firmware as firmwares
from releases import kernels, table, tools
from releases.architectures import NATIVE, architecture
from releases.packages import expanded, packages

from . import initramfs, other, project, small
from .errors import GuestError

HOOKS = TOP / "scripts/lib/guest/hooks"
INSIDE = TOP / "scripts/lib/guest/inside"
IMAGES = CACHE / "guest"

# Which parts of the project; while one of them cannot be built, the others can be tried.
DEFAULT_PARTS = "user_space modules selftests"
# For the disks and the file systems of the layers; none is missed if it is built in.
BOOT_MODULES = ("virtio_pci", "virtio_blk", "erofs", "overlay")
# Another, when the project's image is made of its parts in another way
IMAGE_RECIPE = 1
UNREAD = ("doc", "man", "locale")


@functools.lru_cache(maxsize=None)
def prepare(kernel=None, release=None, firmware="seabios", arch=NATIVE, is_small=False):
    """Builds what is missing; returns the paths: qemu, bzimage, vmlinux, initrd, layers.

    firmware is a releases.firmware.Firmware there, release and linux are names for people. kernel,
    release, firmware, arch: as scripts/guest's options of these names; None: this machine's
    defaults. is_small: as Machine's small.
    """
    try:
        return _prepare(kernel, release, firmware, architecture(arch), is_small)
    except Failed as error:
        raise GuestError(f"the guest could not be prepared: {error}") from error


def _prepare(kernel, release, firmware, arch, is_small):
    release = table.for_architecture(release, arch)
    directory = kernels.directory(kernel, release.codename, arch.name)
    if is_small:
        return {
            "layers": {},
            "initrd": str(_small_initrd(release, directory, arch)),
            **common(release, directory, firmware, arch),
        }
    if not arch.is_native:
        return {
            "layers": {},
            "initrd": str(_whole_initrd(release, directory, arch)),
            **common(release, directory, firmware, arch),
        }
    return {
        "layers": {
            "userland": str(_userland(release, directory)),
            "kernel": str(directory / "modules.erofs"),
            "project": str(_project(release, directory)),
        },
        "initrd": str(_initrd(directory)),
        **common(release, directory, firmware, arch),
    }


def common(release, directory, firmware, arch):
    """Those of prepare()'s paths that do not depend on where the guest's files are."""
    return {
        "bzimage": os.path.realpath(directory / "bzImage"),
        "vmlinux": str(directory / "vmlinux"),
        "qemu": _qemu(arch),
        "release": f"Debian {release.version or release.codename}",
        "linux": (directory / "release").read_text().strip(),
        # The machine's own comes with QEMU's packages.
        "firmware": firmwares.find(firmware),
    }


def drivers(kernel=None, release=None, arch=NATIVE):
    """Compiles the drivers alone; returns as project.compiled_modules()."""
    arch = architecture(arch)
    release = table.for_architecture(release, arch)
    return project.compiled_modules(kernels.directory(kernel, release.codename, arch.name))


def _qemu(arch):
    if os.environ.get("QEMU"):
        return os.environ["QEMU"]
    target = [] if arch.is_native else ["--target", arch.name]
    found = subprocess.run([TOP / "scripts/qemu", *target], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           text=True, check=False)
    if found.returncode:
        raise Failed("there is no QEMU with the cards (see above)", found.returncode)
    return found.stdout.strip()


def _layer(name, directory, image, *options, program=()):
    run_logged(name, [*program, "mkfs.erofs", "-T0", *options, image, directory])


# Userland


def _userland(release, kernel):
    # GUEST_PACKAGES: more lists, or packages, for a guest in which more is installed
    more = os.environ.get("GUEST_PACKAGES", "").split()
    names = sorted({*packages(release, "guest-image"), *expanded(release, more)})
    options = [f"--customize-hook={shlex.quote(str(HOOKS / 'userland'))} \"$1\""]
    hooks = [HOOKS / "userland"]
    headers = "dkms" in names  # it builds modules there
    if headers:
        # What the headers' packages depend on; pahole describes the modules' types (BTF). And a
        # compiler by its usual name, with which Debian 12's dkms comes.
        names = sorted({*names, _compiler(kernel), "gcc", "libc6-dev", "pahole"})
        hook = shlex.join([str(HOOKS / "headers"), str(kernel)])
        options.append(f'--customize-hook={hook} "$1"')
        hooks.append(HOOKS / "headers")
    options += [f"--dpkgopt=path-exclude=/usr/share/{unread}/*" for unread in UNREAD
                if unread != "man" or "man-db" not in names]
    key = content_key(release.codename, names, UNREAD, kernel.name if headers else "", files=hooks)
    return cached(IMAGES / f"userland-{release.codename}-{key}.erofs", "userland",
                  lambda new: _make_userland(release, names, options, new))


def _compiler(kernel):
    """The package of the compiler that built this kernel, with which its headers build modules."""
    config = (kernel / "build/.config").read_text()
    return re.search(r'^CONFIG_CC_VERSION_TEXT="\S*\b(gcc-\d+) ', config, re.MULTILINE)[1]


def _make_userland(release, names, options, new):
    say(f"making the guest's userland, Debian's {release.codename} (mmdebstrap)")
    directory = new.with_suffix(".dir")
    remove(directory)
    if os.getuid() == 0:
        run_logged("userland", tools.debootstrap(release, names, "minbase", directory, *options))
        _layer("userland", directory, new)
        remove(directory)
        return
    # Without root's rights, the owners of the files can only be remembered.
    directory.mkdir()
    make = shlex.join(tools.debootstrap(release, names, "minbase", "-", *options))
    where = shlex.quote(str(directory))
    pack = (f"tar -C {where} -xp --numeric-owner --exclude='./dev/?*' && "
            f"mkfs.erofs -T0 {shlex.quote(str(new))} {where}")
    run_logged("userland", ["bash", "-c", f"set -o pipefail; {make} | fakeroot sh -c {shlex.quote(pack)}"])
    remove(directory)


# The project


def _project(release, kernel, arch=architecture()):
    names = os.environ.get("GUEST_PARTS", DEFAULT_PARTS).split()
    parts = project.parts(names, release, kernel, arch)
    ending = "erofs" if arch.is_native else "cpio"

    def named(keys):
        return IMAGES / f"project-{content_key(IMAGE_RECIPE, kernel.name, *keys)}.{ending}"

    return _of_parts(parts, named, f"project-{kernel.name}",
                     lambda new: _make_project(parts, new, arch))


def _of_parts(parts, named, lock_name, make):
    """What make(new) makes of the project's parts; named: its path by the parts' keys."""
    wanted = named([project.key(part) for part in parts])
    if wanted.exists():
        os.utime(wanted)
        return wanted
    # A file may be edited during this: the image is named by what it was really built from.
    with project.built_parts(parts) as keys:
        return cached(named(keys), lock_name, make)


def _make_project(parts, new, arch):
    with tempfile.TemporaryDirectory(dir=IMAGES, prefix=".project") as root:
        for part in parts:
            shutil.copytree(part.directory / "root", root, symlinks=True, dirs_exist_ok=True,
                            copy_function=os.link)
        os.chmod(root, 0o755)
        if arch.is_native:
            _layer("project", root, new, "--all-root")
        else:
            initramfs.archive(root, new, other.LEFT_OUT)


def _whole_initrd(release, kernel, arch):
    """For another architecture: everything."""
    directory = other.root(release, arch)
    return other.joined([
        other.userland(directory, IMAGES),
        other.modules(kernel, IMAGES),
        _project(release, kernel, arch),
        other.start(directory, release, arch, INSIDE, IMAGES),
    ], IMAGES)


# A small guest


def _small_initrd(release, kernel, arch):
    libraries = {name for name in packages(release, "guest-image") if name.startswith("lib")}
    root = other.root_of({*packages(release, "small-image"), *libraries}, release, arch)
    parts = project.parts(DEFAULT_PARTS.split()[:2], release, kernel, arch)
    files = [pathlib.Path(small.__file__), INSIDE / "initramfs-small", INSIDE / "init",
             INSIDE / "agent.c", "/bin/busybox"]  # fmt: skip

    def named(keys):
        return IMAGES / f"small-{content_key(root.name, kernel.name, *keys, files=files)}.cpio"

    return _of_parts(parts, named, f"small-{kernel.name}", lambda new: _make_small(
        root, [part.directory / "root" for part in parts], kernel, new))


def _make_small(root, parts, kernel, new):
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        small.put_together(work, root, parts, kernel, (kernel / "release").read_text().strip())
        _put_start(work, "initramfs-small")
        initramfs.archive(name, new)


# The initramfs


def _initrd(kernel):
    files = [INSIDE / "initramfs-init", INSIDE / "init", INSIDE / "agent.c", "/bin/busybox"]
    key = content_key(kernel.name, *BOOT_MODULES, 1, files=files)
    return cached(IMAGES / f"initrd-{key}.cpio", "initrd", lambda new: _make_initrd(kernel, new))


def _make_initrd(kernel, new):
    release = (kernel / "release").read_text().strip()
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        (work / "modules").mkdir()
        order = initramfs.with_needs(kernel, release, BOOT_MODULES)
        for path in order:
            shutil.copy(path, work / "modules")
        (work / "modules/order").write_text("".join(f"/modules/{path.name}\n" for path in order))
        _put_start(work, "initramfs-init")
        initramfs.archive(name, new)


def _put_start(work, init):
    """What runs first."""
    (work / "guest").mkdir()
    shutil.copy("/bin/busybox", work / "busybox")
    shutil.copy(INSIDE / init, work / "init")
    shutil.copy(INSIDE / "init", work / "guest/init")
    initramfs.compile_agent("gcc", INSIDE / "agent.c", work / "guest/agent")
    os.chmod(work, 0o755)
