// SPDX-License-Identifier: GPL-2.0-only
/*
 * Not a test by itself: what is under way while something happens to the card from
 * outside. Says "started" when it is.
 *
 * inflight NODE gone: calls of every kind, to the end of the card; fails unless each
 *	ends with ENODEV (SIGBUS for a mapping)
 * inflight NODE kept: transfers to the card and back, compared, until SIGTERM; fails
 *	if one differs, or if there is another error than EIO
 */
#include <stdbool.h>

#include "threads.h"
#include "worker.h"

static int until_gone(int fd)
{
	struct caller callers[] = CALLERS;
	int status = 0, i;

	if (start_callers(callers, fd))
		return 2;
	puts("started");
	join_callers(callers);
	for (i = 0; i < NR_CALLERS; i++) {
		printf("%s: %s\n", callers[i].name, strerrorname_np(-callers[i].error));
		if (callers[i].error != -ENODEV)
			status = 1;
	}
	return status;
}

static int until_told(int fd)
{
	struct worker workers[WORKERS];
	int status = 0, sig, i;
	sigset_t term;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &term, NULL);
	if (start_workers(workers, fd, -EIO))
		return 2;
	puts("started");
	sigwait(&term, &sig);
	stop_workers(workers);
	for (i = 0; i < WORKERS; i++) {
		printf("%d passed, %d failed with EIO, then %s\n", workers[i].passes,
		       workers[i].failures, workers[i].error > 0 ? "data differed" :
		       strerrorname_np(-workers[i].error));
		if (workers[i].error || !workers[i].passes)
			status = 1;
	}
	return status;
}

int main(int argc, char **argv)
{
	bool gone = argc == 3 && !strcmp(argv[2], "gone");
	int fd;

	if (!gone && (argc != 3 || strcmp(argv[2], "kept"))) {
		fprintf(stderr, "usage: inflight NODE gone|kept\n");
		return 2;
	}
	fd = open(argv[1], O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		perror(argv[1]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	return gone ? until_gone(fd) : until_told(fd);
}
