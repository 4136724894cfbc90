# SPDX-License-Identifier: GPL-2.0-or-later
# Included by the top Makefile.am; paths are from the top.
systemdunit_DATA = tools/systemd/pciaddr-check.service
dist_systemdunit_DATA = tools/systemd/pciaddr-check.timer
presetdir = $(prefix)/lib/systemd/system-preset
dist_preset_DATA = tools/systemd/60-fpga-pci.preset
pciaddrlibexecdir = $(libexecdir)/fpga-pci
pciaddrlibexec_SCRIPTS = tools/systemd/pciaddr-check-boot

systemd_made = tools/systemd/pciaddr-check.service tools/systemd/pciaddr-check-boot
EXTRA_DIST += tools/systemd/pciaddr-check.service.in tools/systemd/pciaddr-check-boot.in
CLEANFILES += $(systemd_made)

# The directories may be given to make, too: configure does not have the last word.
$(systemd_made): Makefile
	$(AM_V_GEN)$(MKDIR_P) tools/systemd && sed -e 's|@bindir[@]|$(bindir)|g' \
		-e 's|@libexecdir[@]|$(libexecdir)|g' -e 's|@sysconfdir[@]|$(sysconfdir)|g' \
		"$(srcdir)/$@.in" >$@.tmp && mv $@.tmp $@
	@case $@ in *-boot) chmod +x $@ ;; esac
tools/systemd/pciaddr-check.service: tools/systemd/pciaddr-check.service.in
tools/systemd/pciaddr-check-boot: tools/systemd/pciaddr-check-boot.in
