// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The specification that a machine fulfils.  Only what is known is written, so that it passes
 * at once on the machine (or the dump) that it was made from.
 */
#include "pciaddr/spec/capture.h"

#include <inttypes.h>
#include <string.h>

#include "common/die.h"
#include "common/utf8.h"
#include "pciaddr/model/claims.h"
#include "pciaddr/configspace/read.h"
#include "pciaddr/model/names.h"
#include "pciaddr/model/pcispec.h"
#include "pciaddr/model/resources.h"
#include "pciaddr/spec/model.h"

/*
 * A double-quoted YAML string, all in ASCII: nothing in it acts on a terminal.  libfyaml's emitter
 * has no comments, which a specification that is to be edited needs, and its strings are not
 * always read as they were: of 0.7.12 not those that are empty or have blanks at an end.
 */
static void quote(FILE *out, const char *text)
{
	size_t left = strlen(text), length;

	fputc('"', out);
	while (left) {
		const char *character = utf8_take(&text, &left, &length);
		uint32_t code = utf8_code_point(character, length);

		if (code == '"' || code == '\\')
			fprintf(out, "\\%c", (char)code);
		else if (code >= ' ' && code <= '~')
			fputc((char)code, out);
		else if (code <= 0xff)
			fprintf(out, "\\x%02" PRIx32, code);
		else if (code <= 0xffff)
			fprintf(out, "\\u%04" PRIx32, code);
		else
			fprintf(out, "\\U%08" PRIx32, code);
	}
	fputc('"', out);
}

/* YAML has characters alone: bytes that are none could not be read back. */
static bool can_quote(const char *text)
{
	return utf8_is_valid(text, strlen(text));
}

static void write_path(FILE *out, const struct pci_function *function)
{
	if (function->parent) {
		write_path(out, function->parent);
		fprintf(out, "/%02x.%u", function->device, function->function);
	} else {
		fprintf(out, "%04" PRIx32 ":%02x:%02x.%u", function->domain, function->bus,
			function->device, function->function);
	}
}

static void write_identity(FILE *out, struct names *names, const struct pci_function *function)
{
	char name[NAME_MAX_LENGTH], slot[SLOT_TEXT_MAX];

	fputs("\n  - name: ", out);
	function_name(names, function, name);
	quote(out, name);
	fputs("\n    select: ", out);
	/* where buses have names, numbers would be others in the machine */
	if (function->described && function->parent)
		write_path(out, function);
	else
		fputs(slot_text(function, slot), out);
	if (function->parent && !function->described) {
		fputs("    # or by the path, which survives new bus numbers: ", out);
		write_path(out, function);
	}
	fputc('\n', out);
	if (function->ids_known)
		fprintf(out, "    id: \"%04x:%04x\"\n", function->vendor, function->product);
	if (function->class_known)
		fprintf(out, "    class: \"%0*" PRIx32 "\"    # %s\n",
			function->interface_unknown ? 4 : 6,
			function->interface_unknown ? function->class >> 8 : function->class,
			class_name(function));
	if (function->subsystem_known)
		fprintf(out, "    subsystem: \"%04x:%04x\"\n", function->subsystem_vendor,
			function->subsystem);
	if (function->revision_known)
		fprintf(out, "    revision: 0x%02x\n", function->revision);
}

static void write_driver(FILE *out, const char *driver)
{
	fputs("    driver: ", out);
	if (*driver)
		quote(out, driver);
	else
		fputs("none", out);
	fputc('\n', out);
}

static void write_msi(FILE *out, const struct pci_function *function, uint8_t id,
		      const char *key)
{
	struct msi_state state = config_msi(function, id);

	if (!state.known || !state.present)
		return;
	fprintf(out, "    %s: {enabled: %s, vectors: %u}", key, state.enabled ? "true" : "false",
		state.vectors);
	if (id == CAP_ID_MSI)
		fprintf(out, "    # of %u that it offers", state.vectors_max);
	fputc('\n', out);
}

static void write_link(FILE *out, const struct pci_function *function)
{
	struct link_state state = config_link(function);

	/* width 0: an integrated endpoint, or a port with nothing in it */
	if (!state.known || !state.present || !state.width || state.width > 32 ||
	    !link_speed_name(state.speed))
		return;
	fprintf(out, "    link: {speed: %s, width: %u", link_speed_name(state.speed), state.width);
	if (state.capability_known && link_speed_name(state.speed_max) && state.width_max &&
	    state.width_max <= 32)
		fprintf(out, ", capability-speed: %s, capability-width: %u, full: %s",
			link_speed_name(state.speed_max), state.width_max,
			state.speed == state.speed_max && state.width == state.width_max ?
			"true" : "false");
	fputs("}\n", out);
}

/* What the device is capable of, which may be nothing. */
static void write_acs(FILE *out, const struct acs *acs)
{
	bool first = true;

	if (!acs->capability) {
		fputs("    acs: present\n", out);
		return;
	}
	for (const struct spec_acs_bit *bit = spec_acs_bits; bit->key; bit++) {
		if (!(acs->capability & bit->bit))
			continue;
		fprintf(out, "%s%s: %s", first ? "    acs: {" : ", ", bit->key,
			acs->control & bit->bit ? "on" : "off");
		first = false;
	}
	fputs("}\n", out);
}

static void write_resizable(FILE *out, const struct pci_function *function, unsigned int index)
{
	const struct resizable *resizable = function->resizable;

	for (unsigned int i = 0; resizable && i < resizable->count; i++) {
		if (resizable->bars[i].index != index)
			continue;
		fputs(", resizable: true", out);
		if (!resizable->bars[i].sizes)
			return;
		fputs(", sizes: [", out);
		for (uint64_t left = resizable->bars[i].sizes; left; left &= left - 1)
			fprintf(out, "%" PRIu64 "M%s", (left & -left) >> 20,
				left & (left - 1) ? ", " : "]");
		return;
	}
}

static void write_bar(FILE *out, const struct machine *machine,
		      const struct pci_function *function, const struct bar *bar)
{
	char range[RANGE_TEXT_MAX], size[SIZE_TEXT_MAX];
	struct claim claim = find_claim(machine, function, bar);

	if (bar->index == BAR_ROM)
		fputs("      rom: {", out);
	else
		fprintf(out, "      %u: {", bar->index);
	fprintf(out, "type: %s", bar_type_text(bar));
	if (bar->prefetchable)
		fputs(", prefetchable: true", out);
	if (bar->enhanced)
		fputs(", enhanced-allocation: true", out);
	write_resizable(out, function, bar->index);
	if (bar->state == BAR_ASSIGNED && bar->size_known)
		fprintf(out, ", range: %s", range_text(bar->range, range));
	if (claim.entry && claim.owner && can_quote(claim.owner->name)) {
		fputs(", owner: ", out);
		quote(out, claim.owner->name);
	}
	fputc('}', out);
	if (bar->state != BAR_ASSIGNED)
		fputs("    # no address", out);
	else if (!bar->size_known)
		fprintf(out, "    # begins at 0x%" PRIx64 ", size unknown in this source",
			bar->range.first);
	else
		fprintf(out, "    # %s", size_text(range_size(bar->range), size));
	fputc('\n', out);
}

/* What drivers, the kernel's command line and the other end of a link decide */
static void write_state(FILE *out, const struct pci_function *function)
{
	if (function->driver && can_quote(function->driver))
		write_driver(out, function->driver);
	if (function->command_known)
		fprintf(out, "    command: {io: %s, memory: %s, master: %s}\n",
			function->command & COMMAND_IO ? "on" : "off",
			function->command & COMMAND_MEMORY ? "on" : "off",
			function->command & COMMAND_MASTER ? "on" : "off");
	write_msi(out, function, CAP_ID_MSI, "msi");
	write_msi(out, function, CAP_ID_MSIX, "msix");
	write_link(out, function);
}

static void write_common(FILE *out, struct names *names, const struct machine *machine,
			 const struct pci_function *function, bool lasting)
{
	write_identity(out, names, function);
	if (!lasting)
		write_state(out, function);
	if (function->sriov)
		fprintf(out, "    sriov: {total: %u, enabled: %u}\n", function->sriov->total,
			function->sriov->enabled);
	if (function->acs && !lasting)
		write_acs(out, function->acs);
	if (function->bar_count)
		fputs("    bars:\n", out);
	for (unsigned int i = 0; i < function->bar_count; i++)
		write_bar(out, machine, function, &function->bars[i]);
}

static void write_windows(FILE *out, const struct bridge *bridge)
{
	static const struct {
		const char *key;
		enum window_kind kind;
		bool cardbus;
	} keys[] = {
		{ "io", WINDOW_IO, false }, { "io1", WINDOW_IO_1, true },
		{ "memory", WINDOW_MEMORY, false }, { "memory1", WINDOW_MEMORY_1, true },
		{ "prefetchable", WINDOW_PREFETCHABLE, false },
	};
	char range[RANGE_TEXT_MAX];
	bool first = true;

	for (unsigned int i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const struct window *window = &bridge->windows[keys[i].kind];

		if ((keys[i].cardbus && !bridge->cardbus) || window->state == WINDOW_UNKNOWN)
			continue;
		if (first)
			fputs("    windows:\n", out);
		first = false;
		fprintf(out, "      %s: %s\n", keys[i].key, window->state == WINDOW_OPEN ?
			range_text(window->range, range) : "closed");
	}
}

static void write_bridge(FILE *out, struct names *names, const struct machine *machine,
			 const struct pci_function *function, bool lasting)
{
	const struct bridge *bridge = function->bridge;

	write_common(out, names, machine, function, lasting);
	if (bridge->buses_known && !bridge->buses_named) {
		fputs("    bus: {", out);
		/* the kernel prints what it reads there only where it is wrong */
		if (!function->told_by_log)
			fprintf(out, "primary: %u, ", bridge->primary);
		fprintf(out, "secondary: %u, subordinate: %u}\n", bridge->secondary,
			bridge->subordinate);
	}
	write_windows(out, bridge);
}

static void write_list(FILE *out, struct names *names, const struct machine *machine,
		       bool bridges, bool lasting)
{
	bool first = true;

	for (size_t i = 0; i < machine->count; i++) {
		const struct pci_function *function = &machine->functions[i];

		if ((function->bridge != NULL) != bridges)
			continue;
		if (first)
			fputs(bridges ? "\nbridges:" : "\ndevices:", out);
		first = false;
		if (bridges)
			write_bridge(out, names, machine, function, lasting);
		else
			write_common(out, names, machine, function, lasting);
	}
}

/* What would be in the specification if the source had it; it has more when root reads it. */
static void write_gaps(FILE *out, const struct machine *machine)
{
	size_t headers_only = 0;
	bool any = false;

	for (size_t i = 0; i < machine->count; i++)
		headers_only += machine->functions[i].header_known && !machine->functions[i].absent &&
			machine->functions[i].config_length <= CONFIG_HEADER;
	for (enum space space = 0; space < SPACES; space++) {
		enum resource_state state = machine->resources[space].state;

		if (state == RESOURCES_READ)
			continue;
		fprintf(out, "%s#   owners of %s: %s %s\n", any ? "" :
			"#\n# Unknown, and therefore left out (root can read more):\n",
			space == SPACE_IO ? "ports" : "memory",
			space == SPACE_IO ? "/proc/ioports" : "/proc/iomem",
			resources_missing(state));
		any = true;
	}
	if (headers_only)
		fprintf(out, "%s#   capabilities (MSI, links): of %zu functions only the first %d bytes of "
			"config\n#     space were read\n", any ? "" :
			"#\n# Unknown, and therefore left out (root can read more):\n",
			headers_only, CONFIG_HEADER);
}

static int write_all(FILE *out, bool numeric, const struct machine *machine, bool lasting)
{
	struct names names;

	names_open(&names, numeric);
	fputs("# Specification for pciaddr-check, captured from ", out);
	for (const char *c = machine->name; *c; c++)
		fputc(*c >= ' ' && *c <= '~' ? *c : '?', out);
	fputs(".\n"
	      "#\n"
	      "# It says everything that was known, and passes there at once. Take out what\n"
	      "# may change (addresses that firmware chooses, drivers, links), and keep what\n"
	      "# must not. Ranges may also be given as inside:, aligned: or size:; a device may\n"
	      "# be presence: optional or forbidden, or have a count:. See pciaddr-spec(5).\n", out);
	write_gaps(out, machine);
	fputs("version: 1\n", out);
	write_list(out, &names, machine, true, lasting);
	write_list(out, &names, machine, false, lasting);
	fputs("\nrules:\n"
	      "  nothing-else: true          # a device that is not listed above is a failure\n"
	      "  machine-checks: false       # true: also what must hold on any machine\n", out);
	names_close(&names);
	return EXIT_OK;
}

int capture(FILE *out, bool numeric, const struct machine *machine)
{
	return write_all(out, numeric, machine, false);
}

int capture_lasting(FILE *out, bool numeric, const struct machine *machine)
{
	return write_all(out, numeric, machine, true);
}
