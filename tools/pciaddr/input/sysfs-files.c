// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/sysfs-files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pciaddr/configspace/decode.h"
#include "pciaddr/configspace/read.h"
#include "pciaddr/input/device-tree.h"
#include "pciaddr/input/textfile.h"
#include "pciaddr/model/pcispec.h"
#include "pciaddr/model/slot.h"

/*
 * Lines of `resource`: six BARs, the ROM, six SR-IOV BARs where the kernel has
 * CONFIG_PCI_IOV, and four bridge windows where there is a bus below.  So a bridge has 11 or
 * 17 lines; kernels with one more are seen, and their windows start at the same line.
 */
#define LINES_MAX		24
#define LINES_WITHOUT_IOV	11
#define LINES_WITH_IOV		17
#define WINDOWS_WITHOUT_IOV	7
#define WINDOWS_WITH_IOV	13

struct kernel_resource {
	struct range range;
	uint64_t flags;
};

static bool next_number(const char **text, const char *end, uint64_t *value)
{
	const char *start;

	while (*text < end && **text == ' ')
		(*text)++;
	start = *text;
	while (*text < end && **text != ' ')
		(*text)++;
	return parse_hex(start, (size_t)(*text - start), value);
}

static bool parse_resource_line(const struct line *line, struct kernel_resource *resource)
{
	const char *text = line->text, *end = line->text + line->length;

	return next_number(&text, end, &resource->range.first) &&
		next_number(&text, end, &resource->range.last) &&
		next_number(&text, end, &resource->flags);
}

static bool is_used(const struct kernel_resource *resource)
{
	return (resource->flags & (RESOURCE_IO | RESOURCE_MEMORY)) &&
		resource->range.first <= resource->range.last &&
		(resource->range.last || resource->range.first);
}

static void take_bar(struct machine *machine, struct pci_function *function, unsigned int index,
		     const struct kernel_resource *resource)
{
	struct bar *bar = function_bar(function, index);

	if (!is_used(resource)) {
		/* Linux clears what it could not assign, and has nothing where there is no BAR */
		if (bar && index != BAR_ROM && !bar->fixed_legacy && !bar->enhanced &&
		    !function->virtual) {
			bar->kernel_unset = !bar->register_address;
			bar->kernel_none = bar->register_address;
		}
		return;
	}
	if (!bar) {
		bar = function_add_bar(machine, function, index);
		bar->prefetchable = resource->flags & RESOURCE_PREFETCH;
		bar->is_64bit = resource->flags & RESOURCE_64BIT;
		bar->space = resource->flags & RESOURCE_IO ? SPACE_IO : SPACE_MEMORY;
	}
	if (index == BAR_ROM && resource->flags & RESOURCE_ROM_SHADOW) {
		bar->kernel_shadow = true;
		return;
	}
	if (bar->fixed_legacy && !(resource->flags & RESOURCE_UNSET))
		config_legacy_told(function, bar, resource->range.first);
	if (!bar->size_known && range_size(resource->range)) {
		bar->size_known = true;
		if (bar->range.first <= UINT64_MAX - (range_size(resource->range) - 1))
			bar->range.last = bar->range.first + range_size(resource->range) - 1;
	}
	if (resource->flags & RESOURCE_UNSET) {
		bar->kernel_unset = true;
		return;
	}
	bar->kernel_known = true;
	bar->kernel = resource->range;
	/* no register to say otherwise: the kernel's word is all there is */
	if ((!bar->register_known && !bar->fixed_legacy) || function->virtual) {
		bar->range = resource->range;
		bar->state = BAR_ASSIGNED;
	}
}

static void take_window(struct pci_function *function, enum window_kind kind,
			const struct kernel_resource *resource)
{
	struct window *window = &function->bridge->windows[kind];

	if (!is_used(resource) || resource->flags & (RESOURCE_UNSET | RESOURCE_DISABLED)) {
		window->kernel_state = WINDOW_CLOSED;
		return;
	}
	window->kernel_state = WINDOW_OPEN;
	window->kernel = resource->range;
	if (window->state == WINDOW_UNKNOWN) {
		window->state = WINDOW_OPEN;
		window->range = resource->range;
	}
}

/* The kernel's order: I/O, memory, prefetchable; of CardBus: two of I/O, two of memory. */
static void take_windows(struct pci_function *function, const struct kernel_resource *resources)
{
	static const enum window_kind pci[] = {
		WINDOW_IO, WINDOW_MEMORY, WINDOW_PREFETCHABLE,
	};
	static const enum window_kind cardbus[] = {
		WINDOW_IO, WINDOW_IO_1, WINDOW_MEMORY, WINDOW_MEMORY_1,
	};

	if (function->bridge->cardbus)
		for (unsigned int i = 0; i < sizeof(cardbus) / sizeof(cardbus[0]); i++)
			take_window(function, cardbus[i], &resources[i]);
	else
		for (unsigned int i = 0; i < sizeof(pci) / sizeof(pci[0]); i++)
			take_window(function, pci[i], &resources[i]);
}

/* The kernel's range is that of as many virtual functions as the device can have. */
static void take_vf_bars(struct sriov *sriov, const struct kernel_resource *resources)
{
	for (unsigned int i = 0; i < sriov->bar_count; i++) {
		const struct kernel_resource *resource = &resources[sriov->bars[i].index];

		if (is_used(resource) && sriov->total)
			sriov->bars[i].size = range_size(resource->range) / sriov->total;
	}
}

void sysfs_parse_resource(struct machine *machine, struct pci_function *function,
			  const char *text, size_t length)
{
	struct kernel_resource resources[LINES_MAX] = { 0 };
	struct lines lines = lines_of(text, length);
	char slot[SLOT_TEXT_MAX];
	unsigned int count = 0;
	struct line line;

	while (count < LINES_MAX && next_line(&lines, &line)) {
		if (!parse_resource_line(&line, &resources[count])) {
			machine_warn(machine,
				     "%s: line %" PRIu32 " of `resource` is malformed: %.*s",
				     slot_text(function, slot), lines.number,
				     (int)(line.length < 60 ? line.length : 60), line.text);
			return;
		}
		count++;
	}
	if (count < BAR_ROM + 1) {
		machine_warn(machine, "%s: `resource` has %u lines; 7 at least were expected",
			     slot_text(function, slot), count);
		return;
	}
	function->resource_known = true;
	for (unsigned int index = 0; index <= BAR_ROM; index++)
		take_bar(machine, function, index, &resources[index]);
	config_settle_legacy_bars(function);
	if (function->sriov && count >= WINDOWS_WITH_IOV)
		take_vf_bars(function->sriov, &resources[BAR_ROM + 1]);
	if (!function->bridge)
		return;
	if (count >= LINES_WITH_IOV)
		take_windows(function, resources + WINDOWS_WITH_IOV);
	else if (count == LINES_WITHOUT_IOV)
		take_windows(function, resources + WINDOWS_WITHOUT_IOV);
}

/*
 * `uevent` is looked at before the link `driver`: it also survives a copy that follows or
 * drops links.
 */
static void read_driver(struct machine *machine, struct pci_function *function, int directory)
{
	static const char key[] = "DRIVER=";
	struct lines lines;
	struct line line;
	char target[256];
	ssize_t length;
	size_t size;
	char *text = read_text_file_at(directory, "uevent", &size);

	if (text) {
		function->driver = "";
		lines = lines_of(text, size);
		while (next_line(&lines, &line))
			if (line.length >= strlen(key) && !memcmp(line.text, key, strlen(key)))
				function->driver = arena_copy(&machine->arena,
							      line.text + strlen(key),
							      line.length - strlen(key));
		free(text);
	}
	if (function->driver && *function->driver)
		return;
	length = readlinkat(directory, "driver", target, sizeof(target) - 1);
	if (length > 0) {
		const char *name;

		target[length] = '\0';
		name = strrchr(target, '/');
		name = name ? name + 1 : target;
		function->driver = arena_copy(&machine->arena, name, strlen(name));
	}
}

void sysfs_read_function(struct machine *machine, struct pci_function *function, int directory)
{
	size_t length;
	char *text = read_text_file_at(directory, "resource", &length);
	char slot[SLOT_TEXT_MAX];

	/* the link is there for a virtual function only */
	if (!faccessat(directory, "physfn", F_OK, AT_SYMLINK_NOFOLLOW))
		function->virtual = true;
	if (text)
		sysfs_parse_resource(machine, function, text, length);
	else if (errno != ENOENT)
		machine_warn(machine, "%s: `resource`: %s", slot_text(function, slot),
			     strerror(errno));
	free(text);
	read_driver(machine, function, directory);
	device_tree_read(machine, function, directory);
}

bool parse_slot_name(const char *text, size_t length, struct pci_function *function)
{
	/* with its domain */
	return length >= strlen("0000:00:00.0") &&
		slot_parse(text, length, function) == (int)length;
}
