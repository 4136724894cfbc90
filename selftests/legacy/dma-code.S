/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A boot sector that runs code in card RAM (BAR2), overwrites it by DMA, and runs it
 * again: it must be the new code, also where instructions are translated (TCG).
 *
 * The card is 01:01.0 as firmware numbers it, at its fixed ports. Says what it saw on the
 * first serial port, and ends QEMU through isa-debug-exit as bootsector.S does.
 */
#define __ASSEMBLY__
#include "fpga_regs.h"

#define COM1		0x3f8
#define COM1_STATUS	0x3fd
#define COM1_EMPTY	0x20
#define DEBUG_EXIT	0xf4

#define CONFIG_ADDRESS	0xcf8
#define CONFIG_DATA	0xcfc
#define CARD		0x80010800	/* bus 1, slot 1, function 0 */
#define COMMAND		0x04
#define ENABLE		0x07		/* I/O, memory, bus master */
#define BAR2		0x18

#define RING		0x9000
#define ENTRIES		2
#define CALLS		1000		/* of each code */

	.code16
	.globl	_start
_start:
	cli
	ljmp	$0, $1f
1:	xorw	%ax, %ax
	movw	%ax, %ds
	lgdt	gdt_pointer
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	ljmp	$8, $flat

	.code32
flat:	movw	$16, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movl	$0x7c00, %esp
	cld

	movl	$CARD + COMMAND, %eax
	movl	$ENABLE, %ebx
	call	config_write
	movl	$CARD + BAR2, %eax
	call	config_read
	andl	$~0xf, %eax
	movl	%eax, %ebp

	movl	$RING, %edi
	xorl	%eax, %eax
	movl	$FPGA_DESC_SIZE * ENTRIES / 4, %ecx
	rep stosl
	movl	$FPGA_IO_BASE + FPGA_DMA_RING_LO, %edx
	movl	$RING, %eax
	outl	%eax, %dx
	movl	$FPGA_IO_BASE + FPGA_DMA_RING_SIZE, %edx
	movl	$ENTRIES, %eax
	outl	%eax, %dx
	movl	$FPGA_IO_BASE + FPGA_DMA_CONTROL, %edx
	movl	$FPGA_DMA_CONTROL_RUN, %eax
	outl	%eax, %dx

	movl	$RING, %edi
	movl	$code_1, %esi
	movl	$1, %ebx
	call	load_and_run
	movl	$RING + FPGA_DESC_SIZE, %edi
	movl	$code_2, %esi
	movl	$2, %ebx
	call	load_and_run

	movl	$pass_text, %esi
	xorl	%eax, %eax
	jmp	quit

/* The code at %esi goes by the entry at %edi to card RAM, and is to return %ebx there. */
load_and_run:
	movl	%esi, (%edi)
	movl	$code_2 - code_1, 16(%edi)
	movl	$FPGA_DESC_S_OWN, 28(%edi)
	movl	$FPGA_IO_BASE + FPGA_DMA_DOORBELL, %edx
	outl	%eax, %dx
2:	testl	$FPGA_DESC_S_OWN, 28(%edi)
	jnz	2b
	cmpl	$FPGA_DESC_S_DONE, 28(%edi)
	movl	$dma_text, %esi
	jne	fail
	movl	$CALLS, %ecx
3:	call	*%ebp
	cmpl	%ebx, %eax
	movl	$code_text, %esi
	jne	fail
	loop	3b
	ret

config_read:
	movl	$CONFIG_ADDRESS, %edx
	outl	%eax, %dx
	movl	$CONFIG_DATA, %edx
	inl	%dx, %eax
	ret

config_write:
	movl	$CONFIG_ADDRESS, %edx
	outl	%eax, %dx
	movl	$CONFIG_DATA, %edx
	movl	%ebx, %eax
	outl	%eax, %dx
	ret

fail:	movl	$1, %eax
quit:	movl	%eax, %ebx
4:	lodsb
	testb	%al, %al
	jz	6f
	movb	%al, %ah
	movl	$COM1_STATUS, %edx
5:	inb	%dx, %al
	testb	$COM1_EMPTY, %al
	jz	5b
	movb	%ah, %al
	movl	$COM1, %edx
	outb	%al, %dx
	jmp	4b
6:	movl	$DEBUG_EXIT, %edx
	movl	%ebx, %eax
	outb	%al, %dx
7:	hlt
	jmp	7b

code_1:	movl	$1, %eax
	ret
code_2:	movl	$2, %eax
	ret

dma_text:	.asciz	"the DMA has failed\r\n"
code_text:	.asciz	"the code in card RAM is not what was written there\r\n"
pass_text:	.asciz	"code in card RAM: passed\r\n"

	.balign 8
gdt:	.quad	0, 0x00cf9a000000ffff, 0x00cf92000000ffff
gdt_pointer:
	.word	. - gdt - 1
	.long	gdt

	.org	510
	.word	0xaa55
