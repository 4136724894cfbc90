# SPDX-License-Identifier: GPL-2.0-or-later
"""The device models under QEMU's fuzzer, with ASan. FUZZ_SECONDS in the environment: for each of
the machines [s]."""

import os
import pathlib
import re

import pytest
from emulate import kinds
from harness import CACHE
from harness.commands import run, script

SECONDS = int(os.environ.get("FUZZ_SECONDS", 600))
# For which machine each is, and what it must bring about there
COMPLETES = r"fpga_dma_complete.*, code 0"
SEEDS = {
    **dict.fromkeys(("to-card", "to-host", "segments", "segments-to-host", "onto-the-ring",
                     "onto-the-card-1"), ("card", COMPLETES)),
    "express": ("express", rf"(?s){COMPLETES}.*fpga_msi vector"),
    "express-power": ("express", rf"(?s){COMPLETES}.*{COMPLETES}"),
    **dict.fromkeys(("express-function-level-reset", "express-bus-reset"),
                    ("express", rf"(?s){COMPLETES}.*fpga_reset.*{COMPLETES}")),
}  # fmt: skip

# What generic-fuzz takes from the environment: a machine, and which of its objects
# get accesses. It maps BARs on the root bus only, so that is where DMA is fuzzed;
# behind the bridge the fixed ports are, and need no mapping.
CARD = "-machine q35 -nodefaults -device fpga,addr=5,ram-size=64K"
MACHINES = {
    "card": (CARD, "fpga*"),
    "fixed": ("-machine pc -nodefaults -device fpga,addr=5,io-base=0x2000,ram-size=64K", "fpga*"),
    # Configuration space is fuzzed in memory, where the card behind the port has its own.
    "express": ("-machine q35 -nodefaults -device pcie-root-port,id=rp,addr=4,chassis=1"
                " -device fpga,bus=rp,io-base=0x2000,ea=on,ioeventfd=on,ram-size=64K",
                "mch pcie-mmcfg* fpga.regs* msix-*"),
    "bridge": ("-machine pc -nodefaults -device dec-21154,id=dec,addr=4,io-base=0x2000"
               " -device fpga,bus=dec,addr=1,io-base=0x2000", "fpga.regs* dec-21154"),
}  # fmt: skip


# pci-shape has a machine of files: a port with a slot, and a card with all that can be resized.
SHAPE = ("-machine q35 -nodefaults -device pci-shape,x-at-once=on"
         " -device pci-shape-root,mmconfig=0x100000000,last-bus=1"
         " -device pci-shape-function,address=0000:00:1c.0,config={port}"
         " -device pci-shape-function,address=0000:01:00.0,config={card},bar0-size=256M,"
         "bar5-size=4K,rom-size=64K,vf-bar0-size=64K")  # fmt: skip


def shape(directory):
    """The arguments of a machine of pci-shape, whose files are in this directory."""
    machine = kinds.Machine()
    machine.port("00:1c.0", (0x1234, 1), kinds.ROOT_PORT, (0, 1, 1), "full",
                 memory=(0xC0000000, kinds.MIB), prefetchable=(1 << 36, kinds.GIB))
    card = machine.add("01:00.0", (0x1234, 2), 0x038000, size=4096).express(kinds.ENDPOINT)
    card.bar(0, 1 << 36, 256 * kinds.MIB, "mem 64 pref").bar(5, 0xC0000000, 4096)
    card.put(0x100, 4, 0x14010015)  # resizable BARs: BAR 0, 256 MiB or 8 GiB
    card.put(0x104, 8, (1 << 8 | 1 << 13) << 4 | (1 << 5 | 8 << 8) << 32)
    card.put(0x140, 4, 0x00010010)  # SR-IOV
    for name, function in zip(("port", "card"), machine.functions):
        (directory / name).write_bytes(function.config)
    return SHAPE.format(port=directory / "port", card=directory / "card")


@pytest.fixture(scope="module")
def fuzzer():
    return script("qemu", "--fuzz")


@pytest.fixture(scope="module")
def seeds(tmp_path_factory):
    directory = tmp_path_factory.mktemp("seeds")
    program = tmp_path_factory.mktemp("program") / "qemu-seeds"
    run("gcc", "-Wall", "-Wextra", "-Werror", "-Iinclude", "-o", program,
        "selftests/fuzz/qemu-seeds.c")
    run(program, directory)
    return directory


@pytest.mark.parametrize("seed", SEEDS)
def test_seed_sets_the_engine_to_work(fuzzer, seeds, seed):
    """A fuzzer that never does has found nothing."""
    machine, expected = SEEDS[seed]
    arguments, objects = MACHINES[machine]
    run(fuzzer, "--fuzz-target=generic-fuzz", "-runs=1", "-detect_leaks=0", seeds / seed,
        env={"QEMU_FUZZ_ARGS": f"{arguments} -trace fpga_*", "QEMU_FUZZ_OBJECTS": objects},
        timeout=60, status=range(-255, 256), matches=[expected])


@pytest.mark.parametrize("machine", [*MACHINES, "shape"])
def test_fuzzer_finds_nothing(fuzzer, seeds, machine, tmp_path):
    corpus = f"{CACHE}/fuzz/qemu-{machine}"
    os.makedirs(corpus, exist_ok=True)
    arguments, objects = MACHINES.get(machine) or (shape(tmp_path), "pci-shape*")
    # The fuzzer ends by itself, though not before it has tried all that it knows, which takes
    # long on a busy machine; the time-out is for a model that does not return.
    said = run("nice", fuzzer, "--fuzz-target=generic-fuzz", f"-max_total_time={SECONDS}",
               "-timeout=60", "-rss_limit_mb=4096", "-detect_leaks=0",
               f"-artifact_prefix={CACHE}/fuzz/qemu-{machine}-", corpus, seeds,
               env={"QEMU_FUZZ_ARGS": arguments, "QEMU_FUZZ_OBJECTS": objects}, timeout=SECONDS * 3)
    # A fuzzer that never reached the devices has found nothing.
    runs = int(re.search(r"^Done (\d+) runs", said, re.MULTILINE)[1])
    assert runs
    print(f"{machine}: {runs} runs of {operations(corpus):.0f} operations on the average")


def operations(corpus):
    """How many operations an input of those kept has on the average."""
    counts = [file.read_bytes().count(b"FUZZ") + 1 for file in pathlib.Path(corpus).iterdir()]
    return sum(counts) / len(counts)
