/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole files, or standard input and output as "-". */
#ifndef FPGACTL_FILE_DATA_H
#define FPGACTL_FILE_DATA_H

#include <stdbool.h>
#include <stdint.h>

/**
 * file_load - read a file; a failure is explained and ends the tool
 * @path: file, or "-"
 * @max: bytes that are of use; one more is read, so that @len tells of too many
 * @len: result, bytes read, at most @max + 1
 *
 * Return: the data, to be freed.
 */
uint8_t *file_load(const char *path, uint64_t max, uint64_t *len);

/**
 * file_create - open a file for writing
 * @path: file, or "-"
 * @overwrite: also if it exists already and is not empty
 *
 * Return: descriptor; a failure is explained and ends the tool.
 */
int file_create(const char *path, bool overwrite);

/**
 * file_write - write all of it and close; a failure is explained and ends the tool
 * @fd: of file_create()
 * @path: for the message
 * @data: bytes
 * @len: how many
 */
void file_write(int fd, const char *path, const uint8_t *data, uint64_t len);

#endif
