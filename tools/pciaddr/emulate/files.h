/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of --emulate's directory. */
#ifndef PCIADDR_EMULATE_FILES_H
#define PCIADDR_EMULATE_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct shape;

/*
 * Opens the directory, made where it is not there.  Without @overwrite it must be empty.
 * Returns a file descriptor, or -1 after having said why.
 */
int directory_open(const char *path, bool overwrite);

/*
 * Writes DIRECTORY/NAME by what @write does; false, after having said why, if that failed.
 */
bool directory_write(int directory, const char *path, const char *name,
		     void (*write)(FILE *out, const void *context), const void *context);

/* QEMU's -readconfig: host bridges and functions */
#define FILE_DEVICES "machine.cfg"
/* QEMU's other arguments, one a line */
#define FILE_ARGUMENTS "qemu.args"
/* pciaddr-check --spec */
#define FILE_SPECIFICATION "machine.yaml"
#define FILE_README "README"

void write_devices(FILE *out, const void *shape);
void write_arguments(FILE *out, const void *shape);
void write_readme(FILE *out, const void *shape);

/* "0000-00-1f.0.config": the name of a function's image */
#define IMAGE_NAME_MAX 48
struct shape_function;
struct shape_root;
const char *image_name(const struct shape_function *function, char buffer[IMAGE_NAME_MAX]);

/* "0000-00.windows": one a line, of a host bridge that has too many for FILE_DEVICES */
bool root_has_file(const struct shape_root *root);
const char *windows_name(const struct shape_root *root, char buffer[IMAGE_NAME_MAX]);
void write_windows(FILE *out, const void *root);

#endif
