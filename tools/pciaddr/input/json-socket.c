// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/input/json-socket.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "common/alloc.h"
#include "common/die.h"

#define PIECE		(64 * 1024)
#define TEXT_MAX	(64u * 1024 * 1024)	/* of one JSON text; a machine has some 100 KB */
#define DEPTH		1024			/* three levels for each bridge above a device */

struct json_socket {
	struct machine *machine;
	const char *path;
	int fd;
	struct json_tokener *tokener;
	size_t taken;		/* bytes of the text that is being read */
	size_t begin;		/* what is in the buffer and not read yet */
	size_t end;
	char buffer[PIECE];
};

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

int64_t json_socket_deadline(unsigned int milliseconds)
{
	return now() + milliseconds;
}

static int connect_to(struct machine *machine, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(address.sun_path)) {
		machine_fail(machine, EXIT_USAGE, "%s: the path of a socket has %zu characters at "
			     "most; go to its directory, and give the path from there", path,
			     sizeof(address.sun_path) - 1);
		return -1;
	}
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && !connect(fd, (struct sockaddr *)&address, sizeof(address)))
		return fd;
	machine_fail(machine, EXIT_CANNOT_TELL, "%s: %s", path,
		     errno == EAGAIN ? "others wait for this socket already" :
		     errno == ECONNREFUSED ? "no program listens on this socket any more" :
		     strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

struct json_socket *json_socket_open(struct machine *machine, const char *path)
{
	int fd = connect_to(machine, path);
	struct json_socket *socket;

	if (fd < 0)
		return NULL;
	socket = xcalloc(1, sizeof(*socket));
	socket->machine = machine;
	socket->path = path;
	socket->fd = fd;
	socket->tokener = json_tokener_new_ex(DEPTH);
	if (!socket->tokener)
		die(EXIT_CANNOT_TELL, "out of memory");
	return socket;
}

void json_socket_close(struct json_socket *socket)
{
	json_tokener_free(socket->tokener);
	close(socket->fd);
	free(socket);
}

static bool wait_for(struct json_socket *socket, short events, int64_t deadline)
{
	struct pollfd poll_fd = { .fd = socket->fd, .events = events };

	for (;;) {
		int64_t left = deadline - now();
		int ready = left > 0 ? poll(&poll_fd, 1, (int)left) : 0;

		if (ready > 0)
			return true;
		if (!ready) {
			machine_fail(socket->machine, EXIT_CANNOT_TELL, "%s: no answer in time",
				     socket->path);
			return false;
		}
		if (errno != EINTR)
			break;
	}
	machine_fail(socket->machine, EXIT_CANNOT_TELL, "%s: %s", socket->path, strerror(errno));
	return false;
}

bool json_socket_send(struct json_socket *socket, struct json_object *request, int64_t deadline)
{
	const char *text = json_object_to_json_string_ext(request, JSON_C_TO_STRING_PLAIN);
	char *line = xasprintf("%s\n", text);
	size_t length = strlen(line), sent = 0;

	json_object_put(request);
	while (sent < length && wait_for(socket, POLLOUT, deadline)) {
		ssize_t count = send(socket->fd, line + sent, length - sent, MSG_NOSIGNAL);

		if (count >= 0) {
			sent += (size_t)count;
		} else if (errno != EAGAIN && errno != EINTR) {
			machine_fail(socket->machine, EXIT_CANNOT_TELL, "%s: %s", socket->path,
				     strerror(errno));
			break;
		}
	}
	free(line);
	return sent == length;
}

/* More bytes into the empty buffer. */
static bool fill(struct json_socket *socket, int64_t deadline)
{
	ssize_t count;

	do {
		if (!wait_for(socket, POLLIN, deadline))
			return false;
		count = recv(socket->fd, socket->buffer, sizeof(socket->buffer), 0);
	} while (count < 0 && (errno == EAGAIN || errno == EINTR));
	if (count <= 0) {
		machine_fail(socket->machine, EXIT_CANNOT_TELL, "%s: %s", socket->path,
			     count ? strerror(errno) : "the other side closed the connection");
		return false;
	}
	socket->begin = 0;
	socket->end = (size_t)count;
	return true;
}

struct json_object *json_socket_receive(struct json_socket *socket, int64_t deadline)
{
	socket->taken = 0;
	json_tokener_reset(socket->tokener);
	for (;;) {
		struct json_object *object;
		enum json_tokener_error error;

		if (socket->begin == socket->end && !fill(socket, deadline))
			return NULL;
		object = json_tokener_parse_ex(socket->tokener, socket->buffer + socket->begin,
					       (int)(socket->end - socket->begin));
		error = json_tokener_get_error(socket->tokener);
		if (error == json_tokener_success) {
			socket->begin += json_tokener_get_parse_end(socket->tokener);
			/* a lone null is no object, and nothing that QEMU says */
			if (object)
				return object;
			continue;
		}
		socket->taken += socket->end - socket->begin;
		socket->begin = socket->end;
		if (error != json_tokener_continue || socket->taken > TEXT_MAX) {
			machine_fail(socket->machine, EXIT_USAGE, "%s: what comes from there is "
				     "not JSON%s; expected a QMP monitor (QEMU's option "
				     "-qmp unix:PATH,server=on,wait=off)", socket->path,
				     error == json_tokener_continue ? ", or has no end" : "");
			return NULL;
		}
	}
}
