/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /dev/emucard_importer: an open file imports one dma-buf for one device. pread() reads the
 * memory at the addresses that the device was given.
 */
#ifndef IMPORTER_H
#define IMPORTER_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * struct importer_attach - argument of IMPORTER_ATTACH
 * @fd: the dma-buf
 * @revocable: 1: let it be revoked; 0: attach as drivers do that want page structures
 * @slot: PCI address of the device that imports it, NUL-terminated
 */
struct importer_attach {
	__s32 fd;
	__u32 revocable;
	char slot[24];
};

#define IMPORTER_ATTACH	_IOW('i', 1, struct importer_attach)
#define IMPORTER_MAP	_IO('i', 2)		/* ENODEV: revoked */
#define IMPORTER_TOLD	_IO('i', 3)		/* returns how often it was told that */

#endif /* IMPORTER_H */
