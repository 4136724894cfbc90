# SPDX-License-Identifier: GPL-2.0-or-later
# The modules, from the top make: built where configure has found a kernel tree.
# Included by the top Makefile.am. "make install" leaves the running kernel
# alone; modules_install is for those who want it.
kbuild = $(MAKE) -C $(top_srcdir)/driver KDIR=$(KDIR) BUILD=$(abs_top_builddir)/kbuild

if BUILD_MODULES
all-local: modules
modules:
	+$(kbuild) modules
modules_install: modules
	+$(kbuild) INSTALL_MOD_PATH=$(DESTDIR) modules_install
clean-local:
	rm -rf kbuild
else
modules modules_install:
	@echo "configure found no kernel tree; use --with-kdir=DIR" >&2; exit 1
endif
.PHONY: modules modules_install

# Their source, for dkms: "dkms add DIR" takes it from any directory.
dkmsdir = $(prefix)/src/$(PACKAGE)-$(VERSION)
dkms_DATA = driver/dkms.conf
nobase_dist_dkms_DATA = \
	VERSION \
	driver/Kbuild \
	driver/Makefile \
	driver/edu.c \
	driver/emucard_budget.c \
	driver/emucard_buffer.c \
	driver/emucard_compat.c \
	driver/emucard_compat.h \
	driver/emucard_core.h \
	driver/emucard_dmabuf.c \
	driver/emucard_driver.h \
	driver/emucard_gate.c \
	driver/emucard_ioctl.c \
	driver/emucard_irq.c \
	driver/emucard_main.c \
	driver/emucard_mmap.c \
	driver/emucard_pages.c \
	driver/emucard_range.c \
	driver/emucard_request.c \
	driver/emucard_rw.c \
	driver/emucard_sysfs.c \
	driver/emucard_trace.h \
	driver/fpga_build.c \
	driver/fpga_dma.c \
	driver/fpga_dma.h \
	driver/fpga_pci.c \
	include/edu_regs.h \
	include/fpga_regs.h \
	include/uapi/linux/emucard.h
