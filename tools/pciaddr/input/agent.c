// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The guest's side of a virtual machine, through QEMU's guest agent: it runs lspci there, and
 * reads /proc and the kernel's log.
 */
#include <config.h>

#include "pciaddr/input/source.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/alloc.h"
#include "common/die.h"
#include "pciaddr/input/clean.h"
#include "pciaddr/input/dump-reader.h"
#include "pciaddr/input/json-socket.h"
#include "pciaddr/input/json-value.h"

#define ANSWER_WAIT	10000	/* milliseconds */
#define COMMAND_WAIT	60000	/* lspci of a large machine under emulation */
#define POLL_STEP	100

struct agent {
	struct machine *machine;
	struct json_socket *socket;
	struct dump_reader reader;
};

/* The answer's value, to be let go of; NULL: none in time, or an error, which *@error is. */
static struct json_object *ask(struct agent *agent, const char *command,
			       struct json_object *arguments, const char **error)
{
	struct json_object *request = json_object_new_object(), *text, *value = NULL;
	int64_t deadline = json_socket_deadline(ANSWER_WAIT);

	*error = NULL;
	json_object_object_add(request, "execute", json_object_new_string(command));
	if (arguments)
		json_object_object_add(request, "arguments", arguments);
	if (!json_socket_send(agent->socket, request, deadline))
		return NULL;
	text = json_socket_receive(agent->socket, deadline);
	if (text && json_object_object_get_ex(text, "return", &value)) {
		json_object_get(value);
	} else if (text) {
		const char *reason = json_member_text(json_member(text, "error",
								  json_type_object), "desc");

		*error = reason ? arena_copy(&agent->machine->arena, reason, strlen(reason)) :
			"no reason given";
	}
	json_object_put(text);
	return value;
}

/* What an earlier client has left in the channel comes first. */
static bool synchronise(struct agent *agent)
{
	struct json_object *request = json_object_new_object();
	struct json_object *arguments = json_object_new_object(), *text;
	int64_t deadline = json_socket_deadline(ANSWER_WAIT);
	int32_t number = (int32_t)(time(NULL) & 0xffffff) + getpid();
	bool found = false;

	json_object_object_add(arguments, "id", json_object_new_int(number));
	json_object_object_add(request, "execute", json_object_new_string("guest-sync"));
	json_object_object_add(request, "arguments", arguments);
	if (!json_socket_send(agent->socket, request, deadline))
		return false;
	while (!found && (text = json_socket_receive(agent->socket, deadline))) {
		uint64_t value;

		found = json_member_uint(text, "return", INT32_MAX, &value) &&
			value == (uint64_t)number;
		json_object_put(text);
	}
	return found;
}

static bool take_output(struct agent *agent, struct json_object *status)
{
	const char *data = json_member_text(status, "out-data");
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t length = data ? strlen(data) : 0, used = 0;
	char *text = xcalloc(1, length + 1);
	uint32_t bits = 0;
	unsigned int have = 0;

	for (size_t i = 0; i < length && data[i] != '='; i++) {
		const char *digit = strchr(digits, data[i]);

		if (!digit)
			continue;
		bits = bits << 6 | (uint32_t)(digit - digits);
		have += 6;
		if (have >= 8) {
			have -= 8;
			text[used++] = (char)(bits >> have & 0xff);
		}
	}
	dump_feed(&agent->reader, text, clean_text(text, used, false));
	free(text);
	return used;
}

/* Waits for the program to end; false when it did not, or could not be asked for. */
static bool wait_for(struct agent *agent, int64_t pid, const char **error)
{
	int64_t deadline = json_socket_deadline(COMMAND_WAIT);

	while (json_socket_deadline(0) < deadline) {
		struct json_object *arguments = json_object_new_object(), *status;
		bool ended, some;

		json_object_object_add(arguments, "pid", json_object_new_int64(pid));
		status = ask(agent, "guest-exec-status", arguments, error);
		if (!status)
			return false;
		ended = json_member_true(status, "exited");
		if (ended && json_member_true(status, "out-truncated"))
			agent->machine->cut_off = true;
		some = ended && take_output(agent, status);
		json_object_put(status);
		if (ended)
			return some;
		nanosleep(&(struct timespec) { 0, POLL_STEP * 1000000L }, NULL);
	}
	*error = "it did not end in a minute";
	return false;
}

/* False: nothing came, and @error is why, as far as the agent says it. */
static bool run_command(struct agent *agent, const char *const *command, const char **error)
{
	struct json_object *arguments = json_object_new_object(), *list, *value;
	uint64_t pid;
	bool good;

	list = json_object_new_array();
	for (const char *const *word = command + 1; *word; word++)
		json_object_array_add(list, json_object_new_string(*word));
	json_object_object_add(arguments, "path", json_object_new_string(command[0]));
	json_object_object_add(arguments, "arg", list);
	json_object_object_add(arguments, "capture-output", json_object_new_boolean(true));
	value = ask(agent, "guest-exec", arguments, error);
	good = value && json_member_uint(value, "pid", INT64_MAX, &pid);
	json_object_put(value);
	return good && wait_for(agent, (int64_t)pid, error);
}

static void read_guest(struct agent *agent)
{
	static const char *const commands[][4] = {
		{ "lspci", "-vvxxxx", "-D", NULL },
		{ "cat", "/proc/ioports", NULL },
		{ "cat", "/proc/iomem", NULL },
		{ "dmesg", NULL },
	};
	struct machine *machine = agent->machine;
	const char *error;

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]) && !machine->error; i++) {
		dump_next_part(&agent->reader, arena_printf(&machine->arena, "%s of the guest",
							    commands[i][1] && i ?
							    commands[i][1] : commands[i][0]));
		if (run_command(agent, commands[i], &error) || machine->error)
			continue;
		if (i)
			machine_warn_of_source(machine, "%s: '%s' gave nothing in the guest: %s",
					       machine->config_path, commands[i][0],
					       error ? error : "no output");
		else
			machine_fail(machine, EXIT_CANNOT_TELL, "%s: lspci does not run in the "
				     "guest: %s. The guest needs pciutils, and its agent must "
				     "allow guest-exec (RHEL and its relatives forbid it in "
				     "/etc/sysconfig/qemu-ga)", machine->config_path,
				     error ? error : "no output");
	}
}

void source_agent_load(struct machine *machine, const struct source *source)
{
	struct agent *agent = xcalloc(1, sizeof(*agent));

	/* what comes from there is lspci's text */
	machine->kind = SOURCE_DUMP;
	machine->config_path = arena_copy(&machine->arena, source->path, strlen(source->path));
	agent->machine = machine;
	agent->socket = json_socket_open(machine, source->path);
	if (agent->socket) {
		dump_start(&agent->reader, machine);
		if (synchronise(agent)) {
			read_guest(agent);
		} else {
			machine->error = NULL;
			machine_fail(machine, EXIT_CANNOT_TELL, "%s: no guest agent answers "
				     "there: is qemu-guest-agent running in the guest?",
				     machine->config_path);
		}
		dump_finish(&agent->reader);
		json_socket_close(agent->socket);
	}
	free(agent);
}
