# SPDX-License-Identifier: GPL-2.0-or-later
"""The machine: options, and QEMU's command line for them."""

import dataclasses
import fcntl
import os

from . import shares, tsc
from .errors import UsageError
from .frames import PORT_NAME
from .platforms import PLATFORMS, QUIET, ROOT_BUSES

ACCELS = ("auto", "tcg", "kvm")
CARDS = PLATFORMS["amd64"].cards

# The same for x86 alone: no calibration of timers that are emulated
KERNEL_ARGS_X86 = ("no_timer_check", "tsc=reliable", "i8042.nokbd", "i8042.noaux", "8250.nr_uarts=1")

KVM_GET_API_VERSION = 0xAE00


@dataclasses.dataclass
class Machine:
    """What scripts/guest's options of the same names say.

    UsageError: what they say cannot be had together.
    """

    arch: str = "amd64"
    # None: the default of the architecture
    machine: str = None
    firmware: str = None
    accel: str = "auto"
    kernel: str = None
    release: str = None
    cards: bool = True
    qemu_args: tuple = ()
    append: tuple = ()
    shares: tuple = ()
    # A socket for gdb (debugger.py)
    gdb: bool = False
    # How many others can attach to it at a time (attach.py)
    shells: int = 0
    # Start the kernel as a boot loader does. An ELF kernel (PVH) boots sooner, but QEMU writes
    # it into memory again at each reset, also at that which wakes the machine from ACPI S3.
    bzimage: bool = False
    processors: int = 2
    # All that it has in one initramfs (small.py): no udev, few modules and programs
    small: bool = False
    # The directory of a machine that pciaddr-check --emulate has written: its PCI devices take
    # the place of QEMU's, so that cards, shares and shells are not possible (replay.py)
    replay: str = None

    def __post_init__(self):
        platform = self.platform
        self.machine = self.machine or next(iter(platform.machines))
        self.firmware = self.firmware or platform.firmwares[0]
        if self.firmware == platform.firmwares[0]:
            self.kernel = self.kernel or platform.kernel
        platform.check_machine(self.arch, self.machine)
        platform.check_firmware(self.arch, self.firmware.partition(":")[0])
        if self.arch == "amd64":
            return
        # What is not there is refused, and not passed over.
        if self.accel == "kvm":
            raise UsageError(f"--accel kvm: KVM runs guests of this machine's own architecture, not {self.arch}")
        if self.gdb:
            raise UsageError(f"--gdb: the debugger's commands are for amd64, not for {self.arch}")
        if ":" in self.firmware:
            raise UsageError(f"--firmware {self.firmware}: of {self.arch}, only this machine's")

    @property
    def platform(self):
        return PLATFORMS[self.arch]

    def __str__(self):
        if self.replay:
            return f"the machine in {self.replay}, Linux {self.kernel or 'of the release'}"
        cards = "" if self.cards else ", without the cards"
        kernel = f"Linux {self.kernel or 'of the release'}"
        arch = "" if self.arch == "amd64" else f"{self.arch}: "
        return f"{arch}{self.machine} with {self.firmware}, {kernel}{cards}"


def hardware_kvm():
    """Some machines have a para-virtual /dev/kvm on which no guest gets far."""
    if not any(os.path.isdir(f"/sys/module/kvm_{vendor}") for vendor in ("intel", "amd")):
        return False
    try:
        fd = os.open("/dev/kvm", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return fcntl.ioctl(fd, KVM_GET_API_VERSION) == 12
    except OSError:
        return False
    finally:
        os.close(fd)


def accelerator(machine):
    if machine.accel == "auto":
        return "kvm" if machine.arch == "amd64" and hardware_kvm() else "tcg"
    return machine.accel


def timer_arguments(accel):
    """What the guest's kernel is told of its time stamp counter, under TCG that of this machine."""
    khz = tsc.kilohertz() if accel == "tcg" else None
    return [f"tsc_early_khz={khz}"] if khz else []


def devices(machine, descriptions):
    """Options for devices, described as to QEMU's -device, with {root} for the root bus."""
    root = root_bus(machine)
    return [word for device in descriptions for word in ("-device", device.format(root=root))]


def root_bus(machine):
    return ROOT_BUSES[machine]


def escaped(path):
    """A path as a value among options of QEMU, which commas part."""
    return path.replace(",", ",,")


def command_line(machine, images, qmp_fd, agent_fd, console, debug_port, sockets):
    """QEMU's arguments.

    images    what images.prepare() returned
    console, debug_port   files for what the kernel, and firmware, say
    sockets   what the paths of its sockets begin with
    """
    root = root_bus(machine.machine)
    platform = machine.platform
    is_x86 = machine.arch == "amd64"
    accel = accelerator(machine)
    firmware = images["firmware"]
    # A plain ELF kernel needs no decompression (PVH entry), which SeaBIOS alone can start.
    elf = firmware.name == "seabios" and not machine.bzimage
    kernel = images["vmlinux" if elf else "bzimage"]
    args = [images["qemu"], "-nodefaults", "-no-user-config", "-display", "none"]
    for directory in dict.fromkeys((firmware.directory, "/usr/share/seabios", "/usr/share/qemu")):
        args += ["-L", directory]
    args += ["-machine", ",".join(filter(None, (machine.machine, platform.options))), "-accel", accel]
    args += ["-cpu", "host" if accel == "kvm" else platform.cpu, "-smp", str(machine.processors), "-m", "1024"]
    if firmware.bios:
        args += ["-bios", firmware.bios]
    args += ["-kernel", kernel, "-initrd", images["initrd"]]
    append = [f"console={platform.console}", *QUIET, *(KERNEL_ARGS_X86 if is_x86 else ()),
              *(timer_arguments(accel) if is_x86 else ()), *platform.append,
              f"guest.shells={machine.shells}", *shares.kernel_arguments(machine.shares),
              *machine.append]
    args += ["-append", " ".join(append)]
    args += ["-chardev", f"file,id=console,path={escaped(console)}", "-serial", "chardev:console"]
    if is_x86:
        # The port to which SeaBIOS and OVMF say what they do, and why they stop
        args += ["-chardev", f"file,id=firmware,path={escaped(debug_port)}"]
        args += ["-device", "isa-debugcon,iobase=0x402,chardev=firmware"]
    args += ["-chardev", f"socket,id=qmp,fd={qmp_fd}", "-mon", "chardev=qmp,mode=control"]
    # High slots: the low ones are for cards. No legacy mode: it would take I/O ports.
    args += devices(machine.machine, [platform.serial_bus])
    args += ["-chardev", f"socket,id=agent,fd={agent_fd}"]
    args += ["-device", f"virtserialport,id=agent,chardev=agent,name={PORT_NAME}"]
    for shell in (f"shell{number}" for number in range(1, machine.shells + 1)):
        path = escaped(f"{sockets}.{shell}")
        args += ["-chardev", f"socket,id={shell},path={path},server=on,wait=off"]
        args += ["-device", f"virtserialport,id={shell},chardev={shell},name=fpga-pci.{shell}"]
    for slot, (name, path) in enumerate(sorted(images["layers"].items()), 0x1B):
        args += ["-drive", f"if=none,id={name},format=raw,readonly=on,file={path}"]
        args += ["-device"]
        args += [f"virtio-blk-pci,drive={name},serial={name},disable-legacy=on,bus={root},addr={slot:#x}"]
    args += shares.options(machine.shares, root, 0x1A, escaped)
    if machine.gdb:
        args += ["-gdb", f"unix:{escaped(sockets)}.gdb,server=on,wait=off"]
    if machine.cards:
        args += devices(machine.machine, platform.cards)
    return args + list(machine.qemu_args)
