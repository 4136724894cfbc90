// SPDX-License-Identifier: GPL-2.0-or-later
#include "fpgactl/checks.h"

#include <stdarg.h>
#include <stdio.h>

bool check_failed(char *why, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, CHECK_WHY_SIZE, format, args);
	va_end(args);
	return false;
}

const struct check *all_checks(size_t index)
{
	/* the reset comes last: it changes what the others have set */
	static const struct check *const parts[] = {
		register_checks, dma_checks, irq_checks, other_checks,
	};

	for (size_t part = 0; part < sizeof(parts) / sizeof(parts[0]); part++)
		for (const struct check *check = parts[part]; check->name; check++)
			if (!index--)
				return check;
	return NULL;
}
