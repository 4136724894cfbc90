// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "fpgactl/select.h"

#include <edu_regs.h>
#include <errno.h>
#include <fpga_regs.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/alloc.h"
#include "fpgactl/card_message.h"

static const char sysfs[] = "/sys";

/* A card that sysfs shows on the PCI bus and that has no node */
static void report_no_driver(const struct card *card)
{
	char advice[256];
	const char *module = card->kind->module;

	if (!strcmp(card->driver, module)) {
		snprintf(advice, sizeof(advice), "'dmesg | grep %s' tells more", module);
		card_warn(card, advice, "%s is bound to the card but created no device node", module);
	} else if (card->driver[0]) {
		snprintf(advice, sizeof(advice),
			 "as root: echo %s >/sys/bus/pci/drivers/%s/unbind && modprobe %s",
			 card->slot, card->driver, module);
		card_warn(card, advice, "the card is bound to driver '%s', not to %s", card->driver,
			  module);
	} else if (card->module_loaded) {
		snprintf(advice, sizeof(advice), "'dmesg | grep %s' as root says why", module);
		card_warn(card, advice, "the module %s is loaded but did not bind to this card",
			  module);
	} else {
		snprintf(advice, sizeof(advice), "as root: modprobe %s", module);
		card_warn(card, advice, "no driver: the module %s is not loaded", module);
	}
}

static void report_no_permission(const struct card *card)
{
	const struct passwd *user = getpwuid(geteuid());
	const struct group *group = NULL;
	char advice[256];
	struct stat st;

	if (!stat(card->node, &st) && (st.st_mode & 0060) == 0060 && st.st_gid != 0)
		group = getgrgid(st.st_gid);
	if (group)
		snprintf(advice, sizeof(advice),
			 "it is for root and the group '%s': as root 'usermod -aG %s %s', then log "
			 "in again ('id' lists the groups that you are in now)",
			 group->gr_name, group->gr_name, user ? user->pw_name : "USER");
	else
		snprintf(advice, sizeof(advice),
			 "it is for root alone: run this as root, or install the udev rules, which "
			 "give it to the group 'fpga'");
	card_warn(card, advice, "no permission to open %s", card->node);
}

/* Says why device_open() failed; returns the status that the tool is to exit with. */
static enum exit_status report_not_opened(const struct card *card, int error)
{
	switch (-error) {
	case EACCES:
	case EPERM:
		report_no_permission(card);
		return EXIT_CANNOT_TELL;
	case ENOENT:
		card_warn(card, "is udev running, and /dev a devtmpfs?", "there is no %s",
			  card->node);
		return EXIT_CANNOT_TELL;
	case ENODEV:
	case ENXIO:
		card_warn(card, "'fpga-ctl list' shows what is there now", "the card is gone");
		return EXIT_CANNOT_TELL;
	case ENOTTY:
		card_warn(card, "another driver has made it: see 'fpga-ctl list'",
			  "%s does not know the requests of this tool", card->node);
		return EXIT_CANNOT_TELL;
	case EBUSY:
		card_warn(card, "another program has it: 'fuser -v NODE' as root names it",
			  "%s is busy", card->node);
		return EXIT_FAILED;
	default:
		card_warn(card, NULL, "opening %s: %s", card->node, strerror(-error));
		return EXIT_FAILED;
	}
}

enum exit_status open_or_report(struct device *dev, const struct card *card)
{
	int ret;

	if (!card->node[0]) {
		report_no_driver(card);
		return EXIT_CANNOT_TELL;
	}
	ret = device_open(dev, card);
	return ret ? report_not_opened(card, ret) : EXIT_OK;
}

static void open_or_die(struct device *dev, const struct card *card)
{
	enum exit_status status = open_or_report(dev, card);

	if (status)
		exit(status);
}

static __attribute__((noreturn)) void die_no_card(const struct card_list *list)
{
	if (!list->has_pci)
		die_advice(EXIT_CANNOT_TELL, "is sysfs mounted, and has this machine a PCI bus?",
			   "%s/bus/pci cannot be read", sysfs);
	die_advice(EXIT_CANNOT_TELL,
		   "QEMU has '-device fpga' (this project's QEMU) and '-device edu'",
		   "there is no card: no PCI device %04x:%04x (fpga) or %04x:%04x (edu)",
		   FPGA_PCI_VENDOR_ID, FPGA_PCI_DEVICE_ID, EDU_PCI_VENDOR_ID, EDU_PCI_DEVICE_ID);
}

static const struct {
	uint64_t cap;
	const char *what;
} abilities[] = {
	{ EMUCARD_CAP_DMA, "move data by DMA" },
	{ EMUCARD_CAP_REGS, "show its registers" },
	{ EMUCARD_CAP_IRQ, "raise software interrupts" },
	{ EMUCARD_CAP_MMAP, "have its memory mapped" },
	{ EMUCARD_CAP_BUF, "use memory that is registered once" },
	{ EMUCARD_CAP_RESET, "be reset" },
	{ EMUCARD_CAP_FACT, "compute factorials: that is a function of edu cards" },
};

static const char *first_missing(const struct device *dev, uint64_t caps)
{
	for (size_t i = 0; i < sizeof(abilities) / sizeof(abilities[0]); i++)
		if (caps & ~dev->info.caps & abilities[i].cap)
			return abilities[i].what;
	return "do this";
}

static __attribute__((noreturn)) void die_cannot(const struct device *dev,
						   const struct card_list *list, uint64_t caps)
{
	char advice[256] = "'fpga-ctl info' says what it can do";

	/* To reset another card is no way to reset this one. */
	if (caps == EMUCARD_CAP_RESET)
		snprintf(advice, sizeof(advice), "its driver sets it up anew: as root: cd "
			 "/sys/bus/pci/drivers/%s; echo %s >unbind; echo %s >bind",
			 dev->card.driver, dev->card.slot, dev->card.slot);
	for (size_t i = 0; i < list->count && caps != EMUCARD_CAP_RESET; i++) {
		struct device other;

		if (!list->cards[i].node[0] || device_open(&other, &list->cards[i]))
			continue;
		if (device_can(&other, caps))
			snprintf(advice, sizeof(advice), "this one can: --device %s",
				 other.card.name);
		device_close(&other);
	}
	card_die(&dev->card, EXIT_CANNOT_TELL, advice, "this card cannot %s",
		 first_missing(dev, caps));
}

void die_no_match(const struct card_list *list, const char *selector)
{
	const char *name = strrchr(selector, '/') ? strrchr(selector, '/') + 1 : selector;
	const struct card *unserved = NULL;
	char *names = xstrdup("");

	for (size_t i = 0; i < list->count; i++) {
		const struct card *card = &list->cards[i];
		const char *kind = card->kind->name;
		char *more = xasprintf("%s%s%s%s%s%s", names, i ? ", " : "",
				       card->name, card->name[0] ? " (" : "", card->slot,
				       card->name[0] ? ")" : "");

		free(names);
		names = more;
		/* Its driver would have made one of this name. */
		if (!card->node[0] && !strncmp(name, kind, strlen(kind)))
			unserved = card;
	}
	if (unserved)
		report_no_driver(unserved);
	die_advice(EXIT_CANNOT_TELL, xasprintf("there are: %s", names),
		   "there is no card '%s'", selector);
}

const struct card *match_one_or_die(const struct card_list *list, const char *selector)
{
	const struct card *match = NULL;

	for (size_t i = 0; i < list->count; i++) {
		if (!selector_matches(selector, &list->cards[i]))
			continue;
		if (match)
			die_advice(EXIT_USAGE, "give its name or slot: see 'fpga-ctl list'",
				   "--device %s means more than one card", selector);
		match = &list->cards[i];
	}
	if (!match)
		die_no_match(list, selector);
	return match;
}

void find_cards_or_die(struct card_list *list, const struct invocation *call)
{
	if (call->device && selector_form(call->device) == SELECTOR_INVALID)
		usage_error(call, "--device: '%s' is not a node, name, slot or id; for example /dev/fpga0, "
			    "fpga0, 0000:01:01.0 or 1234:f96a", call->device);
	cards_find(list, sysfs);
	if (!list->count)
		die_no_card(list);
}

/* Opens the first card that supports @caps; if none does, the message names the first card. */
static void select_first_or_die(struct device *dev, const struct card_list *list, uint64_t caps)
{
	const struct card *unserved = NULL;
	bool opened = false;

	for (size_t i = 0; i < list->count; i++) {
		struct device candidate;

		if (!list->cards[i].node[0]) {
			if (!unserved)
				unserved = &list->cards[i];
			continue;
		}
		open_or_die(&candidate, &list->cards[i]);
		if (device_can(&candidate, caps)) {
			if (opened)
				device_close(dev);
			if (unserved)
				card_warn(unserved, NULL, "the %s card has no driver and is left "
					  "out; this is %s", unserved->kind->name,
					  candidate.card.name);
			*dev = candidate;
			return;
		}
		if (!opened)
			*dev = candidate;
		else
			device_close(&candidate);
		opened = true;
	}
	if (unserved) {
		report_no_driver(unserved);
		exit(EXIT_CANNOT_TELL);
	}
	die_cannot(dev, list, caps);
}

void select_device_or_die(struct device *dev, const struct invocation *call, uint64_t caps)
{
	struct card_list list;

	find_cards_or_die(&list, call);
	if (call->device) {
		open_or_die(dev, match_one_or_die(&list, call->device));
		if (!device_can(dev, caps))
			die_cannot(dev, &list, caps);
	} else {
		select_first_or_die(dev, &list, caps);
	}
	cards_free(&list);
}
