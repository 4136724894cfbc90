/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A boot sector that enumerates nothing: it knows the card's ports and uses them.
 *
 * Says what it saw on the first serial port, and ends QEMU through
 * isa-debug-exit (iobase 0xf4) with 0 when all was as expected; QEMU's exit
 * status is then 1, and 3 otherwise.
 */
#define __ASSEMBLY__
#include "fpga_regs.h"

#define COM1		0x3f8
#define COM1_STATUS	0x3fd
#define COM1_EMPTY	0x20
#define DEBUG_EXIT	0xf4

#define PATTERN		0x5aa51234

	.code16
	.globl	_start
_start:
	ljmp	$0, $1f
1:	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %ss
	movw	$0x7c00, %sp
	cld

	movw	$id_text, %si
	movw	$FPGA_IO_BASE + FPGA_ID, %dx
	movl	$FPGA_ID_VALUE, %ebx
	call	expect

	movw	$base_text, %si
	movw	$FPGA_IO_BASE + FPGA_FIXED_BASE, %dx
	movl	$FPGA_IO_BASE, %ebx
	call	expect

	movw	$FPGA_IO_BASE + FPGA_SCRATCH, %dx
	movl	$PATTERN, %eax
	outl	%eax, %dx
	movw	$scratch_text, %si
	movl	$~PATTERN, %ebx
	call	expect

	/* the last four ports of the card, in bytes */
	movw	$FPGA_IO_BASE + FPGA_REGFILE + FPGA_REGFILE_SIZE - 4, %dx
	movl	$PATTERN, %eax
	movw	$4, %cx
2:	outb	%al, %dx
	incw	%dx
	shrl	$8, %eax
	loop	2b
	subw	$4, %dx
	movw	$regfile_text, %si
	movl	$PATTERN, %ebx
	call	expect

	movw	$pass_text, %si
	call	print
	xorw	%ax, %ax
	jmp	quit

/* Reads port %dx, wants %ebx; %si is what it is called. */
expect:
	call	print
	inl	%dx, %eax
	cmpl	%ebx, %eax
	jne	3f
	movw	$ok_text, %si
	jmp	print
3:	call	print_hex
	movw	$fail_text, %si
	call	print
	movw	$1, %ax
quit:
	movw	$DEBUG_EXIT, %dx
	outb	%al, %dx
4:	hlt
	jmp	4b

print:
	lodsb
	testb	%al, %al
	jz	5f
	call	put
	jmp	print
5:	ret

/* %eax as eight hexadecimal digits */
print_hex:
	movw	$8, %cx
6:	roll	$4, %eax
	pushl	%eax
	andb	$0x0f, %al
	cmpb	$10, %al
	jb	7f
	addb	$'a' - '0' - 10, %al
7:	addb	$'0', %al
	call	put
	popl	%eax
	loop	6b
	ret

put:
	pushw	%dx
	pushw	%ax
	movw	$COM1_STATUS, %dx
8:	inb	%dx, %al
	testb	$COM1_EMPTY, %al
	jz	8b
	popw	%ax
	movw	$COM1, %dx
	outb	%al, %dx
	popw	%dx
	ret

id_text:	.asciz	"ID "
base_text:	.asciz	"fixed base "
scratch_text:	.asciz	"scratch "
regfile_text:	.asciz	"register file "
ok_text:	.asciz	"ok\r\n"
fail_text:	.asciz	" is wrong\r\n"
pass_text:	.asciz	"boot sector: passed\r\n"

	.org	510
	.word	0xaa55
