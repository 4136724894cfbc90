/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Firmware of 64 KiB for a PC, which does nothing but read the fpga card's first
 * register and say how long that takes. For REPEATS times, it puts three little-
 * endian 32-bit numbers out of the debug console: the ticks that COUNT reads
 * took, those that 2 * COUNT took, and what was read last. Then it ends QEMU
 * through isa-debug-exit. It uses no memory, so nothing has to be set up.
 */
#define __ASSEMBLY__
#include "fpga_regs.h"

#define COUNT		1000
#define REPEATS		5
#define PORT_CONSOLE	0xe9
#define PORT_EXIT	0xf4

	.code16
	.globl	_start
_start:
	mov	$REPEATS, %ebp
again:
	/* The first one warms up. */
	mov	$1, %ebx
	mov	$warm, %si
	jmp	measure
warm:
	mov	$1, %ebx
	mov	$once, %si
	jmp	measure
once:
	mov	$put_1, %si
	jmp	put
put_1:
	mov	$2, %ebx
	mov	$twice, %si
	jmp	measure
twice:
	mov	$put_2, %si
	jmp	put
put_2:
	mov	$(FPGA_IO_BASE + FPGA_ID), %dx
	in	%dx, %eax
	mov	%eax, %edi
	mov	$put_3, %si
	jmp	put
put_3:
	dec	%ebp
	jnz	again
	out	%al, $PORT_EXIT
	hlt

/* EDI = ticks of EBX * COUNT reads; back to SI */
measure:
	imul	$COUNT, %ebx, %ecx
	rdtsc
	mov	%eax, %edi
	mov	$(FPGA_IO_BASE + FPGA_ID), %dx
read:
	in	%dx, %eax
	dec	%ecx
	jnz	read
	rdtsc
	sub	%edi, %eax
	mov	%eax, %edi
	jmp	*%si

/* EDI to the console; back to SI */
put:
	mov	$4, %ecx
	mov	%edi, %eax
put_byte:
	out	%al, $PORT_CONSOLE
	shr	$8, %eax
	dec	%ecx
	jnz	put_byte
	jmp	*%si

	/* Where a processor starts */
	.org	0xfff0
	jmp	_start
	.org	0x10000
