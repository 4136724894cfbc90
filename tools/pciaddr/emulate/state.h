/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a kernel and its drivers have changed in config space since firmware. */
#ifndef PCIADDR_EMULATE_STATE_H
#define PCIADDR_EMULATE_STATE_H

#include "pciaddr/emulate/shape.h"

/*
 * Puts the image back as firmware hands it over: awake, without interrupts by messages, without
 * virtual functions, without events.  Addresses stay as they are.
 */
void image_to_handover(struct shape *shape, struct shape_function *function);

#endif
