// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/input/source.h"

#include <string.h>

#include "common/die.h"
#include "pciaddr/input/device-tree.h"
#include "pciaddr/input/kernel-log.h"
#include "pciaddr/input/log-machine.h"
#include "pciaddr/input/proc-resources.h"
#include "pciaddr/model/claims.h"
#include "pciaddr/model/host-windows.h"
#include "pciaddr/model/platform.h"
#include "pciaddr/model/translation.h"

static void (*const loaders[])(struct machine *machine, const struct source *source) = {
	[SOURCE_LIVE] = source_live_load,
	[SOURCE_SYSFS] = source_sysfs_load,
	[SOURCE_DUMP] = source_dump_load,
	[SOURCE_QMP] = source_qmp_load,
	[SOURCE_DOMAIN] = source_domain_load,
	[SOURCE_AGENT] = source_agent_load,
};

static const char *source_name(const struct source *source)
{
	if (source->name)
		return source->name;
	if (source->kind == SOURCE_LIVE)
		return "this machine";
	return strcmp(source->path, "-") ? source->path : "standard input";
}

void machine_settle(struct machine *machine)
{
	log_machine_settle(machine);
	machine_link(machine);
	host_windows_find(machine);
	device_tree_settle(machine);
	machine_learn_translation(machine);
	platform_mark_translating(machine);
	machine_take_claimed_sizes(machine);
}

void machine_load(struct machine *machine, const struct source *source)
{
	machine_init(machine, source->kind, source_name(source));
	machine->keeps_extended = source->keep_extended;
	if (source->host)
		machine->host = arena_copy(&machine->arena, source->host, strlen(source->host));
	if (source->error)
		machine_fail(machine, EXIT_USAGE, "%s: %s", source->path, source->error);
	else
		(source->load ? source->load : loaders[source->kind])(machine, source);
	if (machine->error)
		return;
	if (source->ioports)
		resources_load(machine, SPACE_IO, source->ioports, true);
	if (source->iomem)
		resources_load(machine, SPACE_MEMORY, source->iomem, true);
	if (source->log)
		kernel_log_load(machine, source->log);
	machine_settle(machine);
}
