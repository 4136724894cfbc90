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
	[TOPIC_MAY_DIFFER] = { "What the guest's kernel will not keep", "Nothing that is known." },
};

static void put_printable(FILE *out, const char *text)
{
	for (; *text; text++)
		fputc(*text >= ' ' && *text <= '~' ? *text : '?', out);
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
	fputs("Always otherwise than on the machine:\n"
	      "  power states (all functions are awake), MSI and MSI-X (off), virtual functions\n"
	      "  (off), events of slots and errors (none pending), INTx (not routed), and what\n"
	      "  BARs answer (nothing is behind them). Windows that are closed may be opened, and\n"
	      "  what has no address may get one; machine.yaml says nothing of these. --diff of the source and the guest shows\n"
	      "  these as diff-state and diff-driver.\n"
	      "  The platform is QEMU's: processor, ACPI's methods, e820, ports below 0x1000.\n",
	      out);
}
