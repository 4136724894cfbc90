// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/emulate/emulate.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "common/die.h"
#include "pciaddr/emulate/files.h"
#include "pciaddr/emulate/shape.h"
#include "pciaddr/spec/capture.h"

void shape_note(struct shape *shape, enum shape_topic topic, const char *format, ...)
{
	struct shape_note *note = arena_alloc(&shape->arena, sizeof(*note));
	va_list args;

	va_start(args, format);
	note->text = arena_vprintf(&shape->arena, format, args);
	va_end(args);
	note->topic = topic;
	*shape->notes_end = note;
	shape->notes_end = &note->next;
	shape->note_counts[topic]++;
}

static void write_image(FILE *out, const void *context)
{
	const struct shape_function *function = context;

	fwrite(function->image, 1, function->size, out);
}

struct specification {
	const struct machine *guest;
	bool numeric;
};

static void write_specification(FILE *out, const void *context)
{
	const struct specification *specification = context;

	capture_lasting(out, specification->numeric, specification->guest);
}

static bool write_all(const struct emulate_options *options, const struct shape *shape,
		      const struct machine *guest)
{
	const struct specification specification = { guest, options->numeric };
	const char *path = options->directory;
	int directory = directory_open(path, options->overwrite);
	bool written = directory >= 0;
	char name[IMAGE_NAME_MAX];

	for (size_t i = 0; written && i < shape->count; i++)
		written = directory_write(directory, path, image_name(&shape->functions[i], name),
					  write_image, &shape->functions[i]);
	for (size_t i = 0; written && i < shape->root_count; i++)
		if (root_has_file(&shape->roots[i]))
			written = directory_write(directory, path,
						  windows_name(&shape->roots[i], name),
						  write_windows, &shape->roots[i]);
	written = written &&
		directory_write(directory, path, FILE_DEVICES, write_devices, shape) &&
		directory_write(directory, path, FILE_ARGUMENTS, write_arguments, shape) &&
		directory_write(directory, path, FILE_SPECIFICATION, write_specification,
				&specification) &&
		directory_write(directory, path, FILE_README, write_readme, shape);
	if (directory >= 0)
		close(directory);
	return written;
}

static void tell(const struct shape *shape, const char *directory)
{
	printf("%s: %zu of %zu functions in %s; %zu left out, %zu at another address, %zu made up, "
	       "%zu that may differ: see %s/" FILE_README "\n", shape->machine->name, shape->count,
	       shape->machine->count, directory, shape->note_counts[TOPIC_LEFT_OUT],
	       shape->note_counts[TOPIC_ELSEWHERE], shape->note_counts[TOPIC_MADE_UP],
	       shape->note_counts[TOPIC_MAY_DIFFER], directory);
}

/* Nothing is dropped in silence. */
static void take_warnings(struct shape *shape)
{
	for (const struct note *note = shape->machine->warnings; note; note = note->next) {
		warn("%s", note->text);
		shape_note(shape, TOPIC_SOURCE, "%s", note->text);
	}
}

int emulate(const struct emulate_options *options, const struct machine *machine)
{
	struct shape shape = { .machine = machine };
	struct machine guest;
	bool written = false;

	shape.notes_end = &shape.notes;
	take_warnings(&shape);
	shape_find_roots(&shape);
	shape_take_functions(&shape);
	if (!shape.count) {
		warn_advice("lspci -vvxxxx, run as root, tells the most",
			    "%s: there is no function in it that QEMU could show", machine->name);
		for (const struct shape_note *note = shape.notes; note; note = note->next)
			warn("%s", note->text);
		arena_free(&shape.arena);
		return EXIT_USAGE;
	}
	shape_make_images(&shape);
	shape_find_sizes(&shape);
	shape_find_conflicts(&shape);
	shape_find_windows(&shape);
	if (shape_make_faults(&shape, options->faults, options->fault_count)) {
		shape_machine(&shape, &guest);
		written = write_all(options, &shape, &guest);
		machine_free(&guest);
	}
	if (written)
		tell(&shape, options->directory);
	arena_free(&shape.arena);
	return written ? EXIT_OK : EXIT_USAGE;
}
