// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Differences between machines made at random: none to itself, each change told as what it is,
 * and the same from both sides.  SEED=N makes the machines of another seed.
 */
#include "unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "pciaddr/diff/diff.h"

#define NODES 60
#define NODE_BARS 3
#define ROUNDS 300

struct plan_bar {
	bool there;
	bool assigned;
	bool size_known;
	uint8_t space;
	uint64_t first;
	uint64_t size;
};

struct plan_node {
	int parent;		/* -1: on the root bus */
	bool there;
	bool bridge;
	bool seen;		/* the source knows command, driver and resources */
	uint8_t place;		/* device.function */
	uint16_t product;
	uint16_t command;
	uint64_t serial;	/* 0: none */
	const char *driver;
	struct plan_bar bars[NODE_BARS];
	bool window_open;
	uint64_t window_first;
	uint64_t window_size;
};

/* What a machine is made of, without the numbers of its buses. */
struct plan {
	struct plan_node nodes[NODES];
	unsigned int gap;	/* bus numbers that each bridge leaves free before its own */
};

static uint64_t seed, random_state;

/* A 64-bit linear congruential generator, the constants of Knuth's MMIX */
static unsigned int random_below(unsigned int limit)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned int)(random_state >> 33) % limit;
}

static const char *const drivers[] = { "", "one", "two", "three" };

static bool place_is_free(const struct plan *plan, int parent, uint8_t place)
{
	for (int i = 0; i < NODES; i++)
		if (plan->nodes[i].there && plan->nodes[i].parent == parent &&
		    plan->nodes[i].place == place)
			return false;
	return true;
}

static int random_parent(const struct plan *plan, int below)
{
	for (int tries = 0; tries < 8 && below; tries++) {
		int i = (int)random_below((unsigned int)below);

		if (plan->nodes[i].there && plan->nodes[i].bridge)
			return i;
	}
	return -1;
}

static void fill_node(struct plan *plan, int index, bool bridge)
{
	struct plan_node *node = &plan->nodes[index];
	int parent = random_parent(plan, index);
	uint8_t place;

	do
		place = (uint8_t)random_below(256);
	while (!place_is_free(plan, parent, place));
	*node = (struct plan_node) {
		.parent = parent, .there = true, .seen = true, .bridge = bridge, .place = place,
		/* few ids, so that many devices are alike */
		.product = (uint16_t)(bridge ? random_below(2) : 16 + random_below(6)),
		.command = (uint16_t)random_below(8),
		.driver = drivers[random_below(4)],
		/* most are unique, some shared by several cards */
		.serial = random_below(2) ? 0 : 1 + random_below(200),
		.window_open = random_below(3),
		.window_first = (uint64_t)random_below(4096) << 20,
		.window_size = (uint64_t)(1 + random_below(15)) << 20,
	};
	for (int i = 0; !bridge && i < NODE_BARS; i++)
		node->bars[i] = (struct plan_bar) {
			.there = random_below(2), .assigned = random_below(8), .size_known = true,
			.space = (uint8_t)(i % SPACES), .size = 16u << random_below(8),
			.first = (uint64_t)(1 + random_below(65535)) << 16,
		};
}

static void make_plan(struct plan *plan)
{
	memset(plan, 0, sizeof(*plan));
	for (int i = 0; i < NODES; i++)
		fill_node(plan, i, !random_below(3));
}

static void add_function(struct machine *machine, const struct plan *plan, int index,
			 uint8_t bus, uint8_t secondary, uint8_t subordinate)
{
	const struct plan_node *node = &plan->nodes[index];
	struct pci_function *function = machine_add(machine);

	function->bus = bus;
	function->device = node->place >> 3;
	function->function = node->place & 7;
	function->ids_known = true;
	function->vendor = 0x1234;
	function->product = node->product;
	function->command_known = node->seen;
	function->command = node->command;
	function->serial = node->serial;
	function->driver = node->seen ? node->driver : NULL;
	function->resource_known = node->seen;
	for (unsigned int i = 0; node->seen && i < NODE_BARS; i++) {
		const struct plan_bar *from = &node->bars[i];
		struct bar *bar;

		if (!from->there)
			continue;
		bar = function_add_bar(machine, function, i);
		bar->space = from->space;
		bar->state = from->assigned ? BAR_ASSIGNED : BAR_UNASSIGNED;
		bar->register_known = true;
		bar->size_known = from->size_known;
		bar->range.first = from->assigned ? from->first : 0;
		bar->range.last = bar->range.first + (from->size_known ? from->size - 1 : 0);
	}
	if (node->bridge) {
		struct bridge *bridge = arena_alloc(&machine->arena, sizeof(*bridge));

		bridge->buses_known = true;
		bridge->secondary = secondary;
		bridge->subordinate = subordinate;
		bridge->windows[WINDOW_MEMORY].state = node->window_open ? WINDOW_OPEN :
									    WINDOW_CLOSED;
		bridge->windows[WINDOW_MEMORY].range = (struct range) {
			node->window_first, node->window_first + node->window_size - 1,
		};
		function->bridge = bridge;
	}
}

/* Numbers buses as firmware does, depth first; returns the last number. */
static unsigned int add_bus(struct machine *machine, const struct plan *plan, int parent,
			    unsigned int bus)
{
	unsigned int last = bus;

	for (unsigned int place = 0; place < 256; place++) {
		for (int i = 0; i < NODES; i++) {
			const struct plan_node *node = &plan->nodes[i];
			unsigned int secondary;

			if (!node->there || node->parent != parent || node->place != place)
				continue;
			secondary = last + 1 + plan->gap;
			if (node->bridge)
				last = add_bus(machine, plan, i, secondary);
			add_function(machine, plan, i, (uint8_t)bus, (uint8_t)secondary,
				     (uint8_t)last);
		}
	}
	return last;
}

static void build(struct machine *machine, const struct plan *plan)
{
	machine_init(machine, SOURCE_SYSFS, "made");
	machine->config_path = "made";
	assert_true(add_bus(machine, plan, -1, 0) < 256);
	machine_link(machine);
}

/* A line for each finding, the same from both sides if @swap is so for one of them. */
static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static enum check_id mirrored(enum check_id check)
{
	static const enum check_id pairs[][2] = {
		{ CHECK_DIFF_GONE, CHECK_DIFF_NEW },
		{ CHECK_DIFF_UNASSIGNED, CHECK_DIFF_ASSIGNED },
		{ CHECK_DIFF_SHRUNK, CHECK_DIFF_GROWN },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		for (int k = 0; k < 2; k++)
			if (pairs[i][k] == check)
				return pairs[i][!k];
	return check;
}

static const char *slot_or_none(const struct pci_function *function, char *buffer)
{
	return function ? slot_text(function, buffer) : "none";
}

static char *finding_line(const struct finding *finding, bool swap)
{
	const struct pci_function *old = finding->old_function;
	const struct pci_function *new = finding->check == CHECK_DIFF_GONE && !finding->item ?
		NULL : finding->function;
	char first[SLOT_TEXT_MAX], second[SLOT_TEXT_MAX];
	const char *values[2] = { finding->values[0].text, finding->values[1].text };

	if (finding->status != STATUS_FAIL)
		return xasprintf("unknown %s %s %zu", checks[finding->check].label,
				 finding->message, finding->count);
	return xasprintf("%s %s %s %s %s %s",
			 checks[swap ? mirrored(finding->check) : finding->check].label,
			 slot_or_none(swap ? new : old, first),
			 slot_or_none(swap ? old : new, second),
			 finding->item ? finding->item : "",
			 values[swap] ? values[swap] : "", values[!swap] ? values[!swap] : "");
}

static char **finding_lines(const struct results *results, bool swap)
{
	char **lines = xcalloc(results->count + 1, sizeof(*lines));

	for (size_t i = 0; i < results->count; i++)
		lines[i] = finding_line(&results->findings[i], swap);
	qsort(lines, results->count, sizeof(*lines), compare_lines);
	return lines;
}

static void free_lines(char **lines)
{
	for (char **line = lines; *line; line++)
		free(*line);
	free(lines);
}

/* Worst first, and what is unknown at the end. */
static void assert_sorted(const struct results *results)
{
	for (size_t i = 1; i < results->count; i++) {
		const struct finding *a = &results->findings[i - 1], *b = a + 1;

		assert_true(a->status == STATUS_FAIL || b->status != STATUS_FAIL);
		assert_true(b->status != STATUS_FAIL || a->severity >= b->severity);
	}
}

static void assert_mirrored(const struct machine *a, const struct machine *b)
{
	struct results there = { 0 }, back = { 0 };
	char **there_lines, **back_lines;

	diff_machines(&there, a, b, 0);
	diff_machines(&back, b, a, 0);
	assert_sorted(&there);
	there_lines = finding_lines(&there, false);
	back_lines = finding_lines(&back, true);
	for (size_t i = 0; i < there.count && i < back.count; i++)
		assert_string_equal(there_lines[i], back_lines[i]);
	assert_int_equal(there.count, back.count);
	free_lines(there_lines);
	free_lines(back_lines);
	results_free(&there);
	results_free(&back);
}

static size_t changes_of(const struct results *results, enum check_id check)
{
	return results->tallies[check].counts[STATUS_FAIL];
}

static void assert_no_difference(const struct machine *machine)
{
	struct results results = { 0 };

	diff_machines(&results, machine, machine, 0);
	assert_int_equal(results.count, 0);
	assert_int_equal(results.tallies[CHECK_DIFF_GONE].counts[STATUS_PASS], machine->count);
	results_free(&results);
}

static bool is_leaf(const struct plan *plan, int index)
{
	for (int i = 0; i < NODES; i++)
		if (plan->nodes[i].there && plan->nodes[i].parent == index)
			return false;
	return plan->nodes[index].there;
}

/* One change each; false when the plan has nothing to change in this way. */

static struct plan_node *random_node(struct plan *plan, bool bridge)
{
	for (int tries = 0; tries < 1000; tries++) {
		struct plan_node *node = &plan->nodes[random_below(NODES)];

		if (node->there && node->seen && node->bridge == bridge)
			return node;
	}
	return NULL;
}

static struct plan_bar *random_bar(struct plan *plan)
{
	for (int tries = 0; tries < 1000; tries++) {
		struct plan_node *node = random_node(plan, false);
		struct plan_bar *bar = node ? &node->bars[random_below(NODE_BARS)] : NULL;

		if (bar && bar->there && bar->assigned && bar->size_known)
			return bar;
	}
	return NULL;
}

static struct plan_node *random_window(struct plan *plan)
{
	for (int tries = 0; tries < 1000; tries++) {
		struct plan_node *node = random_node(plan, true);

		if (node && node->window_open)
			return node;
	}
	return NULL;
}

static bool remove_leaf(struct plan *plan)
{
	for (int tries = 0; tries < 1000; tries++) {
		int i = (int)random_below(NODES);

		if (is_leaf(plan, i) && !plan->nodes[i].bridge) {
			plan->nodes[i].there = false;
			return true;
		}
	}
	return false;
}

static bool move_bar(struct plan *plan)
{
	struct plan_bar *bar = random_bar(plan);

	if (bar)
		bar->first += 0x10000;
	return bar;
}

static bool resize_bar(struct plan *plan)
{
	struct plan_bar *bar = random_bar(plan);

	if (bar)
		bar->size *= 2;
	return bar;
}

static bool unassign_bar(struct plan *plan)
{
	struct plan_bar *bar = random_bar(plan);

	if (bar)
		bar->assigned = false;
	return bar;
}

static bool drop_bar(struct plan *plan)
{
	struct plan_bar *bar = random_bar(plan);

	if (bar)
		bar->there = false;
	return bar;
}

static bool forget_size(struct plan *plan)
{
	struct plan_bar *bar = random_bar(plan);

	if (bar)
		bar->size_known = false;
	return bar;
}

static bool forget_state(struct plan *plan)
{
	struct plan_node *node = random_node(plan, false);

	if (node)
		node->seen = false;
	return node;
}

static bool move_window(struct plan *plan)
{
	struct plan_node *node = random_window(plan);

	if (node)
		node->window_first += 0x100000;
	return node;
}

static bool shrink_window(struct plan *plan)
{
	struct plan_node *node = random_window(plan);

	if (node && node->window_size == 0x100000)
		return false;
	if (node)
		node->window_size -= 0x100000;
	return node;
}

static bool close_window(struct plan *plan)
{
	struct plan_node *node = random_window(plan);

	if (node)
		node->window_open = false;
	return node;
}

static bool change_driver(struct plan *plan)
{
	struct plan_node *node = random_node(plan, false);

	if (node)
		node->driver = "another";
	return node;
}

static bool change_command(struct plan *plan)
{
	struct plan_node *node = random_node(plan, false);

	if (node)
		node->command ^= 1u << random_below(3);
	return node;
}

static bool replace_card(struct plan *plan)
{
	struct plan_node *node = random_node(plan, false);

	if (node && !node->serial)
		return false;
	if (node)
		node->serial += 1000;
	return node;
}

static bool disable_intx(struct plan *plan)
{
	struct plan_node *node = random_node(plan, false);

	if (node)
		node->command ^= 0x400;
	return node;
}

static bool renumber(struct plan *plan)
{
	plan->gap++;
	return true;
}

/* To a place where nothing was, on the bus where it is. */
static bool relocate(struct plan *plan)
{
	struct plan_node *node = random_node(plan, false);

	for (int tries = 0; node && tries < 1000; tries++) {
		uint8_t place = (uint8_t)random_below(256);

		if (!place_is_free(plan, node->parent, place))
			continue;
		node->place = place;
		node->product = 99;
		return true;
	}
	return false;
}

static const struct kind {
	const char *name;
	bool (*change)(struct plan *plan);
	enum check_id check;	/* the only class that it is of */
	bool unknown;		/* nothing has changed, and something is unknown */
} kinds[] = {
	{ "remove a leaf", remove_leaf, CHECK_DIFF_GONE, false },
	{ "move a BAR", move_bar, CHECK_DIFF_MOVED, false },
	{ "resize a BAR", resize_bar, CHECK_DIFF_RESIZED, false },
	{ "unassign a BAR", unassign_bar, CHECK_DIFF_UNASSIGNED, false },
	{ "drop a BAR", drop_bar, CHECK_DIFF_UNASSIGNED, false },
	{ "forget a size", forget_size, CHECK_DIFF_RESIZED, true },
	{ "forget what a device has", forget_state, CHECK_DIFF_COMMAND, true },
	{ "move a window", move_window, CHECK_DIFF_MOVED, false },
	{ "shrink a window", shrink_window, CHECK_DIFF_SHRUNK, false },
	{ "close a window", close_window, CHECK_DIFF_SHRUNK, false },
	{ "change a driver", change_driver, CHECK_DIFF_DRIVER, false },
	{ "change a command register", change_command, CHECK_DIFF_COMMAND, false },
	{ "replace a card by one of its kind", replace_card, CHECK_DIFF_IDENTITY, false },
	{ "disable INTx", disable_intx, CHECK_DIFF_NOISE, false },
	{ "renumber buses", renumber, CHECK_DIFF_RENUMBERED, false },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static void a_machine_does_not_differ_from_itself(void **state)
{
	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct machine machine;
		struct plan plan;

		make_plan(&plan);
		build(&machine, &plan);
		assert_no_difference(&machine);
		machine_free(&machine);
	}
}

/*
 * Devices that are alike could take each other's place when one goes: here all ids differ, so
 * that one change has one name.
 */
static void each_change_is_of_its_class(void **state)
{
	size_t tried[KINDS] = { 0 };

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		const struct kind *kind = &kinds[(size_t)round % KINDS];
		struct results results = { 0 };
		struct machine a, b;
		struct plan plan;

		make_plan(&plan);
		for (int i = 0; i < NODES; i++)
			plan.nodes[i].product = (uint16_t)(100 + i);
		build(&a, &plan);
		if (!kind->change(&plan)) {
			machine_free(&a);
			continue;
		}
		tried[round % (int)KINDS]++;
		build(&b, &plan);
		diff_machines(&results, &a, &b, 0);
		if (kind->unknown) {
			assert_int_equal(results_total(&results, STATUS_FAIL), 0);
			assert_true(results.tallies[kind->check].counts[STATUS_UNKNOWN]);
		} else {
			if (kind->check == CHECK_DIFF_RENUMBERED)
				assert_true(changes_of(&results, kind->check));
			else
				assert_int_equal(changes_of(&results, kind->check), 1);
			if (results_total(&results, STATUS_FAIL) !=
			    changes_of(&results, kind->check))
				fail_msg("%s: other classes, too", kind->name);
			assert_int_equal(results_total(&results, STATUS_UNKNOWN), 0);
		}
		results_free(&results);
		machine_free(&a);
		machine_free(&b);
	}
	for (size_t i = 0; i < KINDS; i++)
		if (!tried[i])
			fail_msg("%s: was never tried", kinds[i].name);
}

static void a_device_at_another_place_is_relocated(void **state)
{
	struct results results = { 0 };
	struct machine a, b;
	struct plan plan, moved;

	(void)state;
	make_plan(&plan);
	moved = plan;
	assert_true(relocate(&moved));
	for (int i = 0; i < NODES; i++) {
		if (moved.nodes[i].product == 99)
			plan.nodes[i].product = 99;
	}
	build(&a, &plan);
	build(&b, &moved);
	diff_machines(&results, &a, &b, 0);
	assert_int_equal(changes_of(&results, CHECK_DIFF_RELOCATED), 1);
	assert_int_equal(results_total(&results, STATUS_FAIL), 1);
	results_free(&results);
	machine_free(&a);
	machine_free(&b);
}

static void differences_are_the_same_from_both_sides(void **state)
{
	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		unsigned int changes = 1 + random_below(12);
		struct plan plan;
		struct machine a, b;

		make_plan(&plan);
		build(&a, &plan);
		while (changes--) {
			const struct kind *kind = &kinds[random_below(KINDS)];

			/* 256 buses are all that there are */
			if (kind->change != renumber || plan.gap < 2)
				kind->change(&plan);
			if (!random_below(4))
				relocate(&plan);
		}
		if (!random_below(3))
			make_plan(&plan);
		build(&b, &plan);
		assert_mirrored(&a, &b);
		machine_free(&a);
		machine_free(&b);
	}
}

static void ignored_classes_are_not_told(void **state)
{
	struct results results = { 0 };
	diff_classes ignored = 0;
	struct machine a, b;
	struct plan plan;

	(void)state;
	assert_false(diff_class_parse("bar", &ignored));
	assert_false(diff_class_parse("", &ignored));
	assert_true(diff_class_parse("moved", &ignored));
	assert_true(diff_class_parse("diff-driver", &ignored));
	make_plan(&plan);
	build(&a, &plan);
	assert_true(move_bar(&plan));
	assert_true(change_driver(&plan));
	build(&b, &plan);
	diff_machines(&results, &a, &b, ignored);
	assert_int_equal(results.count, 0);
	results_free(&results);
	machine_free(&a);
	machine_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_machine_does_not_differ_from_itself),
		cmocka_unit_test(each_change_is_of_its_class),
		cmocka_unit_test(a_device_at_another_place_is_relocated),
		cmocka_unit_test(differences_are_the_same_from_both_sides),
		cmocka_unit_test(ignored_classes_are_not_told),
	};
	const char *given = getenv("SEED");

	seed = given ? strtoull(given, NULL, 0) : 20261127;
	random_state = seed;
	printf("# seed %" PRIu64 "\n", seed);
	return RUN_UNIT_TESTS(tests);
}
