/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of emucard.ko know of each other; card drivers use emucard_driver.h. */
#ifndef EMUCARD_CORE_H
#define EMUCARD_CORE_H

#include <linux/fs.h>
#include <linux/poll.h>
#include <linux/xarray.h>

#include "emucard_driver.h"

struct eventfd_ctx;

/**
 * struct emucard_file - one open file
 * @card: the card, which it keeps allocated
 * @file: the open file
 * @node: in emucard.files
 * @awake: it keeps the card from sleeping, which is over once the card has gone
 * @eventfd: to signal on each software interrupt, or NULL
 * @irq_seen: emucard.irq_count when this file last asked
 * @causes: causes that have arrived since this file last asked
 * @buffers: registered buffers by their number
 */
struct emucard_file {
	struct emucard *card;
	struct file *file;
	struct list_head node;
	bool awake;
	struct eventfd_ctx *eventfd;
	u64 irq_seen;
	u32 causes;
	struct xarray buffers;
};

/*
 * emucard_enter - keep the card usable until emucard_exit()
 *
 * False once the card is going: nothing of the card driver may be touched then. Unbinding
 * the driver waits for emucard_exit(), so user memory must not be touched in between: a
 * page fault can last as long as a user likes (FUSE, userfaultfd).
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

/* emucard_rw.c */
ssize_t emucard_read_iter(struct kiocb *iocb, struct iov_iter *to);
ssize_t emucard_write_iter(struct kiocb *iocb, struct iov_iter *from);
int emucard_transfer(struct emucard *card, struct iov_iter *iter, u64 offset,
		     enum dma_data_direction dir, const struct emucard_wait *wait, u64 *done);
int emucard_transfer_buffer(struct emucard *card, struct emucard_buffer *buffer, u64 at, u64 len,
			    u64 offset, enum dma_data_direction dir,
			    const struct emucard_wait *wait, u64 *done);
void emucard_count(struct emucard *card, enum dma_data_direction dir, u64 moved, int error);

/* emucard_request.c */
size_t emucard_request_xfers(const struct iov_iter *iter);
ssize_t emucard_submit_async(struct emucard *card, struct kiocb *iocb, struct iov_iter *iter,
			     enum dma_data_direction dir);
int emucard_submit_and_wait(struct emucard *card, struct iov_iter *iter, u64 offset,
			    enum dma_data_direction dir, const struct emucard_wait *wait,
			    u64 *done);
int emucard_submit_buffer(struct emucard *card, struct emucard_buffer *buffer, u64 at, u64 len,
			  u64 offset, enum dma_data_direction dir,
			  const struct emucard_wait *wait, u64 *done);
int emucard_request_init(void);
void emucard_request_exit(void);

/* emucard_pages.c */
ssize_t emucard_xfer_get_pages(struct emucard_xfer *xfer, struct iov_iter *iter);
int emucard_fault_in(const struct iov_iter *iter, enum dma_data_direction dir);
bool emucard_xfer_put_may_sleep(const struct emucard_xfer *xfer);
void emucard_xfer_put_pages(struct emucard_xfer *xfer, bool may_sleep);
int emucard_xfer_map(struct emucard_xfer *xfer);
void emucard_xfer_unmap(struct emucard_xfer *xfer);
int emucard_pages_init(void);
void emucard_pages_exit(void);

/* emucard_buffer.c */
int emucard_buffer_register(struct emucard_file *efile, struct emucard_buf_register *arg);
int emucard_buffer_unregister(struct emucard_file *efile, u32 id);
struct emucard_buffer *emucard_buffer_get(struct emucard_file *efile, u32 id);
void emucard_buffer_put(struct emucard_buffer *buffer);
void emucard_buffers_disconnect(struct emucard *card);
void emucard_buffers_release(struct emucard_file *efile);
u64 emucard_buffer_slice(const struct emucard_buffer *buffer, u64 offset, u64 len,
			 struct emucard_slice *slice);
void emucard_slice_sync(const struct emucard_slice *slice, u64 len, enum dma_data_direction dir,
			bool for_cpu);

/* emucard_budget.c */
size_t emucard_budget_cost(size_t bytes, size_t xfers);
void emucard_budget_init(struct emucard_budget *budget, struct device *dma_dev);
int emucard_budget_take(struct emucard_budget *budget, size_t bytes,
			const struct emucard_wait *wait);
void emucard_budget_give(struct emucard_budget *budget, size_t bytes);
bool emucard_budget_available(struct emucard_budget *budget);

/* emucard_dmabuf.c */
bool emucard_dmabuf_supported(void);
int emucard_dmabuf_export(struct emucard_file *efile, u64 offset, u64 len);
void emucard_dmabufs_revoke(struct emucard *card);
void emucard_dmabufs_restore(struct emucard *card);

/* emucard_gate.c */
void emucard_gate_init(struct emucard_gate *gate);

int emucard_mmap(struct file *file, struct vm_area_struct *vma);
void emucard_mmap_zap(struct emucard *card);

__poll_t emucard_poll(struct file *file, poll_table *wait);
int emucard_irq_wait(struct emucard_file *efile, struct emucard_irq_wait *arg,
		     const struct emucard_wait *wait);
int emucard_irq_eventfd(struct emucard_file *efile, int fd);
void emucard_irq_disconnect(struct emucard *card);
void emucard_irq_release(struct emucard_file *efile);

#endif /* EMUCARD_CORE_H */
