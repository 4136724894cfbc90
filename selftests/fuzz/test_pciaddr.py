# SPDX-License-Identifier: GPL-2.0-or-later
"""The parsers of pciaddr-check under libFuzzer, with ASan and UBSan, and valgrind."""

import concurrent.futures
import glob
import os
import subprocess

import pytest
import seeds
from harness import CACHE, TOP, is_long
from harness.commands import run
from seeds import DUMP

# FUZZ_SECONDS: for how long each target is fuzzed. The short run makes the same inputs each time.
SECONDS = int(os.environ.get("FUZZ_SECONDS", 1200 if is_long() else 0))
INPUTS = ("-seed=1", "-runs=2000")
TIMEOUT = 600  # of the short run, on a busy machine [s]
# libfyaml 0.7 itself loses its scratch buffer for a long quoted scalar.
LEAKS = "leak:libfyaml.so\n"
# What is fuzzed, and the program fuzz-pciaddr-*.c that does it. Each form of a dump has a run of
# its own, for it has seeds of its own: the functions of seeds.py.
TARGETS = {"dump": "dump", "ioports": "ioports", "spec": "spec", "packed": "source",
           "text": "source", "parts": "source", "log": "source", "diff": "diff", "qmp": "view",
           "domain": "view", "lists": "import"}
SANITIZERS = ("address,undefined", "-fno-sanitize-recover=all")

# The tool without its main()
SOURCES = sorted(glob.glob("tools/pciaddr/**/*.c", root_dir=TOP, recursive=True)
                 + glob.glob("tools/common/**/*.c", root_dir=TOP, recursive=True))


def pkg_config(what):
    return subprocess.run(["pkg-config", what, "libpci", "libfyaml", "json-c", "expat", "zlib",
                           "liblzma", "libzstd"], check=True,
                          stdout=subprocess.PIPE, encoding="utf-8").stdout.split()


@pytest.fixture(scope="module")
def flags(tmp_path_factory):
    """How the tool is compiled without its configure."""
    directory = tmp_path_factory.mktemp("config")
    (directory / "config.h").write_text('#define PACKAGE_NAME "fuzz"\n#define PACKAGE_VERSION "0"\n'
                                        "#define _GNU_SOURCE 1\n")
    return ["-g", "-O1", "-std=gnu11", f"-I{directory}", f"-I{TOP}/tools", *pkg_config("--cflags")]


def libraries():
    return [*pkg_config("--libs"), "-lpthread", "-lm"]


@pytest.fixture(scope="module")
def objects(flags, tmp_path_factory):
    """What all targets share, compiled once."""
    directory = tmp_path_factory.mktemp("objects")
    sanitize = [f"-fsanitize=fuzzer-no-link,{SANITIZERS[0]}", SANITIZERS[1]]

    def compile_one(source):
        # Two folders may have a file of the same name.
        made = directory / source.replace("/", "-").replace(".c", ".o")
        run("clang", "-c", *flags, *sanitize, "-o", made, source)
        return made

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(compile_one, SOURCES))


@pytest.fixture(scope="module", params=TARGETS)
def target(request, flags, objects, tmp_path_factory):
    """(name, the fuzzer of this target)"""
    name = request.param
    source = f"selftests/fuzz/fuzz-pciaddr-{TARGETS[name]}.c"
    program = tmp_path_factory.mktemp("fuzzer") / name
    run("clang", *flags, f"-fsanitize=fuzzer,{SANITIZERS[0]}", SANITIZERS[1],
        source, *objects, *libraries(), "-o", program)
    return name, program


def test_fuzzer_finds_nothing(target, tmp_path):
    name, program = target
    found = getattr(seeds, name)()
    assert found
    (tmp_path / "inputs").mkdir()
    for file, data in found.items():
        (tmp_path / "inputs" / file).write_bytes(data)
    # What it finds is kept.
    os.makedirs(f"{CACHE}/fuzz", exist_ok=True)
    limits = (f"-max_total_time={SECONDS}",) if SECONDS else INPUTS
    (tmp_path / "leaks").write_text(LEAKS)
    run("env", f"LSAN_OPTIONS=suppressions={tmp_path}/leaks:print_suppressions=0",
        program, *limits, "-rss_limit_mb=1024", "-timeout=25", "-max_len=20000",
        f"-artifact_prefix={CACHE}/fuzz/{name}-", tmp_path / "inputs",
        timeout=SECONDS + 120 if SECONDS else TIMEOUT)


@pytest.fixture(scope="module")
def pciaddr_check(flags, tmp_path_factory):
    program = tmp_path_factory.mktemp("valgrind") / "pciaddr-check"
    run("gcc", *flags, "tools/pciaddr-check.c", *SOURCES, *libraries(), "-o", program)
    return program


# @DUMP@ and files that are made for it
VALGRIND = {
    "this machine": "",
    "expect": "--expect 0x2000-0x27ff --dump @DUMP@",
    "two dumps": "--dump @DUMP@ --dump @DUMP@ --jobs 2",
    "spec": "--spec examples/demo-guest.yaml --dump @DUMP@ --format json",
    "capture": "--capture --dump @DUMP@",
    "tree": "--tree -n --dump @DUMP@",
    "map": "--map --dump @DUMP@",
    "draw svg": "--draw -.svg -n --dump @DUMP@",
    "draw dot": "--draw -.dot -n --dump @DUMP@",
    "a spec with a misspelt key": "--spec @DIR@/wrong.yaml --dump @DUMP@",
    "a spec that is no YAML": "--spec @DIR@/broken.yaml --dump @DUMP@",
    "an empty dump": "--dump /dev/null",
    "prometheus": "--format prometheus --dump @DUMP@",
}


@pytest.mark.parametrize("name", VALGRIND)
def test_valgrind(pciaddr_check, tmp_path, name):
    """No leak and no wrong access, also where it ends with an error."""
    (tmp_path / "wrong.yaml").write_text('devices:\n  - {select: "1234:f96a", bras: {}}\n')
    (tmp_path / "broken.yaml").write_text("a: [1\n")
    arguments = VALGRIND[name].replace("@DUMP@", DUMP).replace("@DIR@", str(tmp_path)).split()
    run("valgrind", "-q", "--error-exitcode=99", "--leak-check=full",
        "--errors-for-leak-kinds=definite,possible",
        "--suppressions=selftests/fuzz/valgrind.supp", pciaddr_check, *arguments, status=range(4))
