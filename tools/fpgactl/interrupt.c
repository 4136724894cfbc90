// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "fpgactl/interrupt.h"

#include <signal.h>

static volatile sig_atomic_t noted;

static void note(int number)
{
	noted = number;
}

void interrupt_note(void)
{
	static const int numbers[] = { SIGINT, SIGTERM };
	struct sigaction old, action = { .sa_handler = note, .sa_flags = SA_RESETHAND };

	sigemptyset(&action.sa_mask);
	for (unsigned int i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		/* what a shell has ignored for a command in the background stays ignored */
		if (!sigaction(numbers[i], NULL, &old) && old.sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
	}
}

bool interrupt_noted(void)
{
	return noted;
}

void interrupt_end(void)
{
	if (!noted)
		return;
	signal(noted, SIG_DFL);
	raise(noted);
}
