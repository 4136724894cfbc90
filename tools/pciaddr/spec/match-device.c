// SPDX-License-Identifier: GPL-2.0-or-later
/* What a specification says of a device itself: identity, driver, command register, MSI, link. */
#include "pciaddr/spec/match.h"

#include <inttypes.h>
#include <string.h>

#include "pciaddr/configspace/read.h"
#include "pciaddr/model/pcispec.h"

/* Ids */

const char *spec_ids_text(struct results *results, const struct pci_function *function)
{
	return function->class_known ?
		TEXT(results, "%04x:%04x, class %06x", function->vendor, function->product,
		     function->class) :
		TEXT(results, "%04x:%04x", function->vendor, function->product);
}

static void check_ids(const struct subject *subject)
{
	const struct spec_entry *entry = subject->entry;
	const struct pci_function *function = subject->function;
	struct results *results = subject->matcher->results;
	const char *found;

	if (!entry->id_place.line)
		return;
	found = spec_ids_text(results, function);
	if (function->subsystem_known)
		found = TEXT(results, "%s, subsystem %04x:%04x", found, function->subsystem_vendor,
			     function->subsystem);
	switch (selector_match(&entry->id, function)) {
	case MATCH_YES:
		spec_pass(subject, CHECK_SPEC_ID, NULL, entry->id_place,
			  TEXT(results, "is %s", spec_ids_text(results, function)));
		break;
	case MATCH_NO:
		spec_add(subject, CHECK_SPEC_ID, STATUS_FAIL, NULL, entry->id_place,
			 "does not match the specification", "id, class or subsystem of this entry",
			 (struct value) { TEXT(results, "found: %s", found),
					  spec_where(subject, CFG_VENDOR) },
			 "another card is in this place: swap it, or correct the specification");
		break;
	case MATCH_UNKNOWN:
		spec_unknown(subject, CHECK_SPEC_ID, NULL, entry->id_place,
			     "id, class or subsystem were not read",
			     config_advice(subject->matcher));
		break;
	}
}

static void check_revision(const struct subject *subject)
{
	const struct spec_number *revision = &subject->entry->revision;
	struct results *results = subject->matcher->results;

	if (!revision->place.line)
		return;
	if (!subject->function->revision_known)
		spec_unknown(subject, CHECK_SPEC_ID, "revision", revision->place, "was not read",
			     config_advice(subject->matcher));
	else if (subject->function->revision == revision->value)
		spec_pass(subject, CHECK_SPEC_ID, "revision", revision->place,
			  TEXT(results, "is 0x%02" PRIx32, revision->value));
	else
		spec_add(subject, CHECK_SPEC_ID, STATUS_FAIL, "revision", revision->place,
			 "does not match the specification",
			 TEXT(results, "0x%02" PRIx32, revision->value),
			 (struct value) {
				TEXT(results, "found: 0x%02x", subject->function->revision),
				spec_where(subject, CFG_REVISION) },
			 "the card is of another revision: exchange it, or correct the "
			 "specification");
}

/* Drivers */

/* Whether two names differ at most in - and _, as a driver's and its module's often do */
static bool same_but_for_dashes(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if (*a != *b && !(strchr("-_", *a) && strchr("-_", *b)))
			return false;
	return *a == *b;
}

static const char *driver_advice(const struct subject *subject, const char *wanted)
{
	const char *driver = subject->function->driver;
	struct results *results = subject->matcher->results;
	char slot[SLOT_TEXT_MAX];

	slot_text(subject->function, slot);
	if (!*wanted)
		return TEXT(results, "modprobe -r %s, or 'echo %s > /sys/bus/pci/drivers/%s/unbind'",
			    driver, slot, driver);
	if (same_but_for_dashes(driver, wanted))
		return TEXT(results, "write %s in the specification: the driver's name, which can "
			    "differ from its module's", driver);
	return TEXT(results, "%smodprobe %s; 'dmesg' says why a driver refused the device",
		    *driver ? TEXT(results, "'echo %s > /sys/bus/pci/drivers/%s/unbind', then ",
				   slot, driver) : "", wanted);
}

static void check_driver(const struct subject *subject)
{
	char slot[SLOT_TEXT_MAX];
	const struct spec_text *first = subject->entry->drivers;
	struct results *results = subject->matcher->results;
	const char *driver = subject->function->driver, *list = "";

	if (!first)
		return;
	if (!driver) {
		spec_unknown(subject, CHECK_SPEC_DRIVER, NULL, first->place,
			     "which driver is bound is unknown",
			     "take the dump with 'lspci -vvxxxx' or 'lspci -kxxx'");
		return;
	}
	for (const struct spec_text *wanted = first; wanted; wanted = wanted->next) {
		if (!strcmp(wanted->text, driver)) {
			spec_pass(subject, CHECK_SPEC_DRIVER, NULL, first->place,
				  *driver ? TEXT(results, "is bound to %s", driver) :
				  "is bound to no driver");
			return;
		}
		list = TEXT(results, "%s%s%s", list, *list ? " or " : "",
			    *wanted->text ? wanted->text : "none");
	}
	spec_add(subject, CHECK_SPEC_DRIVER, STATUS_FAIL, NULL, first->place,
		 *driver ? "is bound to a driver that does not match the specification" :
		 "is bound to no driver",
		 list,
		 (struct value) { TEXT(results, "found: %s", *driver ? driver : "none"),
				 at_text(TEXT(results, "%s/%s/driver",
					      subject->matcher->machine->config_path,
					      slot_text(subject->function, slot))) },
		 driver_advice(subject, first->text));
}

/* Command register */

static void check_command(const struct subject *subject)
{
	char slot[SLOT_TEXT_MAX];
	const struct spec_entry *entry = subject->entry;
	struct results *results = subject->matcher->results;
	static const struct {
		uint16_t bit;
		const char *name;
		bool inverted;
	} bits[] = {
		{ COMMAND_IO, "I/O decoding", false },
		{ COMMAND_MEMORY, "memory decoding", false },
		{ COMMAND_MASTER, "bus mastering", false },
		{ COMMAND_INTX_DISABLE, "INTx", true },
	};

	if (!entry->command_mask)
		return;
	if (!subject->function->command_known) {
		spec_unknown(subject, CHECK_SPEC_COMMAND, "command register", entry->command_place,
			     "was not read", config_advice(subject->matcher));
		return;
	}
	for (unsigned int i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		bool wanted = !!(entry->command_value & bits[i].bit) != bits[i].inverted;
		bool found = !!(subject->function->command & bits[i].bit) != bits[i].inverted;

		if (!(entry->command_mask & bits[i].bit))
			continue;
		if (wanted == found)
			spec_pass(subject, CHECK_SPEC_COMMAND, bits[i].name, entry->command_place,
				  wanted ? "is on" : "is off");
		else
			spec_add(subject, CHECK_SPEC_COMMAND, STATUS_FAIL, bits[i].name,
				 entry->command_place, found ? "is on" : "is off",
				 wanted ? "on" : "off",
				 (struct value) { TEXT(results, "found: command 0x%04x",
						      subject->function->command),
						 spec_where(subject, CFG_COMMAND) },
				 TEXT(results, "setpci -s %s COMMAND=%x:%x changes it; a driver "
				      "does it when it enables the device",
				      slot_text(subject->function, slot),
				      entry->command_value & bits[i].bit, bits[i].bit));
	}
}

/* MSI */

static void check_msi(const struct subject *subject, const struct spec_msi *msi, uint8_t id,
		      const char *name)
{
	struct results *results = subject->matcher->results;
	struct msi_state state;
	const char *problem = NULL, *specified = NULL;

	if (!msi->place.line)
		return;
	state = config_msi(subject->function, id);
	if (!state.known) {
		spec_unknown(subject, CHECK_SPEC_MSI, name, msi->place,
			     "the capability was not read", config_advice(subject->matcher));
		return;
	}
	if (msi->absent != !state.present) {
		problem = state.present ? "the device has it" : "the device does not have it";
		specified = msi->absent ? "absent" : "present";
	} else if (state.present && msi->enabled != TRISTATE_ANY &&
		   (msi->enabled == TRISTATE_YES) != state.enabled) {
		problem = state.enabled ? "is on" : "is off";
		specified = msi->enabled == TRISTATE_YES ? "on" : "off";
	} else if (state.present && msi->vectors && msi->vectors != state.vectors) {
		problem = "another number of vectors than specified";
		specified = TEXT(results, "%u vectors", msi->vectors);
	}
	if (!problem) {
		spec_pass(subject, CHECK_SPEC_MSI, name, msi->place, state.present ?
			  TEXT(results, "is %s, %u vector%s", state.enabled ? "on" : "off",
			       state.vectors, state.vectors == 1 ? "" : "s") : "is absent");
		return;
	}
	spec_add(subject, CHECK_SPEC_MSI, STATUS_FAIL, name, msi->place, problem, specified,
		 (struct value) { state.present ?
		     TEXT(results, "found: %s, %u of %u vectors", state.enabled ? "on" : "off",
			  state.vectors, state.vectors_max) : "found: absent",
		     spec_where(subject, state.offset ? state.offset : CFG_CAPABILITIES) },
		 "the driver asks for vectors when it is bound: 'dmesg', and the kernel option "
		 "pci=nomsi");
}

/* Links */

static const char trained_down[] =
	"the link trained down: reseat the card, look at the slot's wiring and at LnkSta in "
	"'lspci -vv'";
static const char other_link[] =
	"another card, or another revision of it, is in this place; or firmware limits the port: "
	"look at LnkCap in 'lspci -vv'";

static void check_link_value(const struct subject *subject, const char *part, bool good,
			     const char *specified, const char *found, unsigned int offset)
{
	struct results *results = subject->matcher->results;
	unsigned int link = config_link(subject->function).offset;

	if (good)
		spec_pass(subject, CHECK_SPEC_LINK, part, subject->entry->link.place,
			  TEXT(results, "is %s", found));
	else
		spec_add(subject, CHECK_SPEC_LINK, STATUS_FAIL, part, subject->entry->link.place,
			 "is not as specified", specified,
			 (struct value) { TEXT(results, "found: %s", found),
					 spec_where(subject, link + offset) },
			 offset == LINK_STATUS ? trained_down : other_link);
}

static const char *speed_text(struct results *results, unsigned int speed)
{
	const char *name = link_speed_name(speed);

	return name ? name : TEXT(results, "encoding %u", speed);
}

static const char *width_text(struct results *results, unsigned int width)
{
	return TEXT(results, "x%u", width);
}

static void check_link_status(const struct subject *subject, const struct link_state *state)
{
	const struct spec_link *link = &subject->entry->link;
	struct results *results = subject->matcher->results;
	const char *speed = speed_text(results, state->speed);
	const char *width = width_text(results, state->width);

	if (link->speed)
		check_link_value(subject, "link speed", state->speed == link->speed,
				 link_speed_name(link->speed), speed, LINK_STATUS);
	if (link->min_speed)
		check_link_value(subject, "link speed", state->speed >= link->min_speed,
				 TEXT(results, "at least %s", link_speed_name(link->min_speed)),
				 speed, LINK_STATUS);
	if (link->width)
		check_link_value(subject, "link width", state->width == link->width,
				 width_text(results, link->width), width, LINK_STATUS);
	if (link->min_width)
		check_link_value(subject, "link width", state->width >= link->min_width,
				 TEXT(results, "at least x%u", link->min_width), width,
				 LINK_STATUS);
}

static void check_link_capability(const struct subject *subject, const struct link_state *state)
{
	const struct spec_link *link = &subject->entry->link;
	struct results *results = subject->matcher->results;

	if (link->capability_speed)
		check_link_value(subject, "link capability speed",
				 state->speed_max == link->capability_speed,
				 link_speed_name(link->capability_speed),
				 speed_text(results, state->speed_max), LINK_CAPABILITIES);
	if (link->capability_width)
		check_link_value(subject, "link capability width",
				 state->width_max == link->capability_width,
				 width_text(results, link->capability_width),
				 width_text(results, state->width_max), LINK_CAPABILITIES);
}

/* Does the link run at what its function is capable of? */
static void check_link_full(const struct subject *subject, const struct link_state *state)
{
	struct results *results = subject->matcher->results;
	bool full = state->speed == state->speed_max && state->width == state->width_max;
	bool wanted = subject->entry->link.full == TRISTATE_YES;
	const char *most = TEXT(results, "%s x%u", speed_text(results, state->speed_max),
				state->width_max);

	check_link_value(subject, "link", full == wanted,
			 TEXT(results, "%s %s", wanted ? "full," : "not full: less than", most),
			 TEXT(results, "%s x%u of %s", speed_text(results, state->speed),
			      state->width, most), LINK_STATUS);
}

static void check_link(const struct subject *subject)
{
	const struct spec_link *link = &subject->entry->link;
	bool status = link->speed || link->min_speed || link->width || link->min_width;
	bool capability = link->capability_speed || link->capability_width;
	struct link_state state;

	if (!link->place.line)
		return;
	state = config_link(subject->function);
	if (state.known && !state.present) {
		spec_add(subject, CHECK_SPEC_LINK, STATUS_FAIL, "link", link->place,
			 "the device is not a PCI Express device", "a link",
			 (struct value) { "found: no PCI Express capability",
					  spec_where(subject, CFG_CAPABILITIES) },
			 "put it on a PCI Express port, or take 'link' out of the specification");
		return;
	}
	if (!state.known && (status || link->full || !capability))
		spec_unknown(subject, CHECK_SPEC_LINK, "link", link->place,
			     "its status was not read", config_advice(subject->matcher));
	else
		check_link_status(subject, &state);
	if (!state.capability_known && (capability || link->full))
		spec_unknown(subject, CHECK_SPEC_LINK, "link", link->place,
			     "its capabilities were not read", config_advice(subject->matcher));
	else
		check_link_capability(subject, &state);
	if (link->full && state.known && state.capability_known)
		check_link_full(subject, &state);
}

void spec_match_device(const struct subject *subject)
{
	const struct spec_entry *entry = subject->entry;

	check_ids(subject);
	check_revision(subject);
	check_driver(subject);
	check_command(subject);
	check_msi(subject, &entry->msi, CAP_ID_MSI, "MSI");
	check_msi(subject, &entry->msix, CAP_ID_MSIX, "MSI-X");
	check_link(subject);
}
