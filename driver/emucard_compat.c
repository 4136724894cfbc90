// SPDX-License-Identifier: GPL-2.0-only
/* What newer kernels have, for those that do not: see emucard_compat.h. */
#include "emucard_compat.h"

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
#include <linux/bvec.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/pipe_fs_i.h>
#include <linux/slab.h>
#include <linux/splice.h>

/* Pages of one call at most: as many as a pipe has by itself */
#define EMUCARD_SPLICE_PAGES	PIPE_DEF_BUFFERS

struct emucard_splice {
	struct page *pages[EMUCARD_SPLICE_PAGES];
	struct partial_page partial[EMUCARD_SPLICE_PAGES];
	struct bio_vec vec[EMUCARD_SPLICE_PAGES];
};

static void emucard_splice_release(struct splice_pipe_desc *spd, unsigned int i)
{
	put_page(spd->pages[i]);
}

/* Pages for @len bytes; how many there are, fewer when memory is short */
static int emucard_splice_alloc(struct emucard_splice *s, size_t len)
{
	int nr;

	for (nr = 0; len; nr++) {
		s->pages[nr] = alloc_page(GFP_KERNEL);
		if (!s->pages[nr])
			break;
		s->vec[nr].bv_page = s->pages[nr];
		s->vec[nr].bv_offset = 0;
		s->vec[nr].bv_len = min_t(size_t, len, PAGE_SIZE);
		len -= s->vec[nr].bv_len;
	}
	return nr;
}

/* Read into the pages, as a caller of preadv() would. */
static ssize_t emucard_splice_fill(struct emucard_splice *s, int nr, struct file *in, loff_t *pos)
{
	struct iov_iter iter;
	struct kiocb iocb;
	size_t len = 0;
	ssize_t ret;
	int i;

	for (i = 0; i < nr; i++)
		len += s->vec[i].bv_len;
	iov_iter_bvec(&iter, READ, s->vec, nr, len);
	init_sync_kiocb(&iocb, in);
	iocb.ki_pos = *pos;
	ret = call_read_iter(in, &iocb, &iter);
	if (ret > 0)
		*pos = iocb.ki_pos;
	return ret;
}

/* The caller holds the pipe's lock, and has waited until there is room in it. */
ssize_t copy_splice_read(struct file *in, loff_t *pos, struct pipe_inode_info *pipe, size_t len,
			 unsigned int flags)
{
	size_t room = pipe->max_usage - pipe_occupancy(pipe->head, pipe->tail);
	struct splice_pipe_desc spd = {
		.ops = &nosteal_pipe_buf_ops,
		.spd_release = emucard_splice_release,
	};
	struct emucard_splice *s;
	size_t left;
	ssize_t ret;
	int nr, i;

	room = min_t(size_t, room, EMUCARD_SPLICE_PAGES);
	s = kcalloc(1, sizeof(*s), GFP_KERNEL);
	if (!s)
		return -ENOMEM;
	nr = emucard_splice_alloc(s, min(len, room * PAGE_SIZE));
	ret = nr ? emucard_splice_fill(s, nr, in, pos) : -ENOMEM;

	left = max_t(ssize_t, ret, 0);
	for (i = 0; left; i++) {
		s->partial[i].len = min_t(size_t, left, PAGE_SIZE);
		left -= s->partial[i].len;
	}
	spd.nr_pages = i;
	for (; i < nr; i++)
		put_page(s->pages[i]);
	if (spd.nr_pages) {
		spd.pages = s->pages;
		spd.partial = s->partial;
		spd.nr_pages_max = EMUCARD_SPLICE_PAGES;
		ret = splice_to_pipe(pipe, &spd);
	}
	kfree(s);
	return ret;
}
#endif
