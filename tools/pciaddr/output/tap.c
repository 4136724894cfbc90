// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * TAP version 13: a line for each check without a finding, one for each finding.  An
 * unknown result is "not ok": a harness would take "ok" for a pass.
 */
#include "pciaddr/output/output.h"

#include <string.h>

#include "common/wrap.h"
#include "pciaddr/check/finding-text.h"

/* "#" would begin a directive */
static void write_description(FILE *out, const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "#");

		print_printable(out, text, length);
		text += length;
		if (*text)
			fputs("\\#", out);
		text += *text == '#';
	}
}

static void write_yaml(FILE *out, const char *key, const char *text)
{
	if (!text)
		return;
	fprintf(out, "  %s: ", key);
	print_quoted(out, text);
	fputc('\n', out);
}

static void write_details(FILE *out, const struct finding *finding,
			  const struct finding_text *text)
{
	fputs("  ---\n", out);
	write_yaml(out, "status", status_name(finding->status));
	write_yaml(out, "severity", severity_name(finding->severity));
	for (int i = 0; i < 2; i++) {
		write_yaml(out, i ? "other_value" : "value", text->values[i].text);
		write_yaml(out, i ? "other_where" : "where", text->values[i].where);
	}
	write_yaml(out, "asked", text->asked);
	write_yaml(out, "advice", text->advice);
	fputs("  ...\n", out);
}

static void write_finding(FILE *out, const struct output_options *options,
			  const struct machine *machine, const struct finding *finding,
			  size_t number)
{
	bool ok = finding->status == STATUS_PASS || finding->status == STATUS_SKIP ||
		(finding->status == STATUS_UNKNOWN && options->allow_unknown) ||
		(finding->status == STATUS_FAIL && finding->severity < options->threshold);

	struct finding_text text = finding_text(machine, finding);

	fprintf(out, "%sok %zu - %s", ok ? "" : "not ", number, checks[finding->check].label);
	if (options->machines > 1) {
		fputc(' ', out);
		write_description(out, machine->name);
	}
	if (text.device)
		fprintf(out, " %s%s%s", text.device, text.item ? " " : "",
			text.item ? text.item : "");
	fputs(": ", out);
	write_description(out, text.message);
	if (finding->status == STATUS_SKIP)
		fputs(" # SKIP not in this source", out);
	fputc('\n', out);
	if (finding->status == STATUS_FAIL || finding->status == STATUS_UNKNOWN)
		write_details(out, finding, &text);
	finding_text_free(&text);
}

/* The plan comes last, so that machines can be written as they are done. */
static size_t test_number;

static void tap_begin(FILE *out, const struct output_options *options)
{
	(void)options;
	test_number = 0;
	fputs("TAP version 13\n", out);
}

static void tap_machine(FILE *out, const struct output_options *options,
			const struct machine *machine, const struct results *results)
{
	if (machine->error) {
		fprintf(out, "not ok %zu - ", ++test_number);
		write_description(out, machine->error);
		fputc('\n', out);
		return;
	}
	for (const struct note *note = machine->warnings; note; note = note->next) {
		fputs("# warning: ", out);
		write_description(out, note->text);
		fputc('\n', out);
	}
	for (int check = 0; check < CHECKS; check++) {
		if (!output_check_is_clean(results, check))
			continue;
		fprintf(out, "ok %zu - %s", ++test_number, checks[check].label);
		if (options->machines > 1) {
			fputc(' ', out);
			write_description(out, machine->name);
		}
		fprintf(out, ": %s (%zu)\n", checks[check].title,
			results->tallies[check].counts[STATUS_PASS]);
	}
	for (size_t i = 0; i < results->count; i++)
		write_finding(out, options, machine, &results->findings[i], ++test_number);
}

static void tap_end(FILE *out, const struct output_options *options,
		    const struct output_totals *totals)
{
	(void)options;
	(void)totals;
	fprintf(out, "1..%zu\n", test_number);
}

const struct output_ops output_tap = {
	.name = "tap",
	.description = "TAP version 13, for test harnesses",
	.begin = tap_begin,
	.machine = tap_machine,
	.end = tap_end,
};
