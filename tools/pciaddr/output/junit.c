// SPDX-License-Identifier: GPL-2.0-or-later
/* JUnit's XML, as CI servers read it: a test suite for each machine. */
#include "pciaddr/output/output.h"

#include "common/markup.h"
#include "pciaddr/check/finding-text.h"

/* XML 1.0 has no way to write most control characters; neither do bytes that are no UTF-8. */
static void escape(FILE *out, const char *text)
{
	for (; *text; text++) {
		const char *entity = *text == '\n' ? "&#10;" : markup_entity(*text);

		if (entity)
			fputs(entity, out);
		else
			fputc(*text >= ' ' && *text < 0x7f ? *text : '?', out);
	}
}

static void write_body(FILE *out, const struct finding_text *text)
{
	for (int i = 0; i < 2; i++) {
		if (!text->values[i].text)
			continue;
		escape(out, text->values[i].text);
		if (text->values[i].where) {
			fputs("  (", out);
			escape(out, text->values[i].where);
			fputc(')', out);
		}
		fputc('\n', out);
	}
	if (text->advice) {
		fputs("What to do: ", out);
		escape(out, text->advice);
		fputc('\n', out);
	}
}

static void open_case(FILE *out, enum check_id check, const struct finding_text *text)
{
	fprintf(out, "    <testcase classname=\"%s\" name=\"", checks[check].label);
	if (text && text->device) {
		escape(out, text->device);
		fputc(' ', out);
	}
	if (text && text->item) {
		escape(out, text->item);
		fputs(": ", out);
	}
	escape(out, text ? text->message : checks[check].title);
	fputc('"', out);
}

static void write_finding(FILE *out, const struct output_options *options,
			  const struct machine *machine, const struct finding *finding)
{
	struct finding_text text = finding_text(machine, finding);
	const char *element = NULL;

	if (finding->status == STATUS_FAIL && finding->severity >= options->threshold)
		element = "failure";
	else if (finding->status == STATUS_UNKNOWN && !options->allow_unknown)
		element = "error";
	else if (finding->status != STATUS_PASS)
		element = "skipped";
	open_case(out, finding->check, &text);
	if (!element) {
		fputs("/>\n", out);
		finding_text_free(&text);
		return;
	}
	fprintf(out, ">\n      <%s message=\"", element);
	escape(out, text.message);
	fputc('"', out);
	if (element[0] != 's')
		fprintf(out, " type=\"%s\"", severity_name(finding->severity));
	fputc('>', out);
	write_body(out, &text);
	fprintf(out, "</%s>\n    </testcase>\n", element);
	finding_text_free(&text);
}

static void junit_begin(FILE *out, const struct output_options *options)
{
	(void)options;
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"pciaddr-check\">\n",
	      out);
}

static void junit_machine(FILE *out, const struct output_options *options,
			  const struct machine *machine, const struct results *results)
{
	size_t tests = 0, failures = 0, errors = 0, skipped = 0;

	for (int check = 0; check < CHECKS; check++)
		tests += output_check_is_clean(results, check);
	for (size_t i = 0; i < results->count; i++) {
		const struct finding *finding = &results->findings[i];
		bool fails = finding->status == STATUS_FAIL &&
			finding->severity >= options->threshold;
		bool unknown = finding->status == STATUS_UNKNOWN && !options->allow_unknown;

		tests++;
		failures += fails;
		errors += unknown;
		skipped += finding->status != STATUS_PASS && !fails && !unknown;
	}
	fputs("  <testsuite name=\"", out);
	escape(out, machine->name);
	fprintf(out, "\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\">\n",
		tests + !!machine->error, failures, errors + !!machine->error, skipped);
	if (machine->error) {
		fputs("    <testcase classname=\"source\" name=\"can be read\">\n"
		      "      <error message=\"", out);
		escape(out, machine->error);
		fputs("\"/>\n    </testcase>\n", out);
	}
	for (int check = 0; check < CHECKS; check++) {
		if (!output_check_is_clean(results, check))
			continue;
		open_case(out, check, NULL);
		fputs("/>\n", out);
	}
	for (size_t i = 0; i < results->count; i++)
		write_finding(out, options, machine, &results->findings[i]);
	fputs("  </testsuite>\n", out);
}

static void junit_end(FILE *out, const struct output_options *options,
		      const struct output_totals *totals)
{
	(void)options;
	(void)totals;
	fputs("</testsuites>\n", out);
}

const struct output_ops output_junit = {
	.name = "junit",
	.description = "JUnit XML, for CI servers",
	.begin = junit_begin,
	.machine = junit_machine,
	.end = junit_end,
};
