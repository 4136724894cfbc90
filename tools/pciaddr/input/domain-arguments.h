/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices that a libvirt domain hands to QEMU as they are: <qemu:commandline>. */
#ifndef PCIADDR_INPUT_DOMAIN_ARGUMENTS_H
#define PCIADDR_INPUT_DOMAIN_ARGUMENTS_H

#include "pciaddr/input/domain-place.h"
#include "pciaddr/input/domain-xml.h"

/* To be called when all of libvirt's own controllers are there. */
void domain_read_arguments(struct domain *domain, const struct xml_element *root);

#endif
