/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of spec_check(): what a specification says of one device, range or machine. */
#ifndef PCIADDR_SPEC_MATCH_H
#define PCIADDR_SPEC_MATCH_H

#include "pciaddr/spec/report.h"

/* Identity, driver, command register, MSI and link. */
void spec_match_device(const struct subject *subject);

/* SR-IOV and Access Control Services. */
void spec_match_extended(const struct subject *subject);

void spec_match_bar(const struct subject *subject, const struct spec_bar *spec);
void spec_match_bridge(const struct subject *subject);
void spec_match_claim(const struct matcher *matcher, const struct spec_claim *claim);

/* Only specified devices answer in a range. */
void spec_match_reserved(const struct matcher *matcher, const struct spec_reserved *reserved);

/* No other devices than specified ones are there. */
void spec_match_nothing_else(const struct matcher *matcher);

/* Vendor, device and, as far as it is known, class. */
const char *spec_ids_text(struct results *results, const struct pci_function *function);

#endif
