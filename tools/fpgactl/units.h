/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rates and times for people; sizes are in common/numbers.h. */
#ifndef FPGACTL_UNITS_H
#define FPGACTL_UNITS_H

#include <stdbool.h>
#include <stdint.h>

#define UNITS_TEXT_SIZE	32

/* One formatted quantity, to be passed by value into a printf argument */
struct units_text {
	char text[UNITS_TEXT_SIZE];
};

/**
 * rate_text - "39.1 KiB/s"
 * @bytes: moved
 * @ns: in this time; 0 gives "-"
 */
struct units_text rate_text(uint64_t bytes, uint64_t ns);

/**
 * time_text - "203 ms", three significant digits
 * @ns: nanoseconds
 */
struct units_text time_text(uint64_t ns);

/**
 * clock_text - "1:05" or "2:00:01", for the time that is left
 * @seconds: whole seconds
 */
struct units_text clock_text(uint64_t seconds);

/**
 * parse_duration - "5", "2.5s", "500ms", "1m", "1h": seconds where no unit is given
 * @text: what to read
 * @ms: result [milliseconds], at least 1
 *
 * Return: false if it is not a duration, or above a thousand hours.
 */
bool parse_duration(const char *text, uint64_t *ms);

/**
 * per_second - a rate as a number
 * @count: things
 * @ns: in this time
 *
 * Return: things per second, 0 if @ns is 0.
 */
double per_second(uint64_t count, uint64_t ns);

/**
 * now_ns - a clock that only goes forward
 */
uint64_t now_ns(void);

#endif
