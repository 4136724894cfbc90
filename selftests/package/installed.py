# SPDX-License-Identifier: GPL-2.0-or-later
"""What "make install" puts where, and so each package: the lists in Makefile.am and the local.mk
files, the .install files and the spec are by hand, and a new file is easily left out of one."""

import glob

from harness import TOP

TOOLS = ("pciaddr-check", "fpga-ctl")
PAGES = ("man1/fpga-ctl.1", "man1/pciaddr-check.1", "man4/emucard.4", "man5/pciaddr-spec.5")
# About the source tree; and steps of courses, which are worked on there
NOT_DOCUMENTS = ("docs/tree.md", "examples/first-driver/", "examples/qemu-device/")


def there(*patterns):
    return [name for pattern in patterns for name in glob.glob(pattern, root_dir=TOP, recursive=True)]


def documents():
    found = there("README.md", "docs/**/*.md", "docs/*.svg", "examples/**/*.*", "examples/hooks/*")
    assert len(found) > 30
    return sorted({name for name in found if not name.startswith(NOT_DOCUMENTS)})


def of_the_tools(docdir):
    """Names below the prefix, manual pages without the suffix of a packer."""
    names = [f"bin/{tool}" for tool in TOOLS]
    for tool in TOOLS:
        names += [f"share/bash-completion/completions/{tool}", f"share/zsh/site-functions/_{tool}",
                  f"share/fish/vendor_completions.d/{tool}.fish"]
    names += [f"share/man/{page}" for page in PAGES]
    schemas = there("docs/*.schema.json")
    assert schemas
    names += [f"share/fpga-pci/{name.removeprefix('docs/')}" for name in schemas]
    names += [f"{docdir}/{name}" for name in documents()]
    # the check at boot
    return names + ["libexec/fpga-pci/pciaddr-check-boot", "lib/systemd/system/pciaddr-check.service",
                    "lib/systemd/system/pciaddr-check.timer",
                    "lib/systemd/system-preset/60-fpga-pci.preset", "lib/sysusers.d/fpga-pci.conf",
                    "lib/udev/rules.d/60-fpga-pci.rules"]  # fmt: skip


def of_the_drivers():
    """Names below the directory of the modules' source."""
    names = there("driver/Kbuild", "driver/Makefile", "driver/*.[ch]", "include/*.h",
                  "include/uapi/linux/*.h")
    assert names
    return [name for name in names if not name.endswith(".mod.c")]


def missing(names, listed):
    """Those of names that are not among the listed ones, whose pages may be packed."""
    listed = {name.removesuffix(".gz") for name in listed}
    return [name for name in names if name not in listed]
