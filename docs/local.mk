# SPDX-License-Identifier: GPL-2.0-or-later
# Pages and documents. Included by the top Makefile.am; paths are from the top. They are
# installed in the arrangement that they have here, so that the links among them hold;
# those to the rest of the source tree are left out, and paths follow the prefix.
dist_man_MANS += docs/emucard.4

nobase_dist_doc_DATA = \
	README.md \
	docs/dma-performance.md \
	docs/fixed-address-matrix.md \
	docs/fixed-address.md \
	docs/fpga-datasheet.md \
	docs/how-a-memory-access-travels.md \
	docs/how-a-port-access-travels.md \
	docs/how-pci-express-travels.md \
	docs/kernel-logs.md \
	docs/kvm.md \
	docs/learn/first-driver.md \
	docs/learn/qemu-device.md \
	docs/memory-access.svg \
	docs/own-machine.md \
	docs/pci-express.svg \
	docs/porting.md \
	docs/reproduce.md \
	docs/results.md \
	docs/secure-boot.md \
	docs/seeds.md \
	docs/three-views.md \
	docs/topology.svg \
	docs/writing-specs.md \
	examples/ansible/pciaddr-check.yml \
	examples/ci/github-action.yml \
	examples/ci/gitlab.yml \
	examples/bisect-pci.sh \
	examples/demo-guest.yaml \
	examples/fixed-card.yaml \
	examples/hooks/kubevirt-addresses \
	examples/hooks/libvirt-qemu \
	examples/libvirt-domain.xml \
	examples/monitoring/pciaddr-alerts-test.yml \
	examples/monitoring/pciaddr-alerts.yml \
	examples/monitoring/pciaddr-dashboard.json

dist_pkgdata_DATA = \
	docs/fpga-ctl-result.schema.json \
	docs/pciaddr-check-result.schema.json \
	docs/pciaddr-spec.schema.json

install-data-hook:
	@cd "$(DESTDIR)$(docdir)" && for page in $(filter %.md,$(nobase_dist_doc_DATA)); do \
		$(AWK) -v page="$$page" -v mode=install -v installed="$(nobase_dist_doc_DATA)" \
			-f "$(abs_top_srcdir)/docs/links.awk" "$$page" >"$$page.new" && \
		cat "$$page.new" >"$$page" && rm "$$page.new" || exit; \
	done
	@for page in $(DESTDIR)$(docdir)/docs/*.md $(DESTDIR)$(mandir)/man[1-9]/pciaddr-* \
			$(DESTDIR)$(mandir)/man1/fpga-ctl.1; do \
		test -e "$$page" || continue; \
		sed 's,/usr/share/fpga-pci/,$(pkgdatadir)/,g' "$$page" >"$$page.new" && \
		cat "$$page.new" >"$$page" && rm "$$page.new" || exit; \
	done
