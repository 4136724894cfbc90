/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The checks: their labels, severities, and what holds when each passes. */
#ifndef PCIADDR_CHECK_CATALOGUE_H
#define PCIADDR_CHECK_CATALOGUE_H

#include <stdbool.h>

enum check_id {
	CHECK_SOURCE,
	CHECK_PRESENT,
	CHECK_BUS_NUMBERS,
	CHECK_BUS_PRIMARY,
	CHECK_WINDOW_IN_WINDOW,
	CHECK_WINDOW_OVERLAP,
	CHECK_WINDOW_KERNEL,
	CHECK_BRIDGE_DECODE,
	CHECK_BRIDGE_MASTER,
	CHECK_BAR_IN_WINDOW,
	CHECK_SRIOV,
	CHECK_BAR_ISA_HOLE,
	CHECK_BAR_OVERLAP,
	CHECK_BAR_ALIGNED,
	CHECK_BAR_ASSIGNED,
	CHECK_BAR_KERNEL,
	CHECK_BAR_DECODE,
	CHECK_LEGACY_PORTS,
	CHECK_IOPORTS,
	CHECK_IOMEM,
	CHECK_EXPECT_BAR,
	CHECK_EXPECT_DECODE,
	CHECK_EXPECT_WINDOW,
	CHECK_EXPECT_KERNEL,
	CHECK_EXPECT_CLAIM,
	CHECK_EXPECT_OVERLAP,
	CHECK_SPEC_DEVICE,
	CHECK_SPEC_ID,
	CHECK_SPEC_BAR,
	CHECK_SPEC_WINDOW,
	CHECK_SPEC_BUS,
	CHECK_SPEC_OWNER,
	CHECK_SPEC_DRIVER,
	CHECK_SPEC_COMMAND,
	CHECK_SPEC_MSI,
	CHECK_SPEC_LINK,
	CHECK_SPEC_SRIOV,
	CHECK_SPEC_ACS,
	CHECK_SPEC_NOTHING_ELSE,
	CHECKS
};

enum severity {
	SEVERITY_LOW,
	SEVERITY_MEDIUM,
	SEVERITY_HIGH,
	SEVERITY_CRITICAL,
	SEVERITIES
};

struct check {
	const char *label;	/* stable: scripts and dashboards go by it */
	enum severity severity;
	const char *title;	/* what holds when it passes */
};

extern const struct check checks[CHECKS];

const char *severity_name(enum severity severity);
bool parse_severity(const char *text, enum severity *severity);

#endif
