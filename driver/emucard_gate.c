// SPDX-License-Identifier: GPL-2.0-only
/*
 * The gate to a card's registers and memory.
 *
 * While a card is being reset or is asleep, no access may reach it: callers wait at the gate,
 * and BAR mappings are removed, so that a fault waits there as well. Other devices that have
 * its memory mapped (dma-buf) are told to stop. The gate is a state with
 * a wait queue and not a lock: the PCI core closes it in one callback and opens it in
 * another, for several cards of one bus at a time, and a waiting caller must be killable.
 */
#include <linux/export.h>

#include "emucard_core.h"

void emucard_gate_init(struct emucard_gate *gate)
{
	spin_lock_init(&gate->lock);
	init_waitqueue_head(&gate->wait);
}

/**
 * emucard_gate_try_enter - enter if the gate is open
 * @card: the card
 *
 * Return: whether emucard_gate_exit() is needed.
 * Context: process; the caller does not sleep for long inside.
 */
bool emucard_gate_try_enter(struct emucard *card)
{
	struct emucard_gate *gate = &card->gate;
	bool open;

	spin_lock(&gate->lock);
	open = !gate->closed && !gate->exclusive;
	if (open)
		gate->users++;
	spin_unlock(&gate->lock);
	return open;
}
EXPORT_SYMBOL_GPL(emucard_gate_try_enter);

/**
 * emucard_gate_enter - wait until the gate is open, and enter
 * @card: the card
 * @wait: how long to wait; NULL: the usual time, for fatal signals
 *
 * Return: 0 and emucard_gate_exit() is needed; -ETIMEDOUT, -EINTR, or -ENODEV: the card goes.
 */
int emucard_gate_enter(struct emucard *card, const struct emucard_wait *wait)
{
	const struct emucard_wait usual = {
		.deadline = jiffies + msecs_to_jiffies(EMUCARD_TIMEOUT_DEFAULT_MS),
	};
	bool entered = false;
	int ret;

	ret = emucard_wait_event(card->gate.wait,
				 READ_ONCE(card->detached) ||
				 (entered = emucard_gate_try_enter(card)), wait ? wait : &usual);
	return ret || entered ? ret : -ENODEV;
}
EXPORT_SYMBOL_GPL(emucard_gate_enter);

/**
 * emucard_gate_exit - leave again
 * @card: the card
 */
void emucard_gate_exit(struct emucard *card)
{
	struct emucard_gate *gate = &card->gate;
	bool last;

	spin_lock(&gate->lock);
	last = !--gate->users;
	spin_unlock(&gate->lock);
	if (last)
		wake_up_all(&gate->wait);
}
EXPORT_SYMBOL_GPL(emucard_gate_exit);

static bool emucard_gate_empty(struct emucard_gate *gate)
{
	bool empty;

	spin_lock(&gate->lock);
	empty = !gate->users && !gate->exclusive;
	spin_unlock(&gate->lock);
	return empty;
}

/**
 * emucard_gate_close - keep everyone off the card until emucard_gate_open()
 * @card: the card
 *
 * May be called several times; the gate opens with the last emucard_gate_open(). For
 * callbacks that cannot fail: callers inside leave soon.
 */
void emucard_gate_close(struct emucard *card)
{
	struct emucard_gate *gate = &card->gate;

	spin_lock(&gate->lock);
	gate->closed++;
	spin_unlock(&gate->lock);
	wait_event(gate->wait, emucard_gate_empty(gate));
	emucard_mmap_zap(card);
	emucard_dmabufs_revoke(card);
}
EXPORT_SYMBOL_GPL(emucard_gate_close);

/**
 * emucard_gate_open - let callers in again
 * @card: the card
 */
void emucard_gate_open(struct emucard *card)
{
	struct emucard_gate *gate = &card->gate;
	bool open;

	spin_lock(&gate->lock);
	open = !--gate->closed;
	spin_unlock(&gate->lock);
	wake_up_all(&gate->wait);
	if (open)
		emucard_dmabufs_restore(card);
}
EXPORT_SYMBOL_GPL(emucard_gate_open);

static bool emucard_gate_try_lock_exclusive(struct emucard_gate *gate)
{
	bool locked;

	spin_lock(&gate->lock);
	locked = !gate->closed && !gate->exclusive;
	if (locked)
		gate->exclusive = true;
	spin_unlock(&gate->lock);
	return locked;
}

/**
 * emucard_gate_lock_exclusive - exclude all other callers until emucard_gate_unlock_exclusive()
 * @card: the card
 *
 * For what a user asks for, such as a reset: unlike emucard_gate_close() it waits while the
 * gate is closed, and so can fail. Mappings stay.
 *
 * Return: 0, -ETIMEDOUT, -EINTR or -ENODEV.
 */
int emucard_gate_lock_exclusive(struct emucard *card)
{
	const struct emucard_wait usual = {
		.deadline = jiffies + msecs_to_jiffies(EMUCARD_TIMEOUT_DEFAULT_MS),
	};
	struct emucard_gate *gate = &card->gate;
	bool locked = false;
	int ret;

	ret = emucard_wait_event(gate->wait,
				 READ_ONCE(card->detached) ||
				 (locked = emucard_gate_try_lock_exclusive(gate)), &usual);
	if (ret || !locked)
		return ret ? ret : -ENODEV;
	/* Callers inside leave soon. */
	wait_event(gate->wait, !READ_ONCE(gate->users));
	return 0;
}
EXPORT_SYMBOL_GPL(emucard_gate_lock_exclusive);

/**
 * emucard_gate_unlock_exclusive - end the exclusion
 * @card: the card, locked
 */
void emucard_gate_unlock_exclusive(struct emucard *card)
{
	struct emucard_gate *gate = &card->gate;

	spin_lock(&gate->lock);
	gate->exclusive = false;
	spin_unlock(&gate->lock);
	wake_up_all(&gate->wait);
}
EXPORT_SYMBOL_GPL(emucard_gate_unlock_exclusive);
