// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/view/draw.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/die.h"
#include "pciaddr/view/views.h"

static const struct draw_methods *const methods[] = { &draw_svg, &draw_dot, NULL };

static const struct draw_methods *find_methods(const char *path)
{
	const char *dot = strrchr(path, '.');

	for (const struct draw_methods *const *method = methods; dot && *method; method++)
		if (!strcmp(dot + 1, (*method)->extension))
			return *method;
	die_advice(EXIT_USAGE, "name it FILE.svg or FILE.dot ('-.svg': standard output)",
		   "--draw: '%s' does not end in .svg or .dot", path);
}

static FILE *open_picture(const struct view_options *options)
{
	int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (options->overwrite ? O_TRUNC : O_EXCL);
	int fd;
	FILE *out;

	if (!strncmp(options->draw_path, "-.", 2))
		return stdout;
	fd = open(options->draw_path, flags, 0666);
	if (fd < 0 && errno == EEXIST)
		die_advice(EXIT_USAGE, "another name, or --force to overwrite it",
			   "%s is there already", options->draw_path);
	if (fd < 0)
		die_errno(EXIT_USAGE, "%s", options->draw_path);
	out = fdopen(fd, "w");
	if (!out)
		die_errno(EXIT_CANNOT_TELL, "%s", options->draw_path);
	return out;
}

void draw_free(struct picture *picture)
{
	for (size_t i = 0; i < picture->count; i++)
		free(picture->boxes[i].lines);
	free(picture->boxes);
	free(picture->segments);
}

static const char *footer(const struct machine *machine, struct results *results)
{
	size_t failures = results_total(results, STATUS_FAIL);

	return TEXT(results, "%zu function%s, %zu bus%s, %zu failure%s", machine->count,
		    machine->count == 1 ? "" : "s", machine->bus_count,
		    machine->bus_count == 1 ? "" : "es", failures, failures == 1 ? "" : "s");
}

int draw(const struct view_options *options, const struct machine *machine,
	 struct results *results)
{
	const struct draw_methods *method = find_methods(options->draw_path);
	struct names names;
	struct picture picture = {
		.title = strrchr(machine->name, '/') ? strrchr(machine->name, '/') + 1 :
			machine->name,
		.footer = footer(machine, results),
	};
	FILE *out = open_picture(options);

	names_open(&names, options->numeric);
	draw_boxes(&picture, machine, results, &names);
	if (method->needs_layout)
		draw_layout(&picture);
	method->draw(out, &picture);
	if (out != stdout && fclose(out))
		die_errno(EXIT_CANNOT_TELL, "%s", options->draw_path);
	names_close(&names);
	draw_free(&picture);
	return results_exit_status(results, options->output->threshold, true);
}
