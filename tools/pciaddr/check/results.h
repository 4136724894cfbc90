/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of what the checks found, which every output prints in its own way.
 *
 * Checks that look at every BAR or bridge keep a count of what passed and a finding for what
 * did not; what the user asked for by name (--expect, a specification) keeps a finding for
 * each requirement, passed or not.
 */
#ifndef PCIADDR_CHECK_RESULTS_H
#define PCIADDR_CHECK_RESULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "pciaddr/check/catalogue.h"
#include "pciaddr/check/location.h"
#include "pciaddr/model/machine.h"

enum status {
	STATUS_PASS,
	STATUS_FAIL,
	STATUS_UNKNOWN,		/* cannot tell */
	STATUS_SKIP,		/* nothing to look at in this source; not asked for by name */
	STATUSES
};

/* "pass", "fail", "unknown", "skip" */
const char *status_name(enum status status);

struct value {
	const char *text;	/* NULL: none */
	struct location where;
};

#define no_value ((struct value) { NULL, { 0 } })

struct finding {
	enum status status;
	enum check_id check;
	enum severity severity;
	const struct pci_function *function;	/* NULL: not about a single one */
	const struct pci_function *old_function;	/* of a comparison; or NULL */
	const char *item;	/* what of it: "BAR 0", "I/O window"; NULL: the whole */
	const char *message;
	struct value values[2];	/* the two that disagree */
	const char *advice;	/* NULL: none */
	const char *asked;	/* where it was asked for: "--expect ...", "FILE:LINE:COLUMN" */
	size_t count;		/* how many alike, of which this is the first */
};

struct tally {
	size_t counts[STATUSES];
};

/* Reasons are literals in the checks; there are far fewer of them. */
#define UNKNOWN_GROUPS_MAX 128

struct results {
	struct arena arena;
	const struct machine *old;	/* what the machine is compared with; NULL: nothing */
	struct finding *findings;
	size_t count;
	size_t capacity;
	struct tally tallies[CHECKS];
	size_t unknown_groups[UNKNOWN_GROUPS_MAX];	/* indices of findings */
	size_t unknown_group_count;
};

void results_free(struct results *results);

/* The function's slot, for as long as the results live. */
const char *device_name(struct results *results, const struct pci_function *function);

/* "0x2000-0x27ff", or "0x2000 (size unknown)"; for as long as the results live. */
const char *bar_range(struct results *results, const struct bar *bar);

/* "I/O window 0x2000-0x2fff", "I/O window closed", "I/O window unknown", and so on */
const char *window_range(struct results *results, const struct bridge *bridge,
			 enum window_kind kind);

/* "BAR 0 0x2000-0x27ff" of the function that is reported, and its register. */
struct value bar_value(struct results *results, const struct pci_function *function,
		       const struct bar *bar);

/* "0000:00:04.0 I/O window 0x2000-0x2fff" of another function, and its registers. */
struct value window_value(struct results *results, const struct pci_function *bridge,
			  enum window_kind kind);

/* A finding's texts, in the results' arena. */
#define TEXT(results, ...) arena_printf(&(results)->arena, __VA_ARGS__)

void results_pass(struct results *results, enum check_id check);

/* One thing that the check would look at, if the source had more: counted, without a finding. */
void results_not_looked_at(struct results *results, enum check_id check);

/* Adds a finding (copied; its texts are to live as long as the results). */
struct finding *results_add(struct results *results, const struct finding *finding);

/*
 * Cannot tell, for a @reason (a literal) that many devices may share: they become one
 * finding, with their number.
 */
void results_unknown(struct results *results, enum check_id check,
		     const struct pci_function *function, const char *reason, const char *advice);

/* The whole check was not run, for this reason. */
void results_skip(struct results *results, enum check_id check, const char *reason);

/* Of the checks of any machine, those that came to no result were not run: says so. */
void results_settle(struct results *results);

/* How many findings and passes have this status, all checks together. */
size_t results_total(const struct results *results, enum status status);

/*
 * The exit status these results ask for; failures below @threshold do not count, unknown
 * ones only if not @allow_unknown.
 */
int results_exit_status(const struct results *results, enum severity threshold,
			bool allow_unknown);

#endif
