// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/emit/plan.h"

#include <inttypes.h>
#include <string.h>

#include "pciaddr/model/pcispec.h"

const char *plan_backend(const struct qemu_model *model)
{
	static const struct {
		const char *model;
		const char *property;
	} backends[] = {
		{ "virtio-blk-pci", "drive" }, { "nvme", "serial" }, { "ivshmem-plain", "memdev" },
		{ "ivshmem-doorbell", "chardev" }, { "virtio-9p-pci", "fsdev" },
		{ "vhost-user-fs-pci", "chardev" }, { "virtio-input-host-pci", "evdev" },
		{ "virtio-mem-pci", "memdev" }, { "virtio-pmem-pci", "memdev" },
		{ "vhost-vsock-pci", "guest-cid" }, { "virtio-crypto-pci", "cryptodev" },
		{ "pci-serial", "chardev" },
	};

	for (size_t i = 0; i < sizeof(backends) / sizeof(backends[0]); i++)
		if (!strcmp(backends[i].model, model->name))
			return backends[i].property;
	return NULL;
}

const char *plan_bus(const struct planned *planned, const char *root)
{
	return planned->parent ? planned->parent->id : root;
}

static const char *add(struct plan *plan, const char *text, const char *name, uint64_t value)
{
	return arena_printf(&plan->arena, "%s,%s=0x%" PRIx64, text, name, value);
}

/* The limit, where it is not one unit above the base. */
static const char *add_window(struct plan *plan, const char *text, const struct planned *bridge,
			      enum window_kind kind, const char *prefix, uint64_t unit)
{
	struct range range = bridge->windows[kind];

	if (!bridge->has_window[kind])
		return text;
	text = add(plan, text, arena_printf(&plan->arena, "%s-base", prefix), range.first);
	return range_size(range) == unit ? text :
		add(plan, text, arena_printf(&plan->arena, "%s-limit", prefix), range.last);
}

static const char *add_bridge(struct plan *plan, const char *text, const struct planned *bridge)
{
	text = add_window(plan, text, bridge, WINDOW_IO, "io", WINDOW_IO_UNIT);
	text = add_window(plan, text, bridge, WINDOW_MEMORY, "mem", WINDOW_MEMORY_UNIT);
	text = add_window(plan, text, bridge, WINDOW_PREFETCHABLE, "pref", WINDOW_MEMORY_UNIT);
	return !bridge->hold ? text :
		arena_printf(&plan->arena, "%s,hold=on,hold-at=%s", text, bridge->hold);
}

static const char *add_card(struct plan *plan, const char *text, const struct planned *card)
{
	for (const struct spec_bar *bar = card->entry ? card->entry->bars : NULL; bar;
	     bar = bar->next) {
		if (!bar->index && bar_is_fixed(bar))
			text = add(plan, text, "io-base", bar->range.exact.first);
		/* its memory is as large as one likes */
		if (bar->index == 2 && (bar->range.size || bar->range.has_exact))
			text = add(plan, text, "ram-size", bar->range.has_exact ?
				   range_size(bar->range.exact) : bar->range.size);
	}
	return text;
}

const char *plan_properties(struct plan *plan, const struct planned *planned, const char *bus)
{
	const struct qemu_model *model = planned->model;
	const char *text = arena_printf(&plan->arena, "%s,id=%s,bus=%s,addr=0x%x", model->name,
					planned->id, bus, planned->slot);

	if (planned->function)
		text = arena_printf(&plan->arena, "%s.%u", text, planned->function);
	if (planned->multifunction)
		text = arena_printf(&plan->arena, "%s,multifunction=on", text);
	if (model->kind == MODEL_PORT)
		text = arena_printf(&plan->arena, "%s,chassis=%u,slot=%u", text, planned->index,
				    planned->index);
	if (model->kind == MODEL_BRIDGE && strcmp(model->name, "i82801b11-bridge") &&
	    strcmp(model->name, "pcie-pci-bridge"))
		text = arena_printf(&plan->arena, "%s,chassis_nr=%u", text, planned->index);
	if (model->kind == MODEL_EXPANDER)
		text = add(plan, text, "bus_nr", planned->bus_nr);
	if (plan_is_fixed_bridge(planned))
		text = add_bridge(plan, text, planned);
	if (plan_is_fixed_card(planned))
		text = add_card(plan, text, planned);
	return text;
}
