// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * QEMU's side of a virtual machine: over its monitor (QMP), or from a file of what the monitor has
 * said.  Such a file may be the answer of query-pci alone, that answer with {"return": ...}
 * around it, or a whole session with whatever else a terminal shows of it.
 */
#include <config.h>

#include "pciaddr/input/source.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/die.h"
#include "pciaddr/input/json-socket.h"
#include "pciaddr/input/json-value.h"
#include "pciaddr/input/memory-tree.h"
#include "pciaddr/input/query-pci.h"
#include "pciaddr/input/text-stream.h"

#define GREETING_WAIT	10000	/* milliseconds; also for the answers to small commands */
#define ANSWER_WAIT	30000

/* Three levels for each bridge above a device, of which there are 255 at most */
#define DEPTH		1024

struct answers {
	struct machine *machine;
	struct json_object *pci;	/* of query-pci, or NULL */
	char *tree;			/* of info mtree, or NULL */
	size_t pci_count;
	bool greeted;
};

static const char wanted[] =
	"expected: the answer of QEMU's QMP command query-pci, with or without the rest of the "
	"session";

static void take_error(struct answers *answers, struct json_object *error)
{
	const char *text = json_member_text(error, "desc");

	machine_warn(answers->machine, "%s: QEMU refused a command: %s",
		     answers->machine->config_path, text ? text : "without a reason");
}

static void take_value(struct answers *answers, struct json_object *value)
{
	const char *text;

	if (is_query_pci(value)) {
		json_object_put(answers->pci);
		answers->pci = json_object_get(value);
		answers->pci_count++;
	} else if (json_object_is_type(value, json_type_string)) {
		text = json_object_get_string(value);
		if (!is_memory_tree(text))
			return;
		free(answers->tree);
		answers->tree = strdup(text);
		if (!answers->tree)
			die(EXIT_CANNOT_TELL, "out of memory");
	} else if (json_object_is_type(value, json_type_object)) {
		text = json_member_text(value, "name");
		/* of query-name; other answers have names of other things, and more members */
		if (text && *text && json_object_object_length(value) == 1)
			answers->machine->host = arena_copy(&answers->machine->arena, text,
							    strlen(text));
	}
}

/* A text of the session: an answer, or query-pci's list by itself. */
static void take_text(struct answers *answers, struct json_object *text)
{
	struct json_object *value;

	if (!json_object_is_type(text, json_type_object)) {
		take_value(answers, text);
		return;
	}
	if (json_object_object_get_ex(text, "return", &value))
		take_value(answers, value);
	else if (json_object_object_get_ex(text, "error", &value))
		take_error(answers, value);
	else if (json_object_object_get_ex(text, "QMP", &value))
		answers->greeted = true;
}

static void settle(struct answers *answers)
{
	struct machine *machine = answers->machine;

	if (!machine->error && !answers->pci)
		machine_fail(machine, EXIT_USAGE, "%s: no PCI bus in it; %s",
			     machine->config_path, wanted);
	if (!machine->error) {
		query_pci_read(machine, answers->pci);
		if (answers->pci_count > 1)
			machine_tell(machine, "%s: query-pci is answered %zu times; the last "
				     "answer is taken", machine->config_path, answers->pci_count);
		if (answers->tree)
			memory_tree_read(machine, answers->tree);
		machine_tell(machine, "%s: %zu PCI functions of query-pci; %s",
			     machine->config_path, machine->count, machine->answers_known ?
			     "what answers where is known of info mtree" :
			     "what answers where is unknown ('" MEMORY_TREE_COMMAND "' tells it)");
	}
	json_object_put(answers->pci);
	free(answers->tree);
}

/* Files */

/*
 * The JSON texts in what a terminal shows: each begins with a brace or a bracket, and what does
 * not parse from there is passed over up to the end of the line.
 */
static void take_texts(struct answers *answers, const char *text, size_t length)
{
	struct json_tokener *tokener = json_tokener_new_ex(DEPTH);
	const char *end = text + length;

	if (!tokener)
		die(EXIT_CANNOT_TELL, "out of memory");
	while (text < end) {
		size_t left = (size_t)(end - text), skipped = strcspn(text, "{[");
		struct json_object *object;
		enum json_tokener_error error;

		/* a NUL ends what strcspn() sees */
		if (skipped >= left || !text[skipped])
			break;
		text += skipped;
		left -= skipped;
		json_tokener_reset(tokener);
		object = json_tokener_parse_ex(tokener, text, (int)left);
		error = json_tokener_get_error(tokener);
		if (error == json_tokener_success) {
			take_text(answers, object);
			json_object_put(object);
			text += json_tokener_get_parse_end(tokener);
		} else if (error == json_tokener_continue) {
			answers->machine->cut_off = true;
			break;
		} else {
			text += strcspn(text, "\n");
		}
	}
	json_tokener_free(tokener);
}

static void load_file(struct answers *answers, const char *path)
{
	struct machine *machine = answers->machine;
	size_t length;
	char *text = text_stream_read_whole(machine, machine->config_path, path, &length);

	if (!text)
		return;
	if (length >= INT_MAX)
		machine_fail(machine, EXIT_USAGE, "%s: larger than 2 GiB; %s",
			     machine->config_path, wanted);
	else
		take_texts(answers, text, length);
	free(text);
}

/* Sockets */

/* Sends a command and takes its answer; events come in between. */
static bool ask(struct answers *answers, struct json_socket *socket, const char *command,
		struct json_object *arguments, unsigned int wait)
{
	struct json_object *request = json_object_new_object(), *text;
	int64_t deadline = json_socket_deadline(wait);

	json_object_object_add(request, "execute", json_object_new_string(command));
	json_object_object_add(request, "id", json_object_new_string(command));
	if (arguments)
		json_object_object_add(request, "arguments", arguments);
	if (!json_socket_send(socket, request, deadline))
		return false;
	while ((text = json_socket_receive(socket, deadline))) {
		const char *id = json_member_text(text, "id");
		bool answered = id && !strcmp(id, command);

		if (answered)
			take_text(answers, text);
		json_object_put(text);
		if (answered)
			return true;
	}
	return false;
}

static bool greet(struct answers *answers, struct json_socket *socket)
{
	struct machine *machine = answers->machine;
	struct json_object *text = json_socket_receive(socket,
						       json_socket_deadline(GREETING_WAIT));

	if (text)
		take_text(answers, text);
	json_object_put(text);
	if (answers->greeted)
		return true;
	machine->error = NULL;
	machine_fail(machine, EXIT_CANNOT_TELL, "%s: no greeting of a QMP monitor. QEMU serves one "
		     "client at a time, and libvirt stays connected: give it a monitor of its own "
		     "(-qmp unix:PATH,server=on,wait=off), or save what 'virsh "
		     "qemu-monitor-command DOMAIN --pretty {\"execute\":\"query-pci\"}' "
		     "prints and give that file", machine->config_path);
	return false;
}

static void load_socket(struct answers *answers, const char *path)
{
	struct json_socket *socket = json_socket_open(answers->machine, path);
	struct json_object *arguments;

	if (!socket)
		return;
	if (greet(answers, socket) &&
	    ask(answers, socket, "qmp_capabilities", NULL, GREETING_WAIT) &&
	    ask(answers, socket, "query-name", NULL, GREETING_WAIT) &&
	    ask(answers, socket, "query-pci", NULL, ANSWER_WAIT)) {
		arguments = json_object_new_object();
		json_object_object_add(arguments, "command-line",
				       json_object_new_string(MEMORY_TREE_COMMAND));
		if (!ask(answers, socket, "human-monitor-command", arguments, ANSWER_WAIT)) {
			/* the rest is known all the same */
			machine_warn_of_source(answers->machine, "%s", answers->machine->error);
			answers->machine->error = NULL;
		}
	}
	json_socket_close(socket);
}

void source_qmp_load(struct machine *machine, const struct source *source)
{
	struct answers answers = { .machine = machine };
	struct stat status;

	machine->config_path = strcmp(source->path, "-") ?
		arena_copy(&machine->arena, source->path, strlen(source->path)) : machine->name;
	if (strcmp(source->path, "-") && !stat(source->path, &status) && S_ISSOCK(status.st_mode))
		load_socket(&answers, source->path);
	else
		load_file(&answers, source->path);
	settle(&answers);
}
