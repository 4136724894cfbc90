// SPDX-License-Identifier: GPL-2.0-or-later
/* What a specification says of extended capabilities: SR-IOV and Access Control Services. */
#include "pciaddr/spec/match.h"

#include <inttypes.h>

#include "pciaddr/configspace/extended.h"
#include "pciaddr/configspace/read.h"
#include "pciaddr/model/pcispec.h"

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
	if (!sriov && !config_extended_known(subject->function)) {
		spec_unknown(subject, CHECK_SPEC_SRIOV, "SR-IOV", spec->place,
			     "the extended config space was not read",
			     config_advice(subject->matcher));
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

/* Access Control Services */

static void check_acs_bit(const struct subject *subject, const struct spec_acs_bit *bit)
{
	const struct spec_acs *spec = &subject->entry->acs;
	const struct acs *acs = subject->function->acs;
	struct results *results = subject->matcher->results;
	bool wanted = spec->value & bit->bit, found = acs->control & bit->bit;
	const char *part = TEXT(results, "ACS %s", bit->key);

	if (wanted == found)
		spec_pass(subject, CHECK_SPEC_ACS, part, spec->place, found ? "is on" : "is off");
	else
		spec_add(subject, CHECK_SPEC_ACS, STATUS_FAIL, part, spec->place,
			 found ? "is on" : "is off", wanted ? "on" : "off",
			 (struct value) { TEXT(results, "found: control 0x%04x of capability "
					       "0x%04x", acs->control, acs->capability),
					 spec_where(subject, acs->offset + ACS_CONTROL) },
			 wanted && !(acs->capability & bit->bit) ?
			 "the device is not capable of it: take it out of the specification" :
			 "the kernel sets it when it starts with an IOMMU enabled (intel_iommu=on, "
			 "or in firmware); kernel option pci=disable_acs_redir or config_acs "
			 "changes it");
}

static void check_acs(const struct subject *subject)
{
	const struct spec_acs *spec = &subject->entry->acs;
	const struct acs *acs = subject->function->acs;

	if (!spec->place.line)
		return;
	if (!acs && !config_extended_known(subject->function)) {
		spec_unknown(subject, CHECK_SPEC_ACS, "ACS", spec->place,
			     "the extended config space was not read",
			     config_advice(subject->matcher));
		return;
	}
	if (spec->absent != !acs) {
		spec_add(subject, CHECK_SPEC_ACS, STATUS_FAIL, "ACS", spec->place,
			 acs ? "the device has it" : "the device does not have it",
			 spec->absent ? "absent" : "present",
			 (struct value) { acs ? "found: an ACS capability" :
					  "found: no ACS capability",
					  spec_where(subject, acs ? acs->offset :
						     EXTENDED_BEGIN) },
			 "another card or port, or another revision of it, is in this place");
		return;
	}
	if (!spec->mask)
		spec_pass(subject, CHECK_SPEC_ACS, "ACS", spec->place,
			  acs ? "is present" : "is absent");
	for (const struct spec_acs_bit *bit = spec_acs_bits; bit->key; bit++)
		if (spec->mask & bit->bit)
			check_acs_bit(subject, bit);
}

void spec_match_extended(const struct subject *subject)
{
	check_sriov(subject);
	check_acs(subject);
}
