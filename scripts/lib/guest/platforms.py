# SPDX-License-Identifier: GPL-2.0-or-later
"""The machines of each architecture: what scripts/guest offers there, and QEMU's options for them."""

import dataclasses

from .errors import UsageError

# What shortens the boot without touching PCI: no calibration, no self tests, no mitigations. (All that
# crypto_kdf108_init() does is a self test; under TCG it is the longest of all initcalls.)
QUIET = ("loglevel=6 mitigations=off nokaslr cryptomgr.notests initcall_blacklist=crypto_kdf108_init"
         " random.trust_cpu=on"
         " rcupdate.rcu_expedited=1 nowatchdog audit=0 selinux=0 apparmor=0").split()

BRIDGE = "dec-21154,id=dec,bus={root},addr=4,chassis_nr=1,io-base=0x2000"
FPGA = "fpga,id=fpga,bus=dec,addr=1,io-base=0x2000"
EDU = "edu,id=edu,bus={root},addr=5"
# Where all memory lies above the 28 bits that edu's DMA reaches by default
EDU_WIDE_BITS = 40
EDU_WIDE = f"{EDU},dma_mask={(1 << EDU_WIDE_BITS) - 1:#x}"


@dataclasses.dataclass(frozen=True)
class Platform:
    """Of an architecture, by Debian's name of it. What comes first is the default.

    machines   those of QEMU, and the root bus of each
    firmwares  names for --firmware; that of an empty name cannot be chosen otherwise
    options    for the machine, after its name
    cards      as to QEMU's -device, with {root} for the root bus
    serial_bus the device that carries the agent's port: behind no PCI function, if there is a way
    kernel     the series, where it matters more than which release of Debian it is
    """

    machines: dict
    firmwares: tuple
    cards: tuple
    cpu: str
    console: str
    options: str = ""
    serial_bus: str = "virtio-serial-device"
    append: tuple = ()
    kernel: str = None

    def check_machine(self, architecture, machine):
        if machine not in self.machines:
            raise UsageError(f"--machine {machine}: of {architecture} there is only"
                             f" {' and '.join(self.machines)}")

    def check_firmware(self, architecture, firmware):
        if firmware not in self.firmwares:
            raise UsageError(f"--firmware {firmware}: of {architecture} there is only"
                             f" {' and '.join(self.firmwares)}")


PLATFORMS = {
    "amd64": Platform({"pc": "pci.0", "q35": "pcie.0"}, ("seabios", "ovmf"), (BRIDGE, FPGA, EDU), "max",
                      "ttyS0", serial_bus="virtio-serial-pci,disable-legacy=on,bus={root},addr=0x1e"),
    # none: QEMU starts the kernel, which finds everything in the device tree, and leaves fixed
    # addresses alone since 6.11; aavmf: UEFI and ACPI
    "arm64": Platform({"virt": "pcie.0"}, ("none", "aavmf"), (BRIDGE, FPGA, EDU_WIDE), "cortex-a72",
                      "ttyAMA0", append=(f"edu.dma_bits={EDU_WIDE_BITS}",), kernel="6.12"),
    # edu has the byte order of QEMU's target there, which is big-endian, and so not the guest's.
    "ppc64el": Platform({"pseries": "pci.0"}, ("slof",), (BRIDGE, FPGA), "POWER9", "hvc0",
                        # what TCG does not have, and QEMU would otherwise warn of
                        "cap-cfpc=broken,cap-sbbc=broken,cap-ibs=broken,cap-ccf-assist=off",
                        serial_bus="virtio-serial-pci,disable-legacy=on,bus={root},addr=0x1e"),
    "riscv64": Platform({"virt": "pcie.0"}, ("opensbi",), (BRIDGE, FPGA, EDU_WIDE), "rv64", "ttyS0", "aia=aplic-imsic",
                        append=(f"edu.dma_bits={EDU_WIDE_BITS}",)),
}  # fmt: skip

MACHINES = tuple(dict.fromkeys(name for one in PLATFORMS.values() for name in one.machines))
ROOT_BUSES = {name: bus for one in PLATFORMS.values() for name, bus in one.machines.items()}
