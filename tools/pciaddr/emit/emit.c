// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/emit/emit.h"

#include <string.h>

#include "common/die.h"
#include "pciaddr/emit/plan.h"
#include "pciaddr/qemu/machines.h"

/* QEMU wants what leads to a bus before what is on it. */
static void write_below(FILE *out, struct plan *plan, const struct planned *parent)
{
	const char *root = qemu_machine_is_express(plan->machine) ? "pcie.0" : "pci.0";

	for (const struct planned *planned = plan->first; planned; planned = planned->next) {
		if (planned->parent != parent)
			continue;
		fprintf(out, "-device %s\n", plan_properties(plan, planned, plan_bus(planned, root)));
		write_below(out, plan, planned);
	}
}

/* What the arguments do not see to. */
static void tell_the_rest(struct plan *plan)
{
	bool buses = false, inside = false, held = false;

	for (const struct planned *planned = plan->first; planned; planned = planned->next) {
		const struct spec_entry *entry = planned->entry;
		const char *backend = plan_backend(planned->model);

		if (backend)
			warn("%s: %s needs %s=..., which a specification does not say: add it",
			     plan_entry_text(plan, entry), planned->model->name, backend);
		held = held || planned->hold;
		buses = buses || (entry && entry->secondary.place.line);
		for (const struct spec_bar *bar = entry ? entry->bars : NULL; bar; bar = bar->next)
			inside = inside || (!bar->range.has_exact && bar->range.has_inside);
	}
	warn("for a machine of the type %s%s%s%s", plan->machine, buses ?
	     "; bus numbers are firmware's to give" : "", inside ?
	     "; what only has to be inside a range, firmware places" : "", held ?
	     "; other BARs behind a bridge with hold=on need room in its windows, or QEMU refuses "
	     "them" : "");
}

int emit(FILE *out, enum emit_form form, const struct spec *spec)
{
	int status = EXIT_OK;
	struct plan plan;

	plan_make(&plan, spec);
	if (plan.refused) {
		status = EXIT_FAILED;
	} else {
		if (form == EMIT_QEMU)
			write_below(out, &plan, NULL);
		else
			plan_write_libvirt(out, &plan);
		tell_the_rest(&plan);
	}
	plan_free(&plan);
	return status;
}
