/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The answer of QEMU's QMP command query-pci, into a machine. */
#ifndef PCIADDR_INPUT_QUERY_PCI_H
#define PCIADDR_INPUT_QUERY_PCI_H

#include <json-c/json.h>

#include "pciaddr/model/machine.h"

/* Is it such an answer: a list of buses with devices? */
bool is_query_pci(struct json_object *value);

/*
 * Adds its functions to the machine.  What does not fit is left out with a warning.  Several
 * host bridges with the same bus number are PCI domains of their own; QEMU lists the newest
 * first.
 */
void query_pci_read(struct machine *machine, struct json_object *value);

#endif
