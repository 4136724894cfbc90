/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Does a BAR really answer where QEMU's model has it?  The memory tree says so. */
#ifndef PCIADDR_CHECK_ANSWERS_H
#define PCIADDR_CHECK_ANSWERS_H

#include "pciaddr/check/results.h"

enum answer_state {
	ANSWERS,
	ANSWERS_NOT,
	ANSWER_UNKNOWN,
};

struct answer_found {
	enum answer_state state;
	const struct answer *answer;	/* what answers there instead, or the device; or NULL */
	enum space space;
	const char *reason;		/* ANSWER_UNKNOWN: a literal */
};

struct answer_found bar_answer(const struct machine *machine, const struct pci_function *function,
			       const struct bar *bar);

/* Of ANSWERS_NOT: in words, what is there, and what to do. */
const char *answers_not_text(struct results *results, const struct answer_found *found);
struct value answer_value(struct results *results, const struct answer_found *found);
extern const char answers_not_advice[];

#endif
