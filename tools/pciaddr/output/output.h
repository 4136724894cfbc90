/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Formats of the results: one table of functions each. */
#ifndef PCIADDR_OUTPUT_OUTPUT_H
#define PCIADDR_OUTPUT_OUTPUT_H

#include <stdio.h>

#include "pciaddr/check/results.h"
#include "pciaddr/model/machine.h"

struct output_options {
	bool color;
	unsigned int columns;	/* of the terminal; 0: none, lines are not broken */
	bool quiet;		/* failures and what cannot be told, nothing else */
	enum severity threshold;
	bool allow_unknown;
	bool comparing;		/* failures are changes */
	size_t machines;	/* how many will follow */
};

/* What end() sums up. */
struct output_totals {
	size_t machines;
	size_t passed;		/* machines, by their exit status */
	size_t failed;
	size_t unknown;
	size_t unreadable;
};

struct output_ops {
	const char *name;
	const char *description;
	void (*begin)(FILE *out, const struct output_options *options);
	/* @machine may have an error, and then no results */
	void (*machine)(FILE *out, const struct output_options *options,
			const struct machine *machine, const struct results *results);
	void (*end)(FILE *out, const struct output_options *options,
		    const struct output_totals *totals);
	int (*exit_status)(void);	/* after end(); NULL: the tool's own statuses */
	const char *separator;	/* between machines, or NULL */
	bool tells_errors;	/* machine() of one among several says why it cannot be checked */
};

extern const struct output_ops output_text;
extern const struct output_ops output_json;
extern const struct output_ops output_tap;
extern const struct output_ops output_junit;
extern const struct output_ops output_prometheus;
extern const struct output_ops output_openmetrics;
extern const struct output_ops output_nagios;

/* NULL-terminated */
extern const struct output_ops *const outputs[];

const struct output_ops *output_find(const char *name);

/* The status that one machine asks for, errors included. */
int output_machine_status(const struct output_options *options, const struct machine *machine,
			  const struct results *results);

/*
 * Checks that have run without a finding of their own, in the order of enum check_id; formats
 * that want a line for each check go through findings first and these after.
 */
bool output_check_is_clean(const struct results *results, enum check_id check);

#endif
