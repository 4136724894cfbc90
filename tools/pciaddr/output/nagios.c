// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A plugin's answer, as Nagios and its relatives have it (Monitoring Plugins Development
 * Guidelines, 2.1 and 2.6): one line, performance data behind a bar, and four exit statuses.
 */
#include <config.h>

#include "pciaddr/output/output.h"

#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "common/wrap.h"
#include "pciaddr/check/finding-text.h"

enum nagios_status {
	NAGIOS_OK,
	NAGIOS_WARNING,
	NAGIOS_CRITICAL,
	NAGIOS_UNKNOWN,
};

/* What is told is the worst that was found, the first of it. */
static struct {
	enum nagios_status status;
	char *told;			/* NULL: all is well */
	size_t machines;
	size_t counts[STATUSES];
} total;

/* How much an administrator has to hurry. */
static int urgency(enum nagios_status status)
{
	static const int urgencies[] = {
		[NAGIOS_OK] = 0, [NAGIOS_UNKNOWN] = 1, [NAGIOS_WARNING] = 2, [NAGIOS_CRITICAL] = 3,
	};

	return urgencies[status];
}

static void tell(enum nagios_status status, char *text)
{
	if (total.told && urgency(status) <= urgency(total.status)) {
		free(text);
		return;
	}
	free(total.told);
	total.told = text;
	total.status = status;
}

static void nagios_begin(FILE *out, const struct output_options *options)
{
	(void)out;
	(void)options;
	memset(&total, 0, sizeof(total));
}

static char *finding_line(const struct output_options *options, const struct machine *machine,
			  const struct finding *finding)
{
	struct finding_text text = finding_text(machine, finding);
	bool several = options->machines > 1;
	char *line = xasprintf("%s%s%s: %s%s%s%s%s", several ? machine->name : "",
			       several ? ": " : "", checks[finding->check].label,
			       text.device ? text.device : "", text.item ? " " : "",
			       text.item ? text.item : "", text.device ? ": " : "", text.message);

	finding_text_free(&text);
	return line;
}

static void nagios_machine(FILE *out, const struct output_options *options,
			   const struct machine *machine, const struct results *results)
{
	(void)out;
	total.machines++;
	if (machine->error) {
		tell(NAGIOS_UNKNOWN, xstrdup(machine->error));
		return;
	}
	for (enum status status = STATUS_PASS; status < STATUSES; status++)
		total.counts[status] += results_total(results, status);
	for (size_t i = 0; i < results->count; i++) {
		const struct finding *finding = &results->findings[i];

		if (finding->status == STATUS_FAIL && finding->severity >= options->threshold)
			tell(finding->severity >= SEVERITY_HIGH ? NAGIOS_CRITICAL :
			     NAGIOS_WARNING, finding_line(options, machine, finding));
		else if (finding->status == STATUS_UNKNOWN && !options->allow_unknown)
			tell(NAGIOS_UNKNOWN, finding_line(options, machine, finding));
	}
	if (!total.told && output_machine_status(options, machine, results))
		tell(NAGIOS_UNKNOWN, xasprintf("%s: nothing was checked", machine->name));
}

/* A bar would begin the performance data, and a line's end the next line. */
static void write_told(FILE *out, char *text)
{
	for (char *c = text; *c; c++)
		if (*c == '|' || *c == '\n' || *c == '\r')
			*c = *c == '|' ? '/' : ' ';
	print_printable(out, text, strlen(text));
}

static void nagios_end(FILE *out, const struct output_options *options,
		       const struct output_totals *totals)
{
	static const char *const words[] = {
		[NAGIOS_OK] = "OK", [NAGIOS_WARNING] = "WARNING",
		[NAGIOS_CRITICAL] = "CRITICAL", [NAGIOS_UNKNOWN] = "UNKNOWN",
	};

	(void)options;
	(void)totals;
	fprintf(out, "PCIADDR %s - ", words[total.status]);
	if (total.told)
		write_told(out, total.told);
	else
		fprintf(out, "%zu checks passed on %zu machine%s", total.counts[STATUS_PASS],
			total.machines, total.machines == 1 ? "" : "s");
	fprintf(out, " | passed=%zu;;;0 failed=%zu;;0;0 unknown=%zu;0;;0 machines=%zu;;;0\n",
		total.counts[STATUS_PASS], total.counts[STATUS_FAIL],
		total.counts[STATUS_UNKNOWN], total.machines);
	free(total.told);
	total.told = NULL;
}

static int nagios_exit_status(void)
{
	return total.status;
}

const struct output_ops output_nagios = {
	.name = "nagios",
	.description = "one line for Nagios, with its exit statuses",
	.begin = nagios_begin,
	.machine = nagios_machine,
	.end = nagios_end,
	.exit_status = nagios_exit_status,
	.tells_errors = true,
};
