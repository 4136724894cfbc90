// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/run.h"

#include <stdlib.h>

#include "common/alloc.h"
#include "common/die.h"
#include "common/workers.h"
#include "pciaddr/check/checks.h"
#include "pciaddr/diff/pairs.h"
#include "pciaddr/emulate/emulate.h"
#include "pciaddr/import/import.h"
#include "pciaddr/spec/capture.h"
#include "pciaddr/spec/spec.h"
#include "pciaddr/view/views.h"

struct machine_report {
	struct machine machine;
	struct machine old;		/* for ACTION_DIFF; all zeroes: there is none */
	struct results results;
};

struct session {
	const struct options *options;
	const struct spec *spec;	/* NULL: none was given */
	struct source_pairs pairs;	/* for ACTION_DIFF */
	struct machine_report *machines;	/* one for each source, or pair of them */
	struct output_totals totals;
};

static void check_one(void *context, size_t index)
{
	struct session *session = context;
	const struct options *options = session->options;
	struct machine_report *report = &session->machines[index];
	struct machine *machine = &report->machine;
	struct results *results = &report->results;

	if (options->action == ACTION_DIFF) {
		diff_pair(&session->pairs.pairs[index], options->ignored, &report->old, machine,
			  results);
		return;
	}
	machine_load(machine, &options->sources[index]);
	if (machine->error)
		return;
	for (size_t i = 0; i < options->expectation_count; i++)
		check_expectation(machine, results, &options->expectations[i]);
	if (session->spec)
		spec_check(machine, results, session->spec);
	if (options->all_checks || (!options->expectation_count && !session->spec))
		check_machine(machine, results);
}

/* On standard error, so that every format stays what it is. */
static void tell_notes(const struct options *options, const struct machine *machine)
{
	for (const struct note *note = machine->notes; options->verbose && note; note = note->next)
		fprintf(stderr, "%s\n", note->text);
}

static void count_status(struct output_totals *totals, int status)
{
	totals->machines++;
	switch (status) {
	case EXIT_OK:
		totals->passed++;
		break;
	case EXIT_FAILED:
		totals->failed++;
		break;
	case EXIT_USAGE:
		totals->unreadable++;
		break;
	default:
		totals->unknown++;
		break;
	}
}

/* A failure is certain whatever else could not be read or told. */
static int overall_status(const struct output_totals *totals)
{
	if (totals->failed)
		return EXIT_FAILED;
	if (totals->unreadable)
		return EXIT_USAGE;
	return totals->unknown ? EXIT_CANNOT_TELL : EXIT_OK;
}

/* What changed, where it is in the tree of the new state. */
static void print_marked(const struct options *options, const struct machine *machine,
			 struct results *results)
{
	const struct view_options view_options = {
		.output = &options->output_options, .numeric = options->numeric,
	};

	if (options->output_options.machines > 1)
		printf("%s:\n", machine->name);
	print_tree(stdout, &view_options, machine, results);
}

static void print_one(void *context, size_t index)
{
	struct session *session = context;
	const struct output_ops *output = session->options->output;
	const struct output_options *format = &session->options->output_options;
	struct machine *machine = &session->machines[index].machine;
	struct results *results = &session->machines[index].results;

	tell_notes(session->options, &session->machines[index].old);
	tell_notes(session->options, machine);
	if (index && output->separator)
		fputs(output->separator, stdout);
	if (machine->error && (!output->tells_errors || format->machines == 1))
		warn("%s", machine->error);
	if (session->options->marked && !machine->error)
		print_marked(session->options, machine, results);
	else
		output->machine(stdout, format, machine, results);
	count_status(&session->totals, output_machine_status(format, machine, results));
	results_free(results);
	machine_free(machine);
	machine_free(&session->machines[index].old);
}

static int check_all(struct options *options, const struct spec *spec)
{
	const struct output_ops *output = options->output;
	struct session session = {
		.options = options,
		.spec = spec,
	};
	size_t count = options->source_count;

	if (options->action == ACTION_DIFF) {
		source_pairs_find(&session.pairs, options->sources, options->old_count,
				  options->source_count, options->by_name);
		count = session.pairs.count;
		options->output_options.machines = count;
	}
	session.machines = xcalloc(count, sizeof(*session.machines));

	if (!options->marked)
		output->begin(stdout, &options->output_options);
	workers_run(&(struct workers) {
		.threads = options->jobs,
		.work = check_one,
		.finish = print_one,
		.context = &session,
	}, count);
	if (!options->marked)
		output->end(stdout, &options->output_options, &session.totals);
	free(session.machines);
	free(session.pairs.pairs);
	return output->exit_status ? output->exit_status() : overall_status(&session.totals);
}

static int view(const struct options *options, struct machine *machine, struct results *results)
{
	const struct view_options view_options = {
		.output = &options->output_options,
		.numeric = options->numeric,
		.draw_path = options->draw_path,
		.overwrite = options->force,
	};

	switch (options->action) {
	case ACTION_CAPTURE:
		return capture(stdout, options->numeric, machine);
	case ACTION_MAP:
		return print_map(stdout, &view_options, machine);
	case ACTION_TREE:
	case ACTION_DRAW:
		/* marked is what fails of what was asked for, or of any machine's checks */
		if (!options->spec_path)
			check_machine(machine, results);
		if (options->action == ACTION_TREE)
			return print_tree(stdout, &view_options, machine, results);
		return draw(&view_options, machine, results);
	case ACTION_EMULATE:
		return emulate(&(struct emulate_options) {
			.directory = options->emulate_path,
			.overwrite = options->force,
			.numeric = options->numeric,
			.faults = options->faults,
			.fault_count = options->fault_count,
		}, machine);
	case ACTION_CHECK:
	case ACTION_DIFF:
	case ACTION_EMIT:
	case ACTION_IMPORT:
		break;
	}
	return EXIT_OK;
}

static int view_all(struct options *options, const struct spec *spec)
{
	struct output_totals totals = { 0 };

	for (size_t i = 0; i < options->source_count; i++) {
		struct results results = { 0 };
		struct machine machine;
		int status = EXIT_OK;

		options->sources[i].keep_extended = options->action == ACTION_EMULATE;
		machine_load(&machine, &options->sources[i]);
		tell_notes(options, &machine);
		if (machine.error) {
			warn("%s", machine.error);
			status = machine.error_status;
		} else {
			if (options->source_count > 1)
				printf("%s%s:\n", i ? "\n" : "", machine.name);
			if (spec)
				spec_check(&machine, &results, spec);
			status = view(options, &machine, &results);
		}
		count_status(&totals, status);
		results_free(&results);
		machine_free(&machine);
	}
	return overall_status(&totals);
}

int run(struct options *options)
{
	struct spec *spec = options->spec_path ? spec_load(options->spec_path) : NULL;
	bool checking = options->action == ACTION_CHECK || options->action == ACTION_DIFF;
	int status = options->action == ACTION_IMPORT ? import_list(stdout, options->import_path) :
		options->action == ACTION_EMIT ? emit(stdout, options->emit, spec) :
		checking ? check_all(options, spec) : view_all(options, spec);

	spec_free(spec);
	free(options->sources);
	free(options->faults);
	free(options->expectations);
	arena_free(&options->arena);
	return finish_output(status);
}
