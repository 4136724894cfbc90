// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/output.h"

#include <string.h>

#define LABEL_WIDTH 17
#define INDENT 10		/* of what explains a finding: as wide as the status */

static const char *const status_words[STATUSES] = {
	[STATUS_PASS] = "ok",
	[STATUS_FAIL] = "FAILED",
	[STATUS_UNKNOWN] = "unknown",
	[STATUS_SKIP] = "not run",
};

static const char *const status_colors[STATUSES] = {
	[STATUS_PASS] = "\033[32m",
	[STATUS_FAIL] = "\033[1;31m",
	[STATUS_UNKNOWN] = "\033[33m",
	[STATUS_SKIP] = "\033[2m",
};

static const char reset[] = "\033[0m";

static void print_status(FILE *out, const struct output_options *options, enum status status,
			 const char *label)
{
	fprintf(out, "%s%-*s%s%-*s ", options->color ? status_colors[status] : "", INDENT - 1,
		status_words[status], options->color ? reset : "", LABEL_WIDTH, label);
}

/* Two values one under the other, where each was read to the right of it. */
static void print_values(FILE *out, const struct value values[2])
{
	size_t width = 0;

	for (int i = 0; i < 2; i++)
		if (values[i].text && strlen(values[i].text) > width &&
		    strlen(values[i].text) <= 48)
			width = strlen(values[i].text);
	for (int i = 0; i < 2; i++) {
		if (!values[i].text)
			continue;
		fprintf(out, "%*s%-*s", INDENT, "", (int)width, values[i].text);
		if (values[i].where)
			fprintf(out, "  (%s)", values[i].where);
		fputc('\n', out);
	}
}

static void print_finding(FILE *out, const struct output_options *options,
			  const struct finding *finding)
{
	print_status(out, options, finding->status, checks[finding->check].label);
	if (finding->device)
		fprintf(out, "%s%s%s%s ", finding->device, finding->subject ? " " : "",
			finding->subject ? finding->subject : "",
			finding->status == STATUS_PASS ? "" : ":");
	fputs(finding->message, out);
	if (finding->count > 1)
		fprintf(out, " (and %zu more alike)", finding->count - 1);
	if (finding->status == STATUS_FAIL && finding->severity != SEVERITY_HIGH)
		fprintf(out, " [%s]", severity_name(finding->severity));
	fputc('\n', out);
	if (finding->status == STATUS_PASS)
		return;
	if (finding->asked && !(finding->values[0].where &&
				strstr(finding->values[0].where, finding->asked)))
		fprintf(out, "%*sasked for by %s\n", INDENT, "", finding->asked);
	print_values(out, finding->values);
	if (finding->advice)
		fprintf(out, "%*sWhat to do: %s\n", INDENT, "", finding->advice);
}

static void print_warnings(FILE *out, const struct machine *machine)
{
	size_t shown = 0;

	for (const struct note *note = machine->warnings; note; note = note->next, shown++)
		fprintf(out, "warning   %s\n", note->text);
	if (machine->warning_count > shown)
		fprintf(out, "warning   ... and %zu more\n", machine->warning_count - shown);
}

static size_t count_bridges(const struct machine *machine)
{
	size_t bridges = 0;

	for (size_t i = 0; i < machine->count; i++)
		bridges += machine->functions[i].bridge != NULL;
	return bridges;
}

static void text_begin(FILE *out, const struct output_options *options)
{
	(void)out;
	(void)options;
}

static void text_machine(FILE *out, const struct output_options *options,
			 const struct machine *machine, const struct results *results)
{
	size_t bridges;

	if (machine->error) {
		/* of a single machine standard error has it */
		if (options->machines > 1)
			fprintf(out, "cannot be checked: %s\n", machine->error);
		return;
	}
	bridges = count_bridges(machine);
	if (!options->quiet) {
		fprintf(out, "%s: %zu PCI function%s, %zu bridge%s, %zu bus%s\n", machine->name,
			machine->count, machine->count == 1 ? "" : "s", bridges,
			bridges == 1 ? "" : "s", machine->bus_count,
			machine->bus_count == 1 ? "" : "es");
	} else if (options->machines > 1 &&
		   output_machine_status(options, machine, results)) {
		fprintf(out, "%s:\n", machine->name);
	}
	if (!options->quiet || machine->warning_count)
		print_warnings(out, machine);
	for (int check = 0; check < CHECKS; check++) {
		if (options->quiet || !output_check_is_clean(results, check))
			continue;
		print_status(out, options, STATUS_PASS, checks[check].label);
		fprintf(out, "%s (%zu)\n", checks[check].title,
			results->tallies[check].counts[STATUS_PASS]);
	}
	for (size_t i = 0; i < results->count; i++) {
		const struct finding *finding = &results->findings[i];

		if (!options->quiet || finding->status == STATUS_FAIL ||
		    finding->status == STATUS_UNKNOWN)
			print_finding(out, options, finding);
	}
	if (!options->quiet)
		fprintf(out, "%s: %zu passed, %zu failed, %zu unknown\n", machine->name,
			results_total(results, STATUS_PASS), results_total(results, STATUS_FAIL),
			results_total(results, STATUS_UNKNOWN));
}

static void text_end(FILE *out, const struct output_options *options,
		     const struct output_totals *totals)
{
	if (totals->machines < 2)
		return;
	fprintf(out, "%s%zu machines: %zu passed, %zu failed, %zu unknown, %zu unreadable\n",
		options->quiet ? "" : "\n", totals->machines, totals->passed, totals->failed,
		totals->unknown, totals->unreadable);
}

const struct output_ops output_text = {
	.name = "text",
	.description = "for people; in colour on a terminal",
	.begin = text_begin,
	.machine = text_machine,
	.end = text_end,
};
