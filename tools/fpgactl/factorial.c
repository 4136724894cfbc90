// SPDX-License-Identifier: GPL-2.0-or-later
#include "fpgactl/factorial.h"

uint32_t factorial32(uint32_t n)
{
	uint32_t product = 1;

	/* from 34! on, 2^32 divides it */
	for (uint32_t i = 2; i <= n && product; i++)
		product *= i;
	return product;
}
