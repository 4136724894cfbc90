// SPDX-License-Identifier: GPL-2.0-or-later
/* The keys of extended capabilities: SR-IOV and Access Control Services. */
#include "pciaddr/spec/read.h"

#include "pciaddr/model/pcispec.h"

/* SR-IOV */

static bool read_count(struct yaml *yaml, struct fy_node *node, bool *has, uint32_t *count)
{
	uint64_t value;

	if (!yaml_number(yaml, node, UINT16_MAX, &value))
		return false;
	*has = true;
	*count = (uint32_t)value;
	return true;
}

static bool read_total_vfs(struct yaml *yaml, void *target, struct fy_node *node)
{
	struct spec_sriov *sriov = target;

	return read_count(yaml, node, &sriov->has_total, &sriov->total);
}

static bool read_enabled_vfs(struct yaml *yaml, void *target, struct fy_node *node)
{
	struct spec_sriov *sriov = target;

	return read_count(yaml, node, &sriov->has_enabled, &sriov->enabled);
}

static const struct yaml_key sriov_keys[] = {
	{ "total", read_total_vfs },
	{ "enabled", read_enabled_vfs },
	{ 0 }
};

bool spec_read_sriov(struct yaml *yaml, void *target, struct fy_node *node)
{
	struct spec_sriov *sriov = &((struct spec_entry *)target)->sriov;

	sriov->place = yaml->place;
	return yaml_mapping(yaml, node, sriov_keys, sriov);
}

/* Access Control Services */

const struct spec_acs_bit spec_acs_bits[] = {
	{ "source-validation", ACS_SOURCE_VALIDATION },
	{ "translation-blocking", ACS_TRANSLATION_BLOCKING },
	{ "request-redirect", ACS_REQUEST_REDIRECT },
	{ "completion-redirect", ACS_COMPLETION_REDIRECT },
	{ "upstream-forwarding", ACS_UPSTREAM_FORWARDING },
	{ "egress-control", ACS_EGRESS_CONTROL },
	{ "direct-translated", ACS_DIRECT_TRANSLATED },
	{ 0 }
};

static bool read_acs_bit(struct yaml *yaml, void *target, struct fy_node *node, uint16_t bit)
{
	struct spec_acs *acs = target;
	bool on;

	if (!yaml_bool(yaml, node, &on))
		return false;
	acs->mask |= bit;
	if (on)
		acs->value |= bit;
	return true;
}

#define ACS_KEY(name, bit)						\
static bool read_acs_##name(struct yaml *yaml, void *target, struct fy_node *node)	\
{									\
	return read_acs_bit(yaml, target, node, bit);			\
}

ACS_KEY(source, ACS_SOURCE_VALIDATION)
ACS_KEY(translation, ACS_TRANSLATION_BLOCKING)
ACS_KEY(request, ACS_REQUEST_REDIRECT)
ACS_KEY(completion, ACS_COMPLETION_REDIRECT)
ACS_KEY(upstream, ACS_UPSTREAM_FORWARDING)
ACS_KEY(egress, ACS_EGRESS_CONTROL)
ACS_KEY(direct, ACS_DIRECT_TRANSLATED)

static const struct yaml_key acs_keys[] = {
	{ "source-validation", read_acs_source },
	{ "translation-blocking", read_acs_translation },
	{ "request-redirect", read_acs_request },
	{ "completion-redirect", read_acs_completion },
	{ "upstream-forwarding", read_acs_upstream },
	{ "egress-control", read_acs_egress },
	{ "direct-translated", read_acs_direct },
	{ 0 }
};

bool spec_read_acs(struct yaml *yaml, void *target, struct fy_node *node)
{
	static const char *const words[] = { "absent", "present", NULL };
	struct spec_acs *acs = &((struct spec_entry *)target)->acs;
	int word;

	acs->place = yaml->place;
	if (node && !fy_node_is_scalar(node))
		return yaml_mapping(yaml, node, acs_keys, acs);
	word = yaml_word(yaml, node, words);
	acs->absent = word == 0;
	return word >= 0;
}
