/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A boot sector that enumerates nothing, for any card: it reads COUNT bytes from PORT on,
 * says on the first serial port whether they are VALUE, the lowest first, and ends QEMU
 * through isa-debug-exit. All three are given by -D.
 */
#define COM1		0x3f8
#define COM1_STATUS	0x3fd
#define COM1_EMPTY	0x20
#define DEBUG_EXIT	0xf4

	.code16
	.globl	_start
_start:
	ljmp	$0, $1f
1:	xorw	%ax, %ax
	movw	%ax, %ds
	cld
	movw	$PORT, %dx
	movl	$VALUE, %ebx
	movw	$COUNT, %cx
	movw	$not_found, %si
2:	inb	%dx, %al
	cmpb	%bl, %al
	jne	print
	incw	%dx
	shrl	$8, %ebx
	loop	2b
	movw	$found, %si

print:	lodsb
	testb	%al, %al
	jz	4f
	movb	%al, %ah
	movw	$COM1_STATUS, %dx
3:	inb	%dx, %al
	testb	$COM1_EMPTY, %al
	jz	3b
	movb	%ah, %al
	movw	$COM1, %dx
	outb	%al, %dx
	jmp	print
4:	movw	$DEBUG_EXIT, %dx
	outb	%al, %dx
5:	hlt
	jmp	5b

found:		.asciz	"stock card: found\r\n"
not_found:	.asciz	"stock card: not found\r\n"

	.org	510
	.word	0xaa55
