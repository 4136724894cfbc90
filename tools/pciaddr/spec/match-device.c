// SPDX-License-Identifier: GPL-2.0-or-later
/* What a specification says of a device itself: identity, driver, command register, MSI, link. */
#include "pciaddr/spec/match.h"

#include <inttypes.h>
#include <string.h>

#include "pciaddr/configspace/extended.h"
#include "pciaddr/configspace/read.h"
#include "pciaddr/model/pcispec.h"

/* Ids */

static void check_ids(const struct subject *subject)
{
	const struct spec_entry *entry = subject->entry;
	const struct pci_function *function = subject->function;
	struct results *results = subject->matcher->results;
	const char *found;

	if (!entry->id_place.line)
		return;
	found = TEXT(results, "%04x:%04x, class %06x, subsystem %04x:%04x", function->vendor,
		     function->product, function->class, function->subsystem_vendor,
		     function->subsystem);
	switch (selector_match(&entry->id, function)) {
	case MATCH_YES:
		spec_pass(subject, CHECK_SPEC_ID, NULL, entry->id_place,
			  TEXT(results, "is %04x:%04x, class %06x", function->vendor,
			       function->product, function->class));
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
			     "id, class or subsystem were not read", CONFIG_ADVICE);
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
			     CONFIG_ADVICE);
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
		 *first->text ?
		 TEXT(results, "modprobe %s; 'dmesg' says why a driver refused the device",
		      first->text) :
		 TEXT(results, "modprobe -r %s, or 'echo %s > /sys/bus/pci/drivers/%s/unbind'",
		      driver, slot_text(subject->function, slot), driver));
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
			     "was not read", CONFIG_ADVICE);
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
			     "the capability was not read", CONFIG_ADVICE);
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

static void check_link_value(const struct subject *subject, const char *part, bool good,
			     const char *specified, const char *found, unsigned int offset)
{
	struct results *results = subject->matcher->results;

	if (good)
		spec_pass(subject, CHECK_SPEC_LINK, part, subject->entry->link.place,
			  TEXT(results, "is %s", found));
	else
		spec_add(subject, CHECK_SPEC_LINK, STATUS_FAIL, part, subject->entry->link.place,
			 "is not as specified", specified,
			 (struct value) { TEXT(results, "found: %s", found),
					 spec_where(subject, offset) },
			 "the link trained down: reseat the card, look at the slot's wiring and at "
			 "LnkSta in 'lspci -vv'");
}

static void check_link(const struct subject *subject)
{
	const struct spec_link *link = &subject->entry->link;
	struct results *results = subject->matcher->results;
	struct link_state state;
	const char *speed, *name;

	if (!link->place.line)
		return;
	state = config_link(subject->function);
	if (!state.known) {
		spec_unknown(subject, CHECK_SPEC_LINK, "link", link->place,
			     "its status was not read", CONFIG_ADVICE);
		return;
	}
	if (!state.present) {
		spec_add(subject, CHECK_SPEC_LINK, STATUS_FAIL, "link", link->place,
			 "the device is no PCI Express device", "a link",
			 (struct value) { "found: no PCI Express capability",
					  spec_where(subject, CFG_CAPABILITIES) },
			 "put it on a PCI Express port, or take 'link' out of the specification");
		return;
	}
	name = link_speed_name(state.speed);
	speed = name ? name : TEXT(results, "encoding %u", state.speed);
	if (link->speed)
		check_link_value(subject, "link speed", state.speed == link->speed,
				 link_speed_name(link->speed), speed, state.offset + LINK_STATUS);
	if (link->min_speed)
		check_link_value(subject, "link speed", state.speed >= link->min_speed,
				 TEXT(results, "at least %s", link_speed_name(link->min_speed)),
				 speed, state.offset + LINK_STATUS);
	if (link->width)
		check_link_value(subject, "link width", state.width == link->width,
				 TEXT(results, "x%u", link->width),
				 TEXT(results, "x%u", state.width), state.offset + LINK_STATUS);
	if (link->min_width)
		check_link_value(subject, "link width", state.width >= link->min_width,
				 TEXT(results, "at least x%u", link->min_width),
				 TEXT(results, "x%u", state.width), state.offset + LINK_STATUS);
}

/* SR-IOV */

static void check_vfs(const struct subject *subject, const char *part, bool wanted,
		      uint32_t specified, uint32_t found, unsigned int offset)
{
	struct results *results = subject->matcher->results;
	struct yaml_pos place = subject->entry->sriov.place;

	if (!wanted)
		return;
	if (specified == found)
		spec_pass(subject, CHECK_SPEC_SRIOV, part, place,
			  TEXT(results, "are %" PRIu32, found));
	else
		spec_add(subject, CHECK_SPEC_SRIOV, STATUS_FAIL, part, place,
			 "do not match the specification", TEXT(results, "%" PRIu32, specified),
			 (struct value) { TEXT(results, "found: %" PRIu32, found),
					 spec_where(subject, offset) },
			 "write the number into sriov_numvfs in the device's directory; the "
			 "driver may allow fewer");
}

static void check_sriov(const struct subject *subject)
{
	const struct spec_sriov *spec = &subject->entry->sriov;
	const struct sriov *sriov = subject->function->sriov;

	if (!spec->place.line)
		return;
	if (!sriov && !subject->function->extended_known) {
		spec_unknown(subject, CHECK_SPEC_SRIOV, "SR-IOV", spec->place,
			     "the extended config space was not read", CONFIG_ADVICE);
		return;
	}
	if (!sriov) {
		spec_add(subject, CHECK_SPEC_SRIOV, STATUS_FAIL, "SR-IOV", spec->place,
			 "the device does not have it", "present",
			 (struct value) { "found: no SR-IOV capability",
					  spec_where(subject, EXTENDED_BEGIN) },
			 "enable it in firmware, or take 'sriov' out of the specification");
		return;
	}
	check_vfs(subject, "total VFs", spec->has_total, spec->total, sriov->total,
		  sriov->offset + SRIOV_TOTAL_VFS);
	check_vfs(subject, "enabled VFs", spec->has_enabled, spec->enabled, sriov->enabled,
		  sriov->offset + SRIOV_NUM_VFS);
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
	check_sriov(subject);
}
