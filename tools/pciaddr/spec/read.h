/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The functions behind keys that stand in tables of other parts; see struct yaml_key. */
#ifndef PCIADDR_SPEC_READ_H
#define PCIADDR_SPEC_READ_H

#include "pciaddr/spec/yaml.h"

/* @target of these is the struct spec. */
bool spec_read_devices(struct yaml *yaml, void *target, struct fy_node *node);
bool spec_read_bridges(struct yaml *yaml, void *target, struct fy_node *node);

/* @target of these is a struct spec_entry. */
bool spec_read_bars(struct yaml *yaml, void *target, struct fy_node *node);
bool spec_read_windows(struct yaml *yaml, void *target, struct fy_node *node);
bool spec_read_bus(struct yaml *yaml, void *target, struct fy_node *node);
bool spec_read_command(struct yaml *yaml, void *target, struct fy_node *node);
bool spec_read_msi(struct yaml *yaml, void *target, struct fy_node *node);
bool spec_read_msix(struct yaml *yaml, void *target, struct fy_node *node);
bool spec_read_sriov(struct yaml *yaml, void *target, struct fy_node *node);
bool spec_read_acs(struct yaml *yaml, void *target, struct fy_node *node);
bool spec_read_link(struct yaml *yaml, void *target, struct fy_node *node);

/* The name of a driver or owner; "none" in the file is "" in *@owner. */
bool spec_read_owner(struct yaml *yaml, struct fy_node *node, const char **owner);

/* true or false */
bool spec_read_tristate(struct yaml *yaml, struct fy_node *node, enum tristate *wanted);

/* A number of one byte: a bus, a revision. */
bool spec_read_byte(struct yaml *yaml, struct fy_node *node, struct spec_number *number);

#endif
