# SPDX-License-Identifier: GPL-2.0-or-later
"""What the fuzzers of pciaddr-check begin with: {name: bytes} for each target."""

import glob
import gzip
import html
import lzma
import re
import subprocess

from harness import SELFTESTS, TOP

DUMP = f"{SELFTESTS}/pciaddr/guest/guest.lspci"
CORPUS = f"{TOP}/../shared/corpus"
MOST = 20000  # of a file of the corpus


def _file(path, length=-1):
    with open(path, "rb") as file:
        return file.read(length)


def _files(pattern, length=-1):
    """Files that may be there, or not be readable."""
    found = {}
    for path in glob.glob(pattern):
        try:
            found[path.strip("/").replace("/", "-")] = _file(path, length)
        except OSError:
            pass
    return found


def _small(lines=None):
    """Bridge and card of the guest, so that an input of a fuzzer has the whole of something."""
    text = _file(DUMP).decode()
    parts = re.split(r"^(?=[0-9a-f]+:[0-9a-f]+\.[0-9a-f] )", text, flags=re.MULTILINE)
    small = "".join(part for part in parts if re.match(r"(0000:)?(00:04|01:01)", part))
    assert small
    return "".join(small.splitlines(True)[:lines])


def _without_hex(text):
    return re.sub(r"^[0-9a-f]+: .*\n", "", text, flags=re.MULTILINE)


# What lspci -vvv says of capabilities that the guest's card does not have
CAPABILITIES = """\
01:00.0 Ethernet controller [0200]: Made up [1234:0002] (rev 01)
	Control: I/O- Mem+ BusMaster+ SpecCycle- MemWINV- VGASnoop- ParErr- Stepping- SERR- FastB2B- DisINTx-
	Status: Cap+ 66MHz- UDF- FastB2B- ParErr- DEVSEL=fast >TAbort- <TAbort- <MAbort- >SERR- <PERR- INTx-
	Region 0: Memory at e0000000 (64-bit, non-prefetchable) [enhanced] [size=64K]
	Capabilities: [40] Express Legacy Endpoint IRQ 0
		Link: Supported Speed 2.5Gb/s, Width x16, ASPM L0s L1, Port 1
		LnkSta:	Speed 8GT/s (downgraded), Width x8 (ok)
	Capabilities: [80] Message Signalled Interrupts: Mask- 64bit+ Queue=1/3 Enable+
	Capabilities: [90] MSI-X: Enable+ Mask- TabSize=128
	Capabilities: [98] Enhanced Allocation (EA): NumEntries=2, secondary=0, subordinate=0
		Entry 0: Enable+ Writable- EntrySize=4
			 BAR Equivalent Indicator: BAR 0
			 PrimaryProperties: memory space, non-prefetchable
			 SecondaryProperties: entry unavailable for use, PrimaryProperties should be used
			 Base: 843000000000
			 MaxOffset: 00003ffff
		Entry 1: Enable+ Writable- EntrySize=4
			 BAR Equivalent Indicator: VF-BAR 4
			 PrimaryProperties: VF memory space, prefetchable
			 SecondaryProperties: [12]
			 Base: 8430a0000000
			 MaxOffset: 0001fffff
	Capabilities: [100 v1] Access Control Services
		ACSCap:	SrcValid+ TransBlk+ ReqRedir+ CmpltRedir+ UpstreamFwd+ EgressCtrl- DirectTrans-
		ACSCtl:	SrcValid+ TransBlk- ReqRedir+ CmpltRedir+ UpstreamFwd- EgressCtrl- DirectTrans-
	Capabilities: [160 v1] Single Root I/O Virtualization (SR-IOV)
		IOVCtl:	Enable+ Migration- Interrupt- MSE+ ARIHierarchy+ 10BitTagReq-
		Initial VFs: 64, Total VFs: 64, Number of VFs: 3, Function Dependency Link: 00
		Region 0: Memory at 00000000e0080000 (64-bit, prefetchable)
		Region 3: Memory at e0100000 (32-bit, non-prefetchable)
	Capabilities: [1a0 v1] Virtual Resizable BAR
		BAR 0: current size: 1MB, supported: 1MB 2MB
	Capabilities: [1c0 v1] Physical Resizable BAR
		BAR 0: current size: 256MB, supported: 256MB 1GB 8EB
"""


def _early_log(text):
    """As the kernel's pci=earlydump has it"""
    lines = []
    for line in text.splitlines():
        if slot := re.match(r"[0-9a-f]+:[0-9a-f]+\.[0-9a-f] ", line):
            lines.append(f"[    0.28] pci 0000:{slot[0].strip()}: config space:")
        elif re.match(r"[0-9a-f]0: ", line):
            lines.append(f"[    0.28] 000000{line}")
    return "\n".join(lines) + "\n"


def dump():
    made = subprocess.run([f"{SELFTESTS}/pciaddr/make-dump", "-v", "20"], check=True,
                          stdout=subprocess.PIPE).stdout
    return {"guest": _file(DUMP), "made": made, **_files(f"{CORPUS}/pciutils/*", MOST)}


def ioports():
    return {"guest": _file(f"{DUMP}.ioports"), "guest-iomem": _file(f"{DUMP}.iomem"),
            **_files("/proc/ioports"), **_files("/sys/bus/pci/devices/*/resource")}


def spec():
    return _files(f"{TOP}/examples/*.yaml")


def packed():
    small = _small()
    zstd = subprocess.run(["zstd", "-c"], input=small.encode(), check=True, stdout=subprocess.PIPE)
    return {"gzip": gzip.compress(small.encode()), "xz": lzma.compress(small.encode()),
            "zstd": zstd.stdout, "UTF-16": small.encode("utf-16"),
            "UTF-16BE": small.encode("utf-16-be")}


def text():
    small = _small()
    return {
        "quoted": re.sub("^", "> ", small, flags=re.MULTILINE).encode(),
        "html": re.sub("$", "<br>", html.escape(small, False), flags=re.MULTILINE).encode(),
        "blanks": small.expandtabs().replace(" ", "\N{NO-BREAK SPACE}").encode(),
        "capabilities": CAPABILITIES.encode(),
        "without-hex": _without_hex(_file(DUMP).decode())[:15000].encode(),
        **{name: data for name, data in _files(f"{CORPUS}/field/*").items()
           if not name.endswith((".dmesg", ".ioports"))},
    }


def parts():
    small = _small()
    records = _without_hex(small) + re.sub(r"^\t.*\n", "", small, flags=re.MULTILINE)
    mixed = _small(40).encode() + _file(f"{DUMP}.ioports") + _file(f"{DUMP}.iomem")
    return {"records": records.encode(), "parts": mixed, **_files(f"{CORPUS}/field/*.ioports")}


# Each of the kernel's lines that is read, in both wordings
KERNEL_LINES = """\
Linux version 6.12.0
PCI: ECAM [mem 0xe0000000-0xefffffff] (base 0xe0000000) for domain 0000 [bus 00-ff]
PCI host bridge to bus 0000:00
pci_bus 0000:00: root bus resource [io  0x0000-0xffff window]
pci_bus 0000:00: root bus resource [mem 0x80000000-0xdfffffff window] (bus address [0x10000000-0x6fffffff])
pci 0000:00:01.0: [8086:1901] type 01 class 0x060400 PCIe Root Port
pci 0000:00:01.0: PCI bridge to [bus 01-02] (subtractive decode)
pci 0000:00:01.0:   bridge window [io  0x2000-0x2fff]
pci 0000:00:01.0:   bridge window [mem 0x90000000-0x901fffff 64bit pref]
pci 0000:01:00.0: [1234:0002] type 00 class 0x0c0300
pci 0000:01:00.0: reg 0x10: [mem 0x90000000-0x9000ffff 64bit]
pci 0000:01:00.0: BAR 2 [io  0x0000-0x001f]
pci 0000:01:00.0: VF BAR 0 [mem 0x90000000-0x9001ffff]: contains BAR 0 for 2 VFs
pci 0000:01:00.0: VF(n) BAR0 space: [mem 0x00000000-0x0001ffff] (contains BAR0 for 2 VFs)
pci 0000:00:01.0: bridge window [io  0x1000-0x0fff] to [bus 01] add_size 1000
pci 0000:01:00.0: can't claim BAR 0 [mem 0x90000000-0x9000ffff]: address conflict with PCI Bus 0000:02 [mem 0x9-0xa]
pci 0000:00:01.0: BAR 13: no space for [io  size 0x1000]
pci 0000:00:01.0: bridge window [io  size 0x1000]: can't assign; no space
pci 0000:01:00.0: BAR 2: trying firmware assignment [io  0xfce0-0xfcff]
pci 0000:01:00.0: BAR 2 [io  0xfce0-0xfcff]: assigned
pci 0000:01:00.0: BAR 2: error updating (0x0000fce1 != 0xffffffff)
pci 0000:01:00.0: BAR 0 [mem 0x90000000-0x9000ffff]: releasing
pci 0000:00:01.0: resource 13 [io  0x2000-0x2fff] released
pci_bus 0000:00: No. 2 try to assign unassigned res
pci_bus 0000:01: resource 0 [io  0x2000-0x2fff]
pci_bus 0000:01: busn_res: [bus 01-ff] end is updated to 02
xhci_hcd 0000:01:00.0: probe with driver xhci_hcd failed with error -12
xhci_hcd: probe of 0000:01:00.0 failed with error -12
pci 0000:00:01.0: devices behind bridge are unusable because [bus 0d] cannot be assigned for them
pci 0000:01:00.0: Removing from iommu group 2
"""


def diff():
    changed = KERNEL_LINES.replace("0x9000ffff", "0x9001ffff").replace("0000:01:", "0000:02:")
    small = _small().encode()
    return {"logs": KERNEL_LINES.encode() + b"%%\n" + changed.encode(),
            "dumps": small + b"%%\n" + small.replace(b"01:01.0", b"02:01.0"),
            "log-and-dump": KERNEL_LINES.encode() + b"%%\n" + small}


# Kernels before 2.6.34, of which some lines have no slot
OLD_KERNEL_LINES = """\
pci 0000:00:02.0: reg 10 32bit mmio pref: [0xe0000000-0xe0ffffff]
pci 0000:00:1c.0: bridge io port: [2000, 2fff]
pci 0000:00:1e.0: transparent bridge
pci 0000:00:1c.0: PCI bridge, secondary bus 0000:02
pci 0000:00:1c.0:   MEM window: 0xf0000000-0xf1ffffff
pci 0000:02:00.0: BAR 8: can't allocate mem resource [0xd8000000-0xd801ffff]
pci 0000:02:00.0: [1234:0002] type 1 class 0x000604
pci 0000:02:00.0: PCI bridge to [bus 03-04]
pci 0000:02:00.0:   bridge window [mem pref disabled]
PCI: Bridge: 0000:00:1e.0
  IO window: disabled.
  PREFETCH window: d0000000-dfffffff
PCI: Failed to allocate mem resource #6:20000@d8000000 for 0000:01:00.0
pci_bus 0000:02: resource 2 pref mem [0xf4000000-0xf4ffffff]
"""


def log():
    small = _small()
    records = "".join(f"6,{n},{n},-;{line}\n" for n, line in enumerate(KERNEL_LINES.splitlines()))
    syslog = re.sub("^", "Feb 21 10:00:01 host kernel: [    0.1] ", small, flags=re.MULTILINE)
    return {"syslog": syslog.encode(), "early": _early_log(small).encode(),
            "lines": KERNEL_LINES.encode(), "old": OLD_KERNEL_LINES.encode(), "kmsg": records.encode(),
            **_files(f"{CORPUS}/field/*.dmesg", MOST)}


def qmp():
    return {**_files(f"{SELFTESTS}/pciaddr/views/*.qmp"),
            "list": b'[{"bus": 0, "devices": [{"bus": 0, "slot": 4, "function": 0, "qdev_id": "dec", '
                    b'"class_info": {"class": 1540}, "id": {"vendor": 4113, "device": 38}, '
                    b'"regions": [], "pci_bridge": {"bus": {"number": 0, "secondary": 1, '
                    b'"subordinate": 1, "io_range": {"base": 8192, "limit": 12287}, '
                    b'"memory_range": {"base": 1048576, "limit": 0}, '
                    b'"prefetchable_range": {"base": -1048576, "limit": 1048575}}, '
                    b'"devices": [{"bus": 1, "slot": 1, "function": 0, "qdev_id": "", '
                    b'"class_info": {"class": 255}, "id": {"vendor": 4660, "device": 63850}, '
                    b'"regions": [{"bar": 0, "type": "io", "address": 8192, "size": 2048}]}]}}]}]'}


def domain():
    return {**_files(f"{SELFTESTS}/pciaddr/views/*.xml"), **_files(f"{TOP}/examples/*.xml"),
            "expanders": b"<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><os><type"
                         b" machine='pc'/></os><devices><controller type='pci' index='1' "
                         b"model='pci-expander-bus'><target busNr='160'/><address type='pci' slot='5'/>"
                         b"</controller><controller type='pci' index='2' model='pci-bridge'><address "
                         b"type='pci' bus='1' slot='2'/></controller></devices><qemu:commandline>"
                         b"<qemu:arg value='-device'/><qemu:arg value='pxb,id=second,addr=7,bus_nr=0x80'/>"
                         b"<qemu:arg value='-device'/><qemu:arg value='edu,bus=second,addr=1'/>"
                         b"<qemu:arg value='-device'/><qemu:arg value='dec-21154,id=dec,addr=4,io-base=0x3000,"
                         b"hold=on,hold-at=1.0/0=0x3f00+1=0x3e00'/><qemu:arg value='-device'/>"
                         b"<qemu:arg value='rtl8139,bus=dec,addr=1'/>"
                         b"</qemu:commandline></domain>"}


def lists():
    return {
        "sonic": b"- bus: '00'\n  dev: 1c\n  fn: '4'\n  id: 1e18\n  name: 'PCI bridge: made\n    up'\n",
        "board": b"- type: pci-controller\n  acpi-uid: 0\n  devices:\n    - path: 1c.4/0.0\n      name: ssd\n"
                 b"    - path: 14.0\n      type: usb-controller\n      devices: [{path: 9, name: camera}]\n"
                 b"- type: usb-controller\n  dt-mmio: 11200000\n  devices: []\n",
    }
