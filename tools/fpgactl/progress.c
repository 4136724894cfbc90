// SPDX-License-Identifier: GPL-2.0-or-later
#include "fpgactl/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/wrap.h"
#include "fpgactl/units.h"

#define FIRST_DRAW_NS	UINT64_C(1000000000)
#define REDRAW_NS	UINT64_C(100000000)

#define LINE_MAX_COLUMNS	120
#define BAR_MIN_COLUMNS		5

void progress_start(struct progress *progress, const char *label, uint64_t total)
{
	*progress = (struct progress){
		.label = label,
		.total = total,
		.begin_ns = now_ns(),
		.terminal = terminal_columns(STDERR_FILENO) != 0,
	};
}

static void put_bar(char *text, unsigned int columns, double part)
{
	unsigned int full = (unsigned int)(part * columns);

	*text++ = '[';
	for (unsigned int i = 0; i < columns; i++)
		*text++ = i < full ? '#' : '.';
	*text++ = ']';
	*text = '\0';
}

void progress_line(char *text, size_t size, unsigned int columns,
		   const struct progress *progress, uint64_t done, uint64_t ns)
{
	double part = progress->total ? (double)done / (double)progress->total : 1;
	char bar[LINE_MAX_COLUMNS + 3] = "", left[UNITS_TEXT_SIZE + 8] = "";
	char head[64], tail[2 * UNITS_TEXT_SIZE + 32];
	size_t used;

	if (part > 1)
		part = 1;
	if (part > 0 && part < 1) {
		double seconds = (double)ns / 1e9 * (1 - part) / part;

		snprintf(left, sizeof(left), "  %s left",
			 clock_text((uint64_t)(seconds + 0.5)).text);
	}
	snprintf(head, sizeof(head), "%.40s ", progress->label);
	snprintf(tail, sizeof(tail), " %3.0f %%  %s%s", part * 100, rate_text(done, ns).text, left);

	if (columns > LINE_MAX_COLUMNS)
		columns = LINE_MAX_COLUMNS;
	/* one column stays free: some terminals wrap after the last */
	used = strlen(head) + strlen(tail) + 2 + 1;
	if (columns >= used + BAR_MIN_COLUMNS)
		put_bar(bar, columns - (unsigned int)used, part);
	snprintf(text, size, "%s%s%s", head, bar, tail);
	if (columns && strlen(text) >= columns)
		text[columns - 1] = '\0';
}

void progress_update(struct progress *progress, uint64_t done)
{
	char text[2 * LINE_MAX_COLUMNS];
	uint64_t now;

	if (!progress->terminal)
		return;
	now = now_ns();
	if (now - progress->begin_ns < FIRST_DRAW_NS || now - progress->drawn_ns < REDRAW_NS)
		return;
	progress_line(text, sizeof(text), terminal_columns(STDERR_FILENO), progress, done,
		      now - progress->begin_ns);
	/* erase what was there: the line may have become shorter */
	fprintf(stderr, "\r\033[K%s", text);
	fflush(stderr);
	progress->drawn_ns = now;
}

void progress_end(struct progress *progress)
{
	if (progress->drawn_ns)
		fputs("\r\033[K", stderr);
	progress->drawn_ns = 0;
}
