// SPDX-License-Identifier: GPL-2.0-or-later
#include "fpgactl/units.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const binary_prefix[] = { "", "Ki", "Mi", "Gi", "Ti" };

#define PREFIXES	(sizeof(binary_prefix) / sizeof(binary_prefix[0]))

double per_second(uint64_t count, uint64_t ns)
{
	return ns ? (double)count * 1e9 / (double)ns : 0;
}

/* Digits after the point that make three significant ones */
static int decimals(double value)
{
	if (value >= 99.95)
		return 0;
	return value >= 9.995 ? 1 : 2;
}

struct units_text rate_text(uint64_t bytes, uint64_t ns)
{
	struct units_text t;
	double rate = per_second(bytes, ns);
	unsigned int prefix = 0;

	while (rate >= 1000 && prefix < PREFIXES - 1) {
		rate /= 1024;
		prefix++;
	}
	if (ns)
		snprintf(t.text, sizeof(t.text), "%.*f %sB/s", decimals(rate), rate,
			 binary_prefix[prefix]);
	else
		snprintf(t.text, sizeof(t.text), "-");
	return t;
}

struct units_text time_text(uint64_t ns)
{
	static const char *const unit[] = { "ns", "us", "ms", "s" };
	struct units_text t;
	double value = (double)ns;
	unsigned int i = 0;

	while (value >= 999.5 && i < 3) {
		value /= 1000;
		i++;
	}
	snprintf(t.text, sizeof(t.text), "%.*f %s", i ? decimals(value) : 0, value, unit[i]);
	return t;
}

/* "2.5": the digits as a number of thousandths; the position after them */
static const char *parse_thousandths(const char *text, uint64_t *value)
{
	uint64_t n = 0;
	unsigned int digits = 0;

	for (; isdigit((unsigned char)*text) && n < 1000000000; text++, digits++)
		n = 10 * n + (uint64_t)(*text - '0');
	n *= 1000;
	if (digits && *text == '.') {
		uint64_t place = 100;

		if (!isdigit((unsigned char)*++text))
			return NULL;
		for (; isdigit((unsigned char)*text); text++, place /= 10)
			n += place * (uint64_t)(*text - '0');
	}
	*value = n;
	return digits ? text : NULL;
}

bool parse_duration(const char *text, uint64_t *ms)
{
	static const struct {
		const char *suffix;
		uint64_t ms;
	} units[] = {
		{ "", 1000 }, { "s", 1000 }, { "ms", 1 }, { "m", 60000 }, { "min", 60000 },
		{ "h", 3600000 },
	};
	uint64_t thousandths;

	text = parse_thousandths(text, &thousandths);
	if (!text)
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(text, units[i].suffix))
			continue;
		*ms = thousandths * units[i].ms / 1000;
		return *ms >= 1 && *ms <= UINT64_C(3600000) * 1000;
	}
	return false;
}

struct units_text clock_text(uint64_t seconds)
{
	struct units_text t;
	uint64_t hours = seconds / 3600;
	unsigned int minutes = (unsigned int)(seconds / 60 % 60);

	if (hours)
		snprintf(t.text, sizeof(t.text), "%" PRIu64 ":%02u:%02u", hours, minutes,
			 (unsigned int)(seconds % 60));
	else
		snprintf(t.text, sizeof(t.text), "%u:%02u", minutes, (unsigned int)(seconds % 60));
	return t;
}

uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}
