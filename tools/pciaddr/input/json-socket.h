/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A Unix socket on which JSON texts go to and fro, with bounded waits and sizes. */
#ifndef PCIADDR_INPUT_JSON_SOCKET_H
#define PCIADDR_INPUT_JSON_SOCKET_H

#include <json-c/json.h>
#include <stdint.h>

#include "pciaddr/model/machine.h"

struct json_socket;

/* Milliseconds from now, as the calls below take it */
int64_t json_socket_deadline(unsigned int milliseconds);

/* NULL if no program listens there, which the machine then knows. */
struct json_socket *json_socket_open(struct machine *machine, const char *path);
void json_socket_close(struct json_socket *socket);

/*
 * Sends @request, of which it lets go; false when it does not get through until @deadline,
 * which the machine then knows.
 */
bool json_socket_send(struct json_socket *socket, struct json_object *request,
		      int64_t deadline);

/* The next text, to be let go of; NULL when none comes until @deadline, or what comes is none. */
struct json_object *json_socket_receive(struct json_socket *socket, int64_t deadline);

#endif
