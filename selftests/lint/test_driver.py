# SPDX-License-Identifier: GPL-2.0-or-later
"""The driver's warnings on each kernel, the kernel's style, the layout of the ABI."""

import glob
import os
import re
import shutil
import subprocess

import pytest
from harness import TOP
from harness.commands import checkpatch, library, run
from releases import kernels, tools

KERNELS = pytest.mark.parametrize("kernel", [
    "6.1", "6.12",
    pytest.param("7.3", marks=pytest.mark.long("its compiler is in a root directory of Debian 13")),
])  # fmt: skip

COMPATIBILITY = ("driver/emucard_compat.c", "driver/emucard_compat.h")
TRACEPOINTS = "driver/emucard_trace.h"
FILES = ["driver/Kbuild", "driver/Makefile",
         *(file for file in sorted(glob.glob("driver/*.[ch]", root_dir=TOP))
           if file not in (*COMPATIBILITY, TRACEPOINTS))]  # fmt: skip


def text(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as file:
        return file.read()


def warnings(said):
    """What a build has said, but for what is none: without a vmlinux there is no BTF."""
    none = ("Skipping BTF generation", *NOT_ASKED)
    return [line for line in said.splitlines() if not any(text in line for text in none)]


def build(directory, kernel, *arguments):
    """Passes when nothing at all is said."""
    found = kernels.directory(kernel)
    said = run(*tools.command(kernels.tools_of(found), [
        "make", "-s", "-C", f"{TOP}/driver", f"BUILD={directory}",
        f"KDIR={os.path.realpath(found / 'build')}", "KCFLAGS=-Werror", *arguments,
    ], TOP, binds=[directory]))  # fmt: skip
    assert not warnings(said)


@KERNELS
def test_no_warning_with_W1(tmp_path, kernel):
    build(tmp_path, kernel, "W=1")


with open(f"{TOP}/scripts/lib/releases/sparse.arguments", encoding="utf-8") as file:
    SPARSE = tuple(line for line in file.read().splitlines() if not line.startswith("#"))
NOT_ASKED = ("checker-valid.sh: No such file", "C=2 specified, but sparse is not available")


@KERNELS
def test_no_warning_of_sparse(tmp_path, kernel):
    build(tmp_path, kernel, *SPARSE)


@KERNELS
def test_no_warning_of_the_importer(tmp_path, kernel):
    """The module with which a test imports card memory"""
    found = kernels.directory(kernel)
    for name in glob.glob(f"{TOP}/selftests/drivers/importer/*"):
        shutil.copy(name, tmp_path)
    said = run(*tools.command(kernels.tools_of(found), [
        "make", "-s", "-C", os.path.realpath(found / "build"), f"M={tmp_path}", "KCFLAGS=-Werror",
        "W=1", *SPARSE, "modules",
    ], TOP, binds=[tmp_path]))  # fmt: skip
    assert not warnings(said)


@pytest.mark.parametrize("arguments", [
    pytest.param(["-f", *FILES], id="driver"),
    # They exist because of what checkpatch does not want in the kernel's own tree.
    pytest.param(["--ignore", "LINUX_VERSION_CODE,CONSTANT_COMPARISON", "-f", *COMPATIBILITY],
                 id="compatibility"),
    # TRACE_EVENT has a layout of its own.
    pytest.param(["--ignore", "OPEN_ENDED_LINE,PARENTHESIS_ALIGNMENT", "-f", TRACEPOINTS],
                 id="tracepoints"),
    pytest.param(["-f", "include/uapi/linux/emucard.h"], id="user's header"),
    pytest.param(["--ignore", "LINUX_VERSION_CODE,CONSTANT_COMPARISON", "-f",
                  "selftests/drivers/importer/emucard_importer.c",
                  "selftests/drivers/importer/importer.h"], id="importer"),
])  # fmt: skip
def test_checkpatch_strict(arguments):
    checkpatch(*arguments)


def abi_layout(directory, bits):
    """What pahole says of the structs of the ABI, for callers of so many bits."""
    structs = re.findall(r"^struct (emucard_[a-z_]*) \{$", text("include/uapi/linux/emucard.h"),
                         re.MULTILINE)
    assert "emucard_info" in structs
    source = directory / "abi.c"
    source.write_text("#include <linux/emucard.h>\n"
                      + "".join(f"struct {name} {name};\n" for name in structs))
    run("gcc", f"-m{bits}", "-g", "-c", "-I", "include/uapi", "-I", "/usr/include/x86_64-linux-gnu",
        "-o", directory / "abi.o", source)
    return run("pahole", directory / "abi.o")


@pytest.mark.parametrize("bits", ["64", "32"])
def test_no_hidden_padding_in_the_abi(tmp_path, bits):
    """A hole would differ between callers, or tell them what was on the stack."""
    assert not re.findall(r".*(?:XXX|holes|padding:|paddings).*", abi_layout(tmp_path, bits))


def test_the_abi_is_the_same_for_32_and_64_bits(tmp_path_factory):
    # Comments about cache lines hold alignment, which is not part of the layout.
    wide, narrow = (re.sub(r"/\* (size|last|---).*", "",
                           abi_layout(tmp_path_factory.mktemp("abi"), bits)) for bits in ("64", "32"))
    assert wide == narrow


@pytest.mark.parametrize("source, names, page, place", [
    pytest.param("driver/emucard_sysfs.c", r"^EMUCARD_ATTR\(([a-z_]*),",
                 "driver/ABI/sysfs-class-emucard", r"(/<card>/|^\s+)NAME\b", id="attributes"),
    pytest.param(TRACEPOINTS, r"^TRACE_EVENT\(([a-z_]*),",
                 "driver/ABI/tracepoints-emucard", r"^\s+NAME\b", id="tracepoints"),
])  # fmt: skip
def test_what_users_see_is_described(source, names, page, place):
    """Where the kernel's own is, in ABI/, and in the manual page."""
    found = re.findall(names, text(source), re.MULTILINE)
    assert found
    missing = [name for name in found
               if not re.search(place.replace("NAME", name), text(page), re.MULTILINE)
               or not re.search(rf"\b{name}\b", text("docs/emucard.4"))]
    assert not missing


# Some need a compiler for OCaml, and these are not about what is here:
NOT_OURS = {
    "atomic_as_refcounter.cocci",  # counts a request's pending transfers, not who holds it
    "stream_open.cocci",  # for files without a position; ours have one
}


@pytest.mark.long("takes a minute")
def test_coccinelle_checks_of_the_kernel():
    """As "make coccicheck MODE=report" runs them."""
    library("common", "need_packages", "coccinelle")
    source = library("releases/kernels", "kernel_source")
    said = ""
    checks = sorted(glob.glob(f"{source}/scripts/coccinelle/**/*.cocci", recursive=True))
    for check in checks:
        with open(check, encoding="utf-8", errors="replace") as file:
            code = file.read()
        if (not re.search(r"\bvirtual report\b", code) or "script:ocaml" in code
                or os.path.basename(check) in NOT_OURS):
            continue
        done = subprocess.run(
            ["spatch", "-D", "report", "--very-quiet", "--no-show-diff", "--no-includes",
             "--include-headers", "--cocci-file", check, "--dir", f"{TOP}/driver"], cwd=source,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
            timeout=600)  # fmt: skip
        if done.returncode or done.stdout:
            said += f"{check}: status {done.returncode}\n{done.stdout.decode(errors='replace')}"
    assert checks
    assert not said, said
