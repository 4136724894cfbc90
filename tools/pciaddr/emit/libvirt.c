// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A domain with the devices of a plan.  libvirt numbers its buses by the index of the controller
 * that leads to them; what it does not know itself, and what stands behind that, QEMU gets as
 * arguments.
 */
#include <config.h>

#include "pciaddr/emit/plan.h"

#include <string.h>

#include "pciaddr/qemu/machines.h"

#define ADDRESS "      <address type='pci' domain='0x0000' bus='0x%02x' slot='0x%02x' function='0x%x'%s/>\n"

static const struct {
	const char *model;
	const char *element;	/* with what it has but the address */
	const char *close;
} elements[] = {
	{ "virtio-net-pci", "<interface type='user'>\n      <model type='virtio'/>", "interface" },
	{ "e1000", "<interface type='user'>\n      <model type='e1000'/>", "interface" },
	{ "e1000e", "<interface type='user'>\n      <model type='e1000e'/>", "interface" },
	{ "rtl8139", "<interface type='user'>\n      <model type='rtl8139'/>", "interface" },
	{ "virtio-rng-pci", "<rng model='virtio'>\n      <backend model='random'>/dev/urandom"
	  "</backend>", "rng" },
	{ "virtio-scsi-pci", "<controller type='scsi' model='virtio-scsi'>", "controller" },
	{ "virtio-serial-pci", "<controller type='virtio-serial'>", "controller" },
	{ "qemu-xhci", "<controller type='usb' model='qemu-xhci'>", "controller" },
	{ "nec-usb-xhci", "<controller type='usb' model='nec-xhci'>", "controller" },
	{ "VGA", "<video>\n      <model type='vga'/>", "video" },
	{ "cirrus-vga", "<video>\n      <model type='cirrus'/>", "video" },
	{ "AC97", "<sound model='ac97'>", "sound" },
	{ "ich9-intel-hda", "<sound model='ich9'>", "sound" },
	{ "i6300esb", "<watchdog model='i6300esb' action='none'>", "watchdog" },
};

static const struct {
	const char *model;
	const char *libvirt;
} controllers[] = {
	{ "pci-bridge", "pci-bridge" }, { "pcie-root-port", "pcie-root-port" },
	{ "ioh3420", "pcie-root-port" }, { "pcie-pci-bridge", "pcie-to-pci-bridge" },
	{ "i82801b11-bridge", "dmi-to-pci-bridge" },
	{ "x3130-upstream", "pcie-switch-upstream-port" },
	{ "xio3130-downstream", "pcie-switch-downstream-port" },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static size_t element_of(const struct planned *planned)
{
	size_t i = 0;

	while (i < COUNT(elements) && strcmp(elements[i].model, planned->model->name))
		i++;
	return i;
}

static size_t controller_of(const struct planned *planned)
{
	size_t i = 0;

	while (i < COUNT(controllers) && strcmp(controllers[i].model, planned->model->name))
		i++;
	return i;
}

/* Behind what libvirt knows, and known itself: then it has an element. */
static bool is_known(const struct planned *planned)
{
	for (const struct planned *above = planned->parent; above; above = above->parent)
		if (controller_of(above) == COUNT(controllers))
			return false;
	return element_of(planned) < COUNT(elements) ||
		controller_of(planned) < COUNT(controllers);
}

/* The index of a controller, which is above those of all that lead to it. */
static unsigned int bus_number(const struct planned *bridge, struct plan *plan)
{
	unsigned int number = 0;

	if (!bridge)
		return 0;
	for (unsigned int depth = 0; depth < PLAN_SLOTS; depth++) {
		for (const struct planned *other = plan->first; other; other = other->next) {
			unsigned int above = 0;

			for (const struct planned *up = other->parent; up; up = up->parent)
				above++;
			if (above != depth || !is_known(other) ||
			    controller_of(other) == COUNT(controllers))
				continue;
			number++;
			if (other == bridge)
				return number;
		}
	}
	return number;
}

static void write_element(FILE *out, struct plan *plan, const struct planned *planned)
{
	size_t controller = controller_of(planned);

	if (controller < COUNT(controllers))
		fprintf(out, "    <controller type='pci' index='%u' model='%s'>\n"
			"      <model name='%s'/>\n", bus_number(planned, plan),
			controllers[controller].libvirt, planned->model->name);
	else
		fprintf(out, "    %s\n", elements[element_of(planned)].element);
	fprintf(out, ADDRESS, bus_number(planned->parent, plan), planned->slot, planned->function,
		planned->multifunction ? " multifunction='on'" : "");
	fprintf(out, "    </%s>\n", controller < COUNT(controllers) ? "controller" :
		elements[element_of(planned)].close);
}

static const char *bus_name(struct plan *plan, const struct planned *planned, const char *root)
{
	if (planned->parent && is_known(planned->parent))
		return arena_printf(&plan->arena, "pci.%u", bus_number(planned->parent, plan));
	return plan_bus(planned, root);
}

static void write_arguments(FILE *out, struct plan *plan, const struct planned *parent,
			    const char *root)
{
	for (const struct planned *planned = plan->first; planned; planned = planned->next) {
		if (planned->parent != parent)
			continue;
		if (!is_known(planned))
			fprintf(out, "    <qemu:arg value='-device'/>\n"
				"    <qemu:arg value='%s'/>\n",
				plan_properties(plan, planned, bus_name(plan, planned, root)));
		write_arguments(out, plan, planned, root);
	}
}

void plan_write_libvirt(FILE *out, struct plan *plan)
{
	bool express = qemu_machine_is_express(plan->machine), virt = !strcmp(plan->machine, "virt");

	fprintf(out, "<!-- Take name space, devices and arguments into your own domain. -->\n"
		"<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>\n"
		"  <name>emitted</name>\n"
		"  <memory unit='MiB'>1024</memory>\n"
		"  <os>\n    <type arch='%s' machine='%s'>hvm</type>\n  </os>\n"
		"  <devices>\n"
		"    <controller type='pci' index='0' model='%s'/>\n"
		"    <controller type='usb' model='none'/>\n",
		virt ? "aarch64" : "x86_64", plan->machine, express ? "pcie-root" : "pci-root");
	for (const struct planned *planned = plan->first; planned; planned = planned->next)
		if (is_known(planned))
			write_element(out, plan, planned);
	fputs("    <memballoon model='none'/>\n  </devices>\n  <qemu:commandline>\n", out);
	write_arguments(out, plan, NULL, express ? "pcie.0" : "pci.0");
	fputs("  </qemu:commandline>\n</domain>\n", out);
}
