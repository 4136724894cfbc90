// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * JSON, written as it comes: a library's tree of 60,000 findings would take many times the
 * memory of the machine itself.
 */
#include "pciaddr/output.h"

#include <string.h>

#include "common/die.h"
#include "pciaddr/utf8.h"

/*
 * Quotes @text.  What is not UTF-8 (a file's name, a line of a broken dump) becomes
 * replacement characters, so that the output always is JSON.
 */
static void quote(FILE *out, const char *text)
{
	const unsigned char *c = (const unsigned char *)text;
	size_t left = strlen(text);

	fputc('"', out);
	while (left) {
		size_t length = utf8_length((const char *)c, left);

		if (!length) {
			fputs("\\ufffd", out);
			c++;
			left--;
			continue;
		}
		if (*c == '"' || *c == '\\')
			fprintf(out, "\\%c", *c);
		else if (*c == '\n')
			fputs("\\n", out);
		else if (*c < ' ' || *c == 0x7f)
			fprintf(out, "\\u%04x", *c);
		else
			fwrite(c, 1, length, out);
		c += length;
		left -= length;
	}
	fputc('"', out);
}

static void member(FILE *out, const char *name, const char *text)
{
	if (!text)
		return;
	fprintf(out, ", \"%s\": ", name);
	quote(out, text);
}

static void write_values(FILE *out, const struct value values[2])
{
	bool first = true;

	for (int i = 0; i < 2; i++) {
		if (!values[i].text)
			continue;
		fputs(first ? ", \"values\": [{\"value\": " : ", {\"value\": ", out);
		quote(out, values[i].text);
		member(out, "where", values[i].where);
		fputc('}', out);
		first = false;
	}
	if (!first)
		fputc(']', out);
}

static void write_finding(FILE *out, const struct finding *finding)
{
	fprintf(out, "{\"status\": \"%s\", \"check\": \"%s\", \"severity\": \"%s\"",
		status_name(finding->status), checks[finding->check].label,
		severity_name(finding->severity));
	member(out, "device", finding->device);
	member(out, "subject", finding->subject);
	member(out, "message", finding->message);
	write_values(out, finding->values);
	member(out, "advice", finding->advice);
	member(out, "asked", finding->asked);
	fprintf(out, ", \"count\": %zu}", finding->count);
}

static void write_warnings(FILE *out, const struct machine *machine)
{
	fputs(", \"warnings\": [", out);
	for (const struct note *note = machine->warnings; note; note = note->next) {
		quote(out, note->text);
		if (note->next)
			fputs(", ", out);
	}
	fprintf(out, "], \"warning_count\": %zu", machine->warning_count);
}

static void write_checks(FILE *out, const struct results *results)
{
	bool first = true;

	fputs(", \"checks\": [", out);
	for (int check = 0; check < CHECKS; check++) {
		const size_t *counts = results->tallies[check].counts;

		if (!counts[STATUS_PASS] && !counts[STATUS_FAIL] && !counts[STATUS_UNKNOWN])
			continue;
		fprintf(out, "%s\n    {\"check\": \"%s\", \"pass\": %zu, \"fail\": %zu, "
			"\"unknown\": %zu}", first ? "" : ",", checks[check].label,
			counts[STATUS_PASS], counts[STATUS_FAIL], counts[STATUS_UNKNOWN]);
		first = false;
	}
	fputs("]", out);
}

static void json_begin(FILE *out, const struct output_options *options)
{
	(void)options;
	fputs("{\"format\": \"pciaddr-check\", \"version\": 1, \"machines\": [", out);
}

static void json_machine(FILE *out, const struct output_options *options,
			 const struct machine *machine, const struct results *results)
{
	static const char *const words[] = {
		[EXIT_OK] = "pass",
		[EXIT_FAILED] = "fail",
		[EXIT_USAGE] = "unreadable",
		[EXIT_CANNOT_TELL] = "unknown",
	};

	fputs("\n  {\"name\": ", out);
	quote(out, machine->name);
	fprintf(out, ", \"status\": \"%s\"",
		words[output_machine_status(options, machine, results)]);
	member(out, "error", machine->error);
	fprintf(out, ", \"functions\": %zu, \"buses\": %zu", machine->count, machine->bus_count);
	write_warnings(out, machine);
	write_checks(out, results);
	fputs(", \"findings\": [", out);
	for (size_t i = 0; i < results->count; i++) {
		fputs(i ? ",\n    " : "\n    ", out);
		write_finding(out, &results->findings[i]);
	}
	fputs("]}", out);
}

static void json_end(FILE *out, const struct output_options *options,
		     const struct output_totals *totals)
{
	(void)options;
	fprintf(out, "\n], \"totals\": {\"machines\": %zu, \"passed\": %zu, \"failed\": %zu, "
		"\"unknown\": %zu, \"unreadable\": %zu}}\n", totals->machines, totals->passed,
		totals->failed, totals->unknown, totals->unreadable);
}

const struct output_ops output_json = {
	.name = "json",
	.description = "one object; docs/pciaddr-check-result.schema.json describes it",
	.begin = json_begin,
	.machine = json_machine,
	.end = json_end,
	.separator = ",",
};
