// SPDX-License-Identifier: GPL-2.0-or-later
#include "fpgactl/card_message.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define MESSAGE_SIZE	512

const char *card_text(const struct card *card, char buffer[CARD_TEXT_SIZE])
{
	if (card->name[0])
		snprintf(buffer, CARD_TEXT_SIZE, "%s (%s)", card->name, card->slot);
	else
		snprintf(buffer, CARD_TEXT_SIZE, "%s", card->slot);
	return buffer;
}

static void say(const struct card *card, const char *advice, const char *format, va_list args)
{
	char text[CARD_TEXT_SIZE], message[MESSAGE_SIZE];

	vsnprintf(message, sizeof(message), format, args);
	warn_advice(advice, "%s: %s", card_text(card, text), message);
}

void card_warn(const struct card *card, const char *advice, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(card, advice, format, args);
	va_end(args);
}

void card_die(const struct card *card, enum exit_status status, const char *advice,
	      const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(card, advice, format, args);
	va_end(args);
	exit(status);
}
