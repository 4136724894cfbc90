/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of devices that other projects keep, as specifications. */
#ifndef PCIADDR_IMPORT_IMPORT_H
#define PCIADDR_IMPORT_IMPORT_H

#include <stdio.h>

/*
 * Reads SONiC's pcie.yaml, or a file of the kernel's discoverable devices
 * (tools/testing/selftests/devices/probe/boards), and writes a specification.  What cannot be
 * said in one is a warning on standard error, with its line.  EXIT_USAGE when the file is neither.
 */
int import_list(FILE *out, const char *path);

/* The same of a text; @path is what messages call it. */
int import_text(FILE *out, const char *path, const char *text, size_t length);

#endif
