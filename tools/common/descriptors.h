/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptors 0 to 2, which a caller may have closed. */
#ifndef TOOLS_COMMON_DESCRIPTORS_H
#define TOOLS_COMMON_DESCRIPTORS_H

/*
 * Occupies each of descriptors 0 to 2 that is closed, so that the next file that is opened does
 * not become standard input, output or error.  Reading or writing such a descriptor still
 * fails with EBADF.  To be called first in main(); exits with EXIT_CANNOT_TELL if /dev/null
 * cannot be opened.
 */
void keep_standard_descriptors(void);

#endif
