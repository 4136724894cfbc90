// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A virtual machine as libvirt or QEMU tells it: which of the two a run begins with, its seeds
 * say.  The file is in memory, and is read as any other.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pciaddr/check/checks.h"
#include "pciaddr/diff/diff.h"
#include "pciaddr/input/file-kind.h"
#include "pciaddr/input/source.h"
#include "fuzz-show.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct results results = { 0 }, changes = { 0 };
	struct machine machine;
	char path[40];
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	machine_load(&machine, &(struct source) { .kind = file_kind(path), .path = path });
	if (!machine.error) {
		check_machine(&machine, &results);
		fuzz_show(&machine, &results);
		diff_machines(&changes, &machine, &machine, 0);
	}
	results_free(&changes);
	results_free(&results);
	machine_free(&machine);
	close(fd);
	return 0;
}
