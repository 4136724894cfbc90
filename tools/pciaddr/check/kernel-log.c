// SPDX-License-Identifier: GPL-2.0-or-later
/* What a kernel's log says of addresses that were not given: once for each cause. */
#include "pciaddr/check/checks.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "pciaddr/check/log-causes.h"
#include "pciaddr/model/slot.h"
#include "pciaddr/model/topology.h"

struct log_check {
	const struct machine *machine;
	const struct log_facts *facts;
	struct results *results;
};

static const struct pci_function *function_of(const struct machine *machine,
					      const struct pci_function *slot)
{
	const struct bus *bus = machine_bus(machine, slot->domain, slot->bus);

	for (uint32_t i = 0; bus && i < bus->count; i++)
		if (!slot_compare(&machine->functions[bus->first + i], slot))
			return &machine->functions[bus->first + i];
	return NULL;
}

static struct location at_log(struct log_check *check, uint32_t line)
{
	return at_text(TEXT(check->results, "%s:%" PRIu32, check->facts->path, line));
}

/* Rounded down, so that it is short: "4.1 GiB". */
static const char *bytes_text(struct results *results, uint64_t size)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	unsigned int unit = 0;
	uint64_t rest = 0;

	for (; size >= 1024; size /= 1024, unit++)
		rest = size % 1024;
	if (rest * 10 / 1024)
		return TEXT(results, "%" PRIu64 ".%" PRIu64 " %s", size, rest * 10 / 1024,
			    units[unit]);
	return TEXT(results, "%" PRIu64 " %s", size, units[unit]);
}

static const char *resource_text(struct log_check *check, const struct log_resource *resource)
{
	return TEXT(check->results, "%s %s", device_name(check->results, &resource->slot),
		    log_resource_name(resource));
}

#define NAMES_SHOWN 4

/* "0000:01:00.0 BAR 0, BAR 1, 0000:01:00.1 BAR 0 and 2 more" */
struct names {
	const char *text;		/* NULL as long as there is none */
	size_t count;
	const struct log_resource *last;
};

static void add_name(struct log_check *check, struct names *names,
		     const struct log_resource *resource)
{
	bool same = names->last && !slot_compare(&names->last->slot, &resource->slot);

	if (names->count++ >= NAMES_SHOWN)
		return;
	names->text = TEXT(check->results, "%s%s%s", names->text ? names->text : "",
			   names->text ? ", " : "", same ? log_resource_name(resource) :
			   resource_text(check, resource));
	names->last = resource;
}

static const char *names_text(struct log_check *check, const struct names *names)
{
	if (!names->text)
		return "";
	if (names->count <= NAMES_SHOWN)
		return names->text;
	return TEXT(check->results, "%s and %zu more", names->text, names->count - NAMES_SHOWN);
}

static uint64_t wanted(const struct log_loss *loss, enum harm harm)
{
	const struct log_resource *root = loss->root;

	/* what is optional harms nothing by its absence */
	return harm && root->sized && root->required ? root->required : root->size;
}

static bool same_pool(const struct log_pool *a, const struct log_pool *b)
{
	return a->kind == b->kind && a->bridge == b->bridge && a->window == b->window;
}

static int compare_roots(const void *first, const void *second)
{
	const struct log_resource *a = ((const struct log_loss *)first)->root;
	const struct log_resource *b = ((const struct log_loss *)second)->root;

	return a < b ? -1 : a > b;
}

/* What those that do this harm want from the pool of the first of them; each window once. */
static uint64_t all_wanted(const struct log_loss *losses, size_t count)
{
	struct log_loss *sorted = grow_array(NULL, count + 1, sizeof(*sorted));
	size_t kept = 0;
	uint64_t sum = 0;

	for (size_t i = 0; i < count && losses[i].harm == losses[0].harm; i++)
		if (same_pool(&losses[i].pool, &losses[0].pool))
			sorted[kept++] = losses[i];
	qsort(sorted, kept, sizeof(*sorted), compare_roots);
	for (size_t i = 0; i < kept; i++)
		if (!i || sorted[i].root != sorted[i - 1].root)
			sum += wanted(&sorted[i], losses[0].harm);
	free(sorted);
	return sum;
}

static const char *room_text(struct log_check *check, const struct log_pool *pool,
			     uint64_t need)
{
	struct pool_room room = log_pool_room(check->machine, pool);
	uint64_t left = room.total - room.used;
	struct results *results = check->results;
	const char *text = log_pool_text(check->machine, results, pool);

	if (pool->kind != POOL_HOST && pool->kind != POOL_WINDOW)
		return TEXT(results, "in: %s", text);
	text = TEXT(results, "in: %s: %s, of which %s free", text,
		    bytes_text(results, room.total),
		    left ? TEXT(results, "%s are", bytes_text(results, left)) : "nothing is");
	if (room.largest)
		text = TEXT(results, "%s (the most has %s: %s)", text,
			    resource_text(check, room.largest),
			    bytes_text(results, range_size(room.largest->range)));
	if (need > left)
		return TEXT(results, "%s; %s are missing", text,
			    bytes_text(results, need - left));
	return TEXT(results, "%s; no gap in it is large and aligned enough", text);
}

/* Does the memory map leave less than half of the host bridge's windows? */
static bool is_reserved(const struct log_check *check, const struct log_pool *pool)
{
	const struct log_facts *facts = check->facts;
	const struct machine *machine = check->machine;

	for (size_t i = 0; i < machine->host_window_count; i++) {
		const struct host_window *window = &machine->host_windows[i];

		if (window->domain != pool->domain || window->bus != pool->bus ||
		    window->space != SPACE_MEMORY)
			continue;
		for (size_t k = 0; k < facts->reserved_count; k++) {
			struct range part = facts->reserved[k];

			if (!range_overlaps(part, window->cpu))
				continue;
			if (part.first < window->cpu.first)
				part.first = window->cpu.first;
			if (part.last > window->cpu.last)
				part.last = window->cpu.last;
			if (range_size(part) > range_size(window->cpu) / 2 &&
			    range_size(window->cpu) > 0x100000)
				return true;
		}
	}
	return false;
}

static bool is_bridge_bar(const struct log_check *check, const struct log_resource *resource)
{
	const struct log_function *function = log_facts_function(check->facts, &resource->slot);

	return function && function->is_bridge && resource->item < LOG_ITEM_ROM;
}

static const char *host_advice(struct log_check *check, const struct log_pool *pool,
			       uint64_t need)
{
	struct pool_room room = log_pool_room(check->machine, pool);

	if (pool->marked)
		return "the host bridge has a window below 4 GiB that is marked as one of 64 bits, "
			"where Linux puts nothing of 32 bits, as the memory window of a bridge is: "
			"correct it in the device tree ('ranges' with 0x02000000 in place of "
			"0x03000000), or take Linux 5.13 or later, which ignores the mark";
	if (pool->space == SPACE_IO)
		return "each bridge takes 4 KiB of I/O: have fewer ports, or cards that need no I/O";
	if (room.largest && is_bridge_bar(check, room.largest) &&
	    need <= room.total - room.used + range_size(room.largest->range))
		return "a bridge's own BAR has the space, which no driver uses: some cores of root ports "
			"show a register there that is none, and the host bridge's driver in a newer "
			"kernel may hide it";
	if (need <= room.total - room.used && is_reserved(check, pool))
		return "firmware's memory map (e820) reserves what the host bridge forwards: boot "
			"with 'pci=no_e820' (from Linux 5.19 on) or 'pci=nocrs', or update the firmware";
	if (need <= (room.total - room.used) / 16 && !check->facts->reserved_count)
		return "there seems to be space: where firmware's memory map (e820) reserves it, "
			"'pci=no_e820' (from Linux 5.19 on) or 'pci=nocrs' helps, otherwise "
			"'pci=realloc'; the log from its beginning has that map";
	if (need > room.total)
		return "the host bridge forwards too little, and no kernel option makes it more: "
			"the firmware ('Above 4G decoding'), the device tree's 'ranges' or the virtual "
			"machine's memory aperture decides";
	return "boot with 'pci=realloc', which distributes the space anew; or let the firmware "
		"place large BARs above 4 GiB ('Above 4G decoding')";
}

static const char *advice_of(struct log_check *check, const struct log_loss *loss,
			     uint64_t need)
{
	if (loss->harm == HARM_FEATURE)
		return "the card works, its virtual functions do not: turn on SR-IOV and 'Above 4G "
			"decoding' in the firmware, or boot with 'pci=realloc'";
	switch (loss->pool.kind) {
	case POOL_HOST:
	case POOL_HOST_NONE:
		return host_advice(check, &loss->pool, need);
	case POOL_WINDOW:
	case POOL_CLOSED:
		if (loss->pool.space == SPACE_IO)
			return "the window above was made without room for it: boot with "
				"'pci=realloc' if it is there at the start; of what comes later, remove "
				"the root port above and rescan, or boot with 'pci=hpiosize=SIZE', if "
				"the kernel makes the windows (firmware's stay)";
		return "the window above was made without room for it: boot with 'pci=realloc' if it "
			"is there at the start; of what comes later, remove the root port above and "
			"rescan, or boot with 'pci=hpmmiosize=SIZE,hpmmioprefsize=SIZE', if the kernel "
			"makes the windows (firmware's stay; QEMU: pref64-reserve=SIZE)";
	case POOL_UNKNOWN:
		break;
	}
	return "take the log from its beginning (boot with 'log_buf_len=16M' if it is "
		"overwritten), to see which window is full";
}

static void tell_harm(struct log_check *check, const struct log_loss *losses, size_t count)
{
	struct results *results = check->results;
	const struct log_loss *first = &losses[0];
	uint64_t need = all_wanted(losses, count);
	struct names names = { 0 };
	struct finding *finding;

	for (size_t i = 0; i < count && losses[i].harm == first->harm; i++)
		add_name(check, &names, losses[i].resource);
	finding = results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = first->check,
		.function = function_of(check->machine, &first->root->slot),
		.item = log_resource_name(first->root),
		.message = TEXT(results, "the kernel found no place for it; without an address: "
				"%s", names_text(check, &names)),
		.values = {
			{ TEXT(results, "requested: %s for %s",
			       need ? bytes_text(results, need) : "an unknown size",
			       resource_text(check, first->root)),
			  at_log(check, first->root->line) },
			{ room_text(check, &first->pool, need), { 0 } },
		},
		.advice = advice_of(check, first, need),
	});
	if (first->harm == HARM_FEATURE)
		finding->severity = SEVERITY_LOW;
}

/* What the kernel takes for memory, no device can have. */
static bool is_memory(const char *owner)
{
	return owner && (!strcmp(owner, "System RAM") || !strcmp(owner, "Unusable memory"));
}

/*
 * The kernel claims all that firmware has placed before it gives addresses to what has none.  Does
 * the log have nothing of the second, as where somebody shows the lines of the first alone?
 */
static bool ends_with_claims(const struct log_check *check, const struct log_loss *losses,
			     size_t count)
{
	for (size_t i = 0; i < count && losses[i].harm; i++) {
		const struct log_function *function =
			log_facts_function(check->facts, &losses[i].resource->slot);

		if (losses[i].resource->line < check->facts->assigning_line ||
		    (function && function->cannot_enable))
			return false;
	}
	return true;
}

/*
 * The kernel names the function alone that has the address: which of its resources it is, its range
 * tells.  It may be another one of the same function.
 */
static const char *conflict_text(struct log_check *check, const struct log_resource *resource)
{
	const char *conflict = resource->conflict;
	struct pci_function slot;

	if (slot_parse(conflict, strlen(conflict), &slot) != (int)strlen(conflict))
		return conflict;
	for (size_t i = 0; i < check->facts->resource_count; i++) {
		const struct log_resource *other = &check->facts->resources[i];

		if (other != resource && other->space == resource->space &&
		    !slot_compare(&other->slot, &slot) && range_size(other->range) > 1 &&
		    range_equal(other->range, resource->conflict_range))
			return resource_text(check, other);
	}
	return slot_compare(&resource->slot, &slot) ? conflict :
		"another BAR or window of this function";
}

static void tell_claim(struct log_check *check, const struct log_loss *losses, size_t count)
{
	struct results *results = check->results;
	const struct log_resource *root = losses[0].root;
	bool cut = !is_memory(root->conflict) && ends_with_claims(check, losses, count);
	struct names names = { 0 };

	for (size_t i = 0; i < count && losses[i].harm; i++)
		add_name(check, &names, losses[i].resource);
	results_add(results, &(struct finding) {
		.status = cut ? STATUS_UNKNOWN : STATUS_FAIL,
		.check = losses[0].check,
		.function = function_of(check->machine, &root->slot),
		.item = log_resource_name(root),
		.message = TEXT(results, "the kernel did not keep firmware's address, and %s: %s",
				cut ? "whether it gave another, as it mostly can, these lines do not "
				"tell" : "gave no other; without an address",
				names_text(check, &names)),
		.values = {
			{ root->conflict ? TEXT(results, "it is the address of %s, too",
						conflict_text(check, root)) :
			  "no window above has it", at_log(check, root->line) },
			{ TEXT(results, "above: %s", log_pool_text(check->machine, results,
								    &losses[0].pool)), { 0 } },
		},
		.advice = cut ? "'dmesg | grep SLOT' shows whether 'assigned' or 'failed to assign' "
			"follows for it" : is_memory(root->conflict) ?
			"the memory map that the kernel was given has memory where the device is: of a "
			"guest of Xen, set 'e820_host = 1'; elsewhere the firmware or the virtual "
			"machine's monitor has to leave it out" :
			"firmware placed it, so that an update of it may help, or 'pci=realloc' "
			"(neither was tried of a log like this)",
	});
}

static void tell_resize(struct log_check *check, const struct log_loss *losses, size_t count)
{
	struct results *results = check->results;
	const struct log_resource *root = losses[0].root;
	struct names names = { 0 };
	struct finding *finding;

	for (size_t i = 0; i < count && losses[i].harm; i++)
		add_name(check, &names, losses[i].resource);
	finding = results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = losses[0].check,
		.function = function_of(check->machine, &root->slot),
		.item = log_resource_name(root),
		.message = TEXT(results, "a BAR could not be resized, and what was there before was "
				"not given back; without an address: %s", names_text(check, &names)),
		.values = {
			{ TEXT(results, "lost: %s, %s", resource_text(check, root),
			       bytes_text(results, root->size)), at_log(check, root->line) },
			{ TEXT(results, "above: %s", log_pool_text(check->machine, results,
								    &losses[0].pool)), { 0 } },
		},
		.advice = "keep the driver from resizing (amdgpu.rebar=0, xe.vram_bar_size=-1), or have "
			"firmware make the BAR large ('Resizable BAR', 'Above 4G decoding'); try a newer "
			"kernel, too: Linux 6.15 to 6.18 give back too little",
	});
	if (losses[0].harm == HARM_DEVICE)
		finding->severity = SEVERITY_HIGH;
}

static const char *kinds_text(struct log_check *check, const struct log_loss *losses,
			      size_t count)
{
	struct results *results = check->results;
	const char *space = space_name((enum space)losses[0].resource->space);
	size_t windows = 0;

	for (size_t i = 0; i < count; i++)
		windows += log_resource_is_window(losses[i].resource);
	if (windows == count)
		return TEXT(results, "%zu optional %s window%s", count, space,
			    count == 1 ? "" : "s");
	if (!windows)
		return TEXT(results, "%zu %s resource%s (ROMs, I/O BARs, BARs of bridges)", count,
			    space, count == 1 ? "" : "s");
	return TEXT(results, "%zu %s window%s and %zu ROM%s, I/O BAR%s or BAR%s of bridges", windows,
		    space, windows == 1 ? "" : "s", count - windows,
		    count - windows == 1 ? "" : "s", count - windows == 1 ? "" : "s",
		    count - windows == 1 ? "" : "s");
}

/* The pools that the losses of a cause wait for: "0000:03:00.0 memory window 0x..-0x..". */
static const char *pools_text(struct log_check *check, const struct log_loss *losses,
			      size_t count)
{
	struct results *results = check->results;
	const char *text = log_pool_text(check->machine, results, &losses[0].pool);
	size_t others = 0;

	for (size_t i = 1; i < count; i++)
		others += losses[i].resource == losses[i].root &&
			!same_pool(&losses[i].pool, &losses[i - 1].pool) &&
			!same_pool(&losses[i].pool, &losses[0].pool);
	return others ? TEXT(results, "%s and in windows below it", text) : text;
}

static bool all_windows(const struct log_loss *losses, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!log_resource_is_window(losses[i].resource))
			return false;
	return true;
}

/* What the kernel reserves of memory for a hot-plug port (pci=hpmmiosize=), where nothing needs it. */
#define RESERVE_SIZE 0x200000

/* A part of a log has a large window that failed, and nothing of what is below it. */
static bool is_open_question(const struct log_check *check, const struct log_loss *loss)
{
	const struct log_resource *window = loss->resource;

	if (!log_resource_is_window(window) || window->space != SPACE_MEMORY || window->sized ||
	    window->size <= RESERVE_SIZE || log_facts_has_domain(check->facts, window->slot.domain))
		return false;
	for (size_t i = 0; i < check->facts->resource_count; i++) {
		const struct log_resource *below = &check->facts->resources[i];

		if (below->outcome != LOG_NOTHING && !log_resource_is_window(below) &&
		    below->slot.domain == window->slot.domain &&
		    below->slot.bus > window->slot.bus)
			return false;
	}
	return true;
}

static void tell_open_question(struct log_check *check, const struct log_loss *loss)
{
	struct results *results = check->results;

	results_add(results, &(struct finding) {
		.status = STATUS_UNKNOWN,
		.check = loss->check,
		.function = function_of(check->machine, &loss->root->slot),
		.item = log_resource_name(loss->root),
		.message = "it has no place; these lines do not show whether something below needs it",
		.values = {
			{ TEXT(results, "requested: %s for %s", bytes_text(results, loss->root->size),
			       resource_text(check, loss->root)),
			  at_log(check, loss->root->line) },
			{ room_text(check, &loss->pool, loss->root->size), { 0 } },
		},
		.advice = "take the log from its beginning, which has what is below it",
	});
}

static void tell_harmless(struct log_check *check, const struct log_loss *losses, size_t count)
{
	struct results *results = check->results;
	bool no_space = losses[0].check != CHECK_LOG_CLAIM && losses[0].check != CHECK_LOG_CONFLICT;

	results_add(results, &(struct finding) {
		.status = STATUS_PASS,
		.check = losses[0].check,
		.function = function_of(check->machine, &losses[0].root->slot),
		.message = TEXT(results, "harmless: %s for %s (%s, %s%s) in %s; no device lacks "
				"an address that it needs%s",
				no_space ? "no place" : "no claim",
				kinds_text(check, losses, count),
				resource_text(check, losses[0].root),
				bytes_text(results, losses[0].root->size),
				count > 1 ? " ..." : "", pools_text(check, losses, count),
				no_space && losses[0].pool.space == SPACE_IO &&
				all_windows(losses, count) ?
				"; 'pci=hpiosize=0' keeps the kernel from asking" : ""),
	});
}

/* Each costs a look at all resources. */
#define CAUSES_TOLD 64

static void check_losses(struct log_check *check)
{
	size_t count, end, told = 0;
	struct log_loss *losses = log_losses(check->machine, &count);

	for (size_t i = 0; i < count; i = end) {
		for (end = i + 1; end < count && log_same_cause(&losses[i], &losses[end]); end++)
			;
		if (told++ >= CAUSES_TOLD) {
			if (losses[i].harm)
				results_unknown(check->results, losses[i].check, NULL,
						"another cause of the same kind", NULL);
			continue;
		}
		if (!losses[i].harm && is_open_question(check, &losses[i]))
			tell_open_question(check, &losses[i]);
		else if (!losses[i].harm)
			tell_harmless(check, &losses[i], end - i);
		else if (losses[i].check == CHECK_LOG_NO_SPACE)
			tell_harm(check, &losses[i], end - i);
		else if (losses[i].check == CHECK_LOG_RESIZE)
			tell_resize(check, &losses[i], end - i);
		else
			tell_claim(check, &losses[i], end - i);
	}
	free(losses);
}

/* What failed first and has an address now. */
static void check_later(struct log_check *check)
{
	struct names retried = { 0 }, moved = { 0 };

	for (size_t i = 0; i < check->facts->resource_count; i++) {
		const struct log_resource *resource = &check->facts->resources[i];

		/* firmware's address that was kept for want of another is no space */
		if (!resource->has_address ||
		    (resource->firmware_tried && !log_is_reachable(check->machine, resource)))
			continue;
		results_pass(check->results, CHECK_LOG_NO_SPACE);
		if (resource->failures)
			add_name(check, &retried, resource);
		if (resource->claims)
			add_name(check, &moved, resource);
	}
	if (retried.count)
		results_add(check->results, &(struct finding) {
			.status = STATUS_PASS,
			.check = CHECK_LOG_NO_SPACE,
			.message = TEXT(check->results, "harmless: a later attempt had space for "
					"%s", names_text(check, &retried)),
		});
	if (moved.count)
		results_add(check->results, &(struct finding) {
			.status = STATUS_PASS,
			.check = CHECK_LOG_CLAIM,
			.message = TEXT(check->results, "harmless: the kernel moved what firmware "
					"had placed where it cannot be: %s",
					names_text(check, &moved)),
		});
}

static void tell_unusable(struct log_check *check, const struct log_resource *resource,
			  const char *message, const char *why, const char *advice)
{
	struct results *results = check->results;
	char range[RANGE_TEXT_MAX];

	results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = CHECK_LOG_ASSIGNED,
		.function = function_of(check->machine, &resource->slot),
		.item = log_resource_name(resource),
		.message = message,
		.values = {
			{ TEXT(results, "assigned: %s", range_text(resource->range, range)),
			  at_log(check, resource->line) },
			{ why, { 0 } },
		},
		.advice = advice,
	});
}

/* Registers, or the BARs that the log itself tells, show it better: see bar-in-window. */
static bool is_shown(struct log_check *check, const struct log_resource *resource)
{
	const struct pci_function *function = function_of(check->machine, &resource->slot);

	return function && resource->item <= LOG_ITEM_ROM &&
		function_bar(function, resource->item);
}

/*
 * Port drivers use no BAR of their bridge, except that for standard hot-plug; some cores of root
 * ports show a register there that is none.
 */
static bool is_of_idle_bridge(struct log_check *check, const struct log_resource *resource)
{
	const struct log_function *function = log_facts_function(check->facts, &resource->slot);

	return function && is_bridge_bar(check, resource) &&
		resource->reads != UINT32_MAX &&
		(!function->driver || strcmp(function->driver, "shpchp"));
}

static void tell_not_taken(struct log_check *check, const struct log_resource *resource)
{
	if (is_of_idle_bridge(check, resource)) {
		results_add(check->results, &(struct finding) {
			.status = STATUS_PASS,
			.check = CHECK_LOG_ASSIGNED,
			.function = function_of(check->machine, &resource->slot),
			.message = TEXT(check->results, "harmless: the register of %s, which is a "
					"bridge's and used by no driver, did not take its address",
					log_resource_name(resource)),
		});
		return;
	}
	tell_unusable(check, resource,
		      "the register did not take the address that the kernel gave it",
		      TEXT(check->results, "it reads 0x%" PRIx64, resource->reads),
		      resource->reads == UINT32_MAX ?
		      "the device does not answer: its link is down, it is powered off or gone" :
		      "its address is fixed, or the register is not a BAR: what a driver accesses "
		      "is not the device");
}

static bool is_over_ecam(const struct log_check *check, const struct log_resource *resource)
{
	for (size_t i = 0; i < check->facts->ecam_count; i++)
		if (range_overlaps(check->facts->ecam[i].range, resource->range))
			return true;
	return false;
}

/* The address is right, but something else has claimed it; over ECAM another finding says so. */
static void tell_not_reserved(struct log_check *check, const struct log_resource *resource)
{
	struct results *results = check->results;
	char range[RANGE_TEXT_MAX];

	if (resource->space != SPACE_MEMORY || is_over_ecam(check, resource))
		return;
	results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = CHECK_LOG_CONFLICT,
		.function = function_of(check->machine, &resource->slot),
		.item = log_resource_name(resource),
		.message = "a driver could not take it, because something else has claimed its "
			"addresses",
		.values = {
			{ TEXT(results, "it is at %s", range_text(resource->range, range)),
			  at_log(check, resource->line) },
		},
		.advice = "/proc/iomem (as root) names who has them: a frame buffer that firmware left "
			"(boot with 'initcall_blacklist=sysfb_init', where a guest is to have the "
			"card), a driver that is still bound, or memory that firmware reserves",
	});
}

/* An address that the kernel has given, and that cannot work: it says nothing of it. */
static void check_assigned(struct log_check *check)
{
	for (size_t i = 0; i < check->facts->resource_count; i++) {
		const struct log_resource *resource = &check->facts->resources[i];

		if (!resource->has_address || resource->outcome != LOG_ASSIGNED)
			continue;
		if (resource->not_taken)
			tell_not_taken(check, resource);
		if (resource->not_reserved)
			tell_not_reserved(check, resource);
		if (resource->firmware_tried && !log_resource_is_window(resource) &&
		    !is_shown(check, resource) && !log_is_reachable(check->machine, resource))
			tell_unusable(check, resource,
				      "the kernel kept firmware's address, which is outside the "
				      "windows of the bridge above", NULL,
				      "Linux 6.1 and later do not keep it");
	}
}

/* A class of which Linux does not know what it is, or none: its BARs are left as they are. */
static void tell_not_enabled(struct log_check *check, const struct log_function *function)
{
	for (unsigned int item = 0; item < LOG_ITEM_WINDOW + WINDOWS; item++) {
		const struct log_resource *resource =
			log_facts_resource(check->facts, &function->slot, item);

		/* that is the cause, and told as such */
		if (resource && log_resource_failed(resource))
			return;
	}
	results_add(check->results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = CHECK_LOG_CLAIM,
		.function = function_of(check->machine, &function->slot),
		.message = TEXT(check->results, "%s: the kernel cannot enable the device, and never "
				"tried to give a BAR of it an address",
				device_name(check->results, &function->slot)),
		.advice = function->slot.class_known && !(function->slot.class >> 8) ?
			"its class is 0, of which Linux leaves the BARs alone: the kernel needs a "
			"quirk for it (PCI_CLASS_NOT_DEFINED)" :
			"'dmesg | grep SLOT' from the machine's start shows what was said of its BARs",
	});
}

/* Of a bridge whose own bus had no number, all that is below it is told with that one. */
static bool is_below_lost_bus(const struct log_check *check, const struct log_function *function)
{
	for (size_t i = 0; i < check->facts->function_count; i++) {
		const struct log_function *other = &check->facts->functions[i];

		if (other != function && !other->gone && other->no_bus && other->no_bus_first &&
		    other->slot.domain == function->slot.domain &&
		    function->slot.bus >= other->no_bus_first &&
		    function->slot.bus <= other->no_bus_last)
			return true;
	}
	return false;
}

/* The bridge whose bus numbers end too early: the one that leads to @function, or further up. */
static const struct log_function *short_of_buses(const struct log_check *check,
						 const struct log_function *function)
{
	const struct log_function *found = NULL;

	for (size_t i = 0; i < check->facts->function_count; i++) {
		const struct log_function *other = &check->facts->functions[i];

		if (other->gone || !other->bus_wanted || other->slot.domain != function->slot.domain ||
		    other->slot.bus >= function->slot.bus || other->bus_wanted < function->slot.bus)
			continue;
		if (!found || other->slot.bus > found->slot.bus)
			found = other;
	}
	return found;
}

static void tell_no_bus(struct log_check *check, const struct log_function *function)
{
	const struct log_function *above = short_of_buses(check, function);
	struct results *results = check->results;
	const char *numbers = "no bus number";

	if (function->no_bus_first)
		numbers = function->no_bus_last > function->no_bus_first ?
			TEXT(results, "no bus numbers (%02x to %02x)", function->no_bus_first,
			     function->no_bus_last) :
			TEXT(results, "no bus number (%02x)", function->no_bus_first);
	results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = CHECK_LOG_BUS_NUMBERS,
		.function = function_of(check->machine, &function->slot),
		.message = TEXT(results, "%s: %s left for what is below it, which the kernel does "
				"not see or cannot use",
				device_name(results, &function->slot),
				function->no_bus_last > function->no_bus_first ?
				TEXT(results, "%s were", numbers) : TEXT(results, "%s was", numbers)),
		.values = {
			above ? (struct value) {
				TEXT(results, "%s needs numbers up to %02x, and has fewer",
				     device_name(results, &above->slot), above->bus_wanted), { 0 },
			} : no_value,
		},
		.advice = "boot with 'pci=assign-busses' (x86), which numbers all buses anew; of what "
			"comes when the bridges have their numbers (plugged in, or with a link that "
			"is up late), remove the root port above and rescan",
	});
}

static void check_single(struct log_check *check)
{
	for (size_t i = 0; i < check->facts->resource_count; i++) {
		const struct log_resource *resource = &check->facts->resources[i];
		struct finding finding = {
			.status = STATUS_PASS,
			.function = function_of(check->machine, &resource->slot),
		};

		if (resource->pinned && !log_resource_failed(resource)) {
			finding.check = CHECK_LOG_RESIZE;
			finding.message = TEXT(check->results, "harmless: %s could not be resized, "
					       "and keeps its size", log_resource_name(resource));
			results_add(check->results, &finding);
		}
		if (resource->invalid && !resource->has_address) {
			finding.check = CHECK_LOG_INVALID_BAR;
			finding.message = TEXT(check->results, "harmless: the register of %s is no "
					       "BAR, the kernel leaves it alone",
					       log_resource_name(resource));
			results_add(check->results, &finding);
		}
	}
	for (size_t i = 0; i < check->facts->function_count; i++) {
		const struct log_function *function = &check->facts->functions[i];

		if (!function->gone && function->cannot_enable)
			tell_not_enabled(check, function);
		if (!function->gone && function->no_bus && !is_below_lost_bus(check, function))
			tell_no_bus(check, function);
	}
}

void check_kernel_log(const struct machine *machine, struct results *results)
{
	struct log_check check = { machine, machine->log, results };

	if (!machine->log || !machine->log->path)
		return;
	if (check.facts->lost)
		results_skip(results, CHECK_LOG_NO_SPACE,
			     TEXT(results, "the first %" PRIu64 " records of the kernel's log were "
				  "overwritten: what they said is unknown (boot with "
				  "'log_buf_len=16M')", check.facts->lost));
	check_losses(&check);
	check_later(&check);
	check_assigned(&check);
	check_single(&check);
}
