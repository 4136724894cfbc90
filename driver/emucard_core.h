/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of emucard.ko know of each other; card drivers use emucard_driver.h. */
#ifndef EMUCARD_CORE_H
#define EMUCARD_CORE_H

#include <linux/fs.h>
#include <linux/poll.h>

#include "emucard_driver.h"

struct eventfd_ctx;

/**
 * struct emucard_file - one open file
 * @card: the card, which it keeps allocated
 * @file: the open file
 * @node: in emucard.files
 * @eventfd: to signal on each software interrupt, or NULL
 * @irq_seen: emucard.irq_count when this file last asked
 * @causes: causes that have arrived since this file last asked
 */
struct emucard_file {
	struct emucard *card;
	struct file *file;
	struct list_head node;
	struct eventfd_ctx *eventfd;
	u64 irq_seen;
	u32 causes;
};

/*
 * emucard_enter - keep the card usable until emucard_exit()
 *
 * False once the card is going: nothing of the card driver may be touched then.
 */
static inline bool emucard_enter(struct emucard *card)
{
	return percpu_ref_tryget_live(&card->users);
}

static inline void emucard_exit(struct emucard *card)
{
	percpu_ref_put(&card->users);
}

extern const struct attribute_group *emucard_groups[];

long emucard_ioctl(struct file *file, unsigned int cmd, unsigned long arg);

ssize_t emucard_read_iter(struct kiocb *iocb, struct iov_iter *to);
ssize_t emucard_write_iter(struct kiocb *iocb, struct iov_iter *from);
int emucard_transfer(struct emucard *card, struct iov_iter *iter, u64 offset,
		     enum dma_data_direction dir, const struct emucard_wait *wait, u64 *done);
int emucard_rw_init(void);
void emucard_rw_exit(void);

int emucard_mmap(struct file *file, struct vm_area_struct *vma);
void emucard_mmap_zap(struct emucard *card);

__poll_t emucard_poll(struct file *file, poll_table *wait);
int emucard_irq_wait(struct emucard_file *efile, struct emucard_irq_wait *arg,
		     const struct emucard_wait *wait);
int emucard_irq_eventfd(struct emucard_file *efile, int fd);
void emucard_irq_release(struct emucard_file *efile);

#endif /* EMUCARD_CORE_H */
