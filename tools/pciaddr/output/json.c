// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * JSON, written as it comes: a tree of 60,000 findings would take many times the memory of
 * the machine itself.
 */
#include "pciaddr/output/output.h"

#include "common/die.h"
#include "common/json.h"
#include "pciaddr/check/finding-text.h"

static void put_known(struct json_object *object, const char *key, const char *text)
{
	if (text)
		json_put_text(object, key, text);
}

static void put_values(struct json_object *object, const struct finding_text *text)
{
	struct json_object *array = NULL;

	for (int i = 0; i < 2; i++) {
		struct json_object *value;

		if (!text->values[i].text)
			continue;
		if (!array)
			array = json_object_new_array();
		value = json_object_new_object();
		json_put_text(value, "value", text->values[i].text);
		put_known(value, "where", text->values[i].where);
		json_object_array_add(array, value);
	}
	if (array)
		json_object_object_add(object, "values", array);
}

static struct json_object *finding_json(const struct machine *machine,
					const struct finding *finding)
{
	struct json_object *object = json_object_new_object();
	struct finding_text text = finding_text(machine, finding);

	json_put_text(object, "status", status_name(finding->status));
	json_put_text(object, "check", checks[finding->check].label);
	json_put_text(object, "severity", severity_name(finding->severity));
	put_known(object, "device", text.device);
	put_known(object, "old_device", text.old_device);
	put_known(object, "device_label", text.label);
	put_known(object, "old_device_label", text.old_label);
	put_known(object, "subject", text.item);
	json_put_text(object, "message", text.message);
	put_values(object, &text);
	put_known(object, "advice", text.advice);
	put_known(object, "asked", text.asked);
	json_put_uint(object, "count", finding->count);
	finding_text_free(&text);
	return object;
}

static void put_warnings(struct json_object *object, const struct machine *machine)
{
	struct json_object *array = json_object_new_array();

	for (const struct note *note = machine->warnings; note; note = note->next)
		json_object_array_add(array, json_new_text(note->text));
	json_object_object_add(object, "warnings", array);
	json_put_uint(object, "warning_count", machine->warning_count);
}

static void put_checks(struct json_object *object, const struct results *results)
{
	struct json_object *array = json_object_new_array();

	for (int check = 0; check < CHECKS; check++) {
		const size_t *counts = results->tallies[check].counts;
		struct json_object *tally;

		if (!counts[STATUS_PASS] && !counts[STATUS_FAIL] && !counts[STATUS_UNKNOWN] &&
		    !counts[STATUS_SKIP])
			continue;
		tally = json_object_new_object();
		json_put_text(tally, "check", checks[check].label);
		json_put_uint(tally, "pass", counts[STATUS_PASS]);
		json_put_uint(tally, "fail", counts[STATUS_FAIL]);
		json_put_uint(tally, "unknown", counts[STATUS_UNKNOWN]);
		json_put_uint(tally, "skip", counts[STATUS_SKIP]);
		json_object_array_add(array, tally);
	}
	json_object_object_add(object, "checks", array);
}

/* What the machine is compared with. */
static void put_old(struct json_object *object, const struct machine *old)
{
	struct json_object *entry = json_object_new_object();

	json_put_text(entry, "name", old->name);
	json_put_uint(entry, "functions", old->count);
	json_put_uint(entry, "buses", old->bus_count);
	json_object_object_add(object, "old", entry);
}

static void json_begin(FILE *out, const struct output_options *options)
{
	struct json_object *object = json_object_new_object();

	(void)options;
	json_put_text(object, "format", "pciaddr-check");
	json_put_uint(object, "version", 1);
	json_write_open(out, object);
	fputs(", \"machines\": [", out);
}

static void json_machine(FILE *out, const struct output_options *options,
			 const struct machine *machine, const struct results *results)
{
	static const char *const words[] = {
		[EXIT_OK] = "pass",
		[EXIT_FAILED] = "fail",
		[EXIT_USAGE] = "unreadable",
		[EXIT_CANNOT_TELL] = "unknown",
	};
	struct json_object *object = json_object_new_object();

	json_put_text(object, "name", machine->name);
	json_put_text(object, "status", words[output_machine_status(options, machine, results)]);
	put_known(object, "error", machine->error);
	json_put_uint(object, "functions", machine->count);
	json_put_uint(object, "buses", machine->bus_count);
	if (results->old)
		put_old(object, results->old);
	put_warnings(object, machine);
	put_checks(object, results);
	fputs("\n  ", out);
	json_write_open(out, object);
	fputs(", \"findings\": [", out);
	for (size_t i = 0; i < results->count; i++) {
		fputs(i ? ",\n    " : "\n    ", out);
		json_write(out, finding_json(machine, &results->findings[i]),
			   JSON_C_TO_STRING_SPACED);
	}
	fputs("]}", out);
}

static void json_end(FILE *out, const struct output_options *options,
		     const struct output_totals *totals)
{
	struct json_object *object = json_object_new_object();

	(void)options;
	json_put_uint(object, "machines", totals->machines);
	json_put_uint(object, "passed", totals->passed);
	json_put_uint(object, "failed", totals->failed);
	json_put_uint(object, "unknown", totals->unknown);
	json_put_uint(object, "unreadable", totals->unreadable);
	fputs("\n], \"totals\": ", out);
	json_write(out, object, JSON_C_TO_STRING_SPACED);
	fputs("}\n", out);
}

const struct output_ops output_json = {
	.name = "json",
	.description = "one object; docs/pciaddr-check-result.schema.json describes it",
	.begin = json_begin,
	.machine = json_machine,
	.end = json_end,
	.separator = ",",
};
