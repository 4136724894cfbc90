// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What one operation of a card costs, without any driver between: the fpga card's
 * null descriptor and NVMe's flush, each from doorbell to completion; and one
 * register write of edu and of pci-testdev. Runs as root in a guest that has all of
 * them. Prints a line for each: name, least nanoseconds for one operation, and how
 * often it touched the card, which is how often a virtual machine exits for it.
 */
#define _GNU_SOURCE
#include <endian.h>
#include <err.h>
#include <fcntl.h>
#include <glob.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "fpga_regs.h"

#define PAGE	4096
#define OPS	500	/* in one round */
#define ROUNDS	9
#define RING	64
#define BARRIER() __atomic_thread_fence(__ATOMIC_SEQ_CST)

static unsigned long touched;

/* A completion that does not come must not hang the guest. */
static void wait_for(volatile uint32_t *word, uint32_t mask, uint32_t value, const char *what)
{
	time_t end = time(NULL) + 20;

	while ((*word & mask) != value)
		if (time(NULL) > end)
			errx(1, "%s does not complete", what);
	BARRIER();
}

/* One page that stays where it is, and where that is */
static void *page(uint64_t *bus)
{
	int fd = open("/proc/self/pagemap", O_RDONLY);
	uint64_t entry;
	void *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED | MAP_POPULATE, -1, 0);

	if (fd < 0 || p == MAP_FAILED ||
	    pread(fd, &entry, sizeof(entry), (uintptr_t)p / PAGE * sizeof(entry)) != sizeof(entry) ||
	    !(entry >> 63) || !(entry & ((1ULL << 55) - 1)))
		err(1, "no memory for a card");
	close(fd);
	*bus = (entry & ((1ULL << 55) - 1)) * PAGE;
	return p;
}

/* The directory in sysfs of the one card with these ids; no driver has it then. */
static char *card(const char *vendor, const char *device)
{
	glob_t all;
	char *found = NULL;

	if (glob("/sys/bus/pci/devices/*", 0, NULL, &all))
		errx(1, "there is no PCI bus");
	for (size_t i = 0; i < all.gl_pathc && !found; i++) {
		char path[300], text[32] = "";
		const char *want[] = { vendor, device };
		const char *file[] = { "vendor", "device" };
		int same = 0;

		for (int j = 0; j < 2; j++) {
			FILE *f;

			snprintf(path, sizeof(path), "%s/%s", all.gl_pathv[i], file[j]);
			f = fopen(path, "r");
			if (f && fgets(text, sizeof(text), f))
				same += !strncmp(text, want[j], 6);
			if (f)
				fclose(f);
		}
		if (same == 2)
			found = strdup(all.gl_pathv[i]);
	}
	globfree(&all);
	if (!found)
		errx(1, "there is no card %s:%s", vendor, device);

	char path[300];
	uint16_t command = htole16(7);
	int fd;

	snprintf(path, sizeof(path), "%s/driver/unbind", found);
	fd = open(path, O_WRONLY);
	if (fd >= 0) {
		const char *name = strrchr(found, '/') + 1;

		if (write(fd, name, strlen(name)) < 0)
			err(1, "%s", path);
		close(fd);
	}
	snprintf(path, sizeof(path), "%s/config", found);
	fd = open(path, O_WRONLY);
	if (fd < 0 || pwrite(fd, &command, 2, 4) != 2)
		err(1, "%s", path);
	close(fd);
	return found;
}

static volatile void *memory_bar(const char *dir, int bar, size_t size)
{
	char path[300];
	void *p;
	int fd;

	snprintf(path, sizeof(path), "%s/resource%d", dir, bar);
	fd = open(path, O_RDWR | O_SYNC);
	p = fd < 0 ? MAP_FAILED : mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		err(1, "%s", path);
	close(fd);
	return p;
}

static uint16_t port_bar(const char *dir, int bar)
{
	char path[300];
	unsigned long long start = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/resource", dir);
	f = fopen(path, "r");
	for (int i = 0; f && i <= bar; i++)
		if (fscanf(f, "%llx %*x %*x", &start) != 1)
			errx(1, "%s cannot be read", path);
	if (!start)
		errx(1, "%s: BAR %d is not there", path, bar);
	fclose(f);
	return start;
}

/* The fpga card: one descriptor, one doorbell, its status seen in memory */

static uint16_t fpga;
static struct fpga_desc *ring;
static unsigned int ring_next;

static void fpga_start(void)
{
	uint64_t bus;

	fpga = port_bar(card("0x1234", "0xf96a"), 0);
	if (inl(fpga + FPGA_ID) != FPGA_ID_VALUE)
		errx(1, "the fpga card does not answer");
	ring = page(&bus);
	outl(FPGA_CONTROL_RESET, fpga + FPGA_CONTROL);
	outl(bus, fpga + FPGA_DMA_RING_LO);
	outl(bus >> 32, fpga + FPGA_DMA_RING_HI);
	outl(RING, fpga + FPGA_DMA_RING_SIZE);
	outl(FPGA_DMA_CONTROL_RUN, fpga + FPGA_DMA_CONTROL);
}

static void fpga_null(void)
{
	struct fpga_desc *d = &ring[ring_next++ % RING];
	volatile uint32_t *status = (volatile uint32_t *)&d->status;

	memset(d, 0, sizeof(*d));
	d->flags = htole16(FPGA_DESC_F_NOP);
	BARRIER();
	*status = htole32(FPGA_DESC_S_OWN);
	BARRIER();
	outl(1, fpga + FPGA_DMA_DOORBELL);
	touched++;
	wait_for(status, FPGA_DESC_S_DONE | FPGA_DESC_S_OWN | FPGA_DESC_S_CODE,
		 FPGA_DESC_S_DONE | FPGA_DESC_OK, "the fpga card's null descriptor");
}

/* NVMe (Base Specification 1.4): one submission, one flush */

struct nvme_command {
	uint32_t dw[16];
};

struct nvme_completion {
	uint32_t dw[4];
};

struct nvme_queue {
	volatile struct nvme_command *sq;
	volatile struct nvme_completion *cq;
	volatile uint32_t *sq_bell, *cq_bell;
	unsigned int next;
	uint32_t phase;
};

enum { NVME_CC = 0x14, NVME_CSTS = 0x1c, NVME_AQA = 0x24, NVME_ASQ = 0x28, NVME_ACQ = 0x30,
       NVME_BELLS = 0x1000 };

static volatile uint32_t *nvme;
static struct nvme_queue admin, io;

static void nvme_queue(struct nvme_queue *q, int id, uint64_t *sq, uint64_t *cq)
{
	q->sq = page(sq);
	q->cq = page(cq);
	/* CAP.DSTRD is 0 in QEMU. */
	q->sq_bell = &nvme[NVME_BELLS / 4 + 2 * id];
	q->cq_bell = q->sq_bell + 1;
	q->phase = 1 << 16;
}

static void nvme_run(struct nvme_queue *q, const struct nvme_command *command, const char *what)
{
	volatile struct nvme_completion *c = &q->cq[q->next];

	memcpy((void *)&q->sq[q->next], command, sizeof(*command));
	q->next = (q->next + 1) % RING;
	BARRIER();
	*q->sq_bell = q->next;
	wait_for(&c->dw[3], 1 << 16, q->phase, what);
	if (c->dw[3] >> 17)
		errx(1, "%s: status 0x%x", what, c->dw[3] >> 17);
	if (!q->next)
		q->phase ^= 1 << 16;
	*q->cq_bell = q->next;
	touched += 2;
}

static void nvme_start(void)
{
	uint64_t sq, cq;

	nvme = memory_bar(card("0x1b36", "0x0010"), 0, 0x2000);
	nvme[NVME_CC / 4] = 0;
	wait_for(&nvme[NVME_CSTS / 4], 1, 0, "the NVMe controller's stop");
	nvme_queue(&admin, 0, &sq, &cq);
	nvme[NVME_AQA / 4] = (RING - 1) << 16 | (RING - 1);
	nvme[NVME_ASQ / 4] = sq;
	nvme[NVME_ASQ / 4 + 1] = sq >> 32;
	nvme[NVME_ACQ / 4] = cq;
	nvme[NVME_ACQ / 4 + 1] = cq >> 32;
	/* Entries of 2^4 and 2^6 bytes, pages of 4096 */
	nvme[NVME_CC / 4] = 4 << 20 | 6 << 16 | 1;
	wait_for(&nvme[NVME_CSTS / 4], 1, 1, "the NVMe controller's start");

	nvme_queue(&io, 1, &sq, &cq);
	struct nvme_command create_cq = { { 0x05, [6] = cq, [7] = cq >> 32,
					    [10] = (RING - 1) << 16 | 1, [11] = 1 } };
	struct nvme_command create_sq = { { 0x01, [6] = sq, [7] = sq >> 32,
					    [10] = (RING - 1) << 16 | 1, [11] = 1 << 16 | 1 } };

	nvme_run(&admin, &create_cq, "NVMe's Create I/O Completion Queue");
	nvme_run(&admin, &create_sq, "NVMe's Create I/O Submission Queue");
}

static void nvme_null(void)
{
	/* Flush, of the namespace 1 */
	struct nvme_command flush = { { 0x00, 1 } };

	nvme_run(&io, &flush, "NVMe's flush");
}

/* edu: the register that reads as the inverse of what was written */

static volatile uint32_t *edu;
static uint32_t edu_value;

static void edu_write(void)
{
	edu[1] = ++edu_value;
	touched++;
}

static void edu_start(void)
{
	edu = memory_bar(card("0x1234", "0x11e8"), 0, PAGE);
}

static void edu_check(void)
{
	if (edu[1] != ~edu_value)
		errx(1, "edu has not taken the last write");
}

/* pci-testdev: its port test without an event, which counts the writes */

static uint16_t testdev;
static uint32_t testdev_offset;

static void testdev_start(void)
{
	testdev = port_bar(card("0x1b36", "0x0005"), 1);
	outb(0, testdev);
	testdev_offset = inl(testdev + 4);
}

static void testdev_round(void)
{
	uint8_t data = inb(testdev + 8);
	uint32_t before = inl(testdev + 12);

	for (int i = 0; i < OPS; i++)
		outb(data, testdev + testdev_offset);
	touched += OPS;
	if (inl(testdev + 12) - before != OPS)
		errx(1, "pci-testdev has counted %u writes of %d", inl(testdev + 12) - before, OPS);
}

static void round_of(void (*op)(void))
{
	for (int i = 0; i < OPS; i++)
		op();
}

static void fpga_round(void) { round_of(fpga_null); }
static void nvme_round(void) { round_of(nvme_null); }

static void edu_round(void)
{
	round_of(edu_write);
	edu_check();
}

static const struct part {
	const char *name;
	void (*start)(void);
	void (*round)(void);
} parts[] = {
	{ "fpga", fpga_start, fpga_round },
	{ "nvme", nvme_start, nvme_round },
	{ "edu", edu_start, edu_round },
	{ "testdev", testdev_start, testdev_round },
};

#define PARTS (sizeof(parts) / sizeof(parts[0]))

int main(void)
{
	double best[PARTS] = { 0 };
	double exits[PARTS];

	if (iopl(3))
		err(1, "iopl");
	for (size_t i = 0; i < PARTS; i++)
		parts[i].start();
	/* In turn, so that whatever else the machine does meets all of them. */
	for (int r = 0; r < ROUNDS; r++) {
		for (size_t i = 0; i < PARTS; i++) {
			struct timespec from, to;
			double ns;

			touched = 0;
			clock_gettime(CLOCK_MONOTONIC, &from);
			parts[i].round();
			clock_gettime(CLOCK_MONOTONIC, &to);
			ns = ((to.tv_sec - from.tv_sec) * 1e9 + (to.tv_nsec - from.tv_nsec)) / OPS;
			if (!r || ns < best[i])
				best[i] = ns;
			exits[i] = (double)touched / OPS;
		}
	}
	for (size_t i = 0; i < PARTS; i++)
		printf("%s %.0f %g\n", parts[i].name, best[i], exits[i]);
	return 0;
}
