// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/output/output.h"

#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "common/die.h"
#include "common/wrap.h"
#include "pciaddr/check/finding-text.h"

#define LABEL_WIDTH 17
#define INDENT 9		/* of what explains a finding: as wide as the status */
#define MESSAGE_INDENT (INDENT + LABEL_WIDTH + 1)

static const char *const status_words[STATUSES] = {
	[STATUS_PASS] = "ok",
	[STATUS_FAIL] = "FAILED",
	[STATUS_UNKNOWN] = "unknown",
	[STATUS_SKIP] = "not run",
};

/* Of a comparison. */
static const char *const change_words[STATUSES] = {
	[STATUS_PASS] = "same",
	[STATUS_FAIL] = "changed",
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

static void print_named(FILE *out, const char *before, const char *name, const char *behind)
{
	fputs(before, out);
	print_printable(out, name, strlen(name));
	fputs(behind, out);
}

static unsigned int print_status(FILE *out, const struct output_options *options,
				 enum status status, const char *label)
{
	const char *const *words = options->comparing ? change_words : status_words;

	fprintf(out, "%s%-*s%s%-*s ", options->color ? status_colors[status] : "", INDENT,
		words[status], options->color ? reset : "", LABEL_WIDTH, label);
	return MESSAGE_INDENT;
}

/* The rest of a line that begins with print_status(). */
static void print_line(FILE *out, const struct output_options *options, unsigned int column,
		       const char *text)
{
	print_wrapped(out, options->columns, column, MESSAGE_INDENT, text);
	fputc('\n', out);
}

/* What explains a finding: lines of their own. */
static void print_explanation(FILE *out, const struct output_options *options,
			      const char *title, const char *text)
{
	unsigned int column;

	fprintf(out, "%*s", INDENT, "");
	column = print_wrapped(out, options->columns, INDENT, INDENT + 2, title);
	print_wrapped(out, options->columns, column, INDENT + 2, text);
	fputc('\n', out);
}

/* Behind the value, or if it does not fit there, under it. */
static void print_where(FILE *out, const struct output_options *options, unsigned int column,
			unsigned int wanted_column, const char *where)
{
	unsigned int length = text_columns(where, strlen(where)) + 4;

	if (options->columns && wanted_column + length >= options->columns)
		wanted_column = column;
	if (options->columns && column + length >= options->columns) {
		fprintf(out, "\n%*s(", INDENT + 2, "");
		column = INDENT + 3;
	} else {
		fprintf(out, "%*s  (", column < wanted_column ? (int)(wanted_column - column) : 0,
			"");
		column = wanted_column + 3;
	}
	print_wrapped(out, options->columns, column, INDENT + 3, where);
	fputc(')', out);
}

/* Two values one under the other, where each was read to the right of it. */
static void print_values(FILE *out, const struct output_options *options,
			 const struct finding_text *text)
{
	size_t width = 0;

	for (int i = 0; i < 2; i++)
		if (text->values[i].text && strlen(text->values[i].text) > width &&
		    strlen(text->values[i].text) <= 48)
			width = strlen(text->values[i].text);
	for (int i = 0; i < 2; i++) {
		unsigned int column;

		if (!text->values[i].text)
			continue;
		fprintf(out, "%*s", INDENT, "");
		column = print_wrapped(out, options->columns, INDENT, INDENT + 2,
				       text->values[i].text);
		if (text->values[i].where)
			print_where(out, options, column, INDENT + (unsigned int)width,
				    text->values[i].where);
		fputc('\n', out);
	}
}

static void print_explanations(FILE *out, const struct output_options *options,
			       const struct finding_text *text)
{
	if (text->asked && !(text->values[0].where &&
			     strstr(text->values[0].where, text->asked)))
		print_explanation(out, options, "asked for by ", text->asked);
	print_values(out, options, text);
	if (text->advice)
		print_explanation(out, options, "What to do: ", text->advice);
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/* "0000:01:01.0 (net0)": the slot, and what the source calls the device. */
static char *device_text(const char *slot, const char *label)
{
	return xasprintf("%s%s%s%s", slot ? slot : "", label ? " (" : "", label ? label : "",
			 label ? ")" : "");
}

/* What the other side of a comparison calls it, where that is something else. */
static char *was_text(const struct finding_text *text)
{
	char *old, *was;

	if (!text->device || !text->old_device ||
	    (!strcmp(text->device, text->old_device) &&
	     (!text->old_label || same_text(text->label, text->old_label))))
		return xstrdup("");
	old = device_text(text->old_device, text->old_label);
	was = xasprintf(" (was %s)", old);
	free(old);
	return was;
}

static void print_finding(FILE *out, const struct output_options *options,
			  const struct machine *machine, const struct finding *finding)
{
	struct finding_text text = finding_text(machine, finding);
	bool unusual = finding->status == STATUS_FAIL && finding->severity != SEVERITY_HIGH;
	char *device = device_text(text.device, text.label);
	const char *item = text.device && text.item ? text.item : "";
	const char *colon = text.device && finding->status != STATUS_PASS ? ":" : "";
	char *was = was_text(&text);
	char similar[48] = "";
	unsigned int column;
	char *line;

	column = print_status(out, options, finding->status, checks[finding->check].label);
	if (finding->count > 1)
		snprintf(similar, sizeof(similar), " (and %zu similar)", finding->count - 1);
	if (asprintf(&line, "%s%s%s%s%s%s%s%s%s%s%s", device, was, *item ? " " : "", item, colon,
		     *device ? " " : "", text.message, similar, unusual ? " [" : "",
		     unusual ? severity_name(finding->severity) : "", unusual ? "]" : "") < 0)
		die(EXIT_CANNOT_TELL, "out of memory");
	print_line(out, options, column, line);
	free(line);
	free(device);
	free(was);
	if (finding->status != STATUS_PASS)
		print_explanations(out, options, &text);
	finding_text_free(&text);
}

static void print_warnings(FILE *out, const struct output_options *options,
			   const struct machine *machine)
{
	size_t shown = 0;

	for (const struct note *note = machine->warnings; note; note = note->next, shown++) {
		fprintf(out, "%-*s", INDENT, "warning");
		print_wrapped(out, options->columns, INDENT, INDENT, note->text);
		fputc('\n', out);
	}
	if (machine->warning_count > shown)
		fprintf(out, "%-*s... and %zu more\n", INDENT, "warning",
			machine->warning_count - shown);
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
	unsigned int column;
	char line[160];
	size_t bridges;

	if (machine->error) {
		/* of a single machine standard error has it */
		if (options->machines > 1)
			print_named(out, "cannot be checked: ", machine->error, "\n");
		return;
	}
	bridges = count_bridges(machine);
	if (!options->quiet) {
		if (results->old)
			print_named(out, "", results->old->name, " -> ");
		print_named(out, "", machine->name, ": ");
		fprintf(out, "%zu PCI function%s, %zu bridge%s, %zu bus%s\n", machine->count,
		 machine->count == 1 ? "" : "s", bridges,
			bridges == 1 ? "" : "s", machine->bus_count,
			machine->bus_count == 1 ? "" : "es");
	} else if (options->machines > 1 &&
		   output_machine_status(options, machine, results)) {
		print_named(out, "", machine->name, ":\n");
	}
	if (!options->quiet || machine->warning_count)
		print_warnings(out, options, machine);
	for (int check = 0; check < CHECKS; check++) {
		/* of a comparison the last line counts what is the same */
		if (options->quiet || options->comparing ||
		    !output_check_is_clean(results, check))
			continue;
		snprintf(line, sizeof(line), "%s (%zu)", checks[check].title,
			 results->tallies[check].counts[STATUS_PASS]);
		column = print_status(out, options, STATUS_PASS, checks[check].label);
		print_line(out, options, column, line);
	}
	for (size_t i = 0; i < results->count; i++) {
		const struct finding *finding = &results->findings[i];

		if (!options->quiet || finding->status == STATUS_FAIL ||
		    finding->status == STATUS_UNKNOWN)
			print_finding(out, options, machine, finding);
	}
	if (!options->quiet) {
		print_named(out, "", machine->name, ": ");
		fprintf(out, options->comparing ? "%zu same, %zu changed, %zu unknown\n" :
			"%zu passed, %zu failed, %zu unknown, %zu not run\n",
			results_total(results, STATUS_PASS), results_total(results, STATUS_FAIL),
			results_total(results, STATUS_UNKNOWN),
			results_total(results, STATUS_SKIP));
	}
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
	.tells_errors = true,
};
