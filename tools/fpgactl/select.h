/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From --device, or from what a command needs, to an open card. */
#ifndef FPGACTL_SELECT_H
#define FPGACTL_SELECT_H

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
 * match_one_or_die - the card that a selector means
 * @list: the cards
 * @selector: of a form that find_cards_or_die() has accepted
 */
const struct card *match_one_or_die(const struct card_list *list, const char *selector);

/**
 * select_device_or_die - open the card that a command works on
 * @dev: result
 * @call: has the selector
 * @caps: EMUCARD_CAP_* that the command needs, ORed
 *
 * Without a selector the first card of cards_find() that can do it. Says what is
 * wrong and exits if there is none.
 */
void select_device_or_die(struct device *dev, const struct invocation *call, uint64_t caps);

/**
 * open_or_report - open a card; if that fails, say why and what to do
 * @dev: result
 * @card: also one without a driver
 *
 * Return: EXIT_OK, or the status that the tool is to exit with.
 */
enum exit_status open_or_report(struct device *dev, const struct card *card);

#endif
