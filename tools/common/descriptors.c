// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "common/descriptors.h"
#include "common/die.h"

void keep_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		/* The wrong way round, so that using it fails.  The lowest free one is fd. */
		if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			die_errno(EXIT_CANNOT_TELL, "/dev/null");
	}
}
