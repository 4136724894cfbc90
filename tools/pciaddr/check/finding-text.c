// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/check/finding-text.h"

struct finding_text finding_text(const struct machine *machine, const struct finding *finding)
{
	struct finding_text text = {
		.item = finding->item,
		.message = finding->message,
		.advice = finding->advice,
		.asked = finding->asked,
	};
	char slot[SLOT_TEXT_MAX];

	if (finding->function) {
		text.device = arena_printf(&text.arena, "%s", slot_text(finding->function, slot));
		text.label = finding->function->label;
	}
	if (finding->old_function) {
		text.old_device = arena_printf(&text.arena, "%s",
					       slot_text(finding->old_function, slot));
		text.old_label = finding->old_function->label;
	}
	for (int i = 0; i < 2; i++) {
		text.values[i].text = finding->values[i].text;
		text.values[i].where = location_text(machine, &finding->values[i].where,
						     &text.arena);
	}
	return text;
}

void finding_text_free(struct finding_text *text)
{
	arena_free(&text->arena);
}
