// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/check/catalogue.h"

#include <string.h>

const struct check checks[CHECKS] = {
	[CHECK_SOURCE] = { "source-complete", SEVERITY_MEDIUM,
		"the source is whole, and has the bridge to every bus" },
	[CHECK_PRESENT] = { "device-present", SEVERITY_CRITICAL,
		"every device answers config reads" },
	[CHECK_BUS_NUMBERS] = { "bus-numbers", SEVERITY_HIGH,
		"bus numbers of bridges are nested and do not overlap" },
	[CHECK_BUS_PRIMARY] = { "bus-primary", SEVERITY_LOW,
		"bridges have the number of their own bus in the primary bus register" },
	[CHECK_WINDOW_IN_WINDOW] = { "window-in-window", SEVERITY_HIGH,
		"every bridge window is inside the windows above it" },
	[CHECK_WINDOW_OVERLAP] = { "window-overlap", SEVERITY_HIGH,
		"no two bridges forward the same addresses" },
	[CHECK_WINDOW_KERNEL] = { "window-kernel", SEVERITY_HIGH,
		"window registers hold what the kernel believes" },
	[CHECK_BRIDGE_DECODE] = { "bridge-decode", SEVERITY_HIGH,
		"bridges forward what is enabled below them" },
	[CHECK_BRIDGE_MASTER] = { "bridge-master", SEVERITY_MEDIUM,
		"bridges let the bus masters below them through" },
	[CHECK_BAR_IN_WINDOW] = { "bar-in-window", SEVERITY_HIGH,
		"every BAR is inside the windows of the bridges above it" },
	[CHECK_SRIOV] = { "sriov-in-window", SEVERITY_MEDIUM,
		"the BARs of all virtual functions are inside the windows above them" },
	[CHECK_BAR_ISA_HOLE] = { "bar-isa-hole", SEVERITY_HIGH,
		"no I/O BAR is in the holes that a bridge's ISA Enable bit makes" },
	[CHECK_BAR_OVERLAP] = { "bar-overlap", SEVERITY_HIGH,
		"no BAR overlaps another BAR or a foreign window" },
	[CHECK_BAR_ALIGNED] = { "bar-aligned", SEVERITY_HIGH,
		"every BAR is aligned to its size" },
	[CHECK_BAR_ASSIGNED] = { "bar-assigned", SEVERITY_MEDIUM,
		"every BAR has an address" },
	[CHECK_BAR_KERNEL] = { "bar-kernel", SEVERITY_HIGH,
		"BAR registers hold what the kernel believes" },
	[CHECK_BAR_DECODE] = { "bar-decode", SEVERITY_HIGH,
		"BARs in use by a driver are enabled in the command register" },
	[CHECK_LEGACY_PORTS] = { "legacy-ports", SEVERITY_HIGH,
		"no BAR is on the ports of the PC's own devices" },
	[CHECK_IOPORTS] = { "ioports-claim", SEVERITY_HIGH,
		"/proc/ioports has every I/O BAR at its range, for its device" },
	[CHECK_IOMEM] = { "iomem-claim", SEVERITY_MEDIUM,
		"/proc/iomem has every memory BAR at its range, for its device" },
	[CHECK_EXPECT_BAR] = { "expect-bar", SEVERITY_HIGH,
		"a BAR is at the expected range" },
	[CHECK_EXPECT_DECODE] = { "expect-decode", SEVERITY_HIGH,
		"the expected range is enabled in the command register" },
	[CHECK_EXPECT_WINDOW] = { "expect-window", SEVERITY_HIGH,
		"the expected range is inside every bridge window above it" },
	[CHECK_EXPECT_KERNEL] = { "expect-kernel", SEVERITY_HIGH,
		"the kernel has the device at the expected range" },
	[CHECK_EXPECT_CLAIM] = { "expect-claim", SEVERITY_HIGH,
		"the expected range is claimed for the device" },
	[CHECK_EXPECT_OVERLAP] = { "expect-overlap", SEVERITY_HIGH,
		"nothing else is at the expected range" },
	[CHECK_SPEC_DEVICE] = { "spec-device", SEVERITY_HIGH,
		"the specified devices are there, as many as specified" },
	[CHECK_SPEC_ID] = { "spec-id", SEVERITY_HIGH,
		"ids, class and revision are as specified" },
	[CHECK_SPEC_BAR] = { "spec-bar", SEVERITY_HIGH,
		"BARs are as specified" },
	[CHECK_SPEC_WINDOW] = { "spec-window", SEVERITY_HIGH,
		"bridge windows are as specified" },
	[CHECK_SPEC_BUS] = { "spec-bus", SEVERITY_HIGH,
		"bus numbers are as specified" },
	[CHECK_SPEC_OWNER] = { "spec-owner", SEVERITY_HIGH,
		"ranges are owned as specified" },
	[CHECK_SPEC_DRIVER] = { "spec-driver", SEVERITY_HIGH,
		"drivers are as specified" },
	[CHECK_SPEC_COMMAND] = { "spec-command", SEVERITY_HIGH,
		"command register bits are as specified" },
	[CHECK_SPEC_MSI] = { "spec-msi", SEVERITY_HIGH,
		"MSI and MSI-X are as specified" },
	[CHECK_SPEC_LINK] = { "spec-link", SEVERITY_HIGH,
		"PCI Express links are as specified" },
	[CHECK_SPEC_SRIOV] = { "spec-sriov", SEVERITY_HIGH,
		"virtual functions are as many as specified" },
	[CHECK_SPEC_ACS] = { "spec-acs", SEVERITY_HIGH,
		"Access Control Services are as specified" },
	[CHECK_SPEC_NOTHING_ELSE] = { "spec-nothing-else", SEVERITY_HIGH,
		"nothing is there that the specification does not name" },
};

static const char *const severity_names[SEVERITIES] = {
	[SEVERITY_LOW] = "low",
	[SEVERITY_MEDIUM] = "medium",
	[SEVERITY_HIGH] = "high",
	[SEVERITY_CRITICAL] = "critical",
};

const char *severity_name(enum severity severity)
{
	return severity_names[severity];
}

bool parse_severity(const char *text, enum severity *severity)
{
	for (int i = 0; i < SEVERITIES; i++) {
		if (!strcmp(text, severity_names[i])) {
			*severity = i;
			return true;
		}
	}
	return false;
}
