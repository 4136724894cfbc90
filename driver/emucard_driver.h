/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The core that drivers of emulated PCI cards share: what a card driver gives
 * to it and gets from it. <linux/emucard.h> is what users see of it.
 *
 * Open files keep the PCI function from sleeping. A card driver that lets it sleep otherwise
 * (runtime power management) must have it awake when it is unbound.
 *
 * A card driver allocates a struct emucard early in its probe, fills in what it
 * finds out about the card, and registers it last. From then on users can reach
 * the card, until the driver is unbound: the registration is a managed resource,
 * so that it is undone before anything that was set up before it.
 */
#ifndef EMUCARD_DRIVER_H
#define EMUCARD_DRIVER_H

#include <linux/atomic.h>
#include <linux/cdev.h>
#include <linux/completion.h>
#include <linux/device.h>
#include <linux/dma-direction.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/percpu-refcount.h>
#include <linux/sched.h>
#include <linux/scatterlist.h>
#include <linux/spinlock.h>
#include <linux/stddef.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <linux/emucard.h>

struct emucard;
struct emucard_file;
struct emucard_page_list;
struct iov_iter;
struct mm_struct;
struct kiocb;
struct pci_dev;

/* Pages, and therefore segments, of one transfer at most */
#define EMUCARD_XFER_PAGES	256
/* Transfers of one request at most */
#define EMUCARD_REQUEST_XFERS	64
/* Segments of a registered buffer that one transfer covers at most */
#define EMUCARD_SLICE_SEGS	4096
/* Words of emucard_xfer.priv */
#define EMUCARD_XFER_PRIV	3

/**
 * struct emucard_wait - how long, and for what signals, a caller waits
 * @deadline: in jiffies
 * @interruptible: any signal ends the wait; else only a fatal one does
 * @nowait: only the card itself is waited for, not a share of emucard.budget: -EAGAIN
 */
struct emucard_wait {
	unsigned long deadline;
	bool interruptible;
	bool nowait;
};

static inline long emucard_time_left(const struct emucard_wait *wait)
{
	return max(0L, (long)(wait->deadline - jiffies));
}

/*
 * Wait until a condition holds: 0, -ETIMEDOUT or -EINTR. This is what both
 * wait_event_interruptible_timeout() and wait_event_killable_timeout() are made of; to call
 * either of them would take the condition twice. The wait is not freezable: the caller may hold
 * something that others wait for (a pipe, a unit of the card). A suspend of the machine
 * interrupts interruptible waiters, and waits for the others.
 */
#define emucard_wait_event(wq, condition, wait)					\
({										\
	const struct emucard_wait *__w = (wait);				\
	unsigned int __state = __w->interruptible ?				\
		TASK_INTERRUPTIBLE : TASK_KILLABLE;				\
	long __left = emucard_time_left(__w);					\
										\
	might_sleep();								\
	__left = ___wait_event(wq, ___wait_cond_timeout(condition), __state,	\
			       0, __left, __ret = schedule_timeout(__ret));	\
	__left > 0 ? 0 : __left ? -EINTR : -ETIMEDOUT;				\
})

/**
 * struct emucard_seg - one piece of a registered buffer, as the card reaches it
 * @offset: in the buffer [bytes]
 * @addr: for the card
 * @len: [bytes]
 */
struct emucard_seg {
	u64 offset;
	dma_addr_t addr;
	u32 len;
};

/**
 * struct emucard_buffer - host memory that is pinned and mapped for longer: see emucard_buffer.c
 * @card: the card
 * @segs: the memory, in its order
 * @nr_segs: entries of @segs
 * @priv: for the card driver's own use
 */
struct emucard_buffer {
	struct emucard *card;
	struct emucard_seg *segs;
	unsigned int nr_segs;
	struct {
		void *table;
		dma_addr_t table_dma;
	} priv;
	/* private: of the core */
	struct kref kref;
	struct list_head node;
	struct sg_table sgt;
	struct mm_struct *mm;
	unsigned long pages;
	size_t len;
	bool mapped;
	bool needs_sync;
	bool written;
};

/**
 * struct emucard_slice - the piece of a registered buffer that a transfer uses
 * @buffer: the buffer; NULL: the transfer has memory of its own
 * @first: its first segment
 * @nr: segments, all of them whole if there is more than one
 * @skip: where it begins in the first [bytes]
 */
struct emucard_slice {
	const struct emucard_buffer *buffer;
	unsigned int first;
	unsigned int nr;
	u32 skip;
};

/**
 * struct emucard_xfer - one run of card memory against one list of host memory
 * @node: for the card driver while it has the transfer
 * @request: the request that it is a part of
 * @sgt: the host memory, mapped for the card, unless it is
 * @slice: of a registered buffer
 * @offset: in card memory [bytes]
 * @len: [bytes]
 * @last: the request has no transfer after this one
 * @moved: set by the card driver: bytes moved
 * @error: set by the card driver: 0 or an error
 * @priv: for the card driver's own use; all zeros at first
 */
struct emucard_xfer {
	struct list_head node;
	struct emucard_request *request;
	struct sg_table sgt;
	struct emucard_slice slice;
	u64 offset;
	u32 len;
	u32 moved;
	int error;
	bool last;
	unsigned long priv[EMUCARD_XFER_PRIV];
	/* private: of the core */
	bool pinned;
	struct emucard_page_list *list;
	struct scatterlist one;
};

/**
 * struct emucard_request - transfers that complete together
 * @card: the card
 * @dir: DMA_TO_DEVICE or DMA_FROM_DEVICE
 * @deadline: in jiffies
 * @iocb: the asynchronous request to complete; NULL: a caller waits
 * @nr: entries of @xfer in use
 * @xfer: the transfers, in the order of their addresses
 */
struct emucard_request {
	struct emucard *card;
	enum dma_data_direction dir;
	unsigned long deadline;
	struct kiocb *iocb;
	/* private: of the core */
	atomic_t pending;
	struct completion done;
	struct work_struct work;
	size_t held;
	unsigned int max;
	/* public: */
	unsigned int nr;
	struct emucard_xfer xfer[];
};

/**
 * struct emucard_call - an ioctl of <linux/emucard.h>
 * @cmd: its number
 * @min: size of its argument in version 1 of the interface; 0: no argument
 * @size: size of its argument today
 * @answer: when the argument is copied back
 * @fn: carries it out on a copy of the argument, the card being entered: 0 or an error
 * @undo: the caller cannot have the answer of a success, or NULL: the caller does not need it
 */
struct emucard_call {
	unsigned int cmd;
	size_t min;
	size_t size;
	enum {
		EMUCARD_ANSWER_NEVER,
		EMUCARD_ANSWER_OK,	/* on success */
		EMUCARD_ANSWER_ALWAYS,	/* also on an error: the argument says how far it came */
		EMUCARD_ANSWER_OUTSIDE,	/* the same, and @fn enters the card itself */
	} answer;
	int (*fn)(struct emucard_file *efile, void *arg);
	void (*undo)(struct emucard_file *efile, const void *arg);
};

/* Largest argument of a request */
#define EMUCARD_CALL_MAX	128

#define EMUCARD_CALL_UNDO(_cmd, _min, _size, _answer, _fn, _undo)		\
	{ .cmd = _cmd, .min = _min, .size = _size, .answer = EMUCARD_ANSWER_##_answer,	\
	  .fn = _fn, .undo = _undo }
#define EMUCARD_CALL(_cmd, _min, _size, _answer, _fn)				\
	EMUCARD_CALL_UNDO(_cmd, _min, _size, _answer, _fn, NULL)

/**
 * struct emucard_ops - what a card driver does for the core
 *
 * @name: the nodes are called by this name and a number
 * @kind: EMUCARD_KIND_*
 * @copy_max: bytes that @copy takes at once
 * @calls: requests that only this kind of card has
 * @nr_calls: how many of them there are
 * @submit: start a request; never sleeps for long, never fails halfway: either
 *	an error, or every transfer ends in emucard_xfer_done()
 * @cancel: end a request with this error; on return every one of its transfers
 *	has ended, and the card does not touch their memory any more
 * @copy: move @len bytes at once and wait for it; bytes moved or an error
 * @buffer_map: make what it takes for transfers to use a registered buffer; may sleep
 * @buffer_unmap: undo it; no transfer uses the buffer
 * @reg_read: read a register; offset and width are in range
 * @reg_write: write a register
 * @irq_raise: raise software interrupt causes
 * @reset: put the card into its reset state
 * @detach: the card goes: every request that is under way must end soon, with
 *	-ENODEV, and so must every later one
 *
 * Needed are @name, @kind, @copy or @submit with @cancel, and what emucard_info.caps
 * promises. None is called before the registration, nor after it has failed or been undone.
 */
struct emucard_ops {
	const char *name;
	u32 kind;
	size_t copy_max;
	const struct emucard_call *calls;
	unsigned int nr_calls;
	int (*submit)(struct emucard *card, struct emucard_request *request);
	void (*cancel)(struct emucard *card, struct emucard_request *request, int error);
	ssize_t (*copy)(struct emucard *card, void *buf, u64 offset, size_t len,
			enum dma_data_direction dir, const struct emucard_wait *wait);
	int (*buffer_map)(struct emucard *card, struct emucard_buffer *buffer);
	void (*buffer_unmap)(struct emucard *card, struct emucard_buffer *buffer);
	int (*reg_read)(struct emucard *card, u32 offset, u32 width, u64 *value);
	int (*reg_write)(struct emucard *card, u32 offset, u32 width, u64 value);
	int (*irq_raise)(struct emucard *card, u32 causes);
	int (*reset)(struct emucard *card);
	void (*detach)(struct emucard *card);
};

/**
 * struct emucard_gate - access to the card: see emucard_gate.c
 * @lock: protects @users, @closed and @exclusive
 * @wait: woken when one of them changes
 * @users: callers inside
 * @closed: how many times it has been closed
 * @exclusive: a caller has the card for itself
 */
struct emucard_gate {
	spinlock_t lock;	/* users, closed, exclusive */
	wait_queue_head_t wait;
	unsigned int users;
	unsigned int closed;
	bool exclusive;
};

/**
 * struct emucard_budget - memory that requests may hold: see emucard_budget.c
 * @lock: protects @used and @waiters
 * @used: [bytes]
 * @max: [bytes]
 * @waiters: callers in the order in which they came
 * @wait: woken when there may be more
 */
struct emucard_budget {
	spinlock_t lock;	/* used, waiters */
	size_t used;
	size_t max;
	struct list_head waiters;
	wait_queue_head_t wait;
};

/**
 * struct emucard_stats - what has happened since the driver was bound
 * @transfers: requests to move data that have succeeded (a request may have several emucard_xfer)
 * @bytes_to_card: [bytes]
 * @bytes_from_card: [bytes]
 * @errors: requests that have failed, @timeouts among them
 * @timeouts: requests that were not finished in time
 * @interrupts: software interrupts
 */
struct emucard_stats {
	atomic64_t transfers;
	atomic64_t bytes_to_card;
	atomic64_t bytes_from_card;
	atomic64_t errors;
	atomic64_t timeouts;
	atomic64_t interrupts;
};

#define EMUCARD_VERDICT_LEN	80

/**
 * struct emucard - one card
 * @dev: its class device; its parent is the PCI function
 * @ops: from devm_emucard_alloc()
 * @drvdata: the card driver's own
 * @info: what EMUCARD_GET_INFO answers; the card driver fills in what it knows
 * @mmap_base: physical address of what mmap() maps, emucard_info.mmap_size long
 * @async: @ops->submit is quick enough for callers that must not be kept waiting
 * @range_verdict: of emucard_check_expected(); empty: the card has no port range
 * @stats: counters
 */
struct emucard {
	struct device dev;
	const struct emucard_ops *ops;
	void *drvdata;
	struct emucard_info info;
	phys_addr_t mmap_base;
	bool async;
	char range_verdict[EMUCARD_VERDICT_LEN];
	struct emucard_stats stats;

	/* private: of the core */
	struct cdev cdev;
	int number;
	/* Every call of a user and every asynchronous request holds one of these. */
	struct percpu_ref users;
	struct completion drained;
	bool detached;			/* set before @users is killed, for those who wait */

	wait_queue_head_t irq_wait;
	spinlock_t irq_lock;		/* irq_count, files and the files' event state */
	u64 irq_count;
	struct mutex files_mutex;	/* files, for those who sleep */
	struct list_head files;

	struct emucard_gate gate;
	struct emucard_budget budget;
	struct mutex buffers_mutex;	/* buffers, and whether they are mapped */
	struct list_head buffers;
	struct mutex dmabufs_mutex;	/* dmabufs and dmabufs_revoked */
	struct list_head dmabufs;
	bool dmabufs_revoked;		/* the memory is not to be accessed now */
	size_t max_segment;		/* [bytes] */
	/* Of @ops, for callers that have not entered the card, and must not read @ops */
	bool has_engine;
	size_t copy_max;
};

struct emucard *emucard_of(struct emucard_file *efile);
bool emucard_may_write(struct emucard_file *efile);

struct emucard *devm_emucard_alloc(struct device *parent, const struct emucard_ops *ops,
				   void *drvdata);
int devm_emucard_register(struct emucard *card);

int emucard_deadline(u32 timeout_ms, struct emucard_wait *wait);
u32 emucard_timeout_left(u32 timeout_ms, const struct emucard_wait *wait);

bool emucard_gate_try_enter(struct emucard *card);
int emucard_gate_enter(struct emucard *card, const struct emucard_wait *wait);
void emucard_gate_exit(struct emucard *card);
void emucard_gate_close(struct emucard *card);
void emucard_gate_open(struct emucard *card);
int emucard_gate_lock_exclusive(struct emucard *card);
void emucard_gate_unlock_exclusive(struct emucard *card);

void emucard_irq_event(struct emucard *card, u32 causes);
void emucard_xfer_done(struct emucard_xfer *xfer);

/**
 * struct emucard_range - a range of I/O ports that a module parameter names
 * @given: the parameter was given
 * @first: first port
 * @last: last port
 */
struct emucard_range {
	bool given;
	u32 first;
	u32 last;
};

extern const struct kernel_param_ops emucard_range_param_ops;

int emucard_check_decode(struct pci_dev *pdev, int bar);
int emucard_check_expected(struct emucard *card, struct pci_dev *pdev, int bar,
			   const struct emucard_range *expect, bool strict);

#endif /* EMUCARD_DRIVER_H */
