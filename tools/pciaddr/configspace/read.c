// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/configspace/read.h"

static bool byte_present(const struct pci_function *function, unsigned int offset)
{
	if (offset >= function->config_length)
		return false;
	return !function->present || function->present[offset / 8] >> (offset % 8) & 1;
}

bool config_read(const struct pci_function *function, unsigned int offset, unsigned int size,
		 uint32_t *value)
{
	uint32_t result = 0;

	if (!function->present && size && offset + size <= function->config_length) {
		for (unsigned int i = size; i; i--)
			result = result << 8 | function->config[offset + i - 1];
		*value = result;
		return true;
	}
	for (unsigned int i = 0; i < size; i++) {
		if (!byte_present(function, offset + i))
			return false;
		result |= (uint32_t)function->config[offset + i] << (8 * i);
	}
	*value = result;
	return true;
}
