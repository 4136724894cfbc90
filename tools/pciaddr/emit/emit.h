/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What makes a machine that a specification describes. */
#ifndef PCIADDR_EMIT_EMIT_H
#define PCIADDR_EMIT_EMIT_H

#include <stdio.h>

#include "pciaddr/spec/spec.h"

enum emit_form {
	EMIT_NONE,
	EMIT_QEMU,		/* lines of -device */
	EMIT_LIBVIRT,		/* a domain, of which the devices count */
};

/*
 * Writes it, and what it leaves to the reader on standard error.  Where the specification asks
 * for what cannot be, nothing is written but each such thing on standard error: EXIT_FAILED.
 */
int emit(FILE *out, enum emit_form form, const struct spec *spec);

#endif
