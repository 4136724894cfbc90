// SPDX-License-Identifier: GPL-2.0-or-later
/* README of --emulate's directory: what the guest has otherwise than the machine, and why. */
#include "pciaddr/emulate/files.h"

#include <inttypes.h>

#include "pciaddr/emulate/shape.h"

static const struct {
	const char *title;
	const char *none;
} sections[TOPICS] = {
	[TOPIC_LEFT_OUT] = { "Left out", "Nothing: every function of the source is there." },
	[TOPIC_ELSEWHERE] = { "At another address", "Nothing." },
	[TOPIC_MADE_UP] = { "Made up, because the source does not tell it", "Nothing." },
	[TOPIC_FAULT] = { "Wrong on purpose (--fault)", "Nothing." },
	[TOPIC_SOURCE] = { "What the source has that is not a function, or was not understood",
			   "Nothing." },
	[TOPIC_MAY_DIFFER] = { "What the guest's kernel will not keep", "Nothing that is known." },
};

static void put_printable(FILE *out, const char *text)
{
	for (; *text; text++)
		fputc(*text >= ' ' && *text <= '~' ? *text : '?', out);
}

/* What a kernel does with windows and BARs that --diff tells of */
enum change {
	CHANGE_GONE,		/* the guest does not have it, or no kernel finds it */
	CHANGE_PLACE,		/* it is in another domain */
	CHANGE_MOVE,		/* the kernel moves it, or has it at another address */
	CHANGE_OPEN,		/* it is closed, or has no address */
	CHANGES
};

static const char *const classes[CHANGES] = {
	[CHANGE_GONE] = ",gone",
	[CHANGE_PLACE] = ",gone,new,relocated,renumbered",
	[CHANGE_MOVE] = ",moved,unassigned,shrunk",
	[CHANGE_OPEN] = ",assigned,grown",
};

static bool has_closed(const struct shape_function *function)
{
	const struct pci_function *source = function->source;

	for (unsigned int i = 0; i < source->bar_count; i++)
		if (source->bars[i].state != BAR_ASSIGNED)
			return true;
	for (int kind = 0; source->bridge && kind < WINDOWS; kind++)
		if (source->bridge->windows[kind].state != WINDOW_OPEN)
			return true;
	return false;
}

static void find_changes(const struct shape *shape, bool changes[CHANGES])
{
	if (shape->note_counts[TOPIC_LEFT_OUT])
		changes[CHANGE_GONE] = true;
	for (size_t i = 0; i < shape->count; i++) {
		const struct shape_function *function = &shape->functions[i];

		changes[CHANGE_GONE] |= function->unreachable;
		changes[CHANGE_PLACE] |= function->domain != function->source->domain;
		changes[CHANGE_MOVE] |= function->other_offset;
		changes[CHANGE_OPEN] |= has_closed(function);
		for (unsigned int k = 0; k < SHAPE_ITEMS; k++)
			changes[CHANGE_MOVE] |= function->moves[k];
	}
	/* what is moved makes room, and takes it */
	changes[CHANGE_OPEN] |= changes[CHANGE_MOVE];
}

static void write_classes(FILE *out, const struct shape *shape)
{
	bool changes[CHANGES] = { false };

	find_changes(shape, changes);
	fputs("This comparison of the source with the guest's lspci shows no change:\n\n"
	      "    pciaddr-check --diff SOURCE GUEST --ignore driver,command,noise,link", out);
	for (int change = 0; change < CHANGES; change++)
		if (changes[change])
			fputs(classes[change], out);
	fputs("\n\n", out);
}

void write_readme(FILE *out, const void *context)
{
	const struct shape *shape = context;

	fputs("A machine for QEMU, made by pciaddr-check --emulate from ", out);
	put_printable(out, shape->machine->name);
	fprintf(out, "\n\n"
		"%zu of the source's %zu functions, below %zu host bridge%s. QEMU needs the devices\n"
		"pci-shape, pci-shape-root and pci-shape-function. In this directory:\n\n"
		"    qemu-system-x86_64 $(cat " FILE_ARGUMENTS ") -kernel BZIMAGE -initrd INITRD \\\n"
		"        -append console=ttyS0 -serial stdio\n\n"
		"In the guest, before drivers move anything:\n\n"
		"    pciaddr-check --spec " FILE_SPECIFICATION "\n\n",
		shape->count, shape->machine->count, shape->root_count,
		shape->root_count == 1 ? "" : "s");
	for (int topic = 0; topic < TOPICS; topic++) {
		fprintf(out, "%s:\n", sections[topic].title);
		if (!shape->note_counts[topic])
			fprintf(out, "  %s\n", sections[topic].none);
		for (const struct shape_note *note = shape->notes; note; note = note->next) {
			if (note->topic != (enum shape_topic)topic)
				continue;
			fputs("  ", out);
			put_printable(out, note->text);
			fputc('\n', out);
		}
		fputc('\n', out);
	}
	write_classes(out, shape);
	fputs("Always different from the machine:\n"
	      "  power states (all functions are awake), MSI and MSI-X (off), virtual functions\n"
	      "  (off), events of slots and errors (none pending), INTx (not routed), and what\n"
	      "  BARs answer (nothing is behind them). Windows that are closed may be opened, and\n"
	      "  what has no address may get one; machine.yaml says nothing of these.\n"
	      "  The platform is QEMU's: processor, ACPI's methods, e820, ports below 0x1000.\n",
	      out);
}
