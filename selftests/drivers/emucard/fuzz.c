// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls that are nearly right, from several threads at once, while the cards are
 * unbound, removed, reset and bound again. None may give an error that the interface
 * does not name, write where it was not asked to, or hang; at the end both cards work.
 *
 * FUZZ_CALLS: how many calls; FUZZ_SEED: which; FUZZ_FAULTS=1: the kernel's failslab and
 * fail_page_alloc make some of the callers' allocations fail. What the kernel itself finds wrong is
 * in its log, for the one who runs this to look at.
 */
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

#include "card.h"

#define ARENA		(512 * KIB)
#define PAGE		4096UL
/* Requests of the interface, numbered from 0 */
#define REQUESTS	11
#define ARG_BYTES	256
#define GUARD		0xa5
#define FPGA_CALLERS	4
#define EDU_CALLERS	2
#define CALLERS		(FPGA_CALLERS + EDU_CALLERS)
#define FILES		3
#define CALLS_DEFAULT	5000
/* Nothing that is called here may take longer. */
#define HANG_SECONDS	120

struct caller {
	pthread_t thread;
	uint32_t kind;
	uint64_t random;
	int fd[FILES];
	unsigned char *arena;		/* after it comes a page that cannot be written, */
	unsigned char *hole;		/* and after that one that is not there */
	unsigned char *map;
	atomic_ulong calls;
	sigjmp_buf bus;
	volatile bool touching;
};

static struct caller callers[CALLERS];
static __thread struct caller *self;
static atomic_long budget;
static atomic_int complaints;
static bool faults;

static void complain(const char *what, unsigned long detail, long value)
{
	/* One cause often has many effects. */
	if (atomic_fetch_add(&complaints, 1) < 20)
		printf("# %s (0x%lx): %ld\n", what, detail, value);
}

/* xorshift64* (Vigna, 2014) */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 2685821657736338717ULL;
}

static uint64_t below(uint64_t limit)
{
	return next_random(&self->random) % limit;
}

static bool one_in(unsigned int n)
{
	return !below(n);
}

/* Mostly what is right, sometimes what is just not, seldom anything at all */
static uint64_t near(uint64_t limit)
{
	switch (below(16)) {
	case 0: return limit;
	case 1: return limit + 1;
	case 2: return limit - 1;
	case 3: return next_random(&self->random);
	case 4: return 0;
	case 5: return 1ULL << below(64);
	default: return below(limit ? limit : 1);
	}
}

/* Memory of ours, or where it ends, or none: never memory that is in use */
static void *address(void)
{
	switch (below(16)) {
	case 0: return NULL;
	case 1: return (void *)(LONG_MAX & ~(PAGE - 1));
	case 2: return (void *)(ULONG_MAX - PAGE);
	case 3: return self->hole;
	case 4: return self->hole - 1 - below(2 * PAGE);
	case 5: return self->map ? self->map : self->arena;
	default: return self->arena + below(ARENA);
	}
}

/* From there to where nothing is that could be hurt */
static uint64_t length(const unsigned char *from)
{
	if (from >= self->arena && from < self->hole && !one_in(8))
		return below(self->hole + PAGE - from);
	if (from < self->arena || from >= self->hole || one_in(4))
		return 1 + below(PAGE);
	return PAGE;
}

static void check_error(const char *what, unsigned long detail, long error)
{
	static const int named[] = {
		0, EBADF, EFAULT, EINVAL, ENODEV, ENOTTY, EOPNOTSUPP, EPERM, ERANGE, EIO,
		ETIMEDOUT, EINTR, ENOMEM, ENOSPC, ENOENT, EMFILE,
	};
	size_t i;

	for (i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (named[i] == error)
			return;
	complain(what, detail, error);
}

static uint32_t timeout(void)
{
	return one_in(50) ? near(EMUCARD_TIMEOUT_MAX_MS) % 200 + 1 : 1 + below(5);
}

/* Fill in a request; returns its size */
static size_t make_request(unsigned int nr, unsigned char *arg)
{
	union {
		struct emucard_info info;
		struct emucard_reg reg;
		struct emucard_dma dma;
		struct emucard_irq_raise raise;
		struct emucard_irq_wait wait;
		struct emucard_irq_eventfd event;
		struct emucard_reset reset;
		struct emucard_fact fact;
		struct emucard_buf_register reg_buf;
		struct emucard_buf_unregister unreg_buf;
		struct emucard_dmabuf_export export;
	} u = { 0 };
	size_t size = 8, flip;

	switch (nr) {
	case 0:
		size = sizeof(u.info);
		break;
	case 1:
		size = sizeof(u.reg);
		u.reg.flags = near(2);
		u.reg.width = one_in(8) ? near(9) : 1U << below(4);
		u.reg.offset = one_in(4) ? near(0x800) : below(0x200) * 4;
		u.reg.value = one_in(4) ? near(256) : below(256);
		break;
	case 2:
		size = sizeof(u.dma);
		u.dma.flags = one_in(16) ? near(4) : 1 + below(2);
		u.dma.addr = (uintptr_t)address();
		u.dma.len = length((unsigned char *)(uintptr_t)u.dma.addr);
		u.dma.offset = one_in(8) ? near(16 * MIB) :
			       below(self->kind == EMUCARD_KIND_FPGA ? 16 * MIB : 4096);
		u.dma.timeout_ms = timeout();
		if (one_in(4)) {
			u.dma.flags |= EMUCARD_DMA_BUF;
			u.dma.buf = one_in(8) ? near(EMUCARD_BUFS_MAX) : 1 + below(8);
			u.dma.addr = one_in(8) ? near(MIB) : below(8192);
			u.dma.len = one_in(8) ? near(MIB) : 1 + below(8192);
		}
		break;
	case 3:
		size = sizeof(u.raise);
		u.raise.causes = near(0x10000);
		break;
	case 4:
		size = sizeof(u.wait);
		u.wait.flags = near(2);
		u.wait.count = near(1000);
		u.wait.timeout_ms = timeout();
		break;
	case 5:
		size = sizeof(u.event);
		u.event.fd = one_in(2) ? -1 : (int)near(64);
		break;
	case 6:
		size = sizeof(u.reset);
		break;
	case 7:
		size = sizeof(u.fact);
		u.fact.value = below(1000);
		u.fact.timeout_ms = timeout();
		break;
	case 8:
		size = sizeof(u.reg_buf);
		u.reg_buf.addr = (uintptr_t)address();
		u.reg_buf.len = length((unsigned char *)(uintptr_t)u.reg_buf.addr);
		break;
	case 9:
		size = sizeof(u.unreg_buf);
		u.unreg_buf.buf = near(EMUCARD_BUFS_MAX);
		break;
	case 10:
		size = sizeof(u.export);
		u.export.offset = one_in(8) ? near(16 * MIB) : below(4096) * PAGE;
		u.export.len = one_in(8) ? near(MIB) : (1 + below(8)) * PAGE;
		break;
	}
	u.info.argsz = one_in(16) ? near(ARG_BYTES) % (ARG_BYTES + 1) : size;
	flip = below(32 * size);
	if (flip < size && ((nr != 2 && nr != 8) || flip - offsetof(struct emucard_dma, addr) >= 8))
		((unsigned char *)&u)[flip] ^= 1U << below(8);
	/* Whatever was flipped: no long wait, and no more than there is. */
	if (nr == 2 && u.dma.timeout_ms > 1000)
		u.dma.timeout_ms = 1;
	if (nr == 4 && u.wait.timeout_ms > 1000)
		u.wait.timeout_ms = 1;
	if (nr == 7 && u.fact.timeout_ms > 1000)
		u.fact.timeout_ms = 1;
	if (u.info.argsz > ARG_BYTES)
		u.info.argsz = ARG_BYTES;
	memcpy(arg, &u, sizeof(u));
	return size;
}

/* Read some of what was exported, if the card is still there. */
static void use_export(int fd)
{
	unsigned char *map = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	int null = open("/dev/null", O_WRONLY);

	/* The kernel reads it: an error instead of a signal */
	if (map != MAP_FAILED) {
		if (write(null, map, 1) < 0)
			check_error("write from a dma-buf", 0, errno);
		munmap(map, PAGE);
	}
	close(null);
	close(fd);
}

static void call_ioctl(int fd)
{
	unsigned char arg[ARG_BYTES + 16];
	unsigned int nr = below(REQUESTS);
	size_t size, i;
	int ret;

	if (one_in(32)) {
		unsigned long request = near(ULONG_MAX);

		/* Numbers of the core's own interface only: others are the kernel's. */
		if ((request >> 8 & 0xff) != EMUCARD_MAGIC || (request & 0xff) < REQUESTS)
			request = _IO(EMUCARD_MAGIC, REQUESTS + below(256 - REQUESTS));
		check_error("ioctl of another number", request,
			    -card_ioctl(fd, request, one_in(2) ? self->hole : self->arena));
		return;
	}
	/* Transfers and resets of edu take long, or cannot be. */
	if (nr == 2 && self->kind == EMUCARD_KIND_EDU && !one_in(20))
		nr = below(2);
	if (nr == 6 && !one_in(8))
		nr = 2 - below(2);

	memset(arg, GUARD, sizeof(arg));
	size = make_request(nr, arg);
	for (i = size; i < sizeof(arg); i++)
		arg[i] = GUARD;
	if (one_in(32)) {
		check_error("ioctl with a bad pointer", nr,
			    -card_ioctl(fd, _IO(EMUCARD_MAGIC, nr), self->hole - below(8)));
		return;
	}
	ret = ioctl(fd, _IO(EMUCARD_MAGIC, nr), arg);
	check_error("ioctl", nr, ret < 0 ? errno : 0);
	if (nr == 10 && ret >= 0)
		use_export(ret);
	for (i = size; i < sizeof(arg); i++) {
		if (arg[i] != GUARD) {
			complain("ioctl wrote past its argument", nr, i);
			break;
		}
	}
}

static void call_rw(int fd)
{
	uint64_t offset = one_in(8) ? near(16 * MIB) : below(16 * MIB);
	struct iovec iov[4];
	unsigned int i;
	ssize_t ret;

	if (self->kind == EMUCARD_KIND_EDU && !one_in(20))
		return;
	for (i = 0; i < 4; i++) {
		iov[i].iov_base = address();
		iov[i].iov_len = one_in(8) ? 0 : length(iov[i].iov_base);
	}
	switch (below(4)) {
	case 0: ret = pread(fd, iov[0].iov_base, iov[0].iov_len, offset); break;
	case 1: ret = pwrite(fd, iov[0].iov_base, iov[0].iov_len, offset); break;
	case 2: ret = preadv(fd, iov, 1 + below(4), offset); break;
	default: ret = pwritev(fd, iov, 1 + below(4), offset); break;
	}
	check_error("read or write", offset, ret < 0 ? errno : 0);
}

static void on_bus(int signal)
{
	if (self && self->touching)
		siglongjmp(self->bus, signal);
	sigaction(signal, &(struct sigaction) { .sa_handler = SIG_DFL }, NULL);
}

static void on_signal(int signal)
{
}

static void call_mmap(int fd)
{
	size_t len = PAGE * (1 + below(16));
	void *map;

	if (self->map) {
		/* SIGBUS says that the card has gone, and SIGSEGV that it was never mapped so. */
		self->touching = true;
		if (!sigsetjmp(self->bus, 1))
			self->map[below(PAGE)] = one_in(2) ? 1 : self->map[0];
		self->touching = false;
		munmap(self->map, PAGE);
		self->map = NULL;
		return;
	}
	map = mmap(NULL, len, PROT_READ | PROT_WRITE, one_in(8) ? MAP_PRIVATE : MAP_SHARED, fd,
		   (one_in(4) ? near(16 * MIB) : below(16 * MIB)) & (INT_MAX & ~(PAGE - 1)));
	if (map == MAP_FAILED) {
		check_error("mmap", len, errno == EACCES || errno == EOVERFLOW ? EINVAL : errno);
		return;
	}
	if (len > PAGE)
		munmap((char *)map + PAGE, len - PAGE);
	self->map = map;
}

static void call_once(void)
{
	int *file = &self->fd[below(FILES)];
	struct pollfd pfd;

	if (*file < 0 || one_in(64)) {
		static const int modes[] = { O_RDWR, O_RDWR, O_RDWR, O_RDONLY, O_WRONLY };

		if (*file >= 0)
			close(*file);
		*file = open(card_node(self->kind), modes[below(5)] | O_CLOEXEC);
		/* No node while there is no card */
		if (*file < 0) {
			if (errno != ENOENT && errno != ENXIO)
				check_error("open", 0, errno);
			usleep(1000);
		}
		return;
	}
	switch (below(12)) {
	case 0:
		pfd = (struct pollfd) { .fd = *file, .events = POLLPRI };
		poll(&pfd, 1, below(2));
		break;
	case 1:
		call_mmap(*file);
		break;
	case 2:
		check_error("lseek", 0, lseek(*file, near(16 * MIB), below(3)) < 0 ? errno : 0);
		break;
	case 3: case 4: case 5:
		call_rw(*file);
		break;
	default:
		call_ioctl(*file);
	}
}

static void *run_caller(void *data)
{
	int i;

	self = data;
	if (faults)
		write_to("/proc/thread-self/make-it-fail", "1");
	while (atomic_fetch_sub(&budget, 1) > 0) {
		call_once();
		atomic_fetch_add(&self->calls, 1);
	}
	if (faults)
		write_to("/proc/thread-self/make-it-fail", "0");
	if (self->map)
		munmap(self->map, PAGE);
	for (i = 0; i < FILES; i++)
		if (self->fd[i] >= 0)
			close(self->fd[i]);
	return NULL;
}

static unsigned long calls_made(void)
{
	unsigned long sum = 0;
	int i;

	for (i = 0; i < CALLERS; i++)
		sum += atomic_load(&callers[i].calls);
	return sum;
}

/* Takes a card away in one way or another, and brings it back */
static void disturb(const struct emucard_info *info, uint64_t *random)
{
	char path[128];

	switch (next_random(random) % 8) {
	case 0:
		snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/remove", info->slot);
		write_to(path, "1");
		usleep(next_random(random) % 20000);
		write_to("/sys/bus/pci/rescan", "1");
		break;
	case 1: case 2:
		/* Not every card has it. */
		snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/reset", info->slot);
		write_to(path, "1");
		break;
	default:
		card_bind(info, "unbind");
		usleep(next_random(random) % 20000);
		card_bind(info, "bind");
	}
}

static void disturb_until_done(struct emucard_info *infos, size_t nr, uint64_t *random)
{
	unsigned long seen = 0, now;
	int still = 0, i;

	while (atomic_load(&budget) > 0) {
		usleep(20000 + next_random(random) % 200000);
		for (i = 0; i < CALLERS; i++)
			if (next_random(random) % 2)
				pthread_kill(callers[i].thread, SIGUSR1);
		if (nr)
			disturb(&infos[next_random(random) % nr], random);
		now = calls_made();
		/* At least 20 ms have passed. */
		still = now == seen ? still + 1 : 0;
		seen = now;
		if (still > HANG_SECONDS * 50) {
			printf("not ok 1 calls return\n");
			fflush(stdout);
			_exit(1);
		}
	}
}

static bool set_faults(bool on)
{
	static const char * const kinds[] = { "failslab", "fail_page_alloc" };
	static const char * const settings[][2] = {
		{ "task-filter", "Y" }, { "verbose", "0" }, { "interval", "1" },
		{ "times", "-1" }, { "ignore-gfp-wait", "N" },
	};
	char path[128];
	size_t i, k;

	for (k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
			snprintf(path, sizeof(path), "/sys/kernel/debug/%s/%s", kinds[k],
				 settings[i][0]);
			if (write_to(path, settings[i][1]))
				return false;
		}
		snprintf(path, sizeof(path), "/sys/kernel/debug/%s/probability", kinds[k]);
		if (write_to(path, on ? "1" : "0"))
			return false;
	}
	/* Also what is asked for one page at a time, which is what drivers do */
	return !write_to("/sys/kernel/debug/fail_page_alloc/min-order", "0");
}

static bool works(uint32_t kind)
{
	unsigned char out[512], in[512] = { 0 };
	int fd = card_reopen(kind);
	bool ok;

	fill_pattern(out, sizeof(out), 1);
	ok = fd >= 0 && !card_to(fd, out, 0, sizeof(out)) && !card_from(fd, in, 0, sizeof(in)) &&
	     !memcmp(out, in, sizeof(out));
	if (fd >= 0)
		close(fd);
	return ok;
}

static bool prepare(struct caller *c, int index, uint64_t seed)
{
	int i;

	c->kind = index < FPGA_CALLERS ? EMUCARD_KIND_FPGA : EMUCARD_KIND_EDU;
	c->random = seed * 0x9e3779b97f4a7c15ULL + index + 1;
	for (i = 0; i < FILES; i++)
		c->fd[i] = -1;
	c->arena = map_before_hole(ARENA + PAGE);
	if (!c->arena)
		return false;
	c->hole = c->arena + ARENA + PAGE;
	return !mprotect(c->arena + ARENA, PAGE, PROT_READ);
}

int main(void)
{
	static const uint32_t kinds[] = { EMUCARD_KIND_FPGA, EMUCARD_KIND_EDU };
	const char *text = getenv("FUZZ_CALLS");
	long calls = text ? atol(text) : CALLS_DEFAULT;
	struct sigaction bus = { .sa_handler = on_bus }, usr = { .sa_handler = on_signal };
	struct emucard_info infos[2];
	uint64_t seed, random;
	size_t nr = 0, i;
	int fd;

	text = getenv("FUZZ_SEED");
	seed = text ? strtoull(text, NULL, 0) : 1;
	random = seed * 2 + 1;
	for (i = 0; i < 2; i++) {
		fd = open(card_node(kinds[i]), O_RDWR);
		if (fd < 0 || card_info(fd, &infos[nr++])) {
			printf("1..0 # SKIP %s: %s\n", card_node(kinds[i]), strerror(errno));
			return 4;
		}
		close(fd);
	}
	text = getenv("FUZZ_FAULTS");
	faults = text && *text == '1';
	if (faults && !set_faults(true)) {
		printf("1..0 # SKIP the kernel cannot inject faults\n");
		return 4;
	}
	sigaction(SIGBUS, &bus, NULL);
	sigaction(SIGSEGV, &bus, NULL);
	sigaction(SIGUSR1, &usr, NULL);
	printf("TAP version 13\n1..3\n");

	atomic_store(&budget, calls);
	for (i = 0; i < CALLERS; i++)
		if (!prepare(&callers[i], i, seed) ||
		    pthread_create(&callers[i].thread, NULL, run_caller, &callers[i]))
			abort();
	disturb_until_done(infos, geteuid() ? 0 : nr, &random);
	for (i = 0; i < CALLERS; i++)
		pthread_join(callers[i].thread, NULL);
	if (faults)
		set_faults(false);
	/* Whatever was the last that happened to them */
	for (i = 0; i < nr; i++)
		card_bind(&infos[i], "bind");

	printf("%s 1 %ld calls (seed %llu) give errors that are named, and write only their own\n",
	       atomic_load(&complaints) ? "not ok" : "ok", calls, (unsigned long long)seed);
	printf("%s 2 the fpga card works afterwards\n", works(kinds[0]) ? "ok" : "not ok");
	printf("%s 3 the edu card works afterwards\n", works(kinds[1]) ? "ok" : "not ok");
	return 0;
}
