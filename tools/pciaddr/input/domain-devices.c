// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of libvirt's and of QEMU's: formatdomain of libvirt, src/qemu/qemu_command.c. */
#include <config.h>

#include "pciaddr/input/domain-devices.h"

#include <string.h>

struct pair {
	const char *libvirt;
	const char *qemu;
};

static const struct pair pci_controllers[] = {
	{ "pci-bridge", "pci-bridge" },
	{ "dmi-to-pci-bridge", "i82801b11-bridge" },
	{ "pcie-to-pci-bridge", "pcie-pci-bridge" },
	{ "pcie-root-port", "pcie-root-port" },
	{ "pcie-switch-upstream-port", "x3130-upstream" },
	{ "pcie-switch-downstream-port", "xio3130-downstream" },
	{ "pci-expander-bus", "pxb" },
	{ "pcie-expander-bus", "pxb-pcie" },
	{ NULL, NULL },
};

static const struct pair usb_controllers[] = {
	{ "piix3-uhci", "piix3-usb-uhci" }, { "piix4-uhci", "piix4-usb-uhci" },
	{ "ehci", "usb-ehci" }, { "ich9-ehci1", "ich9-usb-ehci1" },
	{ "ich9-uhci1", "ich9-usb-uhci1" }, { "ich9-uhci2", "ich9-usb-uhci2" },
	{ "ich9-uhci3", "ich9-usb-uhci3" }, { "vt82c686b-uhci", "vt82c686b-usb-uhci" },
	{ "pci-ohci", "pci-ohci" }, { "nec-xhci", "nec-usb-xhci" },
	{ "qemu-xhci", "qemu-xhci" }, { NULL, NULL },
};

static const struct pair scsi_controllers[] = {
	{ "virtio-scsi", "virtio-scsi-pci" }, { "virtio", "virtio-scsi-pci" },
	{ "virtio-transitional", "virtio-scsi-pci" },
	{ "virtio-non-transitional", "virtio-scsi-pci" },
	{ "lsilogic", "lsi53c895a" }, { "lsisas1068", "mptsas1068" },
	{ "lsisas1078", "megasas" }, { "vmpvscsi", "pvscsi" }, { "am53c974", "am53c974" },
	{ "dc390", "dc390" }, { NULL, NULL },
};

static const struct pair interfaces[] = {
	{ "virtio", "virtio-net-pci" }, { "virtio-transitional", "virtio-net-pci" },
	{ "virtio-non-transitional", "virtio-net-pci" }, { NULL, NULL },
};

static const struct pair videos[] = {
	{ "vga", "VGA" }, { "cirrus", "cirrus-vga" }, { "vmvga", "vmware-svga" },
	{ "qxl", "qxl-vga" }, { "virtio", "virtio-gpu-pci" }, { "bochs", "bochs-display" },
	{ NULL, NULL },
};

static const struct pair sounds[] = {
	{ "ich6", "intel-hda" }, { "ich9", "ich9-intel-hda" }, { "ac97", "AC97" },
	{ "es1370", "ES1370" }, { "virtio", "virtio-sound-pci" }, { NULL, NULL },
};

static const struct pair inputs[] = {
	{ "keyboard", "virtio-keyboard-pci" }, { "mouse", "virtio-mouse-pci" },
	{ "tablet", "virtio-tablet-pci" }, { "passthrough", "virtio-input-host-pci" },
	{ NULL, NULL },
};

static const struct pair shmems[] = {
	{ "ivshmem-plain", "ivshmem-plain" }, { "ivshmem-doorbell", "ivshmem-doorbell" },
	{ NULL, NULL },
};

static const char *value_of(const struct xml_element *element, const char *name)
{
	const char *value = xml_attribute(element, name);

	return value ? value : "";
}

static const struct qemu_model *model_in(const struct pair *pairs, const char *name)
{
	for (; pairs->libvirt; pairs++)
		if (!strcmp(pairs->libvirt, name))
			return qemu_model(pairs->qemu);
	return NULL;
}

const struct qemu_model *domain_controller_model(const struct xml_element *controller)
{
	const struct xml_element *model = xml_child(controller, "model");
	const struct qemu_model *named = qemu_model(value_of(model, "name"));

	return named ? named : model_in(pci_controllers, value_of(controller, "model"));
}

bool domain_controller_is_root(const struct xml_element *controller)
{
	return xml_attribute_is(controller, "model", "pci-root") ||
		xml_attribute_is(controller, "model", "pcie-root");
}

static const struct qemu_model *controller_model(const struct xml_element *device)
{
	const char *type = value_of(device, "type"), *model = value_of(device, "model");

	if (!strcmp(type, "pci"))
		return domain_controller_model(device);
	if (!strcmp(type, "usb"))
		return model_in(usb_controllers, model);
	if (!strcmp(type, "scsi"))
		return model_in(scsi_controllers, model);
	if (!strcmp(type, "virtio-serial"))
		return qemu_model("virtio-serial-pci");
	return !strcmp(type, "sata") ? qemu_model("ich9-ahci") :
		!strcmp(type, "nvme") ? qemu_model("nvme") : NULL;
}

static const struct qemu_model *memory_model(const struct xml_element *device)
{
	return xml_attribute_is(device, "model", "virtio-mem") ? qemu_model("virtio-mem-pci") :
		xml_attribute_is(device, "model", "virtio-pmem") ?
		qemu_model("virtio-pmem-pci") : NULL;
}

static const struct qemu_model *interface_model(const struct xml_element *device)
{
	const char *type = value_of(xml_child(device, "model"), "type");
	const struct qemu_model *model = model_in(interfaces, type);

	if (xml_attribute_is(device, "type", "hostdev"))
		return NULL;
	return model ? model : qemu_model(type);
}

static const struct qemu_model *video_model(const struct xml_element *device)
{
	const struct xml_element *model = xml_child(device, "model");
	const char *type = value_of(model, "type");

	/* the first one is the console, which for some types is another model */
	if (!strcmp(type, "virtio") || !strcmp(type, "qxl"))
		return model_in(videos, type);
	return xml_attribute_is(model, "primary", "no") && !strcmp(type, "vga") ?
		qemu_model("secondary-vga") : model_in(videos, type);
}

/* "virtio..." of an attribute "model", or of a child <model name=...> */
static bool is_virtio(const struct xml_element *device)
{
	return !strncmp(value_of(device, "model"), "virtio", strlen("virtio"));
}

static const struct qemu_model *filesystem_model(const struct xml_element *device)
{
	return qemu_model(xml_attribute_is(xml_child(device, "driver"), "type", "virtiofs") ?
			  "vhost-user-fs-pci" : "virtio-9p-pci");
}

static const struct qemu_model *simple_model(const struct xml_element *device)
{
	if (xml_is(device, "sound"))
		return model_in(sounds, value_of(device, "model"));
	if (xml_is(device, "input") && xml_attribute_is(device, "bus", "virtio"))
		return model_in(inputs, value_of(device, "type"));
	if (xml_is(device, "watchdog"))
		return qemu_model(value_of(device, "model"));
	if (xml_is(device, "shmem"))
		return model_in(shmems, value_of(xml_child(device, "model"), "type"));
	if (xml_is(device, "panic") && xml_attribute_is(device, "model", "pvpanic"))
		return qemu_model("pvpanic-pci");
	if (xml_is(device, "serial") &&
	    xml_attribute_is(xml_child(device, "target"), "type", "pci-serial"))
		return qemu_model("pci-serial");
	return NULL;
}

static const struct qemu_model *virtio_model(const struct xml_element *device)
{
	if (xml_is(device, "disk"))
		return xml_attribute_is(xml_child(device, "target"), "bus", "virtio") ?
			qemu_model("virtio-blk-pci") : NULL;
	if (xml_is(device, "filesystem"))
		return filesystem_model(device);
	if (xml_is(device, "vsock"))
		return qemu_model("vhost-vsock-pci");
	if (!is_virtio(device))
		return NULL;
	return xml_is(device, "memballoon") ? qemu_model("virtio-balloon-pci") :
		xml_is(device, "rng") ? qemu_model("virtio-rng-pci") :
		xml_is(device, "iommu") ? qemu_model("virtio-iommu-pci") :
		xml_is(device, "crypto") ? qemu_model("virtio-crypto-pci") : NULL;
}

const struct qemu_model *domain_device_model(const struct xml_element *device)
{
	const struct qemu_model *model = simple_model(device);

	if (!model)
		model = virtio_model(device);
	if (model)
		return model;
	if (xml_is(device, "controller"))
		return controller_model(device);
	if (xml_is(device, "interface"))
		return interface_model(device);
	if (xml_is(device, "video"))
		return video_model(device);
	return xml_is(device, "memory") ? memory_model(device) : NULL;
}

static bool controller_is_pci(const struct xml_element *device)
{
	const char *type = value_of(device, "type"), *model = value_of(device, "model");

	if (!strcmp(type, "pci"))
		return !domain_controller_is_root(device);
	if (!strcmp(type, "usb"))
		return strcmp(model, "none") && strcmp(model, "qusb1") && strcmp(model, "qusb2");
	/* the first ones of IDE and SATA are the machine's own */
	if (!strcmp(type, "sata"))
		return !xml_attribute_is(device, "index", "0");
	return !strcmp(type, "virtio-serial") || !strcmp(type, "nvme") ||
		(!strcmp(type, "scsi") && strncmp(model, "ibmvscsi", strlen("ibmvscsi")));
}

bool domain_device_is_pci(const struct xml_element *device)
{
	/* an address of another kind: on a drive's, USB's, virtio-mmio's or s390's bus */
	if (xml_child(device, "address") &&
	    !xml_attribute_is(xml_child(device, "address"), "type", "pci"))
		return false;
	if (xml_is(device, "controller"))
		return controller_is_pci(device);
	if (xml_is(device, "hostdev"))
		return xml_attribute_is(device, "type", "pci") ||
			xml_attribute_is(device, "type", "mdev");
	if (xml_is(device, "interface")) {
		const struct xml_element *model = xml_child(device, "model");

		return !xml_attribute_is(model, "type", "usb-net") &&
			!xml_attribute_is(model, "type", "spapr-vlan") &&
			!xml_attribute_is(model, "type", "lan9118");
	}
	if (xml_is(device, "video"))
		return !xml_attribute_is(xml_child(device, "model"), "type", "none") &&
			!xml_attribute_is(xml_child(device, "model"), "type", "ramfb");
	return domain_device_model(device) != NULL;
}

const char *domain_device_text(struct arena *arena, const struct xml_element *device)
{
	const char *alias = xml_attribute(xml_child(device, "alias"), "name");
	const char *target = xml_attribute(xml_child(device, "target"), "dev");
	const char *type = xml_attribute(device, "type");
	const char *index = xml_attribute(device, "index");

	if (alias || target)
		return arena_printf(arena, "%s '%s'", device->name, alias ? alias : target);
	return arena_printf(arena, "%s%s%s%s%s", device->name, type ? " " : "",
			    type ? type : "", index ? " " : "", index ? index : "");
}
