/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A finding in words, the same for every format. */
#ifndef PCIADDR_CHECK_FINDING_TEXT_H
#define PCIADDR_CHECK_FINDING_TEXT_H

#include "pciaddr/check/results.h"

struct finding_text {
	const char *device;	/* slot, or NULL when it is not about one device */
	const char *old_device;	/* of a comparison: its slot in the old state, or NULL */
	const char *label;	/* what the source calls the device, or NULL */
	const char *old_label;
	const char *item;	/* "BAR 0", or NULL */
	const char *message;
	struct {
		const char *text;	/* NULL: none */
		const char *where;	/* NULL: nowhere in particular */
	} values[2];
	const char *advice;	/* NULL: none */
	const char *asked;	/* NULL: for no one in particular */
	struct arena arena;
};

/* To be freed with finding_text_free(). */
struct finding_text finding_text(const struct machine *machine, const struct finding *finding);
void finding_text_free(struct finding_text *text);

#endif
