// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "fpgactl/card.h"

#include <dirent.h>
#include <edu_regs.h>
#include <fpga_regs.h>
#include <limits.h>
#include <linux/emucard.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "common/alloc.h"
#include "common/numbers.h"

static const struct card_kind kinds[] = {
	{ EMUCARD_KIND_FPGA, FPGA_PCI_VENDOR_ID, FPGA_PCI_DEVICE_ID, "fpga", "fpga_pci" },
	{ EMUCARD_KIND_EDU, EDU_PCI_VENDOR_ID, EDU_PCI_DEVICE_ID, "edu", "edu" },
};

static const struct card_kind *kind_of(uint64_t vendor, uint64_t device)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].vendor == vendor && kinds[i].device == device)
			return &kinds[i];
	return NULL;
}

static void copy_text(char *to, size_t size, const char *text)
{
	size_t len = strnlen(text, size - 1);

	memcpy(to, text, len);
	to[len] = '\0';
}

static FILE *open_in(const char *dir, const char *file)
{
	char *path = xasprintf("%s/%s", dir, file);
	FILE *f = fopen(path, "re");

	free(path);
	return f;
}

static bool read_hex(const char *dir, const char *file, uint64_t *value)
{
	FILE *f = open_in(dir, file);
	char line[32];
	bool got;

	if (!f)
		return false;
	got = fgets(line, sizeof(line), f) != NULL;
	fclose(f);
	return got && parse_hex(line, strcspn(line, "\n"), value);
}

/* The last component of what a link in sysfs leads to; "" if there is no such link */
static void link_target(const char *dir, const char *link, char *name, size_t size)
{
	char *path = xasprintf("%s/%s", dir, link);
	char *target = realpath(path, NULL);

	free(path);
	name[0] = '\0';
	if (target)
		copy_text(name, size, strrchr(target, '/') + 1);
	free(target);
}

/* The name under /dev, which the driver chooses */
static void read_node(const char *class_dir, struct card *card)
{
	FILE *f = open_in(class_dir, "uevent");
	char line[sizeof(card->node)];

	snprintf(card->node, sizeof(card->node), "/dev/%s", card->name);
	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "DEVNAME=", 8))
			snprintf(card->node, sizeof(card->node), "/dev/%.50s", line + 8);
	}
	if (f)
		fclose(f);
}

static bool find_name_in(const char *class_dir, const char *name, struct card *card)
{
	char *dir = xasprintf("%s/%s", class_dir, name);
	char slot[sizeof(card->slot)];
	bool found;

	link_target(dir, "device", slot, sizeof(slot));
	found = !strcmp(slot, card->slot);
	if (found) {
		copy_text(card->name, sizeof(card->name), name);
		read_node(dir, card);
	}
	free(dir);
	return found;
}

static void find_name(const char *sysfs, struct card *card)
{
	char *class_dir = xasprintf("%s/class/emucard", sysfs);
	DIR *class = opendir(class_dir);
	const struct dirent *entry;

	while (class && (entry = readdir(class)))
		if (entry->d_name[0] != '.' && find_name_in(class_dir, entry->d_name, card))
			break;
	if (class)
		closedir(class);
	free(class_dir);
}

static bool module_loaded(const char *sysfs, const char *module)
{
	char *path = xasprintf("%s/module/%s", sysfs, module);
	bool loaded = !access(path, F_OK);

	free(path);
	return loaded;
}

static bool read_card(const char *sysfs, const char *pci_dir, const char *slot, struct card *card)
{
	char *dir = xasprintf("%s/%s", pci_dir, slot);
	uint64_t vendor, device;

	*card = (struct card){ 0 };
	if (read_hex(dir, "vendor", &vendor) && read_hex(dir, "device", &device))
		card->kind = kind_of(vendor, device);
	if (card->kind) {
		copy_text(card->slot, sizeof(card->slot), slot);
		link_target(dir, "driver", card->driver, sizeof(card->driver));
		card->module_loaded = module_loaded(sysfs, card->kind->module);
		find_name(sysfs, card);
	}
	free(dir);
	return card->kind;
}

static int compare(const void *a, const void *b)
{
	const struct card *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	/* domains may be longer than four digits */
	if (strlen(x->slot) != strlen(y->slot))
		return strlen(x->slot) < strlen(y->slot) ? -1 : 1;
	return strcmp(x->slot, y->slot);
}

void cards_find(struct card_list *list, const char *sysfs)
{
	char *pci_dir = xasprintf("%s/bus/pci/devices", sysfs);
	DIR *devices = opendir(pci_dir);
	const struct dirent *entry;
	struct card card;

	*list = (struct card_list){ .has_pci = devices };
	while (devices && (entry = readdir(devices))) {
		if (entry->d_name[0] == '.' || !read_card(sysfs, pci_dir, entry->d_name, &card))
			continue;
		list->cards = xrealloc(list->cards, (list->count + 1) * sizeof(card));
		list->cards[list->count++] = card;
	}
	if (devices)
		closedir(devices);
	free(pci_dir);
	if (list->count)
		qsort(list->cards, list->count, sizeof(*list->cards), compare);
}

void cards_free(struct card_list *list)
{
	free(list->cards);
	*list = (struct card_list){ 0 };
}

/* Does text begin with so many hexadecimal digits and then this separator? */
static const char *hex_part(const char *text, size_t min, size_t max, char separator)
{
	size_t n = strspn(text, "0123456789abcdefABCDEF");

	if (n < min || n > max || text[n] != separator)
		return NULL;
	return separator ? text + n + 1 : text + n;
}

static bool is_bus_slot_function(const char *text)
{
	text = hex_part(text, 2, 2, ':');
	if (text)
		text = hex_part(text, 2, 2, '.');
	return text && text[0] >= '0' && text[0] <= '7' && !text[1];
}

static bool is_slot(const char *text)
{
	const char *rest = hex_part(text, 4, 8, ':');

	return is_bus_slot_function(text) || (rest && is_bus_slot_function(rest));
}

static bool is_id(const char *text)
{
	text = hex_part(text, 4, 4, ':');
	return text && hex_part(text, 4, 4, '\0');
}

enum selector_form selector_form(const char *selector)
{
	if (strchr(selector, '/'))
		return SELECTOR_NODE;
	if (is_id(selector))
		return SELECTOR_ID;
	if (is_slot(selector))
		return SELECTOR_SLOT;
	if (*selector && !strpbrk(selector, ":. "))
		return SELECTOR_NAME;
	return SELECTOR_INVALID;
}

bool selector_matches(const char *selector, const struct card *card)
{
	char text[PATH_MAX];

	switch (selector_form(selector)) {
	case SELECTOR_NODE:
		if (!card->node[0])
			return false;
		return !strcmp(selector, card->node) ||
		       (realpath(selector, text) && !strcmp(text, card->node));
	case SELECTOR_NAME:
		return card->name[0] && !strcmp(selector, card->name);
	case SELECTOR_SLOT:
		if (is_bus_slot_function(selector))
			snprintf(text, sizeof(text), "0000:%s", selector);
		else
			snprintf(text, sizeof(text), "%s", selector);
		return !strcasecmp(text, card->slot);
	case SELECTOR_ID:
		snprintf(text, sizeof(text), "%04x:%04x", card->kind->vendor, card->kind->device);
		return !strcasecmp(selector, text);
	case SELECTOR_INVALID:
		break;
	}
	return false;
}
