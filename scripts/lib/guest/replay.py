# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest with the PCI devices of another machine: --pci-from.

pciaddr-check --emulate makes the machine of a dump; QEMU's pci-shape shows it. Nothing else is on
its buses, so the guest has what it needs elsewhere: all of its files are in one initramfs, and the
agent is on a serial line. The programs in it are this machine's.
"""

import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from cache import CACHE, cached, content_key
from releases import kernels, table

from . import images, initramfs, project
from .errors import GuestError
from .machine import KERNEL_ARGS_X86, escaped, timer_arguments
from .platforms import QUIET

INSIDE = pathlib.Path(__file__).parent / "inside"
# Of this machine, in the guest beside busybox and the project's own
PROGRAMS = ("bash", "lspci", "setpci")
TOOL = "usr/bin/pciaddr-check"
DEVICES = "machine.cfg"
ARGUMENTS = "qemu.args"
# What a driver's kernel does with a real card is not to be tried on one that only has registers:
# nothing but what is built in runs. One processor: TCG's of QEMU 10.0 lose timers otherwise.
KERNEL_ARGS = ("console=ttyS0", *QUIET, *KERNEL_ARGS_X86, "loglevel=7", "8250.nr_uarts=2")
SLOT = re.compile(r"(?:([0-9a-f]{4}):)?([0-9a-f]{2}):([0-9a-f]{2})(?:\.0)?")


def check(options):
    """What is wrong with --pci-from and what goes with it, or None."""
    if not options.pci_from:
        alone = [name for name, given in (("--hot-add", options.hot_add),
                                          ("--fault", options.fault)) if given]
        return f"{alone[0]} goes with --pci-from" if alone else None
    if options.fault and os.path.exists(os.path.join(options.pci_from, DEVICES)):
        return f"--fault: {options.pci_from} is a machine already; give the dump that it is from"
    for name, given in (("--share", options.share), ("--with", options.with_),
                        ("--modules-only", options.modules_only),
                        ("--attach", options.attach is not None), ("--gdb", options.gdb)):
        if given:
            return f"{name}: a guest with another machine's PCI devices (--pci-from) has no {name}"
    for addition in options.hot_add:
        slot, _, file = addition.partition("=")
        if not SLOT.fullmatch(slot) or not file:
            return f"--hot-add: '{addition}' is not SLOT=FILE, such as 0000:05:00=card.lspci"
    return None


# pciaddr-check on this machine


def _parts():
    """The project's programs for this machine, with which the guest's are the same."""
    return project.parts(["user_space"], table.named(None), None)


def built_tool():
    """The path of the program that the guest has, which runs on this machine as well."""
    with project.built_parts(_parts()):
        return _parts()[0].directory / "root" / TOOL


def pciaddr_check(*arguments):
    """Runs it; what subprocess.run() returns."""
    with project.built_parts(_parts()):
        tool = _parts()[0].directory / "root" / TOOL
        return subprocess.run([tool, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, errors="replace", check=False)


def _emulate(source, directory, faults):
    """Has the machine of a dump (a file), or of a /sys tree, written into a directory."""
    kind = "--sysfs" if os.path.isdir(source) else "--dump"
    done = pciaddr_check("--numeric", kind, source, "--emulate", directory, "--force",
                         *(f"--fault={fault}" for fault in faults))
    if done.returncode:
        raise GuestError(done.stderr.strip() or f"pciaddr-check ended with {done.returncode}")
    return (done.stderr + done.stdout).strip()


@contextlib.contextmanager
def machine_of(source, say=None, faults=()):
    """The directory of --emulate for what --pci-from names, with FAULTS; None for None."""
    if source is None:
        yield None
    elif not os.path.exists(source):
        raise GuestError(f"{source}: there is no such file or directory to make a machine of")
    elif os.path.exists(os.path.join(source, DEVICES)):
        yield os.path.realpath(source)
    else:
        with tempfile.TemporaryDirectory(prefix="fpga-pci-machine-") as directory:
            said = _emulate(source, directory, faults)
            if say:
                say(said)
            yield directory


# The initramfs


def prepare(kernel=None, release=None, firmware="seabios"):
    """As images.prepare(), for a guest whose files are all in its initramfs."""
    release = table.named(release)
    directory = kernels.directory(kernel, release.codename)
    return {
        "layers": {},
        "initrd": str(_initrd()),
        **images.common(release, directory, firmware, images.architecture(images.NATIVE)),
    }


def _program(name):
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if not found:
        raise GuestError(f"there is no {name} on this machine, of which the guest has a copy")
    return pathlib.Path(found)


def _libraries(program):
    shown = subprocess.run(["ldd", program], stdout=subprocess.PIPE, text=True, check=False).stdout
    return sorted({pathlib.Path(path) for path in re.findall(r"(/\S+) \(0x", shown)})


def _initrd():
    parts = _parts()
    with project.built_parts(parts) as keys:
        tool = parts[0].directory / "root" / TOOL
        programs = [*map(_program, PROGRAMS), tool]
        libraries = sorted({path for program in programs for path in _libraries(program)})
        files = [INSIDE / "replay-init", INSIDE / "agent.c", "/bin/busybox", *programs[:-1],
                 *libraries]
        key = content_key(*keys, files=files)
        return cached(CACHE / "guest" / f"replay-{key}.cpio", "replay",
                      lambda new: _make_initrd(programs, libraries, new))


def _make_initrd(programs, libraries, new):
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        os.chmod(root, 0o755)
        (root / "bin").mkdir()
        shutil.copy("/bin/busybox", root / "busybox")
        shutil.copy(INSIDE / "replay-init", root / "init")
        for program in programs:
            shutil.copy(program, root / "bin" / program.name)
        for path in libraries:
            to = root / path.relative_to("/")
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, to)
        initramfs.compile_agent("gcc", INSIDE / "agent.c", root / "agent")
        initramfs.archive(root, new)


def _whole_initrd(common, machine, new):
    """The initramfs, with the machine's own files behind it: Linux takes several in a row."""
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name, "root")
        inside = root / "machine"
        inside.mkdir(parents=True)
        for file in ("machine.yaml", "README"):
            if os.path.exists(os.path.join(machine, file)):
                shutil.copy(os.path.join(machine, file), inside)
        own = pathlib.Path(name, "own.cpio")
        initramfs.archive(root, own)
        initramfs.join((common, own), new)


# QEMU


def command_line(machine, paths, qmp_fd, agent_fd, console, debug_port, sockets):
    """QEMU's arguments, as machine.command_line()."""
    firmware = paths["firmware"]
    initrd = f"{sockets}.initrd"
    _whole_initrd(paths["initrd"], machine.replay, initrd)
    own = pathlib.Path(machine.replay, ARGUMENTS).read_text(encoding="utf-8").splitlines()
    args = [paths["qemu"], *own]
    args += ["-L", firmware.directory, "-L", "/usr/share/seabios", "-L", "/usr/share/qemu"]
    if firmware.bios:
        args += ["-bios", firmware.bios]
    elf = firmware.name == "seabios" and not machine.bzimage
    accel = "tcg" if machine.accel == "auto" else machine.accel
    args += ["-accel", accel]
    args += ["-kernel", paths["vmlinux" if elf else "bzimage"], "-initrd", initrd]
    args += ["-append", " ".join([*KERNEL_ARGS, *timer_arguments(accel), *machine.append])]
    args += ["-chardev", f"file,id=console,path={escaped(console)}", "-serial", "chardev:console"]
    args += ["-chardev", f"socket,id=agent,fd={agent_fd}", "-serial", "chardev:agent"]
    args += ["-chardev", f"file,id=firmware,path={escaped(debug_port)}"]
    args += ["-device", "isa-debugcon,iobase=0x402,chardev=firmware"]
    args += ["-chardev", f"socket,id=qmp,fd={qmp_fd}", "-mon", "chardev=qmp,mode=control"]
    return args + list(machine.qemu_args)


# Hot-plugging

BARS = {0: range(0x10, 0x28, 4), 1: range(0x10, 0x18, 4), 2: range(0x10, 0x14, 4)}


def _sections(directory):
    """The functions of a machine's configuration: dictionaries of their properties."""
    found = []
    for line in pathlib.Path(directory, DEVICES).read_text(encoding="utf-8").splitlines():
        if line == "[device]":
            found.append({})
        elif match := re.fullmatch(r'\s*([\w-]+) = "(.*)"', line):
            found[-1][match[1]] = match[2]
    return [section for section in found if section.get("driver") == "pci-shape-function"]


def _without_addresses(config):
    """A card that was just plugged has none."""
    config = bytearray(config)
    config[4:6] = b"\0\0"
    offsets = iter(BARS.get(config[0x0E] & 0x7F, ()))
    for at in offsets:
        low = config[at]
        config[at:at + 4] = bytes([low & (3 if low & 1 else 15), 0, 0, 0])
        if low & 7 == 4:
            at = next(offsets, None)
            if at:
                config[at:at + 4] = bytes(4)
    if config[0x0E] & 0x7F == 1:
        config[0x18:0x1B] = bytes(3)
    return bytes(config)


def _typed(section):
    """Its properties as QMP wants them: sizes are numbers there."""
    return {name: int(value, 0) if name.endswith("-size") else value
            for name, value in section.items()}


def hot_add(guest, addition):
    """Plugs the card of SLOT=FILE: every function of the file's first device."""
    slot, _, file = addition.partition("=")
    domain, bus, device = SLOT.fullmatch(slot).groups()
    domain = domain or "0000"
    with machine_of(file) as directory:
        sections = _sections(directory)
        first = sections[0]["address"].rpartition(".")[0]
        card = [section for section in sections if section["address"].startswith(first + ".")]
        # The kernel looks for the others when it has found function 0: that comes last.
        for section in reversed(card):
            function = section["address"].rpartition(".")[2]
            address = f"{domain}:{bus}:{device}.{function}"
            config = os.path.join(guest.machine.replay, f"hot-{address.replace(':', '-')}.config")
            pathlib.Path(config).write_bytes(
                _without_addresses(pathlib.Path(directory, section["config"]).read_bytes()))
            guest.qmp("device_add", **{**_typed(section), "address": address, "config": config,
                                       "id": f"hot-{address.replace(':', '.').replace('.', '-')}"})
