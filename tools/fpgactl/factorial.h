/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FPGACTL_FACTORIAL_H
#define FPGACTL_FACTORIAL_H

#include <stdint.h>

/**
 * factorial32 - what the edu card is to compute
 * @n: any
 *
 * Return: n! modulo 2^32.
 */
uint32_t factorial32(uint32_t n);

#endif
