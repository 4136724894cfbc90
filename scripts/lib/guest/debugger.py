# SPDX-License-Identifier: GPL-2.0-or-later
"""Lets gdb on the host debug the drivers in the guest, with their source."""

import os
import shutil

from cache import TOP

# The modules that are loaded, and where their sections are: MODULE SECTION ADDRESS. Those that
# end with the module's start are gone.
SECTIONS = r"""
for module; do
	cd "/sys/module/$module/sections" 2>/dev/null || continue
	for section in .[!.]*; do
		case $section in
		.init* | .note* | .gnu* | .modinfo | .orc* | .symtab | .strtab | .altinstr* | .parainstr*) ;;
		*) echo "$module $section $(cat "$section")" ;;
		esac
	done
done
exit 0
"""


def sections(guest, modules):
    """{module: {section: address}} of those modules that are loaded."""
    printed = guest.run("sh", "-c", SECTIONS, "sections", *modules).stdout.decode()
    found = {}
    for module, section, address in map(str.split, printed.splitlines()):
        found.setdefault(module, {})[section] = address
    return found


def quoted(path):
    """A path as a word of a gdb command."""
    return "'" + path.replace("\\", "\\\\").replace("'", "\\'") + "'"


def commands(sockets, objects, places, source):
    """gdb's commands: the guest's processor, and the symbols of its modules.

    objects   {module: its .ko, with debug information}
    source    the directory that the modules were built in a copy of the tree
    """
    yield "set confirm off"
    # The user's own file, not the copy that was built
    yield "set filename-display absolute"
    yield f"set substitute-path {quoted(str(source))} {quoted(str(TOP))}"
    yield f"target remote {sockets}.gdb"
    for module, found in sorted(places.items()):
        others = "".join(f" -s {name} {address}" for name, address in sorted(found.items())
                         if name != ".text")
        # It lists the sections, and would ask in the midst of them whether to go on.
        yield f"with pagination off -- add-symbol-file {quoted(objects[module])} {found['.text']}{others}"


def write(guest, sockets, files, source):
    """Writes gdb's commands for modules, as images.drivers() returned them.

    Returns the commands' file and the names of those modules that are loaded.
    """
    # They stay as they are loaded while others are built.
    objects = {}
    for file in files:
        objects[file.stem] = f"{sockets}.{file.name}"
        shutil.copyfile(file, objects[file.stem])
    places = sections(guest, objects)
    path = f"{sockets}.gdb-commands"
    with open(f"{path}.new", "w", encoding="utf-8") as file:
        for line in commands(sockets, objects, places, source):
            print(line, file=file)
    os.replace(f"{path}.new", path)
    return path, sorted(places)


def advice(path, modules):
    """What to tell of it."""
    lines = [f"gdb -x {path}"]
    if not shutil.which("gdb"):
        lines[0] += "    (gdb is not installed here: apt-get install gdb)"
    if modules:
        lines.append(f"    debugs {', '.join(modules)}; the guest stands still while gdb has it: continue")
    else:
        lines.append("    none of the drivers is loaded")
    return "\n".join(lines)
