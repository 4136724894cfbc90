/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "did you mean ...?" */
#ifndef PCIADDR_SUGGEST_H
#define PCIADDR_SUGGEST_H

/* The one of @words (NULL-terminated) that @word was probably meant to be, or NULL. */
const char *suggest(const char *word, const char *const *words);

#endif
