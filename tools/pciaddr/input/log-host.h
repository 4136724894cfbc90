/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a log tells of host bridges: the windows of root buses. */
#ifndef PCIADDR_INPUT_LOG_HOST_H
#define PCIADDR_INPUT_LOG_HOST_H

#include "pciaddr/input/log-resource.h"
#include "pciaddr/input/textfile.h"

/*
 * "pci_bus 0000:00: root bus resource [mem 0x80000000-0xdfffffff window]", of
 * pci_register_host_bridge(); another line is none.
 */
void log_host_line(struct machine *machine, uint32_t number, const struct line *whole);

/* Is the bus a root bus, as far as the log tells it? */
bool log_host_is_known(const struct machine *machine, uint32_t domain, uint8_t bus);

/*
 * "pci_bus 0000:00: resource 4 [mem 0x80000000-0xdfffffff window]" of a root bus, of
 * pci_bus_dump_res(): the same windows, when all addresses were given.  Where the lines above
 * have been lost, or this is all that there is of a log, it is what is known of the host bridge.
 */
void log_host_listed(struct machine *machine, uint32_t number, uint32_t domain, uint8_t bus,
		     const struct printed_resource *printed);

#endif
