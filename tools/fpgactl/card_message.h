/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages about one card: they begin with its name and slot. */
#ifndef FPGACTL_CARD_MESSAGE_H
#define FPGACTL_CARD_MESSAGE_H

#include "common/die.h"
#include "fpgactl/card.h"

#define CARD_TEXT_SIZE	64

/**
 * card_text - "fpga0 (0000:01:01.0)", without a node of our driver "0000:01:01.0"
 * @card: card
 * @buffer: result
 *
 * Return: @buffer.
 */
const char *card_text(const struct card *card, char buffer[CARD_TEXT_SIZE]);

/**
 * card_warn - say what is wrong with a card, and what to do about it
 * @card: card
 * @advice: NULL for none
 * @format: message
 */
void card_warn(const struct card *card, const char *advice, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * card_die - card_warn() and exit
 * @card: card
 * @status: to exit with
 * @advice: NULL for none
 * @format: message
 */
void card_die(const struct card *card, enum exit_status status, const char *advice,
	      const char *format, ...) __attribute__((format(printf, 4, 5), noreturn));

#endif
