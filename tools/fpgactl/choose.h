/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From --device, or from what a command needs, to an open card. */
#ifndef FPGACTL_CHOOSE_H
#define FPGACTL_CHOOSE_H

#include <stdint.h>

#include "fpgactl/card.h"
#include "fpgactl/command.h"
#include "fpgactl/device.h"

/**
 * find_cards_or_die - cards_find() for this machine; if there is none, say why and exit
 * @list: result
 * @call: its selector is checked for its form
 */
void find_cards_or_die(struct card_list *list, const struct invocation *call);

/**
 * die_no_match - say that no card is meant by a selector, and which there are
 * @list: the cards
 * @selector: as given
 */
void die_no_match(const struct card_list *list, const char *selector) __attribute__((noreturn));

/**
 * choose_device_or_die - open the card that a command works on
 * @dev: result
 * @call: has the selector
 * @caps: EMUCARD_CAP_* that the command needs, ORed
 *
 * Without a selector the first card of cards_find() that can do it. Says what is
 * wrong and exits if there is none.
 */
void choose_device_or_die(struct device *dev, const struct invocation *call, uint64_t caps);

/**
 * choose_devices_or_die - open every card that a selector means, or all
 * @devs: result, to be freed
 * @call: has the selector
 *
 * Return: how many; at least 1: without a card it says so and exits.
 */
size_t choose_devices_or_die(struct device **devs, const struct invocation *call);

#endif
