/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a kernel's log has told of each function and of each of its resources.  Of several
 * lines about the same resource the last one counts; how often it failed before is kept.
 */
#ifndef PCIADDR_MODEL_LOG_FACTS_H
#define PCIADDR_MODEL_LOG_FACTS_H

#include "pciaddr/model/machine.h"

/* A function's resources: BAR 0 to 5, the ROM, then those of virtual functions, then windows. */
enum log_item {
	LOG_ITEM_ROM = BAR_ROM,
	LOG_ITEM_VF_BAR = 8,
	LOG_ITEM_WINDOW = 16,	/* plus enum window_kind */
	LOG_ITEM_BUS = 0xfe,	/* not of a function: the bridge that leads to a bus */
	LOG_ITEM_NONE = 0xff,	/* the function as a whole */
};

enum log_outcome {
	LOG_NOTHING,
	LOG_FOUND,		/* as firmware left it */
	LOG_ASSIGNED,
	LOG_RELEASED,		/* no address, and no verdict either */
	LOG_NO_SPACE,
	LOG_NO_WINDOW,		/* firmware's address is outside the windows above */
	LOG_CONFLICT,		/* firmware's address is another one's, too */
};

struct log_resource {
	struct pci_function slot;	/* only its address is filled in */
	uint8_t item;
	uint8_t space;		/* enum space */
	uint8_t outcome;	/* enum log_outcome */
	bool prefetchable : 1;
	bool is_64bit : 1;
	bool has_address : 1;
	bool sized : 1;		/* required and optional are known */
	bool firmware_tried : 1;/* "trying firmware assignment" */
	bool not_expanded : 1;	/* only what is optional has no place */
	bool pinned : 1;	/* "was not released", or a driver could not resize it */
	bool invalid : 1;	/* the register cannot be sized */
	bool by_number : 1;	/* "BAR 8": of a bridge, it is a window */
	bool rolled_back : 1;	/* it was released, and could not be claimed again */
	bool not_reserved : 1;	/* a driver could not have it: another has claimed its addresses */
	bool at_zero : 1;	/* the kernel has assigned 0, which is an address then */
	bool was_released : 1;	/* since the function was found */
	bool not_taken : 1;	/* "error updating": the register reads otherwise */
	bool legacy : 1;	/* IDE in compatibility mode: fixed ports */
	struct range range;	/* with an address */
	uint64_t size;		/* 0: unknown */
	uint64_t required;	/* of a window: for what is below it */
	uint64_t optional;	/* in addition, for hot-plug and virtual functions */
	uint64_t reads;		/* what it reads, if not_taken */
	uint32_t failures;	/* lines that said "no space" */
	uint32_t claims;	/* lines that said "can't claim" */
	uint32_t line;		/* of the last event */
	const char *conflict;	/* what has its address, or NULL */
	struct range conflict_range;	/* ... and its range, as far as it is known */
};

struct log_function {
	struct pci_function slot;	/* address, ids, class, header type */
	bool gone;
	bool buses_known;
	bool bus_guessed;	/* the secondary bus: no line tells it, the numbers' order does */
	bool cannot_enable;	/* "can't enable device" */
	bool no_vf_space;	/* "not enough MMIO resources for SR-IOV" */
	bool no_bus;		/* there was no bus number for what is below it */
	uint8_t no_bus_first;	/* ... which wanted these */
	uint8_t no_bus_last;
	uint8_t bus_wanted;	/* "but max busn 46": the last that is used below it, or 0 */
	bool leaving;		/* the button of its slot was pressed, which powers off in 5 s */
	bool subtractive;	/* "PCI bridge to ... (subtractive decode)" */
	bool whole_class;	/* with the programming interface */
	bool is_bridge;		/* of which the buses need not be known */
	bool secondary_only;	/* the last bus is not told */
	bool in_listing;	/* its next lines may be the windows that it has open */
	bool listing_begun;	/* ... and there was one */
	bool gave[SPACES];	/* what is below it was given an address, as an open window has it */
	bool windows_told;	/* all that it had open were listed: the others were closed */
	uint8_t listings;	/* since it was found */
	uint8_t port_type;	/* enum port_type */
	uint8_t secondary;
	uint8_t subordinate;
	uint32_t line;
	const char *driver;	/* NULL: none has said anything */
	bool driver_begun;	/* it has enabled the device, and said no more */
	uint32_t probe_line;	/* its probe failed; 0: it did not */
};

/* Config space of all functions of a domain in memory: no BAR may be there. */
struct log_ecam {
	uint32_t domain;
	struct range range;
	uint32_t line;
};

/* What firmware's memory map reserves. */
#define LOG_RESERVED_MAX 128

struct log_root {
	uint32_t domain;
	uint8_t bus;
};

/* A bus whose resources are being listed: "pci_bus 0000:01: resource 0 [io ...]". */
struct log_bus_list {
	bool open;
	uint32_t domain;
	uint8_t bus;
};

struct log_index;

/* Lines that were there, by their hashes. */
struct log_seen {
	uint64_t *hashes;
	size_t size;		/* a power of two, or 0 */
	size_t used;
};

/* Was a text of this hash there with this stamp?  It is now, if @add. */
bool log_seen_before(struct log_seen *seen, uint64_t hash, uint64_t stamp, bool add);

struct log_facts {
	struct log_resource *resources;
	size_t resource_count;
	struct log_function *functions;
	size_t function_count;
	struct log_ecam *ecam;
	size_t ecam_count;
	struct range reserved[LOG_RESERVED_MAX];
	size_t reserved_count;
	struct log_root *roots;	/* "PCI host bridge to bus", since the machine started */
	size_t root_count;
	struct log_index *index;
	struct log_bus_list listed;
	struct log_bus_list host_listed;	/* "pci_bus 0000:00: root bus resource [...]" */
	struct log_seen seen;
	uint64_t newest_stamp;	/* in microseconds; 0: no line has had one */
	size_t stamped_count;	/* lines of the PCI code that have had one */
	uint32_t quoted_count;	/* lines left out, because somebody quotes them below the log */
	uint32_t quoted_line;	/* the first of them */
	bool back;		/* the pending line has none, or an older one */
	bool low_ports;		/* the kernel has assigned ports that it assigns on no PC */
	bool vf_numbers;	/* numbers from 13 on: those from 7 on are of virtual functions */
	bool window_numbers;	/* numbers from 7 on are of windows: the kernel has no SR-IOV */
	bool of_another;	/* it has another device at a slot that another source has, too */
	uint32_t starts;	/* of the machine, behind the first */
	uint32_t start_line;	/* the last of them */
	struct pci_function old_bridge;	/* whose windows the next lines may have, without its slot */
	bool old_bridge_open;
	uint32_t assigning_line;	/* the last that tells of addresses that the kernel gives */
	uint64_t lost;		/* records at its beginning that newer ones have overwritten */
	const char *path;	/* the log */
	char *pending;		/* a line that the next one may continue */
	size_t pending_length;
	uint32_t pending_number;
};

/* Is there a log, and nothing in the machine but what it tells? */
bool log_is_only_source(const struct machine *machine);

/* The machine's facts, which are made when there are none yet. */
struct log_facts *log_facts_of(struct machine *machine);
void log_facts_free(struct log_facts *facts);

/* The resource or function, or NULL; the pointers hold until the next log_facts_take_*(). */
struct log_resource *log_facts_resource(const struct log_facts *facts,
					const struct pci_function *slot, unsigned int item);
struct log_function *log_facts_function(const struct log_facts *facts,
					const struct pci_function *slot);

/*
 * Is the device that the log has found at the function's slot another one: by its ids, or where
 * these are not both known, by its base class?
 */
bool log_function_is_another(const struct log_function *found, const struct pci_function *function);

/* The same, made where there is none. */
struct log_resource *log_facts_take_resource(struct log_facts *facts,
					     const struct pci_function *slot,
					     unsigned int item);
struct log_function *log_facts_take_function(struct log_facts *facts,
					     const struct pci_function *slot);

/* The function was found (again): nothing that was said of it before holds. */
struct log_function *log_facts_found(struct log_facts *facts, const struct pci_function *slot);

/* What is on this bus is gone. */
void log_facts_bus_gone(struct log_facts *facts, uint32_t domain, uint8_t bus);
/* Whatever is behind this bridge has gone. */
void log_facts_port_empty(struct log_facts *facts, const struct pci_function *slot);

/* What a bridge leads to; later lines about it count more. */
void log_facts_set_buses(struct log_facts *facts, const struct pci_function *slot,
			 uint8_t secondary, uint8_t subordinate);

/*
 * The bridge leads to this bus, as the order in which buses are numbered has it.  For what stands
 * above what alone: the machine's buses are those that are known.
 */
void log_facts_guess_bus(struct log_facts *facts, const struct pci_function *slot, uint8_t secondary);

/* Its windows are about to be listed anew: what is not in the list is closed. */
void log_facts_close_windows(struct log_facts *facts, struct log_function *bridge);

/* Has the log the scan of this domain, or of this root bus, since the machine started? */
bool log_facts_has_domain(const struct log_facts *facts, uint32_t domain);
bool log_facts_has_root(const struct log_facts *facts, uint32_t domain, uint8_t bus);

/* The bridge that leads to a bus, as the log has it; NULL: none that is known. */
struct log_function *log_facts_bridge_to(const struct log_facts *facts, uint32_t domain,
					 uint8_t bus);

/* The machine was started (again): forgets all domains, or one. */
void log_facts_forget(struct machine *machine, const uint32_t *domain);

static inline bool log_resource_is_window(const struct log_resource *resource)
{
	return resource->item >= LOG_ITEM_WINDOW;
}

static inline bool log_resource_is_vf(const struct log_resource *resource)
{
	return resource->item >= LOG_ITEM_VF_BAR && resource->item < LOG_ITEM_WINDOW;
}

/* "BAR 0", "expansion ROM", "VF BAR 2", "I/O window" */
const char *log_resource_name(const struct log_resource *resource);

/* Does the last line about it leave it without an address? */
static inline bool log_resource_failed(const struct log_resource *resource)
{
	return resource->outcome >= LOG_NO_SPACE;
}

#endif
