# SPDX-License-Identifier: GPL-2.0-or-later
# What a guest with the fpga card is started with, for
# configure --without-default-devices --with-devices-x86_64=fpga

CONFIG_FPGA=y
CONFIG_DEC_21154=y
CONFIG_PCI_SHAPE=y

CONFIG_I440FX=y
CONFIG_Q35=y
CONFIG_HPET=y
CONFIG_VTD=y

# Bridges and ports
CONFIG_PCI_BRIDGE=y
CONFIG_PCIE_PORT=y
CONFIG_PCIE_PCI_BRIDGE=y
CONFIG_I82801B11=y
CONFIG_XIO3130=y
CONFIG_PXB=y
# pci_expander_bridge.c does not link without CXL, nor that without its memory
CONFIG_CXL=y
CONFIG_CXL_MEM_DEVICE=y

CONFIG_VIRTIO_PCI=y
CONFIG_VIRTIO_BLK=y
CONFIG_VIRTIO_SERIAL=y
CONFIG_VIRTIO_RNG=y
# Directories of the host in the guest: needs configure --enable-virtfs
CONFIG_VIRTIO_9P=y
CONFIG_NVME_PCI=y
# nvme/ctrl.c does not link without it
CONFIG_SPDM_SOCKET=y

# Cards to compare with
CONFIG_EDU=y
CONFIG_PCI_TESTDEV=y

# Cards with I/O BARs, to stand behind a fixed bridge
CONFIG_AC97=y
CONFIG_E1000_PCI=y
CONFIG_ES1370=y
CONFIG_NE2000_PCI=y
CONFIG_PCNET_PCI=y
CONFIG_RTL8139_PCI=y
CONFIG_SERIAL_PCI=y
CONFIG_SERIAL_PCI_MULTI=y
CONFIG_VIRTIO_NET=y

CONFIG_SERIAL_ISA=y
CONFIG_ISA_DEBUG=y
CONFIG_ISA_TESTDEV=y
CONFIG_PVPANIC_ISA=y
CONFIG_PVPANIC_PCI=y
