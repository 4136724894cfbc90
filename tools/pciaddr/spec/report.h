/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the parts of spec_check() report: each adds findings about one subject. */
#ifndef PCIADDR_SPEC_REPORT_H
#define PCIADDR_SPEC_REPORT_H

#include "pciaddr/check/results.h"
#include "pciaddr/spec/model.h"

struct matcher {
	const struct machine *machine;
	struct results *results;
	const struct spec *spec;
	uint8_t *named;		/* one for each function: some entry is about it */
};

/* One entry against one of its functions. */
struct subject {
	const struct matcher *matcher;
	const struct spec_entry *entry;
	const struct pci_function *function;	/* NULL: the entry is about no single one */
};

/* What to do where config space, or who owns an address, was not read: it depends on the source. */
const char *config_advice(const struct matcher *matcher);
const char *owner_advice(const struct matcher *matcher);

/* Where the specification asks for it: "FILE:LINE:COLUMN". */
const char *spec_asked(const struct matcher *matcher, struct yaml_pos place);

/*
 * Adds a finding, which has the entry's severity, and as a failure its advice rather than @advice.
 * @part is what of the device it is about ("BAR 0"), or NULL; @specified may be NULL.
 */
void spec_add(const struct subject *subject, enum check_id check, enum status status,
	      const char *part, struct yaml_pos place, const char *message, const char *specified,
	      struct value found, const char *advice);
void spec_pass(const struct subject *subject, enum check_id check, const char *part,
	       struct yaml_pos place, const char *message);
void spec_unknown(const struct subject *subject, enum check_id check, const char *part,
		  struct yaml_pos place, const char *message, const char *advice);

/* Where the register at this offset of the subject's function was read. */
struct location spec_where(const struct subject *subject, unsigned int offset);

#endif
