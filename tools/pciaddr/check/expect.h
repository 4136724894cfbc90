/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --expect RANGE[@SELECTOR] */
#ifndef PCIADDR_CHECK_EXPECT_H
#define PCIADDR_CHECK_EXPECT_H

#include "pciaddr/check/results.h"
#include "pciaddr/model/selector.h"

struct expectation {
	const char *text;	/* as it was written */
	struct range range;
	enum space space;
	bool has_selector;
	struct selector selector;
};

/* NULL when all is well, otherwise what is wrong with @text. */
const char *expectation_parse(struct expectation *expectation, struct arena *arena,
			      const char *text);

void check_expectation(const struct machine *machine, struct results *results,
		       const struct expectation *expectation);

#endif
