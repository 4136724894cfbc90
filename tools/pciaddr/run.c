// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/run.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/alloc.h"
#include "common/die.h"
#include "pciaddr/checks.h"
#include "pciaddr/spec.h"
#include "pciaddr/views.h"

struct job {
	struct machine machine;
	struct results results;
	bool done;
};

/*
 * Workers take the next machine, the main thread prints in order what is done.  @window
 * bounds how far workers run ahead of the printing, and with it the memory.
 */
struct fleet {
	const struct options *options;
	const struct spec *spec;
	struct job *jobs;
	size_t next;
	size_t printed;
	size_t window;
	pthread_mutex_t lock;
	pthread_cond_t changed;
};

static void check_one(const struct fleet *fleet, size_t index)
{
	const struct options *options = fleet->options;
	struct job *job = &fleet->jobs[index];

	machine_load(&job->machine, &options->sources[index]);
	if (job->machine.error)
		return;
	for (size_t i = 0; i < options->expectation_count; i++)
		check_expectation(&job->machine, &job->results, &options->expectations[i]);
	if (fleet->spec)
		spec_check(&job->machine, &job->results, fleet->spec);
	if (options->all_checks || (!options->expectation_count && !fleet->spec))
		check_machine(&job->machine, &job->results);
}

static void *work(void *argument)
{
	struct fleet *fleet = argument;
	size_t count = fleet->options->source_count;

	pthread_mutex_lock(&fleet->lock);
	while (fleet->next < count) {
		size_t index = fleet->next;

		if (index >= fleet->printed + fleet->window) {
			pthread_cond_wait(&fleet->changed, &fleet->lock);
			continue;
		}
		fleet->next++;
		pthread_mutex_unlock(&fleet->lock);
		check_one(fleet, index);
		pthread_mutex_lock(&fleet->lock);
		fleet->jobs[index].done = true;
		pthread_cond_broadcast(&fleet->changed);
	}
	pthread_mutex_unlock(&fleet->lock);
	return NULL;
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

static int print_all(struct fleet *fleet)
{
	const struct output_ops *output = fleet->options->output;
	const struct output_options *format = &fleet->options->output_options;
	struct output_totals totals = { 0 };

	output->begin(stdout, format);
	for (size_t i = 0; i < fleet->options->source_count; i++) {
		struct job *job = &fleet->jobs[i];

		pthread_mutex_lock(&fleet->lock);
		while (!job->done)
			pthread_cond_wait(&fleet->changed, &fleet->lock);
		pthread_mutex_unlock(&fleet->lock);
		if (i && output->separator)
			fputs(output->separator, stdout);
		if (job->machine.error && (!output->tells_errors || format->machines == 1))
			warn("%s", job->machine.error);
		output->machine(stdout, format, &job->machine, &job->results);
		count_status(&totals, output_machine_status(format, &job->machine,
							    &job->results));
		results_free(&job->results);
		machine_free(&job->machine);
		pthread_mutex_lock(&fleet->lock);
		fleet->printed++;
		pthread_cond_broadcast(&fleet->changed);
		pthread_mutex_unlock(&fleet->lock);
	}
	output->end(stdout, format, &totals);
	return overall_status(&totals);
}

static unsigned int start_workers(struct fleet *fleet, pthread_t *threads)
{
	unsigned int started = 0;

	/* for one machine a thread is not worth its stack */
	if (fleet->options->source_count == 1) {
		work(fleet);
		return 0;
	}
	while (started < fleet->options->jobs && started < fleet->options->source_count) {
		if (pthread_create(&threads[started], NULL, work, fleet))
			break;
		started++;
	}
	if (!started)
		die(EXIT_CANNOT_TELL, "no thread could be started");
	return started;
}

static int check_all(struct options *options, const struct spec *spec)
{
	struct fleet fleet = {
		.options = options,
		.spec = spec,
		.jobs = xcalloc(options->source_count, sizeof(*fleet.jobs)),
		.window = options->jobs * 4,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.changed = PTHREAD_COND_INITIALIZER,
	};
	pthread_t *threads = xcalloc(options->jobs, sizeof(*threads));
	unsigned int started;
	int status;

	started = start_workers(&fleet, threads);
	status = print_all(&fleet);
	for (unsigned int i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	free(threads);
	free(fleet.jobs);
	return status;
}

static int view_all(struct options *options, const struct spec *spec)
{
	struct output_totals totals = { 0 };

	for (size_t i = 0; i < options->source_count; i++) {
		struct results results = { 0 };
		struct machine machine;
		int status = EXIT_OK;

		machine_load(&machine, &options->sources[i]);
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
	int status = options->action == ACTION_CHECK ? check_all(options, spec) :
		view_all(options, spec);

	spec_free(spec);
	free(options->sources);
	free(options->expectations);
	arena_free(&options->arena);
	return finish_output(status);
}
