# SPDX-License-Identifier: GPL-2.0-or-later
# Pages and documents. Included by the top Makefile.am; paths are from the top. They are
# installed in the arrangement that they have here, so that the links among them hold.
dist_man_MANS += docs/emucard.4

nobase_dist_doc_DATA = \
	README.md \
	docs/dma-performance.md \
	docs/fixed-address-matrix.md \
	docs/fixed-address.md \
	docs/fpga-datasheet.md \
	docs/how-a-port-access-travels.md \
	docs/kvm.md \
	docs/own-machine.md \
	docs/results.md \
	docs/topology.svg \
	docs/tree.md \
	docs/writing-specs.md \
	examples/ansible/pciaddr-check.yml \
	examples/demo-guest.yaml \
	examples/fixed-card.yaml \
	examples/libvirt-domain.xml

dist_pkgdata_DATA = \
	docs/pciaddr-check-result.schema.json \
	docs/pciaddr-spec.schema.json
