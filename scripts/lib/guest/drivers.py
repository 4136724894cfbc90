# SPDX-License-Identifier: GPL-2.0-or-later
"""Puts newly built drivers in the place of those that a running guest has.

guest: a Guest or an Attachment.
"""

import hashlib
import io
import os
import subprocess
import tarfile
import uuid

from releases.architectures import architecture

from .errors import GuestError

# Where the modules stand that are put there, and what is there: MODULE CHECKSUM; what is
# loaded: "loaded MODULE", a user first.
STATE = r"""
dir=/lib/modules/$(uname -r)/updates
cd "$dir" 2>/dev/null && sha256sum -- *.ko | while read -r sum file; do echo "${file%.ko} $sum"; done
sed 's/ .*//; s/^/loaded /' /proc/modules
exit 0
"""

# Takes the new files from standard input. $1: the modules to be unloaded, $2: those to be loaded,
# $3: others that they need. Their options are where modprobe looks for them.
EXCHANGE = r"""
dir=/lib/modules/$(uname -r)/updates
mkdir -p "$dir" && tar -C "$dir" --no-same-owner -mxf - || exit
[ -z "$3" ] || modprobe -a $3 || exit
[ -z "$1" ] || rmmod $1 || exit 100
for module in $2; do
	options=$(sed -n "s/^options $module //p" /etc/modprobe.d/*.conf 2>/dev/null)
	for word in $(cat /proc/cmdline); do
		case $word in $module.*) options="$options ${word#*.}" ;; esac
	done
	insmod "$dir/$module.ko" $options || exit
done
udevadm settle --timeout=60
"""

IN_USE = 100

# Of the modules that are its arguments, those that are being loaded or unloaded
UNFINISHED = r"""
for module; do
	case $(cat "/sys/module/$module/initstate" 2>/dev/null) in coming | going) echo "$module" ;; esac
done
"""


class NotLoaded(GuestError):
    """The guest does not take the new modules."""


class InUse(NotLoaded):
    """What is to be replaced cannot be unloaded."""


def needs(path):
    """The names of the modules that a module file names as those that it needs."""
    shown = subprocess.run(["/sbin/modinfo", "-F", "depends", path], stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, text=True, check=True).stdout
    return [name for name in shown.strip().replace("-", "_").split(",") if name]


def in_order(files):
    """(the modules, each behind those that it needs; others that they need)"""
    wanted = {name: needs(path) for name, path in files.items()}
    order, others = [], []

    def add(name):
        if name not in files:
            if name not in others:
                others.append(name)
        elif name not in order:
            for other in wanted[name]:
                add(other)
            order.append(name)

    for name in sorted(files):
        add(name)
    return order, others, wanted


def checksum(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def archive(files):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, path in files.items():
            tar.add(path, f"{name}.ko")
    return packed.getvalue()


def load(guest, files):
    """Loads the modules in files ({name: path}) that are not loaded as they are there.

    Returns their names.
    """
    there, loaded = {}, []
    for line in guest.run("sh", "-c", STATE).stdout.decode().splitlines():
        name, value = line.split()
        if name == "loaded":
            loaded.append(value)
        else:
            there[name] = value
    order, others, wanted = in_order(files)
    new = {name for name, path in files.items()
           if name not in loaded or there.get(name) != checksum(path)}
    for name in order:  # and who uses what is replaced
        if new & set(wanted[name]):
            new.add(name)
    if not new:
        return []
    away = [name for name in reversed(order) if name in new and name in loaded]
    done = guest.run("sh", "-c", EXCHANGE, "exchange", " ".join(away),
                     " ".join(name for name in order if name in new), " ".join(others),
                     input=archive({name: files[name] for name in new}))
    if done.status:
        raise not_loaded(guest, done, order)
    return [name for name in order if name in new]


def not_loaded(guest, done, names):
    """The error for a command that has not replaced the modules of these names."""
    said = done.stderr.decode(errors="replace").strip()
    unfinished = guest.run("sh", "-c", UNFINISHED, "unfinished", *names).stdout.decode().split()
    if unfinished:
        return NotLoaded(f"{said}\nloading or unloading {' and '.join(unfinished)} has not ended in the"
                         " guest, as after an oops in it: no other can take its place until the guest"
                         " is started anew")
    if done.status == IN_USE:
        return InUse(f"{said}\nwhat uses the driver in the guest must end first")
    return NotLoaded(f"the drivers could not be loaded (status {done.status}): {said}")


class KernelLog:
    """What the guest's kernel has logged since a moment."""

    def __init__(self, guest):
        self._guest = guest
        self._mark = f"begin {uuid.uuid4()}"
        guest.run("sh", "-c", f"echo '<7>{self._mark}' >/dev/kmsg")

    def lines(self):
        said = self._guest.run("dmesg").stdout.decode(errors="replace")
        _, _, since = said.partition(self._mark)
        return [line for line in since.splitlines()[1:] if line]


def stripped(files, directory, arch):
    """{name: path} of copies of modules without their debug information, which slows loading."""
    found = {}
    for file in files:
        found[file.stem] = os.path.join(directory, file.name)
        subprocess.run([f"{architecture(arch).prefix}strip", "--strip-debug", "-o", found[file.stem], file],
                       stdin=subprocess.DEVNULL, check=True)
    return found
