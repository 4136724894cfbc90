/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What QEMU's model is of a device in a libvirt domain, as far as the domain says it. */
#ifndef PCIADDR_INPUT_DOMAIN_DEVICES_H
#define PCIADDR_INPUT_DOMAIN_DEVICES_H

#include "pciaddr/input/domain-xml.h"
#include "pciaddr/qemu/models.h"

/* QEMU's name of the model, or NULL: the domain, or QEMU's version, leaves it open. */
const struct qemu_model *domain_device_model(const struct xml_element *device);

/* Would it be on a PCI bus, without an address that says so? */
bool domain_device_is_pci(const struct xml_element *device);

/* "interface 'net0'", "disk 'vda'", "controller usb 0": for messages */
const char *domain_device_text(struct arena *arena, const struct xml_element *device);

/* Of a PCI controller: the model, or NULL. */
const struct qemu_model *domain_controller_model(const struct xml_element *controller);

/* Does its bus have no bridge above it? */
bool domain_controller_is_root(const struct xml_element *controller);

#endif
