// SPDX-License-Identifier: GPL-2.0-or-later
/* What a device is, and the state that it is in. */
#include "pciaddr/diff/changes.h"

#include <inttypes.h>
#include <string.h>

#include "pciaddr/configspace/read.h"
#include "pciaddr/model/pcispec.h"

#define COMMAND_NOISE		COMMAND_INTX_DISABLE
#define BRIDGE_CONTROL_NOISE	0x0400u	/* discard timer status: an event, no setting */

struct number {
	bool known;
	unsigned int value;
	unsigned int offset;
};

/* Numbers that registers hold, printed with so many hexadecimal digits. */
static void compare_numbers(const struct pair *pair, enum check_id check, const char *item,
			    const char *message, struct number old, struct number new,
			    unsigned int digits)
{
	struct results *results = pair->comparison->results;

	if (old.known != new.known)
		diff_unknown(pair, check, "the register is known on one side only");
	else if (old.known && old.value == new.value)
		diff_same(pair->comparison, check);
	else if (old.known)
		diff_change(pair, check, item, message,
			    (struct side) { TEXT(results, "0x%0*x", (int)digits, old.value),
					    at_config(pair->old, old.offset) },
			    (struct side) { TEXT(results, "0x%0*x", (int)digits, new.value),
					    at_config(pair->new, new.offset) });
}

static struct number class_of(const struct pci_function *function)
{
	return (struct number) {
		function->class_known && !function->interface_unknown, function->class, CFG_CLASS,
	};
}

static struct number revision_of(const struct pci_function *function)
{
	return (struct number) { function->revision_known, function->revision, CFG_REVISION };
}

static struct number subsystem_of(const struct pci_function *function)
{
	return (struct number) {
		function->subsystem_known,
		(unsigned int)function->subsystem_vendor << 16 | function->subsystem,
		CFG_SUBSYSTEM_VENDOR,
	};
}

/* The bits of @mask alone. */
static struct number command_of(const struct pci_function *function, unsigned int mask)
{
	return (struct number) {
		function->command_known, function->command & mask, CFG_COMMAND,
	};
}

static struct number control_of(const struct pci_function *function)
{
	return (struct number) {
		function->bridge && function->bridge->control_known,
		function->bridge ? function->bridge->control & ~BRIDGE_CONTROL_NOISE : 0,
		CFG_BRIDGE_CONTROL,
	};
}

static struct number interrupt_line_of(const struct pci_function *function)
{
	uint32_t line = 0;
	bool known = config_read(function, CFG_INTERRUPT_LINE, 1, &line);

	return (struct number) { known, line, CFG_INTERRUPT_LINE };
}

static void compare_drivers(const struct pair *pair)
{
	const char *old = pair->old->driver, *new = pair->new->driver;

	if (!old != !new)
		diff_unknown(pair, CHECK_DIFF_DRIVER, "the driver is known on one side only");
	else if (old && !strcmp(old, new))
		diff_same(pair->comparison, CHECK_DIFF_DRIVER);
	else if (old)
		diff_change(pair, CHECK_DIFF_DRIVER, NULL, "another driver is bound",
			    (struct side) { *old ? old : "none", at_function(pair->old) },
			    (struct side) { *new ? new : "none", at_function(pair->new) });
}

static struct side link_side(struct results *results, const struct pci_function *function,
			     const struct link_state *link)
{
	const char *speed = link_speed_name(link->speed);

	return (struct side) {
		TEXT(results, "%s x%u", speed ? speed : "unknown speed", link->width),
		at_config(function, link->offset + LINK_STATUS),
	};
}

/* A sleeping device, and a link that trains again, may run at the lowest speed. */
static void compare_links(const struct pair *pair)
{
	struct link_state old = config_link(pair->old), new = config_link(pair->new);
	struct results *results = pair->comparison->results;
	bool asleep = function_is_asleep(pair->old) || function_is_asleep(pair->new);

	if (old.known != new.known) {
		diff_unknown(pair, CHECK_DIFF_LINK, "the link is known on one side only");
		return;
	}
	if (!old.known || !old.present || !new.present)
		return;
	if (old.speed == new.speed && old.width == new.width)
		diff_same(pair->comparison, CHECK_DIFF_LINK);
	else
		diff_change(pair, asleep ? CHECK_DIFF_NOISE : CHECK_DIFF_LINK, "link",
			    asleep ? "the link of a sleeping device has changed" :
				     "the link has another speed or width",
			    link_side(results, pair->old, &old),
			    link_side(results, pair->new, &new));
}

static void compare_msi(const struct pair *pair, uint8_t id, const char *item)
{
	struct msi_state old = config_msi(pair->old, id), new = config_msi(pair->new, id);

	if (old.known && new.known && old.present && new.present)
		compare_numbers(pair, CHECK_DIFF_NOISE, item,
				"the device interrupts in another way",
				(struct number) { true, old.enabled, old.offset + MSI_CONTROL },
				(struct number) { true, new.enabled, new.offset + MSI_CONTROL },
				1);
}

static struct side serial_side(struct results *results, const struct pci_function *function)
{
	return (struct side) {
		TEXT(results, "0x%016" PRIx64, function->serial),
		at_config(function, function->serial_offset + SERIAL_LOW),
	};
}

/* Another card of the same kind in the same place. */
static void compare_serials(const struct pair *pair)
{
	struct results *results = pair->comparison->results;

	if (!pair->old->serial && !pair->new->serial)
		return;
	if (!pair->old->serial || !pair->new->serial)
		diff_unknown(pair, CHECK_DIFF_IDENTITY,
			     "the serial number is known on one side only");
	else if (pair->old->serial == pair->new->serial)
		diff_same(pair->comparison, CHECK_DIFF_IDENTITY);
	else
		diff_change(pair, CHECK_DIFF_IDENTITY, "serial number",
			    "another device of the same kind is in its place",
			    serial_side(results, pair->old), serial_side(results, pair->new));
}

void diff_state(const struct pair *pair)
{
	const struct pci_function *old = pair->old, *new = pair->new;
	unsigned int command = 0xffffu & ~COMMAND_NOISE;

	/* of what lspci -v says, the bus master bit alone is that of the register */
	if (old->command_derived != new->command_derived) {
		command = COMMAND_MASTER;
		diff_unknown(pair, CHECK_DIFF_COMMAND,
			     "lspci -v does not print the command register");
	}

	compare_numbers(pair, CHECK_DIFF_IDENTITY, "class", "the class has changed",
			class_of(old), class_of(new), 6);
	compare_numbers(pair, CHECK_DIFF_IDENTITY, "revision", "the revision has changed",
			revision_of(old), revision_of(new), 2);
	compare_numbers(pair, CHECK_DIFF_IDENTITY, "subsystem", "the subsystem ids have changed",
			subsystem_of(old), subsystem_of(new), 8);
	compare_serials(pair);
	compare_drivers(pair);
	compare_numbers(pair, CHECK_DIFF_COMMAND, "command register",
			"the command register has other bits set",
			command_of(old, command), command_of(new, command), 4);
	if (old->bridge && new->bridge)
		compare_numbers(pair, CHECK_DIFF_COMMAND, "bridge control",
				"the bridge control register has other bits set",
				control_of(old), control_of(new), 4);
	compare_links(pair);
	if (old->command_derived == new->command_derived)
		compare_numbers(pair, CHECK_DIFF_NOISE, "command register",
				"INTx is enabled or disabled", command_of(old, COMMAND_NOISE),
				command_of(new, COMMAND_NOISE), 4);
	compare_numbers(pair, CHECK_DIFF_NOISE, "interrupt line",
			"the interrupt line has changed",
			interrupt_line_of(old), interrupt_line_of(new), 2);
	compare_msi(pair, CAP_ID_MSI, "MSI");
	compare_msi(pair, CAP_ID_MSIX, "MSI-X");
}
