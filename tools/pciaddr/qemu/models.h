/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QEMU's device models that people put on PCI buses: their names and their ids. */
#ifndef PCIADDR_QEMU_MODELS_H
#define PCIADDR_QEMU_MODELS_H

#include <stdbool.h>
#include <stdint.h>

enum model_kind {
	MODEL_DEVICE,
	MODEL_VIRTIO,		/* its id depends on the bus */
	MODEL_BRIDGE,		/* from any bus to a conventional one */
	MODEL_PORT,		/* a PCI Express port: room for one slot, 0, behind it */
	MODEL_UPSTREAM,		/* of a switch: behind it are downstream ports */
	MODEL_EXPANDER,		/* a function on bus 0; behind it is a root bus of its own */
};

struct qemu_model {
	const char *name;	/* as -device takes it */
	uint16_t vendor;
	uint16_t product;	/* of MODEL_VIRTIO: the transitional id; 0: there is none */
	uint16_t modern;	/* of MODEL_VIRTIO: the id without a legacy interface */
	uint8_t kind;		/* enum model_kind */
	bool express;		/* only where PCI Express is: no conventional bus */
};

/* By name, or NULL. */
const struct qemu_model *qemu_model(const char *name);

/* By ids, the first that has them; NULL: none. */
const struct qemu_model *qemu_model_of(uint16_t vendor, uint16_t product);

/* The next model of the table behind @last (NULL: the first); NULL when there is no more. */
const struct qemu_model *qemu_model_next(const struct qemu_model *last);

/* Does something stand behind it? */
static inline bool model_is_bridge(const struct qemu_model *model)
{
	return model->kind == MODEL_BRIDGE || model->kind == MODEL_PORT ||
		model->kind == MODEL_UPSTREAM;
}

#endif
