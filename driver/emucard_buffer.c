// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers that a user registers once: pinned and mapped for as long as they are registered,
 * so that a transfer which names one has nothing to do for its host memory.
 *
 * A buffer belongs to the open file. Its pages count against RLIMIT_MEMLOCK of the process
 * that registered it. When the card goes the mapping is undone, as it cannot outlive the
 * driver; the pages stay pinned until the buffer is unregistered or the file is closed.
 */
#include <linux/dma-mapping.h>
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "emucard_compat.h"
#include "emucard_core.h"

/* Pages that are pinned in one go, between which a fatal signal is looked for */
#define EMUCARD_PIN_BATCH	1024

static void emucard_buffer_unpin(struct emucard_buffer *buffer)
{
	bool dirty = READ_ONCE(buffer->written);
	struct scatterlist *sg;
	int i;

	for_each_sgtable_sg(&buffer->sgt, sg, i) {
		unpin_user_page_range_dirty_lock(sg_page(sg), PFN_UP(sg->offset + sg->length),
						 dirty);
		cond_resched();
	}
	sg_free_table(&buffer->sgt);
}

/* Pin a run of user memory, and list it. */
static int emucard_buffer_pin(struct emucard_buffer *buffer, unsigned long addr)
{
	unsigned long nr = buffer->pages;
	unsigned long pinned = 0;
	struct page **pages;
	int ret = 0;

	pages = kvmalloc_array(nr, sizeof(*pages), GFP_KERNEL_ACCOUNT);
	if (!pages)
		return -ENOMEM;
	while (pinned < nr) {
		if (fatal_signal_pending(current)) {
			ret = -EINTR;
			break;
		}
		ret = pin_user_pages_fast((addr & PAGE_MASK) + pinned * PAGE_SIZE,
					  min(nr - pinned, (unsigned long)EMUCARD_PIN_BATCH),
					  FOLL_WRITE | FOLL_LONGTERM, pages + pinned);
		if (ret <= 0) {
			ret = ret ? ret : -EFAULT;
			break;
		}
		pinned += ret;
		ret = 0;
	}
	if (!ret)
		ret = sg_alloc_table_from_pages_segment(&buffer->sgt, pages, nr,
							offset_in_page(addr), buffer->len,
							buffer->card->max_segment,
							GFP_KERNEL_ACCOUNT);
	if (ret)
		unpin_user_pages(pages, pinned);
	kvfree(pages);
	return ret;
}

/* Where each segment begins, so that the one for a place is found quickly */
static int emucard_buffer_index(struct emucard_buffer *buffer)
{
	struct device *dma_dev = buffer->card->dev.parent;
	struct scatterlist *sg;
	u64 offset = 0;
	int i;

	buffer->segs = kvmalloc_array(buffer->sgt.nents, sizeof(*buffer->segs),
				      GFP_KERNEL_ACCOUNT);
	if (!buffer->segs)
		return -ENOMEM;
	for_each_sgtable_dma_sg(&buffer->sgt, sg, i) {
		buffer->segs[i].offset = offset;
		buffer->segs[i].addr = sg_dma_address(sg);
		buffer->segs[i].len = sg_dma_len(sg);
		offset += sg_dma_len(sg);
		buffer->needs_sync |= dma_need_sync(dma_dev, sg_dma_address(sg));
	}
	buffer->nr_segs = buffer->sgt.nents;
	return 0;
}

/*
 * The card is entered. Each transfer synchronizes its own piece (emucard_slice_sync()); memory may
 * be registered twice, or be transferred without its buffer (emucard_xfer_map()).
 */
static int emucard_buffer_map(struct emucard_buffer *buffer)
{
	struct emucard *card = buffer->card;
	int ret;

	ret = dma_map_sgtable(card->dev.parent, &buffer->sgt, DMA_BIDIRECTIONAL,
			      DMA_ATTR_SKIP_CPU_SYNC);
	if (ret)
		return -ENOMEM;
	ret = emucard_buffer_index(buffer);
	if (!ret)
		ret = card->ops->buffer_map(card, buffer);
	if (ret) {
		dma_unmap_sgtable(card->dev.parent, &buffer->sgt, DMA_BIDIRECTIONAL,
				  DMA_ATTR_SKIP_CPU_SYNC);
		return ret;
	}
	mutex_lock(&card->buffers_mutex);
	buffer->mapped = true;
	list_add(&buffer->node, &card->buffers);
	mutex_unlock(&card->buffers_mutex);
	return 0;
}

/*
 * Each transfer has taken over what the card had written. What lies in a bounce buffer, or not in
 * the cache, is older by now than what the user may have written since, and is not to replace it.
 */
static void emucard_buffer_unmap(struct emucard_buffer *buffer)
{
	struct emucard *card = buffer->card;

	lockdep_assert_held(&card->buffers_mutex);
	if (!buffer->mapped)
		return;
	buffer->mapped = false;
	list_del(&buffer->node);
	card->ops->buffer_unmap(card, buffer);
	dma_unmap_sgtable(card->dev.parent, &buffer->sgt, DMA_BIDIRECTIONAL,
			  DMA_ATTR_SKIP_CPU_SYNC);
}

/* The card goes: no user is left, so no transfer uses a buffer any more. */
void emucard_buffers_disconnect(struct emucard *card)
{
	struct emucard_buffer *buffer, *next;

	mutex_lock(&card->buffers_mutex);
	list_for_each_entry_safe(buffer, next, &card->buffers, node)
		emucard_buffer_unmap(buffer);
	mutex_unlock(&card->buffers_mutex);
}

static void emucard_buffer_release(struct kref *kref)
{
	struct emucard_buffer *buffer = container_of(kref, struct emucard_buffer, kref);
	struct emucard *card = buffer->card;

	/* A card that goes waits for this mutex before its mappings become invalid. */
	mutex_lock(&card->buffers_mutex);
	emucard_buffer_unmap(buffer);
	mutex_unlock(&card->buffers_mutex);
	emucard_buffer_unpin(buffer);
	account_locked_vm(buffer->mm, buffer->pages, false);
	mmdrop(buffer->mm);
	kvfree(buffer->segs);
	kfree(buffer);
}

/* The buffer of this number, until emucard_buffer_put(); NULL: there is none */
struct emucard_buffer *emucard_buffer_get(struct emucard_file *efile, u32 id)
{
	struct emucard_buffer *buffer;

	xa_lock(&efile->buffers);
	buffer = xa_load(&efile->buffers, id);
	if (buffer)
		kref_get(&buffer->kref);
	xa_unlock(&efile->buffers);
	return buffer;
}

void emucard_buffer_put(struct emucard_buffer *buffer)
{
	kref_put(&buffer->kref, emucard_buffer_release);
}

/* Touches user memory, so that the card must not be entered. */
static struct emucard_buffer *emucard_buffer_create(struct emucard *card, unsigned long addr,
						    size_t len)
{
	struct emucard_buffer *buffer;
	int ret;

	buffer = kzalloc(sizeof(*buffer), GFP_KERNEL_ACCOUNT);
	if (!buffer)
		return ERR_PTR(-ENOMEM);
	kref_init(&buffer->kref);
	buffer->card = card;
	buffer->len = len;
	buffer->pages = DIV_ROUND_UP(offset_in_page(addr) + len, PAGE_SIZE);
	ret = account_locked_vm(current->mm, buffer->pages, true);
	if (ret)
		goto free;
	ret = emucard_buffer_pin(buffer, addr);
	if (ret)
		goto unaccount;
	buffer->mm = current->mm;
	mmgrab(buffer->mm);
	return buffer;

unaccount:
	account_locked_vm(current->mm, buffer->pages, false);
free:
	kfree(buffer);
	return ERR_PTR(ret);
}

int emucard_buffer_register(struct emucard_file *efile, struct emucard_buf_register *arg)
{
	struct emucard *card = efile->card;
	struct emucard_buffer *buffer;
	int ret;

	buffer = emucard_buffer_create(card, arg->addr, arg->len);
	if (IS_ERR(buffer))
		return PTR_ERR(buffer);
	ret = -ENODEV;
	if (emucard_enter(card)) {
		ret = emucard_buffer_map(buffer);
		emucard_exit(card);
	}
	if (!ret)
		ret = xa_alloc(&efile->buffers, &arg->buf, buffer,
			       XA_LIMIT(1, EMUCARD_BUFS_MAX), GFP_KERNEL_ACCOUNT);
	/* All numbers are in use. */
	if (ret == -EBUSY)
		ret = -ENOSPC;
	if (ret)
		emucard_buffer_put(buffer);
	return ret;
}

int emucard_buffer_unregister(struct emucard_file *efile, u32 id)
{
	struct emucard_buffer *buffer = xa_erase(&efile->buffers, id);

	if (!buffer)
		return -ENOENT;
	/* A transfer that is under way keeps it until it has ended. */
	emucard_buffer_put(buffer);
	return 0;
}

/* The file is closed: no call is under way on it. */
void emucard_buffers_release(struct emucard_file *efile)
{
	struct emucard_buffer *buffer;
	unsigned long id;

	xa_for_each(&efile->buffers, id, buffer)
		emucard_buffer_put(buffer);
	xa_destroy(&efile->buffers);
}

/* The segment that holds a place */
static unsigned int emucard_buffer_find(const struct emucard_buffer *buffer, u64 offset)
{
	unsigned int low = 0, high = buffer->nr_segs - 1;

	while (low < high) {
		unsigned int middle = high - (high - low) / 2;

		if (buffer->segs[middle].offset <= offset)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

/*
 * emucard_buffer_slice - the longest piece from @offset on that one transfer takes
 *
 * That is a part of a segment, or whole segments, for which the card driver's table is used
 * as it is. @len is the most that is wanted. Bytes.
 */
u64 emucard_buffer_slice(const struct emucard_buffer *buffer, u64 offset, u64 len,
			 struct emucard_slice *slice)
{
	const struct emucard_seg *seg;
	unsigned int first = emucard_buffer_find(buffer, offset), i;
	u64 whole = 0;

	seg = &buffer->segs[first];
	slice->buffer = buffer;
	slice->first = first;
	slice->nr = 1;
	slice->skip = offset - seg->offset;
	if (slice->skip || seg->len > len)
		return min_t(u64, len, seg->len - slice->skip);

	for (i = first; i < buffer->nr_segs && i - first < EMUCARD_SLICE_SEGS; i++) {
		if (whole + buffer->segs[i].len > len)
			break;
		whole += buffer->segs[i].len;
	}
	slice->nr = i - first;
	return whole;
}

/*
 * What lies in a bounce buffer or a cache goes to the other side, for this piece only. Before a
 * transfer from the card as well: it may move less than all, and the rest comes back too.
 */
void emucard_slice_sync(const struct emucard_slice *slice, u64 len, enum dma_data_direction dir,
			bool for_cpu)
{
	const struct emucard_buffer *buffer = slice->buffer;
	struct device *dma_dev = buffer->card->dev.parent;
	u32 skip = slice->skip;
	unsigned int i;

	if (!buffer->needs_sync)
		return;
	for (i = slice->first; len; i++, skip = 0) {
		const struct emucard_seg *seg = &buffer->segs[i];
		size_t part = min_t(u64, len, seg->len - skip);

		if (for_cpu)
			dma_sync_single_for_cpu(dma_dev, seg->addr + skip, part, dir);
		else
			dma_sync_single_for_device(dma_dev, seg->addr + skip, part,
						   DMA_BIDIRECTIONAL);
		len -= part;
	}
}
