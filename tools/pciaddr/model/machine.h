/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine's PCI topology as some source told it.
 *
 * What a source did not say stays marked as unknown (a `_known` flag, a NULL pointer); it is
 * never taken for zero.  Addresses are those of the registers (bus addresses) wherever the
 * registers were read, and the kernel's otherwise.
 */
#ifndef PCIADDR_MODEL_MACHINE_H
#define PCIADDR_MODEL_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/numbers.h"

enum space {
	SPACE_IO,
	SPACE_MEMORY,
	SPACES
};

/* "I/O" or "memory" */
const char *space_name(enum space space);

#define BAR_ROM 6		/* the expansion ROM's place after BAR 0 to 5 */

enum bar_state {
	BAR_ASSIGNED,		/* range.first is an address */
	BAR_UNASSIGNED,		/* there, and without an address */
};

struct bar {
	uint8_t index;		/* 0 to 5, or BAR_ROM */
	uint8_t space;		/* enum space */
	uint8_t state;		/* enum bar_state */
	bool is_64bit : 1;
	bool prefetchable : 1;
	bool register_known : 1;
	bool kernel_known : 1;
	bool kind_unknown : 1;	/* of memory: 32 or 64 bits, prefetchable or not */
	bool size_known : 1;	/* otherwise range.last == range.first */
	bool size_claimed : 1;	/* ... from /proc/ioports or /proc/iomem */
	bool enhanced : 1;	/* from an Enhanced Allocation capability */
	bool fixed_legacy : 1;	/* IDE in compatibility mode: the register does not decode */
	bool doubtful : 1;	/* ... and it holds an address of its own all the same */
	bool not_decoded : 1;	/* its own enable bit (of a ROM) is off */
	bool kernel_unset : 1;	/* the kernel has found no place for it */
	bool kernel_shadow : 1;	/* the kernel's is a copy in RAM, no address of the card's */
	bool kernel_none : 1;	/* the kernel has no resource here: no BAR to it, or not used */
	bool answers : 1;	/* QEMU has it enabled at its address */
	bool unmapped : 1;	/* QEMU has it nowhere: no address, or decoding is off */
	bool as_found : 1;	/* a log has what the scan found in it, and nothing that came later */
	struct range range;	/* what the card answers to */
	struct range kernel;	/* the kernel's own, if kernel_known */
	uint64_t register_address;
	uint32_t line;		/* of the line in a dump or log that gave the kernel's view, or 0 */
};

enum window_kind {
	WINDOW_IO,
	WINDOW_MEMORY,
	WINDOW_PREFETCHABLE,
	WINDOW_IO_1,		/* CardBus bridges have two of each kind */
	WINDOW_MEMORY_1,
	WINDOWS
};

/* "I/O window", "memory window", ... */
const char *window_name(enum window_kind kind);
enum space window_space(enum window_kind kind);

enum window_state {
	WINDOW_UNKNOWN,		/* not read */
	WINDOW_CLOSED,		/* base above limit, or not implemented */
	WINDOW_OPEN,
};

struct window {
	uint8_t state;		/* enum window_state, of the registers */
	uint8_t kernel_state;	/* enum window_state, of the kernel's resource */
	bool assumed;		/* closed, because lspci's text has no line of it */
	bool maybe_kernel;	/* lspci's text alone: the kernel's, or what the registers say */
	struct range range;	/* closed: where it would be if base and limit 0 stood for it */
	struct range kernel;
	uint32_t line;		/* of a log or a text that gave it, or the kernel's view; or 0 */
};

struct bridge {
	bool buses_known;
	bool buses_named;	/* numbers by which the source names buses, of no register */
	bool cardbus;
	bool io_translated;	/* the host bridge may add to its I/O addresses */
	bool io_32bit;		/* its I/O window has 32 bits, not 16 */
	bool prefetch_64bit;	/* its prefetchable window has 64 bits, not 32 */
	bool subtractive;	/* forwards also what no other device claims */
	bool control_known;
	uint8_t primary;
	uint8_t secondary;
	uint8_t subordinate;
	uint16_t control;	/* bridge control register */
	struct window windows[WINDOWS];
};

/* Bytes of config space that were not read as such: a line of lspci's text tells them. */
struct text_origin {
	uint16_t offset;
	uint16_t length;
	uint32_t line;
};

/* The Device/Port Type of PCI Express Base 5.0, 7.5.3.2, plus 1. */
enum port_type {
	PORT_UNKNOWN,		/* no PCI Express capability, or not read */
	PORT_ENDPOINT,
	PORT_LEGACY_ENDPOINT,
	PORT_ROOT = 5,
	PORT_UPSTREAM,
	PORT_DOWNSTREAM,
	PORT_PCIE_TO_PCI,
	PORT_PCI_TO_PCIE,
	PORT_RC_ENDPOINT,
	PORT_RC_EVENT_COLLECTOR,
};

#define VF_BARS 6

struct vf_bar {
	uint8_t index;
	bool is_64bit;
	bool prefetchable;
	uint16_t offset;	/* of its register in config space */
	uint64_t address;	/* of the first virtual function's; 0: none */
	uint64_t size;		/* of one virtual function's; 0: unknown */
};

/* The Access Control Services capability. */
struct acs {
	uint16_t offset;	/* of the capability */
	uint16_t capability;	/* ACS_... of pcispec.h: what can be on */
	uint16_t control;	/* and is */
};

/* A BAR that the Resizable BAR capability has. */
struct resizable_bar {
	uint16_t offset;	/* of its capability register in config space */
	uint8_t index;		/* 0 to 5 */
	uint64_t sizes;		/* bit n: 2^n bytes, 1 MiB at least */
};

struct resizable {
	uint8_t count;
	struct resizable_bar bars[BAR_ROM];
};

/* The SR-IOV capability of a physical function. */
struct sriov {
	uint16_t offset;	/* of the capability */
	uint16_t total;		/* virtual functions that it can have */
	uint16_t enabled;	/* and that it has */
	bool decodes;		/* their memory is enabled */
	uint8_t bar_count;
	struct vf_bar bars[VF_BARS];
};

/* "VF BAR 0" */
const char *vf_bar_text(const struct vf_bar *bar);

/* Do the virtual functions answer there, all that are enabled? */
bool vf_bar_is_live(const struct sriov *sriov, const struct vf_bar *bar);

/* Where all that are enabled answer: one behind the other; the first byte, if no size is known. */
struct range vf_bar_range(const struct sriov *sriov, const struct vf_bar *bar);

struct pci_function {
	uint32_t domain;
	uint8_t bus;
	uint8_t device;
	uint8_t function;
	uint8_t revision;
	uint16_t vendor;
	uint16_t product;
	uint16_t subsystem_vendor;
	uint16_t subsystem;
	uint32_t class;		/* 24 bits: class, subclass, programming interface */
	uint16_t command;
	uint16_t config_length;	/* bytes of config that the source had room for */
	uint8_t port_type;	/* enum port_type, of the PCI Express capability */
	uint8_t header_type;	/* without the multi-function bit */
	uint8_t bar_count;
	uint8_t regions_unread;	/* a bit for each BAR whose line alone tells it, and is garbled */
	bool ids_known : 1;
	bool class_known : 1;
	bool revision_known : 1;
	bool subsystem_known : 1;
	bool header_known : 1;
	bool command_known : 1;
	bool virtual : 1;	/* an SR-IOV virtual function */
	bool resource_known : 1;/* the kernel's resources were read */
	bool absent : 1;	/* reads all ones */
	bool maybe_bridge : 1;	/* all ones, and of a bridge by what the kernel knows of it */
	bool woke : 1;		/* the header reads all ones, and what follows it does not */
	bool extended_known : 1;	/* its list of capabilities was read to the end */
	bool regions_known : 1;	/* lspci -v has told which regions the kernel has */
	bool bars_counted : 1;	/* lspci -v does not number BARs: their order is known alone */
	bool command_derived : 1;	/* ... from what lspci -v says: bits 0 to 2, as far as used */
	bool told_by_log : 1;	/* nothing but a kernel log names it */
	bool asleep : 1;	/* the source says that it is in a power state below D0 */
	bool on_root_bus : 1;	/* the source says that its bus is no bridge's */
	bool bars_listed : 1;	/* the source lists all of its BARs */
	bool interface_unknown : 1;	/* the low 8 bits of the class were not read */
	bool described : 1;	/* by a description of the machine: not seen in one */
	const uint8_t *config;
	const uint8_t *present;	/* one bit for each byte of config; NULL: all were read */
	/* from 0x100 on, where machine->keeps_extended; likewise */
	const uint8_t *extended;
	const uint8_t *extended_present;
	uint16_t extended_length;
	const struct text_origin *origins;
	uint8_t origin_count;
	uint64_t serial;	/* Device Serial Number; 0: none, or not read */
	uint16_t serial_offset;	/* of its capability */
	const char *driver;	/* NULL: unknown; "": none */
	const char *label;	/* what the source calls it (QEMU's id); NULL: nothing */
	struct bar *bars;	/* implemented ones, in order */
	struct sriov *sriov;	/* NULL: none, or not read */
	struct acs *acs;	/* likewise */
	struct resizable *resizable;
	struct bridge *bridge;	/* NULL: not a bridge */
	struct pci_function *parent;	/* the nearest bridge above; NULL on a root bus */
	uint32_t line;		/* in the dump, or 0 */
	uint32_t silent_line;	/* of lspci's text, which says that it reads all ones; or 0 */
};

/* A function of which lspci says that it cannot read its config space. */
struct unread {
	struct unread *next;
	struct pci_function slot;	/* of which only the slot and the line are set */
	bool named;		/* otherwise lspci does not say which it is */
};

/* One line of /proc/ioports or /proc/iomem; nesting as the ranges say. */
struct resource {
	struct range range;
	const char *name;
	int32_t parent;		/* index, or -1 */
	uint32_t line;
};

enum resource_state {
	RESOURCES_NONE,		/* not given, not there */
	RESOURCES_HIDDEN,	/* all zeroes: read without permission */
	RESOURCES_READ,
};

struct own_entry;	/* see resources.h */

/* Sorted by first address, outer before inner. */
struct resource_list {
	enum resource_state state;
	struct resource *entries;
	size_t count;
	const char *path;	/* where it was read */
	bool names_slots;	/* some entry is named by a slot, or by a PCI bus */
	struct own_entry *own;	/* those named by a slot, sorted by it; NULL: not made yet */
	size_t own_count;
};

struct bus {
	uint32_t domain;
	uint8_t number;
	uint32_t first;		/* index of the first function on it */
	uint32_t count;
	uint32_t root;		/* index of the bus at the top */
	bool indirect;		/* @bridge encloses it; the one that leads to it was not read */
	bool translates;	/* a root bus: an address below it is the CPU's alone */
	struct pci_function *bridge;	/* leads to it; NULL: a root bus, or it is missing */
};

enum offset_state {
	OFFSET_UNKNOWN,
	OFFSET_NONE_FITS,	/* registers and kernel differ, and by nothing that a bridge adds */
	OFFSET_LEARNT,		/* from what registers and kernel say of the same BARs */
	OFFSET_GIVEN,		/* the source says so */
};

/* The bus addresses of I/O that a device tree gives to a host bridge. */
struct io_range {
	uint32_t domain;
	uint8_t root;		/* the root bus */
	struct range bus;
	const char *path;
	struct io_range *next;
};

/* A range in which QEMU's memory tree has something that answers. */
struct answer {
	struct range range;
	uint8_t space;		/* enum space */
	bool device;		/* @owner is a device's id, or its path where it has none */
	const char *name;	/* the memory region's */
	const char *owner;	/* NULL: not told */
};

/* A range of the CPU's addresses that a host bridge forwards. */
struct host_window {
	uint32_t domain;
	uint8_t bus;		/* the root bus */
	uint8_t space;		/* enum space */
	uint8_t state;		/* enum offset_state */
	struct range cpu;
	uint64_t offset;	/* CPU address less bus address, if it is known */
	bool of_another;	/* in the log of another machine: for what that log says alone */
	bool marked_64bit;	/* and not prefetchable: the kernel puts nothing of 32 bits in it */
	const char *path;	/* where it was read */
	uint32_t line;
};

enum platform {
	PLATFORM_UNKNOWN,
	PLATFORM_PC,		/* with ports of its own below 0x100, and no translation */
	PLATFORM_OTHER,
};

enum source_kind {
	SOURCE_LIVE,
	SOURCE_SYSFS,
	SOURCE_DUMP,
	SOURCE_QMP,		/* QEMU's monitor, or what it has said */
	SOURCE_DOMAIN,		/* a libvirt domain */
	SOURCE_AGENT,		/* a guest agent */
};

/* A file that is no dump at all would have a warning for each of its lines. */
#define WARNINGS_KEPT 20

struct note {
	const char *text;
	struct note *next;
};

/* One of the files that a machine's dump is spread over; their lines are numbered through. */
struct source_part {
	const char *path;
	uint32_t before;	/* lines of the files before this one */
	struct source_part *next;
};

struct machine {
	struct arena arena;
	enum source_kind kind;
	const char *name;	/* "this machine", a file's or a directory's name */
	const char *host;	/* the host's name, as far as the source tells it */
	const char *config_path;	/* directory of the functions, or the dump */
	const char *encoded_part;	/* which part of the source was not read, and what to do; or NULL */
	struct source_part *parts;	/* the last one first; NULL: config_path is all */
	struct pci_function *functions;
	size_t count;
	size_t capacity;
	struct bus *buses;	/* sorted */
	size_t bus_count;
	struct resource_list resources[SPACES];
	bool keeps_extended;	/* functions keep their extended config space */
	bool pc;		/* bus addresses are the CPU's, and I/O ports the PC's */
	enum platform told_platform;	/* by a line of text; see machine_platform() */
	bool has_device_tree;	/* lspci has named a node of a function */
	struct host_window *host_windows;	/* sorted by domain, bus, space, address */
	size_t host_window_count;
	struct io_range *io_ranges;
	struct answer *answers;		/* sorted by space and address */
	size_t answer_count;
	bool answers_known;	/* the memory tree was read */
#define UNPLACED_NAMED 8
	const char *unplaced;	/* devices that have no address yet: the first ones' names */
	size_t unplaced_count;
	struct translation *translation;	/* see translation.h; NULL: there is none */
	struct log_facts *log;	/* see log-facts.h; NULL: there is no kernel log */
	struct unread *unread;	/* the last one first */
	size_t unread_count;
	struct note *warnings;	/* about the source's form, in order */
	struct note **warnings_end;
	size_t warning_count;	/* of all, also of those that were not kept */
	struct note *notes;	/* what was taken of the source, for --verbose */
	struct note **notes_end;
	bool cut_off;		/* the source ends in the middle */
	const char *error;	/* why it could not be read; NULL: it was */
	int error_status;	/* the exit status that the error asks for */
};

void machine_init(struct machine *machine, enum source_kind kind, const char *name);
void machine_free(struct machine *machine);

/* A new function, all unknown; the pointer holds until the next call. */
struct pci_function *machine_add(struct machine *machine);

/* The file that the dump's line is in, and its number there. */
const char *machine_line_path(const struct machine *machine, uint32_t line, uint32_t *number);

void machine_warn(struct machine *machine, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* About the source as a whole: kept, however many lines of it were warned of. */
void machine_warn_of_source(struct machine *machine, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* What was taken of the source, and how it was read. */
void machine_tell(struct machine *machine, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Keeps the first error; the machine is then not to be used. */
void machine_fail(struct machine *machine, int status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Sorts the functions and finds buses, bridges and parents.  To be called once, after the
 * last machine_add(); pointers to functions hold from then on.
 */
void machine_link(struct machine *machine);

/* Of a linked machine: the index behind the last function of the domain that @begin is of. */
size_t machine_domain_end(const struct machine *machine, size_t begin);

/* The bus, or NULL. */
struct bus *machine_bus(const struct machine *machine, uint32_t domain, uint8_t number);

/* "0000:01:01.0"; returns @buffer. */
#define SLOT_TEXT_MAX 24
const char *slot_text(const struct pci_function *function, char buffer[SLOT_TEXT_MAX]);

/* The line of text that tells this byte of config space, or NULL: it was read as such. */
const struct text_origin *text_origin(const struct pci_function *function, unsigned int offset);

/* 0 when it is the same function, otherwise as strcmp(). */
int slot_compare(const struct pci_function *a, const struct pci_function *b);

/* "0x2000-0x27ff", the way ranges are written everywhere; returns @buffer. */
#define RANGE_TEXT_MAX 48
const char *range_text(struct range range, char buffer[RANGE_TEXT_MAX]);

/* "BAR 0", "expansion ROM" */
const char *bar_text(const struct bar *bar);

/* "io", "memory32", "memory64": the words of a specification */
const char *bar_type_text(const struct bar *bar);

/* Offset of the BAR's register in this function's config space. */
unsigned int bar_register(const struct pci_function *function, const struct bar *bar);

/* The BAR of this index, or NULL. */
struct bar *function_bar(const struct pci_function *function, unsigned int index);

/* A new BAR in its place among the others, without an address. */
struct bar *function_add_bar(struct machine *machine, struct pci_function *function,
			     unsigned int index);

/* Does the command register (and the ROM's enable bit) let the card answer at this BAR? */
enum decode { DECODE_OFF, DECODE_ON, DECODE_UNKNOWN };
enum decode bar_decode(const struct pci_function *function, const struct bar *bar);

/* The file that has, or would have, the claims of this space. */
const char *resources_path(const struct machine *machine, enum space space);

#endif
