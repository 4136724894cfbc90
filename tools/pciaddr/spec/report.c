// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/spec/report.h"

/* Of a view of a virtual machine that cannot have it; NULL: it is another source. */
static const char *other_view(const struct matcher *matcher)
{
	if (matcher->machine->kind == SOURCE_DOMAIN)
		return "a domain does not say it: look at QEMU (--qmp), or at the guest "
			"('lspci -vvxxxx' in it)";
	if (matcher->machine->kind == SOURCE_QMP)
		return "QEMU's monitor does not say it: look at the guest ('lspci -vvxxxx' in it)";
	return NULL;
}

const char *config_advice(const struct matcher *matcher)
{
	const char *advice = other_view(matcher);

	return advice ? advice : "take the dump with 'lspci -vvxxxx' as root, or run this as root";
}

const char *owner_advice(const struct matcher *matcher)
{
	const char *advice = other_view(matcher);

	return advice ? advice : "run this (or make the copy) as root; a copy is given with "
		"--ioports or --iomem";
}

const char *spec_asked(const struct matcher *matcher, struct yaml_pos place)
{
	return TEXT(matcher->results, "%s:%u:%u", matcher->spec->name, place.line, place.column);
}

void spec_add(const struct subject *subject, enum check_id check, enum status status,
	      const char *part, struct yaml_pos place, const char *message, const char *specified,
	      struct value found, const char *advice)
{
	struct finding *finding;

	finding = results_add(subject->matcher->results, &(struct finding) {
		.status = status,
		.check = check,
		.function = subject->function,
		.item = part,
		.message = message,
		.values = {
			{ specified ? TEXT(subject->matcher->results, "specified: %s", specified) :
			  NULL, at_text(spec_asked(subject->matcher, place)) },
			found,
		},
		/* the entry's says what to do with the machine, not how to read what is unknown */
		.advice = subject->entry->advice && status == STATUS_FAIL ?
			subject->entry->advice : advice,
		.asked = spec_asked(subject->matcher, place),
	});
	if (subject->entry->has_severity)
		finding->severity = subject->entry->severity;
}

void spec_pass(const struct subject *subject, enum check_id check, const char *part,
	       struct yaml_pos place, const char *message)
{
	spec_add(subject, check, STATUS_PASS, part, place, message, NULL,
		 no_value, NULL);
}

void spec_unknown(const struct subject *subject, enum check_id check, const char *part,
		  struct yaml_pos place, const char *message, const char *advice)
{
	spec_add(subject, check, STATUS_UNKNOWN, part, place, message, NULL,
		 no_value, advice);
}

struct location spec_where(const struct subject *subject, unsigned int offset)
{
	return at_config(subject->function, offset);
}
