// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Prometheus' text format, for node exporter's textfile collector.  All samples of a metric
 * have to stand together, so that the machines' numbers are kept until the end.
 */
#include <config.h>

#include "pciaddr/output/output.h"

#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "common/wrap.h"

struct sample {
	char *host;
	char *name;
	bool ambiguous;		/* another one has the same host's name */
	int status;
	size_t functions;
	size_t warnings;
	struct tally tallies[CHECKS];
};

static struct sample *samples;
static size_t sample_count;

static int compare_hosts(const void *a, const void *b)
{
	const struct sample *const *first = a, *const *second = b;

	return strcmp((*first)->host, (*second)->host);
}

/* Two samples with the same labels would be refused as a whole. */
static void find_ambiguous(void)
{
	struct sample **sorted = xcalloc(sample_count, sizeof(*sorted));

	for (size_t i = 0; i < sample_count; i++)
		sorted[i] = &samples[i];
	qsort(sorted, sample_count, sizeof(*sorted), compare_hosts);
	for (size_t i = 0; i < sample_count; i++)
		if ((i && !compare_hosts(&sorted[i - 1], &sorted[i])) ||
		    (i + 1 < sample_count && !compare_hosts(&sorted[i], &sorted[i + 1])))
			sorted[i]->ambiguous = true;
	free(sorted);
}

static void write_label(FILE *out, const struct sample *sample)
{
	fputs("machine=", out);
	print_quoted(out, sample->ambiguous ? sample->name : sample->host);
}

static void prometheus_begin(FILE *out, const struct output_options *options)
{
	(void)out;
	(void)options;
}

static void prometheus_machine(FILE *out, const struct output_options *options,
			       const struct machine *machine, const struct results *results)
{
	struct sample *sample;

	(void)out;
	samples = grow_array(samples, sample_count + 1, sizeof(*samples));
	sample = &samples[sample_count++];
	sample->host = xstrdup(machine->host);
	sample->name = xstrdup(machine->name);
	sample->ambiguous = false;
	sample->status = output_machine_status(options, machine, results);
	sample->functions = machine->count;
	sample->warnings = machine->warning_count;
	memcpy(sample->tallies, results->tallies, sizeof(sample->tallies));
}

static void write_gauge(FILE *out, const char *name, const char *help)
{
	fprintf(out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static void write_simple(FILE *out, const char *name, const char *help,
			 size_t (*value)(const struct sample *sample))
{
	write_gauge(out, name, help);
	for (size_t i = 0; i < sample_count; i++) {
		fprintf(out, "%s{", name);
		write_label(out, &samples[i]);
		fprintf(out, "} %zu\n", value(&samples[i]));
	}
}

static size_t exit_status(const struct sample *sample)
{
	return (size_t)sample->status;
}

static size_t functions(const struct sample *sample)
{
	return sample->functions;
}

static size_t warnings(const struct sample *sample)
{
	return sample->warnings;
}

static void prometheus_end(FILE *out, const struct output_options *options,
			   const struct output_totals *totals)
{
	(void)options;
	(void)totals;
	find_ambiguous();
	write_simple(out, "pciaddr_check_status",
		     "Exit status: 0 all right, 1 a check failed, 2 unreadable, 3 cannot tell.",
		     exit_status);
	write_simple(out, "pciaddr_check_functions", "PCI functions that were looked at.",
		     functions);
	write_simple(out, "pciaddr_check_source_warnings",
		     "Lines of the source that did not fit.", warnings);
	write_gauge(out, "pciaddr_check_results", "Results of each check, by outcome.");
	for (size_t i = 0; i < sample_count; i++) {
		for (int check = 0; check < CHECKS; check++) {
			const size_t *counts = samples[i].tallies[check].counts;

			if (!counts[STATUS_PASS] && !counts[STATUS_FAIL] &&
			    !counts[STATUS_UNKNOWN] && !counts[STATUS_SKIP])
				continue;
			for (enum status status = STATUS_PASS; status < STATUSES; status++) {
				fputs("pciaddr_check_results{", out);
				write_label(out, &samples[i]);
				fprintf(out, ",check=\"%s\",severity=\"%s\",outcome=\"%s\"} %zu\n",
					checks[check].label, severity_name(checks[check].severity),
					status_name(status), counts[status]);
			}
		}
		free(samples[i].host);
		free(samples[i].name);
	}
	free(samples);
	samples = NULL;
	sample_count = 0;
}

/* OpenMetrics 1.0 asks for an end that tells a whole answer from one that was cut off. */
static void openmetrics_end(FILE *out, const struct output_options *options,
			    const struct output_totals *totals)
{
	prometheus_end(out, options, totals);
	fputs("# EOF\n", out);
}

const struct output_ops output_openmetrics = {
	.name = "openmetrics",
	.description = "the same for OpenMetrics",
	.begin = prometheus_begin,
	.machine = prometheus_machine,
	.end = openmetrics_end,
};

const struct output_ops output_prometheus = {
	.name = "prometheus",
	.description = "a textfile for Prometheus' node exporter",
	.begin = prometheus_begin,
	.machine = prometheus_machine,
	.end = prometheus_end,
};
