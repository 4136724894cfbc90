/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which kind of source a path is, by what is there. */
#ifndef PCIADDR_INPUT_FILE_KIND_H
#define PCIADDR_INPUT_FILE_KIND_H

#include "pciaddr/model/machine.h"

/*
 * A socket is a QMP monitor's; a regular file that begins as XML with a domain is a libvirt
 * domain, one that begins as JSON is what a monitor has said.  All else is SOURCE_DUMP.
 */
enum source_kind file_kind(const char *path);

#endif
