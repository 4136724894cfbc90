// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/architecture.h"

#include <string.h>

#include "pciaddr/input/dump-words.h"

/* What only kernels of one kind of machine print. */
static const struct {
	const char *begins;
	enum platform platform;
} log_lines[] = {
	{ "BIOS-e820: ", PLATFORM_PC },
	{ "PCI: Using configuration type ", PLATFORM_PC },
	{ "Booting Linux on physical CPU ", PLATFORM_OTHER },
	{ "MIPS: machine is ", PLATFORM_OTHER },
	{ "Machine model: ", PLATFORM_OTHER },
	{ "OF: fdt: Machine model: ", PLATFORM_OTHER },
	{ "OF: fdt:Machine model: ", PLATFORM_OTHER },
	{ "PROMLIB: ", PLATFORM_OTHER },
};

static bool ends_with(const struct line *line, const char *end)
{
	size_t length = strlen(end);

	return line->length >= length &&
		!memcmp(line->text + line->length - length, end, length);
}

/* "Linux name 6.1.0 #1 SMP date x86_64 GNU/Linux" */
static enum platform uname_platform(const struct line *line)
{
	static const char *const pcs[] = { " x86_64 ", " i386 ", " i486 ", " i586 ", " i686 " };

	if (!line_begins(line, "Linux ") || !line_find(line, " #") ||
	    !ends_with(line, " GNU/Linux"))
		return PLATFORM_UNKNOWN;
	for (size_t i = 0; i < sizeof(pcs) / sizeof(pcs[0]); i++)
		if (line_find(line, pcs[i]))
			return PLATFORM_PC;
	return PLATFORM_OTHER;
}

static enum platform platform_of(const struct line *line)
{
	for (size_t i = 0; i < sizeof(log_lines) / sizeof(log_lines[0]); i++)
		if (line_begins(line, log_lines[i].begins))
			return log_lines[i].platform;
	/* dump_stack() of machines that a device tree describes */
	if (line_begins(line, "Hardware name: ") && ends_with(line, " (DT)"))
		return PLATFORM_OTHER;
	return uname_platform(line);
}

void architecture_line(struct machine *machine, struct line line)
{
	while (line.length && (*line.text == ' ' || *line.text == '\t')) {
		line.text++;
		line.length--;
	}
	/* most lines begin otherwise */
	if (!line.length || !strchr("BDHLMOP", *line.text))
		return;
	if (line_begins(&line, "Device tree node: "))
		machine->has_device_tree = true;
	else if (machine->told_platform == PLATFORM_UNKNOWN)
		machine->told_platform = platform_of(&line);
}
