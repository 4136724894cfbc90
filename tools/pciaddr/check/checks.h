/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The checks, each in its file; what they find goes into the results. */
#ifndef PCIADDR_CHECK_CHECKS_H
#define PCIADDR_CHECK_CHECKS_H

#include "pciaddr/check/results.h"
#include "pciaddr/model/machine.h"
#include "pciaddr/model/topology.h"

/* What must hold on any machine. */
void check_machine(const struct machine *machine, struct results *results);

/* Its parts. */
void check_source(const struct machine *machine, struct results *results);
void check_bridges(const struct machine *machine, struct results *results);
void check_bars(const struct machine *machine, struct results *results);
void check_sriov(const struct machine *machine, struct results *results);
void check_overlaps(const struct machine *machine, struct results *results);
void check_ecam(const struct machine *machine, struct results *results);
void check_kernel(const struct machine *machine, struct results *results);
void check_claims(const struct machine *machine, struct results *results);
void check_answers(const struct machine *machine, struct results *results);
void check_kernel_log(const struct machine *machine, struct results *results);
void check_log_agreement(const struct machine *machine, struct results *results);

/* Of check_bars(): does the function answer? */
void check_present(const struct machine *machine, struct results *results,
		   const struct pci_function *function);

/*
 * What must hold at a BAR that was asked for: decoding, windows, the kernel's view, its claim,
 * nothing else there.  @asked is where it was asked for.
 */
void check_bar_usable(const struct machine *machine, struct results *results,
		      const struct pci_function *function, const struct bar *bar,
		      const char *asked);

/*
 * lspci's text and a log have BARs and windows in the CPU's addresses or in those of the bus, and
 * need not have both in the same.  Of a BAR that as they are is not inside the bridge's windows:
 * does the bridge forward it?  FORWARDS_UNKNOWN: what the host bridge adds is not known.
 */
enum forwarding forwarding_in_view(const struct machine *machine,
				   const struct pci_function *function, const struct bar *bar,
				   const struct bridge *bridge);
extern const char views_differ[];
extern const char views_advice[];

/*
 * What a host bridge forwards, for a function on a root bus: does it have the bus range
 * @range, or the CPU's range @kernel (NULL: unknown)?  Adds a result to @check; @item is what
 * has the range, which was read at @where.  A range that is not @settled fails nothing.
 */
void check_host_window(const struct machine *machine, struct results *results,
		       enum check_id check, const struct pci_function *function,
		       enum space space, struct range range, const struct range *kernel,
		       const char *item, struct value value, bool settled);

/* Why nothing is said against a BAR of which a log has only what the scan found. */
extern const char only_found[];
extern const char only_found_advice[];

/* Why nothing can be said of what lies above a bus. */
extern const char bridge_missing[];
extern const char bridge_missing_advice[];

/* What to do where a part of the config header was not read. */
extern const char header_advice[];
extern const char log_start_advice[];

/* A bridge whose ISA Enable bit holds back an I/O BAR below it: what it does, where, the remedy. */
struct isa_enable {
	const char *message;
	struct value value;
	const char *advice;
};
struct isa_enable isa_enable_text(struct results *results, const struct pci_function *bridge);

/* Why something about a BAR cannot be told, and what to do about it. */
extern const char legacy_doubtful[];
extern const char legacy_doubtful_advice[];
extern const char size_unknown[];
extern const char size_advice[];
extern const char vf_size_advice[];

/* Where a BAR of the virtual functions that are enabled was read, and what it has. */
struct value vf_bar_value(struct results *results, const struct pci_function *function,
			  const struct vf_bar *bar);

/*
 * Where another BAR or window than those that lead to it overlaps the BAR: a text that names
 * it, with where it was read; false when nothing does.
 */
bool overlapping_bar(const struct machine *machine, struct results *results,
		  const struct pci_function *function, const struct bar *bar,
		  struct value *overlapping, const char **device);

#endif
