// SPDX-License-Identifier: GPL-2.0-only
/*
 * pio-vmm: runs a guest that accesses ports, in each of the ways in which KVM can
 * deal with it, shows the exits to user space, counts them, and says what an
 * access cost.
 */
#include <err.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <x86intrin.h>

#include "scenarios.h"

#define REPEATS 5

struct result {
	struct exits exits;
	double ticks;	/* of the time-stamp counter, per access */
	double ns;
	bool verified;
};

static const char usage[] =
	"Usage: pio-vmm [--count N] [--tap | --json] [SCENARIO...]\n"
	"\n"
	"Runs a guest that makes N accesses (default 1000), in each way in which KVM can\n"
	"deal with them, and shows how many exits to this program they took and what one\n"
	"access cost: in ticks of the time-stamp counter (with QEMU's -icount shift=0\n"
	"these are instructions of the host) and in nanoseconds.\n"
	"\n"
	"  --tap   test results: is the answer right, and does it come from where it should?\n"
	"  --json  an array of objects\n"
	"\n"
	"Exit status: 0 all as expected, 1 not, 2 usage, 3 no KVM here.\n";

static double ns_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static bool exits_as_expected(const struct scenario *s, const struct exits *exits, uint32_t count)
{
	switch (s->answered_by) {
	case BY_KERNEL:
		return exits->io == 0 && exits->mmio == 0;
	case BY_EXIT_IO:
		return exits->io == count && exits->mmio == 0;
	case BY_EXIT_MMIO:
		return exits->io == 0 && exits->mmio == count;
	case BY_BULK:
		return exits->io < count / 50 && exits->mmio == 0;
	case BY_STRING:
		return exits->io > 0 && exits->io <= count / 500 + 1 && exits->mmio == 0;
	}
	return false;
}

struct cost {
	double ticks;
	double ns;
};

/* Runs it once; the cost is that of all accesses. */
static struct cost run(const struct scenario *s, struct vm *vm, uint32_t count,
		       struct result *result)
{
	struct cost cost;
	uint64_t ticks;
	uint32_t eax;
	double ns;

	memset(&vm->exits, 0, sizeof(vm->exits));
	ns = ns_now();
	ticks = __rdtsc();
	eax = vm_run(vm, s->program, count, s->port);
	cost.ticks = __rdtsc() - ticks;
	cost.ns = ns_now() - ns;
	result->verified &= s->verify(vm, count, eax) && exits_as_expected(s, &vm->exits, count);
	return cost;
}

static struct cost least(struct cost a, struct cost b)
{
	return (struct cost){
		.ticks = a.ticks < b.ticks ? a.ticks : b.ticks,
		.ns = a.ns < b.ns ? a.ns : b.ns,
	};
}

/*
 * Two lengths of run, of which one has twice the accesses: their difference is
 * free of what starting and ending cost. Of several runs the quickest counts, in
 * which no interrupt came.
 */
static bool measure(const struct scenario *s, uint32_t count, struct result *result)
{
	struct cost once = { INFINITY, INFINITY }, twice = once;
	struct vm vm;
	int i;

	vm_create(&vm);
	if (s->needs_pio_regs && !vm_has_pio_regs(&vm)) {
		vm_destroy(&vm);
		return false;
	}
	s->set_up(&vm);
	result->verified = true;
	run(s, &vm, count, result);
	for (i = 0; i < REPEATS; i++) {
		twice = least(twice, run(s, &vm, 2 * count, result));
		once = least(once, run(s, &vm, count, result));
	}
	result->exits = vm.exits;
	result->ticks = (twice.ticks - once.ticks) / count;
	result->ns = (twice.ns - once.ns) / count;
	vm_destroy(&vm);
	return true;
}

enum format { TABLE, TAP, JSON };

static void show(enum format format, const struct scenario *s, const struct result *r,
		 uint32_t count, unsigned int number)
{
	switch (format) {
	case TABLE:
		printf("%-21s %-39s %8llu %8llu %8.1f %8.1f  %s\n", s->name, s->title,
		       (unsigned long long)r->exits.io, (unsigned long long)r->exits.mmio,
		       r->ticks, r->ns, r->verified ? "" : "WRONG");
		break;
	case TAP:
		printf("%sok %u - %s: %s\n", r->verified ? "" : "not ", number, s->name, s->title);
		printf("# %u accesses, KVM_EXIT_IO: %llu, KVM_EXIT_MMIO: %llu\n", count,
		       (unsigned long long)r->exits.io, (unsigned long long)r->exits.mmio);
		break;
	case JSON:
		printf("%s\n  {\"name\": \"%s\", \"accesses\": %u, \"exits_io\": %llu, \"exits_mmio\": %llu, \"ticks\": %.2f, \"ns\": %.2f, \"verified\": %s}",
		       number > 1 ? "," : "[", s->name, count, (unsigned long long)r->exits.io,
		       (unsigned long long)r->exits.mmio, r->ticks, r->ns,
		       r->verified ? "true" : "false");
		break;
	}
	fflush(stdout);
}

static void show_absent(enum format format, const struct scenario *s, unsigned int number)
{
	if (format == TABLE)
		printf("%-21s %-39s  this kernel's KVM has no pio-regs\n", s->name, s->title);
	else if (format == TAP)
		printf("ok %u - %s # SKIP this kernel's KVM has no pio-regs\n", number, s->name);
}

static bool wanted(const char *name, char **names, int count)
{
	int i;

	for (i = 0; i < count; i++)
		if (!strcmp(name, names[i]))
			return true;
	return count == 0;
}

static void check_names(char **names, int count)
{
	size_t s;
	int i;

	for (i = 0; i < count; i++) {
		for (s = 0; s < scenarios_count && strcmp(names[i], scenarios[s].name); s++)
			;
		if (s == scenarios_count)
			errx(2, "no scenario '%s'; pio-vmm without arguments names them", names[i]);
	}
}

/* String input goes to 64 KiB of memory, and the second run has twice the count. */
static uint32_t parse_count(const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 0);

	if (*end || n < 100 || n > 30000)
		errx(2, "--count takes 100 to 30000, not '%s'", text);
	return n;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "count", required_argument, NULL, 'c' },
		{ "tap", no_argument, NULL, 't' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	unsigned int number = 0;
	enum format format = TABLE;
	uint32_t count = 1000;
	bool all = true;
	size_t i;
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			count = parse_count(optarg);
			break;
		case 't':
			format = TAP;
			break;
		case 'j':
			format = JSON;
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			return 2;
		}
	}
	check_names(argv + optind, argc - optind);

	if (format == TAP)
		puts("TAP version 13");
	if (format == TABLE)
		printf("%u accesses each%45s exits: IO     MMIO    ticks       ns\n", count, "");
	for (i = 0; i < scenarios_count; i++) {
		const struct scenario *s = &scenarios[i];
		struct result result = {};

		if (!wanted(s->name, argv + optind, argc - optind))
			continue;
		if (measure(s, count, &result)) {
			show(format, s, &result, count, ++number);
			all &= result.verified;
		} else if (format == TAP) {
			show_absent(format, s, ++number);
		} else {
			show_absent(format, s, number);
		}
	}
	if (format == TAP)
		printf("1..%u\n", number);
	if (format == JSON)
		puts(number ? "\n]" : "[]");
	return all ? 0 : 1;
}
