/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PCIADDR_UTF8_H
#define PCIADDR_UTF8_H

#include <stddef.h>

/*
 * The length of the character at @text, of which @left bytes may be read (more than 0);
 * 0 when it is no UTF-8 (Unicode 15.0, table 3-7).
 */
size_t utf8_length(const char *text, size_t left);

#endif
