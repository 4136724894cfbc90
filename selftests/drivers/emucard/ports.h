/* SPDX-License-Identifier: GPL-2.0-only */
/* The fpga card's registers, written behind the driver's back through /dev/port */
#ifndef PORTS_H
#define PORTS_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "fpga_regs.h"

/* /dev/port ends there, as x86's ports do; elsewhere the CPU's may be higher than the bus's. */
static inline bool can_poke(uint64_t base)
{
	return base + FPGA_IO_SIZE <= 0x10000;
}

static inline int open_ports(void)
{
	return open("/dev/port", O_RDWR | O_CLOEXEC);
}

/* /dev/port writes byte by byte; what is above the first byte must not matter. */
static inline void poke(int port, uint64_t base, uint32_t reg, uint8_t value)
{
	if (pwrite(port, &value, 1, base + reg) != 1)
		abort();
}

/* Stop the engine: what is in its ring stays there. */
static inline void stick(int port, uint64_t base)
{
	poke(port, base, FPGA_DMA_CONTROL, 0);
}

#endif /* PORTS_H */
