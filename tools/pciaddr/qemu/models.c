// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From QEMU's sources, include/hw/pci/pci.h and pci_ids.h, and the models' class_init; virtio: the
 * transitional and the modern ids of Virtual I/O Device 1.2, 4.1.2.
 */
#include "pciaddr/qemu/models.h"

#include <stddef.h>
#include <string.h>

#define DEVICE(name, vendor, product)	{ name, vendor, product, 0, MODEL_DEVICE, false }
#define EXPRESS(name, vendor, product)	{ name, vendor, product, 0, MODEL_DEVICE, true }
#define BRIDGE(name, vendor, product)	{ name, vendor, product, 0, MODEL_BRIDGE, false }
#define PORT(name, vendor, product)	{ name, vendor, product, 0, MODEL_PORT, true }
#define VIRTIO(name, product, modern)	{ name, 0x1af4, product, modern, MODEL_VIRTIO, false }

static const struct qemu_model models[] = {
	/* bridges and ports */
	PORT("pcie-root-port", 0x1b36, 0x000c),
	PORT("ioh3420", 0x8086, 0x3420),
	PORT("xio3130-downstream", 0x104c, 0x8233),
	{ "x3130-upstream", 0x104c, 0x8232, 0, MODEL_UPSTREAM, true },
	BRIDGE("pci-bridge", 0x1b36, 0x0001),
	BRIDGE("dec-21154", 0x1011, 0x0026),
	{ "pcie-pci-bridge", 0x1b36, 0x000e, 0, MODEL_BRIDGE, true },
	{ "i82801b11-bridge", 0x8086, 0x244e, 0, MODEL_BRIDGE, true },
	{ "pxb", 0x1b36, 0x0009, 0, MODEL_EXPANDER, false },
	{ "pxb-pcie", 0x1b36, 0x000b, 0, MODEL_EXPANDER, true },
	/* this project's, and the one to learn on */
	DEVICE("fpga", 0x1234, 0xf96a),
	DEVICE("edu", 0x1234, 0x11e8),
	/* network */
	DEVICE("e1000", 0x8086, 0x100e),
	EXPRESS("e1000e", 0x8086, 0x10d3),
	EXPRESS("igb", 0x8086, 0x10c9),
	DEVICE("rtl8139", 0x10ec, 0x8139),
	DEVICE("pcnet", 0x1022, 0x2000),
	DEVICE("ne2k_pci", 0x10ec, 0x8029),
	DEVICE("i82559er", 0x8086, 0x1209),
	DEVICE("i82550", 0x8086, 0x1209),
	DEVICE("tulip", 0x1011, 0x0019),
	DEVICE("vmxnet3", 0x15ad, 0x07b0),
	VIRTIO("virtio-net-pci", 0x1000, 0x1041),
	/* storage */
	VIRTIO("virtio-blk-pci", 0x1001, 0x1042),
	VIRTIO("virtio-scsi-pci", 0x1004, 0x1048),
	DEVICE("nvme", 0x1b36, 0x0010),
	DEVICE("lsi53c895a", 0x1000, 0x0012),
	DEVICE("lsi53c810", 0x1000, 0x0001),
	DEVICE("mptsas1068", 0x1000, 0x0054),
	DEVICE("megasas", 0x1000, 0x0060),
	EXPRESS("megasas-gen2", 0x1000, 0x005b),
	DEVICE("pvscsi", 0x15ad, 0x07c0),
	DEVICE("am53c974", 0x1022, 0x2020),
	DEVICE("ich9-ahci", 0x8086, 0x2922),
	DEVICE("piix3-ide", 0x8086, 0x7010),
	DEVICE("sdhci-pci", 0x1b36, 0x0007),
	/* display */
	DEVICE("VGA", 0x1234, 0x1111),
	DEVICE("bochs-display", 0x1234, 0x1111),
	DEVICE("secondary-vga", 0x1234, 0x1111),
	DEVICE("cirrus-vga", 0x1013, 0x00b8),
	DEVICE("qxl-vga", 0x1b36, 0x0100),
	DEVICE("qxl", 0x1b36, 0x0100),
	DEVICE("vmware-svga", 0x15ad, 0x0405),
	VIRTIO("virtio-gpu-pci", 0, 0x1050),
	VIRTIO("virtio-vga", 0, 0x1050),
	/* USB */
	DEVICE("qemu-xhci", 0x1b36, 0x000d),
	DEVICE("nec-usb-xhci", 0x1033, 0x0194),
	DEVICE("piix3-usb-uhci", 0x8086, 0x7020),
	DEVICE("piix4-usb-uhci", 0x8086, 0x7112),
	DEVICE("vt82c686b-usb-uhci", 0x1106, 0x3038),
	DEVICE("ich9-usb-ehci1", 0x8086, 0x293a),
	DEVICE("ich9-usb-uhci1", 0x8086, 0x2934),
	DEVICE("ich9-usb-uhci2", 0x8086, 0x2935),
	DEVICE("ich9-usb-uhci3", 0x8086, 0x2936),
	DEVICE("usb-ehci", 0x8086, 0x24cd),
	DEVICE("pci-ohci", 0x106b, 0x003f),
	/* sound */
	DEVICE("intel-hda", 0x8086, 0x2668),
	DEVICE("ich9-intel-hda", 0x8086, 0x293e),
	DEVICE("AC97", 0x8086, 0x2415),
	DEVICE("ES1370", 0x1274, 0x5000),
	VIRTIO("virtio-sound-pci", 0, 0x1059),
	/* others */
	VIRTIO("virtio-balloon-pci", 0x1002, 0x1045),
	VIRTIO("virtio-serial-pci", 0x1003, 0x1043),
	VIRTIO("virtio-rng-pci", 0x1005, 0x1044),
	VIRTIO("virtio-9p-pci", 0x1009, 0x1049),
	VIRTIO("vhost-user-fs-pci", 0, 0x105a),
	VIRTIO("virtio-keyboard-pci", 0, 0x1052),
	VIRTIO("virtio-mouse-pci", 0, 0x1052),
	VIRTIO("virtio-tablet-pci", 0, 0x1052),
	VIRTIO("virtio-input-host-pci", 0, 0x1052),
	VIRTIO("vhost-vsock-pci", 0, 0x1053),
	VIRTIO("virtio-crypto-pci", 0, 0x1054),
	VIRTIO("virtio-iommu-pci", 0, 0x1057),
	VIRTIO("virtio-mem-pci", 0, 0x1058),
	VIRTIO("virtio-pmem-pci", 0, 0x105b),
	DEVICE("i6300esb", 0x8086, 0x25ab),
	DEVICE("ivshmem-plain", 0x1af4, 0x1110),
	DEVICE("ivshmem-doorbell", 0x1af4, 0x1110),
	DEVICE("pvpanic-pci", 0x1b36, 0x0011),
	DEVICE("pci-serial", 0x1b36, 0x0002),
	DEVICE("pci-serial-2x", 0x1b36, 0x0003),
	DEVICE("pci-serial-4x", 0x1b36, 0x0004),
	DEVICE("pci-testdev", 0x1b36, 0x0005),
};

#define MODELS (sizeof(models) / sizeof(models[0]))

const struct qemu_model *qemu_model(const char *name)
{
	for (size_t i = 0; i < MODELS; i++)
		if (!strcmp(models[i].name, name))
			return &models[i];
	return NULL;
}

static bool has_ids(const struct qemu_model *model, uint16_t vendor, uint16_t product)
{
	return model->vendor == vendor &&
		(model->product == product || (model->modern && model->modern == product));
}

const struct qemu_model *qemu_model_of(uint16_t vendor, uint16_t product)
{
	for (size_t i = 0; i < MODELS; i++)
		if (has_ids(&models[i], vendor, product))
			return &models[i];
	return NULL;
}

const struct qemu_model *qemu_model_next(const struct qemu_model *last)
{
	size_t at = last ? (size_t)(last - models) + 1 : 0;

	return at < MODELS ? &models[at] : NULL;
}
