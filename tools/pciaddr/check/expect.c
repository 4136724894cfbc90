// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/check/expect.h"

#include <inttypes.h>
#include <string.h>

#include "pciaddr/check/checks.h"

#define BARS_NAMED 8		/* of those that are somewhere else, in one message */

const char *expectation_parse(struct expectation *expectation, struct arena *arena,
			      const char *text)
{
	const char *at = strchr(text, '@');
	const char *range;

	memset(expectation, 0, sizeof(*expectation));
	expectation->text = arena_copy(arena, text, strlen(text));
	range = arena_copy(arena, text, at ? (size_t)(at - text) : strlen(text));
	expectation->space = SPACE_IO;
	if (!strncmp(range, "mem:", 4)) {
		expectation->space = SPACE_MEMORY;
		range += 4;
	} else if (!strncmp(range, "io:", 3)) {
		range += 3;
	}
	if (!parse_range(range, &expectation->range))
		return arena_printf(arena, "%s (memory: mem:0xfe000000-0xfe0fffff)",
				    range_error(range));
	if (!at)
		return NULL;
	expectation->has_selector = true;
	return selector_parse(&expectation->selector, arena, at + 1);
}

/* Appends "0000:01:01.0 BAR 0 I/O 0xc000-0xc7ff" to a list of what is somewhere else. */
static const char *append_bar(struct results *results, const char *list,
			      const struct pci_function *function, const struct bar *bar)
{
	char slot[SLOT_TEXT_MAX];

	return TEXT(results, "%s%s%s (%04x:%04x) %s %s", list, *list ? "; " : "",
		    slot_text(function, slot), function->vendor, function->product,
		    bar_text(bar), bar_range(results, bar));
}

struct search {
	size_t selected;	/* functions that the selector means */
	size_t unknown;		/* that it may mean */
	const struct pci_function *function;
	const struct bar *bar;	/* the BAR that is exactly there */
	const struct pci_function *near_function;
	const struct bar *near;	/* begins there, or overlaps */
	const char *elsewhere;
	size_t elsewhere_count;
};

static void search_function(struct results *results, const struct expectation *expectation,
			    const struct pci_function *function, struct search *search)
{
	for (unsigned int i = 0; i < function->bar_count; i++) {
		const struct bar *bar = &function->bars[i];

		if (bar->space != expectation->space || bar->index == BAR_ROM)
			continue;
		if (bar->state == BAR_ASSIGNED &&
		    (bar->size_known ? range_equal(bar->range, expectation->range) :
		     bar->range.first == expectation->range.first)) {
			if (!search->bar || !search->bar->size_known) {
				search->function = function;
				search->bar = bar;
			}
			continue;
		}
		if (bar->state == BAR_ASSIGNED && !search->near &&
		    range_overlaps(bar->range, expectation->range)) {
			search->near_function = function;
			search->near = bar;
		}
		if (search->elsewhere_count++ < BARS_NAMED)
			search->elsewhere = append_bar(results, search->elsewhere, function, bar);
	}
}

/* Of a machine's description, BARs that are not fixed are unknown. */
static bool bars_unknown(const struct machine *machine, const struct expectation *expectation)
{
	for (size_t i = 0; i < machine->count; i++)
		if (machine->functions[i].described &&
		    (!expectation->has_selector ||
		     selector_match(&expectation->selector, &machine->functions[i]) != MATCH_NO))
			return true;
	return false;
}

static void report_undecided(struct results *results, const struct expectation *expectation)
{
	results_add(results, &(struct finding) {
		.status = STATUS_UNKNOWN,
		.check = CHECK_EXPECT_BAR,
		.message = "whether a BAR is there is unknown: the domain does not say it",
		.values = { { "firmware chooses the address when the machine starts",
			      at_source() } },
		.advice = "look at the machine as it runs (--qmp), or fix the address (a bridge "
			"dec-21154 with io-base, mem-base or pref-base)",
		.asked = TEXT(results, "--expect %s", expectation->text),
	});
}

static void report_not_found(struct results *results, const struct expectation *expectation,
			     const struct search *search)
{
	const char *space = space_name(expectation->space);
	const char *who = expectation->has_selector ?
		TEXT(results, "%s has no %s BAR there", expectation->selector.text, space) :
		TEXT(results, "no device has an %s BAR there", space);
	char range[RANGE_TEXT_MAX];
	const char *there = search->elsewhere_count > BARS_NAMED ?
		TEXT(results, "%s; and %zu more", search->elsewhere,
		     search->elsewhere_count - BARS_NAMED) : search->elsewhere;

	if (expectation->space == SPACE_MEMORY)
		who = expectation->has_selector ? who : "no device has a memory BAR there";
	results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = CHECK_EXPECT_BAR,
		.function = search->near ? search->near_function : NULL,
		.message = who,
		.values = {
			{ TEXT(results, "expected %s %s", space,
			       range_text(expectation->range, range)),
			  at_text(TEXT(results, "--expect %s", expectation->text)) },
			{ *there ? TEXT(results, "instead: %s", there) :
			  TEXT(results, "instead: there is no %s BAR at all", space),
			  at_source() },
		},
		.advice = *there ?
			"give the card its fixed address (QEMU: '-device fpga,io-base=0x2000' "
			"behind '-device dec-21154,io-base=0x2000'), or expect the range where it "
			"is" :
			"the card is missing, or has no BAR of this kind: 'lspci -nn' shows what "
			"is there",
		.asked = TEXT(results, "--expect %s", expectation->text),
	});
}

static void report_no_device(const struct machine *machine, struct results *results,
			     const struct expectation *expectation, const struct search *search)
{
	results_add(results, &(struct finding) {
		.status = search->unknown ? STATUS_UNKNOWN : STATUS_FAIL,
		.check = CHECK_EXPECT_BAR,
		.message = search->unknown ?
			TEXT(results, "whether any device is %s is unknown: what it asks for was "
			     "not read", expectation->selector.text) :
			TEXT(results, "no device is %s", expectation->selector.text),
		.values = {
			{ TEXT(results, "selector %s", expectation->selector.text),
			  at_text(TEXT(results, "--expect %s", expectation->text)) },
			{ TEXT(results, "%zu devices, none of them", machine->count),
			  at_source() },
		},
		.advice = "'lspci -nn' shows slots and ids; is the card plugged in (QEMU: '-device "
			"fpga'), and its bridge enumerated?",
		.asked = TEXT(results, "--expect %s", expectation->text),
	});
}

static void search_machine(const struct machine *machine, struct results *results,
			   const struct expectation *expectation, struct search *search)
{
	for (size_t i = 0; i < machine->count; i++) {
		const struct pci_function *function = &machine->functions[i];

		if (expectation->has_selector) {
			enum match match = selector_match(&expectation->selector, function);

			search->unknown += match == MATCH_UNKNOWN;
			if (match != MATCH_YES)
				continue;
		}
		search->selected++;
		search_function(results, expectation, function, search);
	}
}

static void report_found(const struct machine *machine, struct results *results,
			 const struct expectation *expectation, const struct search *search)
{
	const struct bar *bar = search->bar;
	char range[RANGE_TEXT_MAX];
	struct finding found = {
		.status = STATUS_PASS,
		.check = CHECK_EXPECT_BAR,
		.function = search->function,
		.item = bar_text(bar),
		.message = TEXT(results, "is at %s", range_text(expectation->range, range)),
		.asked = TEXT(results, "--expect %s", expectation->text),
	};

	if (!bar->size_known) {
		found.status = STATUS_UNKNOWN;
		found.message = TEXT(results, "begins at 0x%" PRIx64 ", where it ends is unknown",
				     bar->range.first);
		found.advice = "take the dump with 'lspci -vvxxxx', which also writes sizes, or "
			"give a copy of /proc/ioports with --ioports";
	}
	results_add(results, &found);
	check_bar_usable(machine, results, search->function, bar, found.asked);
}

void check_expectation(const struct machine *machine, struct results *results,
		       const struct expectation *expectation)
{
	struct search search = { .elsewhere = "" };

	search_machine(machine, results, expectation, &search);
	if (search.bar)
		report_found(machine, results, expectation, &search);
	else if (search.selected && bars_unknown(machine, expectation))
		report_undecided(results, expectation);
	else if (search.selected)
		report_not_found(results, expectation, &search);
	else
		report_no_device(machine, results, expectation, &search);
}
