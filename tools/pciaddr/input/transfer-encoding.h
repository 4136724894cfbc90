/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mail as it is stored or sent (.eml, mbox): RFC 2045's quoted-printable is undone, where a header
 * or the text itself shows that it is there; of base64 only the place is noted.
 */
#ifndef PCIADDR_INPUT_TRANSFER_ENCODING_H
#define PCIADDR_INPUT_TRANSFER_ENCODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* RFC 2046, 5.1.1: at most 70 characters */
#define MAIL_BOUNDARY_MAX 70
#define MAIL_BOUNDARIES 16

enum transfer_encoding {
	TRANSFER_PLAIN,
	TRANSFER_QUOTED,	/* quoted-printable */
	TRANSFER_BASE64,
};

struct mail {
	bool begun;
	bool has_headers;	/* which say of each part what it is */
	bool in_header;
	bool after_blank;
	enum transfer_encoding encoding;	/* of the part */
	bool picture;		/* or sound: no text */
	bool undecided;		/* its first lines are to show whether it still is */
	char boundaries[MAIL_BOUNDARIES][MAIL_BOUNDARY_MAX + 1];
	unsigned int boundary_count;
	uint32_t number;	/* of the line */
	uint32_t quoted_line;	/* the first that was undone; 0: none */
	uint32_t base64_line;	/* the first that was left out; 0: none */
};

/* A line feed in the text: does the line go on behind it, as far as quoted-printable says so? */
bool mail_line_goes_on(const char *text, const char *feed);

/* Undoes it in whole lines, where they are; returns how long they are then. */
size_t mail_undo(struct mail *mail, char *text, size_t length);

#endif
