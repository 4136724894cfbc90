# SPDX-License-Identifier: GPL-2.0-or-later
"""A bzImage's header (Documentation/arch/x86/boot.rst of the kernel), and what is in it."""

import struct
import subprocess

MAGIC_OFFSET, MAGIC = 0x202, b"HdrS"
# How an image is compressed: its first bytes, the program, and how many bytes of its own the
# kernel adds behind it (the size of what comes out)
FORMATS = (
    (b"\x1f\x8b", ["gzip", "-dc"], 0),
    (b"\xfd7zXZ", ["xz", "-dc"], 4),
    (b"\x28\xb5\x2f\xfd", ["zstd", "-dcq"], 4),
    (b"\x02\x21\x4c\x18", ["lz4", "-dc"], 4),
    (b"BZh", ["bzip2", "-dc"], 4),
    (b"\x7fELF", ["cat"], 0),
)


def _field(data, offset, form):
    return struct.unpack_from(form, data, offset)[0]


def _read(path):
    with open(path, "rb") as file:
        data = file.read()
    if len(data) < 0x400 or data[MAGIC_OFFSET : MAGIC_OFFSET + 4] != MAGIC:
        raise ValueError("it lacks the magic number HdrS at 0x202")
    return data


def release(path):
    """What uname -r says in it. ValueError: it is no bzImage."""
    data = _read(path)
    at = _field(data, 0x20E, "<H") + 0x200
    words = data[at : at + 200].split(b"\0")[0].decode(errors="replace").split()
    if not words:
        raise ValueError("it has no version")
    return words[0]


def unpack(path, to):
    """Writes what is compressed in it to a file; False: in a way that is not known here."""
    data = _read(path)
    start = (_field(data, 0x1F1, "<B") + 1) * 512 + _field(data, 0x248, "<I")
    length = _field(data, 0x24C, "<I")
    for magic, program, more in FORMATS:
        if data[start:].startswith(magic):
            with open(to, "wb") as file:
                done = subprocess.run(program, input=data[start : start + length - more],
                                      stdout=file, stderr=subprocess.PIPE, check=False)  # fmt: skip
            return done.returncode == 0
    return False
