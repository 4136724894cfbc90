/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "did you mean ...?" */
#ifndef PCIADDR_SUGGEST_H
#define PCIADDR_SUGGEST_H

/*
 * The one of @words (NULL-terminated) that is nearest to @word by the letters that would have
 * to be changed; NULL when none is near enough to be meant.
 */
const char *suggest(const char *word, const char *const *words);

#endif
