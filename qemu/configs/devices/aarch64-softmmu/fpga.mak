# SPDX-License-Identifier: GPL-2.0-or-later
# What an arm64 guest with the fpga card is started with, for
# configure --without-default-devices --with-devices-aarch64=fpga

CONFIG_FPGA=y
CONFIG_DEC_21154=y

CONFIG_ARM_VIRT=y

# Bridges and ports
CONFIG_PCI_BRIDGE=y
CONFIG_PCIE_PORT=y
CONFIG_PCIE_PCI_BRIDGE=y
CONFIG_I82801B11=y
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

# Cards to compare with
CONFIG_EDU=y
CONFIG_PCI_TESTDEV=y
# Cards with I/O BARs, to stand behind a fixed bridge
CONFIG_E1000_PCI=y
CONFIG_RTL8139_PCI=y
CONFIG_SERIAL_PCI=y
