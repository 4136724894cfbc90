// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * BARs against QEMU's memory tree.  A BAR that is enabled answers only where every bridge above
 * it forwards, and where nothing else lies over it: this finds a guest that uses a window which a
 * bridge does not have.
 */
#include "pciaddr/check/answers.h"

#include <string.h>

#include "pciaddr/check/checks.h"
#include "pciaddr/model/topology.h"

const char answers_not_advice[] =
	"an access there does not reach the device: a bridge above does not forward it, or another "
	"device lies over it; compare with the guest (--diff QMP-SOCKET GUEST.lspci), and reboot "
	"it if it has rescanned a bridge";

/* The first answer of the space that may overlap the range. */
static size_t first_answer(const struct machine *machine, enum space space)
{
	size_t at = 0;

	while (at < machine->answer_count && machine->answers[at].space != space)
		at++;
	return at;
}

static bool is_owner(const struct answer *answer, const struct pci_function *function)
{
	return answer->device && answer->owner && function->label &&
		!strcmp(answer->owner, function->label);
}

/* A device without an id has a path for a name, and which slot that is nothing tells. */
static bool may_be_owner(const struct answer *answer, const struct pci_function *function)
{
	return is_owner(answer, function) || !answer->device || !answer->owner ||
		(!function->label && answer->owner[0] == '/');
}

/* What lies in the BAR: the device's own, something that may be, or something else. */
static struct answer_found look(const struct machine *machine, enum space space,
				const struct pci_function *function, struct range range)
{
	struct answer_found found = { .state = ANSWERS_NOT, .space = space };

	for (size_t i = first_answer(machine, space); i < machine->answer_count; i++) {
		const struct answer *answer = &machine->answers[i];

		if (answer->space != space || answer->range.first > range.last)
			break;
		if (!range_overlaps(answer->range, range))
			continue;
		if (may_be_owner(answer, function)) {
			found.state = ANSWERS;
			found.answer = answer;
			return found;
		}
		if (!found.answer)
			found.answer = answer;
	}
	return found;
}

/* On a PC the CPU has the ports of PCI's in a space of their own, with many a device's. */
static bool ports_are_here(const struct machine *machine)
{
	for (size_t i = 0; i < machine->answer_count; i++)
		if (machine->answers[i].space == SPACE_IO && machine->answers[i].device)
			return true;
	return false;
}

/*
 * Are bus addresses those of the tree?  On a PC, and elsewhere if some device with an id
 * answers where its BAR is; other host bridges add to them.
 */
static bool is_untranslated(const struct machine *machine)
{
	if (ports_are_here(machine))
		return true;
	for (size_t i = 0; i < machine->count; i++) {
		const struct pci_function *function = &machine->functions[i];

		for (unsigned int k = 0; function->label && k < function->bar_count; k++) {
			const struct bar *bar = &function->bars[k];
			struct answer_found found;

			if (bar->space != SPACE_MEMORY || !bar->answers)
				continue;
			found = look(machine, SPACE_MEMORY, function, bar->range);
			if (found.state == ANSWERS && is_owner(found.answer, function))
				return true;
		}
	}
	return false;
}

static struct answer_found unknown(const char *reason)
{
	return (struct answer_found) { .state = ANSWER_UNKNOWN, .reason = reason };
}

struct answer_found bar_answer(const struct machine *machine, const struct pci_function *function,
			       const struct bar *bar)
{
	if (machine->kind == SOURCE_DOMAIN)
		return unknown("what answers where shows only in a machine that runs (--qmp)");
	if (!machine->answers_known)
		return unknown("what answers where is unknown: QEMU's memory tree was not read "
			       "('info mtree -f -o')");
	if (bar->space == SPACE_IO ? !ports_are_here(machine) : !is_untranslated(machine))
		return unknown("the host bridge of this machine adds to bus addresses, and QEMU "
			       "does not say what");
	return look(machine, bar->space, function, bar->range);
}

const char *answers_not_text(struct results *results, const struct answer_found *found)
{
	if (!found->answer)
		return "the device is enabled there, and nothing answers";
	return TEXT(results, "the device is enabled there, and %s answers", found->answer->owner ?
		    found->answer->owner : found->answer->name);
}

struct value answer_value(struct results *results, const struct answer_found *found)
{
	char range[RANGE_TEXT_MAX];

	return (struct value) {
		!found->answer ? TEXT(results, "no %s range has it", space_name(found->space)) :
		TEXT(results, "%s %s", range_text(found->answer->range, range),
		     found->answer->name),
		at_text("QEMU's memory tree, info mtree -f -o"),
	};
}

static void check_bar(const struct machine *machine, struct results *results,
		      const struct pci_function *function, const struct bar *bar)
{
	struct answer_found found = bar_answer(machine, function, bar);

	switch (found.state) {
	case ANSWERS:
		results_pass(results, CHECK_BAR_ANSWERS);
		return;
	case ANSWER_UNKNOWN:
		results_not_looked_at(results, CHECK_BAR_ANSWERS);
		return;
	case ANSWERS_NOT:
		break;
	}
	results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = CHECK_BAR_ANSWERS,
		.function = function,
		.item = bar_text(bar),
		.message = answers_not_text(results, &found),
		.values = {
			bar_value(results, function, bar),
			answer_value(results, &found),
		},
		.advice = answers_not_advice,
	});
}

void check_answers(const struct machine *machine, struct results *results)
{
	for (size_t i = 0; machine->kind == SOURCE_QMP && i < machine->count; i++) {
		const struct pci_function *function = &machine->functions[i];

		for (unsigned int k = 0; k < function->bar_count; k++)
			if (function->bars[k].answers)
				check_bar(machine, results, function, &function->bars[k]);
	}
}
