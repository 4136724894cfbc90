/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole files, or standard input and output as "-". */
#ifndef FPGACTL_FILE_DATA_H
#define FPGACTL_FILE_DATA_H

#include <stdbool.h>
#include <stdint.h>

/**
 * file_load_or_die - read a file
 * @path: file, or "-"
 * @max: bytes that are of use; one more is read, so that @len tells of too many
 * @len: result, bytes read, at most @max + 1
 *
 * Return: the data, to be freed.
 */
uint8_t *file_load_or_die(const char *path, uint64_t max, uint64_t *len);

/**
 * file_create_or_die - open a file for writing
 * @path: file, or "-"
 * @overwrite: also if it exists already and is not empty
 *
 * Return: descriptor.
 */
int file_create_or_die(const char *path, bool overwrite);

/**
 * file_write_or_die - write all of it and close
 * @fd: of file_create_or_die()
 * @path: for the message
 * @data: bytes
 * @len: how many
 */
void file_write_or_die(int fd, const char *path, const uint8_t *data, uint64_t len);

#endif
