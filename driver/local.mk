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
