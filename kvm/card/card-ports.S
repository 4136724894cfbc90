/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Firmware of 64 KiB for a PC, which uses two fpga cards in all the ways that
 * there are, and stores all that it sees in memory from RESULTS on. Nothing in it
 * depends on time, so two machines that behave alike store the same, byte for
 * byte.
 *
 * It wants a card at its fixed base behind a dec-21154 in slot 4, another one at
 * GONE_BASE that does not answer, and one in slot 5 whose BAR0 can be moved. It says on the debug console what it does.
 * At the line "wait" it stays until that console reads as READY, so that the
 * machine can be migrated; after the line "end" it does nothing any more.
 */
#define __ASSEMBLY__
#include "fpga_regs.h"

#define PORT_CONSOLE	0xe9
#define READY		0xaa
#define PORT_RESET	0xcf9	/* of the PIIX3 */
#define PORT_EJECT	0xae08	/* of ACPI's PCI hotplug: a bit for each slot */
#define GONE_BASE	(FPGA_IO_BASE + FPGA_IO_SIZE)
#define PART		0x3fc	/* offset from the first card's base */

#define PCI_DEV(bus, slot)	(0x80000000 | (bus) << 16 | (slot) << 11)
#define BRIDGE		PCI_DEV(0, 4)
#define FIXED		PCI_DEV(1, 1)
#define FREE		PCI_DEV(0, 5)
#define PCI_COMMAND	0x04
#define   DECODE_IO	0x1
#define   BUS_MASTER	0x4
#define PCI_BAR0	0x10
#define PCI_BUSES	0x18
#define PCI_CAPS	0x34

/* In memory, below 64 KiB */
#define BOOTED		0x500	/* MAGIC after the first boot */
#define MAGIC		0x544f4f42
#define STRING		0x600
#define RESULT		0x508	/* where the next byte goes: offset, segment */
#define STACK		0x7c00
#define RESULTS		0x50000

/* Segments: the ring, source and destination of DMA, where messages go */
#define RING		0x1000
#define SOURCE		0x2000
#define DESTINATION	0x3000
#define MESSAGE		0x4000

#define RING_SIZE	8
#define BYTES		256

/* Long enough for any wait: how often it is looked, and rested */
#define PATIENCE	10000
#define REST		1000000

	.code16
	.globl	_start

	.macro	say text
	mov	$9f, %si
	call	put_text
	.subsection 1
9:	.asciz	"\text\n"
	.previous
	.endm

	/* What QEMU traces shows where this part begins: nothing is at that port. */
	.macro	part number, text
	mov	$(FPGA_IO_BASE + PART), %dx
	mov	$\number, %eax
	out	%eax, %dx
	say	"\text"
	.endm

	.macro	config_write device, register, value
	mov	$(\device | \register), %eax
	mov	$\value, %ebx
	call	config
	.endm

	/* To the card whose base is in BP */
	.macro	write_reg register, value
	lea	\register(%bp), %dx
	mov	$\value, %eax
	out	%eax, %dx
	.endm

	.macro	show_reg register
	lea	\register(%bp), %dx
	in	%dx, %eax
	call	put_long
	.endm

	.macro	sweep routine, first, bytes
	lea	\first(%bp), %si
	lea	(\first + \bytes)(%bp), %di
	call	\routine
	.endm

	.macro	descriptor index, address, card, length, flags
	movl	$\address, %es:(\index * FPGA_DESC_SIZE)
	movl	$0, %es:(\index * FPGA_DESC_SIZE + 4)
	movl	$\card, %es:(\index * FPGA_DESC_SIZE + 8)
	movl	$0, %es:(\index * FPGA_DESC_SIZE + 12)
	movl	$\length, %es:(\index * FPGA_DESC_SIZE + 16)
	movl	$\flags, %es:(\index * FPGA_DESC_SIZE + 20)
	movl	$0, %es:(\index * FPGA_DESC_SIZE + 24)
	movl	$FPGA_DESC_S_OWN, %es:(\index * FPGA_DESC_SIZE + 28)
	.endm

_start:
	xor	%ax, %ax
	mov	%ax, %ds
	mov	%ax, %es
	mov	%ax, %ss
	mov	$STACK, %sp
	cld
	mov	$0x12345678, %ebx
	mov	$FPGA_IO_BASE, %bp

	cmpl	$MAGIC, BOOTED
	je	second_boot
	movl	$MAGIC, BOOTED
	movl	$(RESULTS << 12), RESULT
	mov	RESULT + 2, %fs
	part	1, "reset values"
	sweep	show_ports, 0, FPGA_IO_SIZE

	part	2, "control registers"
	sweep	try_ports, 0, 0x40
	sweep	try_ports, FPGA_DMA_RING_LO, 0x20

	part	3, "register file"
	sweep	fill_ports, FPGA_REGFILE, FPGA_REGFILE_SIZE
	sweep	show_ports, FPGA_REGFILE, FPGA_REGFILE_SIZE

	part	4, "unaligned, and strings"
	call	odd_accesses

	part	5, "DMA"
	config_write	BRIDGE, PCI_BUSES, 0x00010100
	config_write	BRIDGE, PCI_COMMAND, (DECODE_IO | BUS_MASTER)
	config_write	FIXED, PCI_COMMAND, (DECODE_IO | BUS_MASTER)
	call	use_dma

	part	6, "messages"
	call	use_messages

	part	7, "a card that moves"
	call	move_card

	say	"reset"
	write_reg	(FPGA_REGFILE + 0x10), 0x11223344
	write_reg	FPGA_INT_ENABLE, FPGA_INT_DMA_DONE
	mov	$PORT_RESET, %dx
	mov	$0x02, %al
	out	%al, %dx
	mov	$0x06, %al
	out	%al, %dx
	hlt

second_boot:
	mov	RESULT + 2, %fs
	part	8, "reset values again"
	sweep	show_ports, 0, FPGA_IO_SIZE
	sweep	fill_ports, FPGA_REGFILE, FPGA_REGFILE_SIZE
	write_reg	FPGA_SCRATCH, 0x5aa51234
	write_reg	FPGA_INT_ENABLE, FPGA_INT_ALL
	write_reg	FPGA_INT_RAISE, 0x00050000
	write_reg	FPGA_DMA_RING_LO, 0x12345680
	write_reg	FPGA_DMA_RING_SIZE, RING_SIZE
	say	"wait"
1:	call	rest
	in	$PORT_CONSOLE, %al
	cmp	$READY, %al
	jne	1b
	part	11, "gone on"
	sweep	show_ports, 0, FPGA_IO_SIZE
	sweep	fill_ports, FPGA_REGFILE, FPGA_REGFILE_SIZE
	sweep	show_ports, FPGA_REGFILE, FPGA_REGFILE_SIZE
	config_write	BRIDGE, PCI_BUSES, 0x00010100
	config_write	BRIDGE, PCI_COMMAND, (DECODE_IO | BUS_MASTER)
	config_write	FIXED, PCI_COMMAND, (DECODE_IO | BUS_MASTER)
	call	use_dma
	say	"end"
1:	hlt
	jmp	1b

/* What the ports SI to DI - 1 read as, in each size */
show_ports:
	mov	%si, %dx
1:	in	%dx, %al
	call	put_byte
	inc	%dx
	cmp	%di, %dx
	jb	1b
	mov	%si, %dx
2:	in	%dx, %ax
	call	put_word
	add	$2, %dx
	cmp	%di, %dx
	jb	2b
	mov	%si, %dx
3:	in	%dx, %eax
	call	put_long
	add	$4, %dx
	cmp	%di, %dx
	jb	3b
	ret

/* Other values in the ports SI to DI - 1, in each size, and what was there then */
fill_ports:
	mov	%si, %dx
1:	call	next_value
	out	%al, %dx
	inc	%dx
	cmp	%di, %dx
	jb	1b
	call	show_longs
	mov	%si, %dx
2:	call	next_value
	out	%ax, %dx
	add	$2, %dx
	cmp	%di, %dx
	jb	2b
	call	show_longs
	mov	%si, %dx
3:	call	next_value
	out	%eax, %dx
	add	$4, %dx
	cmp	%di, %dx
	jb	3b
	jmp	show_longs

/* Writes to the ports SI to DI - 1, in each size, and what each does to the card */
try_ports:
	mov	%si, %dx
1:	call	next_value
	out	%al, %dx
	call	show_control
	inc	%dx
	cmp	%di, %dx
	jb	1b
	mov	%si, %dx
2:	call	next_value
	out	%ax, %dx
	call	show_control
	add	$2, %dx
	cmp	%di, %dx
	jb	2b
	mov	%si, %dx
3:	call	next_value
	out	%eax, %dx
	call	show_control
	add	$4, %dx
	cmp	%di, %dx
	jb	3b
	ret

/* All registers that can change; keeps SI, DI, DX */
show_control:
	push	%si
	push	%di
	push	%dx
	sweep	show_longs, FPGA_SCRATCH, 0x30
	sweep	show_longs, FPGA_DMA_RING_LO, 0x20
	pop	%dx
	pop	%di
	pop	%si
	ret

show_longs:
	mov	%si, %dx
1:	in	%dx, %eax
	call	put_long
	add	$4, %dx
	cmp	%di, %dx
	jb	1b
	ret

odd_accesses:
	lea	(FPGA_REGFILE + 1)(%bp), %dx
	in	%dx, %ax
	call	put_long
	in	%dx, %eax
	call	put_long
	call	next_value
	out	%ax, %dx
	lea	(FPGA_REGFILE + 0x22)(%bp), %dx
	call	next_value
	out	%eax, %dx
	in	%dx, %eax
	call	put_long
	sweep	show_longs, FPGA_REGFILE, 0x40

	/* One port many times, from memory and to memory */
	lea	(FPGA_REGFILE + 0x30)(%bp), %dx
	mov	$STRING, %si
	mov	$16, %cx
	rep outsl
	mov	$STRING, %di
	mov	$32, %cx
	rep insw
	mov	$STRING, %si
	mov	$16, %cx
1:	lodsl
	call	put_long
	loop	1b
	ret

use_dma:
	mov	$SOURCE, %ax
	mov	%ax, %es
	xor	%di, %di
	mov	$(BYTES / 4), %cx
1:	call	next_value
	stosl	%eax, %es:(%di)
	loop	1b

	mov	$RING, %ax
	mov	%ax, %es
	descriptor	0, 0, 0, 0, FPGA_DESC_F_NOP
	descriptor	1, (SOURCE << 4), 0x40, BYTES, 0
	descriptor	2, (DESTINATION << 4), 0x40, BYTES, (FPGA_DESC_F_TO_HOST | FPGA_DESC_F_IRQ)
	descriptor	3, (SOURCE << 4), 0x10000000, 16, FPGA_DESC_F_IRQ
	movl	$0, %es:(4 * FPGA_DESC_SIZE + 28)
	/* The last one of them in a batch of its own */
	movl	$0, %es:(3 * FPGA_DESC_SIZE + 28)

	write_reg	FPGA_CONTROL, FPGA_CONTROL_RESET
	write_reg	FPGA_DMA_DOORBELL, 1
	write_reg	FPGA_DMA_RING_LO, (RING << 4)
	write_reg	FPGA_DMA_RING_HI, 0
	write_reg	FPGA_DMA_RING_SIZE, RING_SIZE
	write_reg	FPGA_DMA_CONTROL, FPGA_DMA_CONTROL_RUN
	call	show_control
	write_reg	FPGA_DMA_DOORBELL, 0
	call	wait_done
	movl	$FPGA_DESC_S_OWN, %es:(3 * FPGA_DESC_SIZE + 28)
	lea	(FPGA_DMA_DOORBELL + 3)(%bp), %dx
	out	%al, %dx
	call	wait_done

	/* What is rung for an engine that stops is not executed later. */
	movl	$FPGA_DESC_S_OWN, %es:(28)
	write_reg	FPGA_DMA_CONTROL, 0
	write_reg	FPGA_DMA_DOORBELL, 2
	call	show_control
	write_reg	FPGA_DMA_RING_SIZE, 3
	write_reg	FPGA_DMA_CONTROL, FPGA_DMA_CONTROL_RUN
	call	show_control

	mov	$RING, %ax
	call	put_segment
	mov	$DESTINATION, %ax
	jmp	put_segment

/* Until FPGA_INT_DMA_DONE, which it takes back */
wait_done:
	mov	$PATIENCE, %ecx
1:	lea	FPGA_INT_STATUS(%bp), %dx
	in	%dx, %eax
	test	$FPGA_INT_DMA_DONE, %al
	jnz	2f
	call	rest
	dec	%ecx
	jnz	1b
	say	"no FPGA_INT_DMA_DONE"
2:	call	show_control
	write_reg	FPGA_INT_STATUS, FPGA_INT_ALL
	jmp	show_control

/* QEMU's other threads need the lock that exits to QEMU take. */
rest:
	push	%ecx
	mov	$REST, %ecx
1:	dec	%ecx
	jnz	1b
	pop	%ecx
	ret

/* MSI, with four vectors, to memory in the place of a processor */
use_messages:
	mov	$(FIXED | PCI_CAPS), %eax
	call	config_read
	movzbl	%al, %ecx
	lea	(FIXED + 4)(%ecx), %eax
	mov	$(MESSAGE << 4), %ebx
	call	config
	lea	(FIXED + 8)(%ecx), %eax
	xor	%ebx, %ebx
	call	config
	lea	(FIXED + 12)(%ecx), %eax
	mov	$0x40, %ebx
	call	config
	lea	FIXED(%ecx), %eax
	mov	$0x00210000, %ebx	/* enabled, 4 vectors */
	call	config

	show_reg	FPGA_INT_VECTORS
	write_reg	FPGA_INT_ENABLE, FPGA_INT_ALL
	write_reg	FPGA_INT_STATUS, FPGA_INT_ALL
	write_reg	FPGA_INT_AUTOCLEAR, 0x000f0000
	write_reg	FPGA_INT_RAISE, 0x00010000
	call	show_message
	write_reg	FPGA_INT_RAISE, 0x00100000
	call	show_message
	write_reg	FPGA_INT_RAISE, 0x00020000
	call	show_message
	write_reg	FPGA_INT_STATUS, 0x00100000
	call	show_message
	write_reg	FPGA_DMA_CONTROL, FPGA_DMA_CONTROL_RUN	/* halts: the ring is not valid */
	call	show_message
	lea	FIXED(%ecx), %eax
	xor	%ebx, %ebx
	call	config
	show_reg	FPGA_INT_VECTORS
	jmp	show_control

/* Keeps ECX */
show_message:
	mov	$MESSAGE, %ax
	mov	%ax, %es
	mov	%es:0, %eax
	call	put_long
	movl	$0, %es:0
	jmp	show_control

/*
 * The other card, from here to there; also to the ports of the first one, and to
 * ports of which some are the machine's. %bp is the first one's base in the end.
 */
move_card:
	config_write	FREE, PCI_BAR0, 0x3000
	config_write	FREE, PCI_COMMAND, DECODE_IO
	mov	$0x3000, %bp
	sweep	show_ports, 0, FPGA_IO_SIZE
	sweep	fill_ports, FPGA_REGFILE, FPGA_REGFILE_SIZE

	say	"decoded elsewhere"
	config_write	FREE, PCI_BAR0, 0x5800
	call	show_places
	say	"not decoded"
	config_write	FREE, PCI_COMMAND, 0
	call	show_places
	config_write	FREE, PCI_BAR0, 0xffffffff
	config_write	FREE, PCI_BAR0, 0x3000
	config_write	FREE, PCI_COMMAND, DECODE_IO
	call	show_places
	part	9, "over the machine's"
	config_write	FREE, PCI_BAR0, 0xa800
	call	show_places
	mov	$0xa800, %bp
	sweep	fill_ports, FPGA_REGFILE, 0x100
	part	10, "over the first one's"
	config_write	FREE, PCI_BAR0, FPGA_IO_BASE
	call	show_places
	mov	$FPGA_IO_BASE, %bp
	sweep	fill_ports, FPGA_REGFILE, 0x100
	say	"away from there"
	config_write	FREE, PCI_BAR0, 0x5800
	call	show_places
	say	"ejected"
	mov	$PORT_EJECT, %dx
	mov	$(1 << 5), %eax
	out	%eax, %dx
	call	show_places
	mov	$FPGA_IO_BASE, %bp
	ret

show_places:
	mov	$FPGA_IO_BASE, %bp
	call	show_place
	mov	$0x3000, %bp
	call	show_place
	mov	$0x5800, %bp
	call	show_place
	mov	$0xa800, %bp
	call	show_place
	mov	$GONE_BASE, %bp
show_place:
	show_reg	FPGA_ID
	show_reg	FPGA_FIXED_BASE
	show_reg	FPGA_STATUS
	show_reg	FPGA_REGFILE
	show_reg	(FPGA_REGFILE + 0x3c)
	ret

/* EAX = the next of many values; EBX is where they come from */
next_value:
	mov	%ebx, %eax
	imul	$1664525, %eax, %eax
	add	$1013904223, %eax
	mov	%eax, %ebx
	/* The low bits of such a sequence alternate. */
	rol	$13, %eax
	ret

/* EBX to configuration space at EAX; keeps all else but EDX */
config:
	mov	$0xcf8, %dx
	out	%eax, %dx
	mov	$0xcfc, %dx
	mov	%ebx, %eax
	out	%eax, %dx
	ret

config_read:
	mov	$0xcf8, %dx
	out	%eax, %dx
	mov	$0xcfc, %dx
	in	%dx, %eax
	ret

/* The first BYTES of segment AX */
put_segment:
	mov	%ax, %es
	xor	%di, %di
1:	mov	%es:(%di), %eax
	call	put_long
	add	$4, %di
	cmp	$BYTES, %di
	jb	1b
	ret

put_text:
1:	mov	%cs:(%si), %al
	inc	%si
	test	%al, %al
	jz	2f
	out	%al, $PORT_CONSOLE
	jmp	1b
2:	ret

put_long:
	call	put_word
	ror	$16, %eax
	call	put_word
	ror	$16, %eax
	ret

put_word:
	call	put_byte
	xchg	%al, %ah
	call	put_byte
	xchg	%al, %ah
	ret

put_byte:
	push	%bx
	mov	RESULT, %bx
	mov	%al, %fs:(%bx)
	inc	%bx
	mov	%bx, RESULT
	jnz	1f
	mov	%fs, %bx
	add	$0x1000, %bx
	mov	%bx, %fs
	mov	%bx, RESULT + 2
1:	pop	%bx
	ret

	.subsection 2
	/* Where a processor starts */
	.org	0xfff0
	jmp	_start
	.org	0x10000
