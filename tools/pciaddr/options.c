// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/alloc.h"
#include "common/die.h"
#include "common/options.h"
#include "common/wrap.h"
#include "pciaddr/input/companion.h"
#include "pciaddr/input/dump-directory.h"
#include "pciaddr/input/file-kind.h"
#include "pciaddr/input/host-name.h"
#include "pciaddr/spec/machine.h"

/* A terminal of 24 lines and 80 columns shows it whole, with the prompt after it. */
static const char help[] =
"Usage: pciaddr-check [OPTION]...\n"
"Check that PCI bridges, windows, BARs and I/O ports are where they should be.\n"
"  -e, --expect RANGE[@SELECTOR]  a BAR is exactly there: 0x2000-0x27ff@1234:f96a\n"
"  -s, --spec FILE        the machine is as this YAML specification says\n"
"  -a, --all              with these, also what must hold on any machine\n"
"Where to look (default: this machine; may be given several times):\n"
"  -d, --dump FILE|DIR    text of lspci, any form and packing ('-': stdin)\n"
"      --sysfs DIR, --jobs N  a copy of a /sys tree; check N machines at a time\n"
"      --ioports FILE, --iomem FILE, --dmesg FILE  of /proc; a kernel's log\n"
"      --domain FILE, --qmp SOCKET|FILE, --qga SOCKET  libvirt, QEMU, the guest\n"
"What to print:\n"
"  -f, --format FORMAT  text, json (-j, --json), tap, junit, prometheus, nagios,\n"
"                       openmetrics\n"
"  -q, --quiet, -v, --verbose  only failures and unknowns; what was taken, too\n"
"      --color WHEN, --severity LEVEL, --allow-unknown  (LEVEL: low ... critical)\n"
"Instead of checking:\n"
"      --capture, --emulate DIR [--fault KIND@SELECTOR]  a spec; a QEMU machine\n"
"      --tree, --map      the devices, or the address spaces, drawn as text\n"
"      --diff OLD NEW     what changed (--ignore CLASS[,...]: but for these)\n"
"      --draw FILE        a picture, FILE.svg or FILE.dot (--force: overwrite)\n"
"      --emit qemu|libvirt, --import FILE  a spec as arguments; a list as a spec\n"
"  -n, --numeric, --list-checks, -h, --help, -V, --version\n"
"Exit status: 0 all right, 1 failed, 2 wrong usage or input, 3 cannot tell.\n";

enum {
	OPTION_SYSFS = 256,
	OPTION_IOPORTS,
	OPTION_IOMEM,
	OPTION_JOBS,
	OPTION_DMESG,
	OPTION_COLOR,
	OPTION_SEVERITY,
	OPTION_ALLOW_UNKNOWN,
	OPTION_LIST_CHECKS,
	OPTION_CAPTURE,
	OPTION_TREE,
	OPTION_MAP,
	OPTION_DRAW,
	OPTION_EMULATE,
	OPTION_FAULT,
	OPTION_FORCE,
	OPTION_DIFF,
	OPTION_IGNORE,
	OPTION_DOMAIN,
	OPTION_EMIT,
	OPTION_IMPORT,
	OPTION_QMP,
	OPTION_QGA,
};

static const struct option long_options[] = {
	{ "expect", required_argument, NULL, 'e' },
	{ "spec", required_argument, NULL, 's' },
	{ "all", no_argument, NULL, 'a' },
	{ "dump", required_argument, NULL, 'd' },
	{ "sysfs", required_argument, NULL, OPTION_SYSFS },
	{ "ioports", required_argument, NULL, OPTION_IOPORTS },
	{ "iomem", required_argument, NULL, OPTION_IOMEM },
	{ "dmesg", required_argument, NULL, OPTION_DMESG },
	{ "domain", required_argument, NULL, OPTION_DOMAIN },
	{ "emit", required_argument, NULL, OPTION_EMIT },
	{ "import", required_argument, NULL, OPTION_IMPORT },
	{ "qmp", required_argument, NULL, OPTION_QMP },
	{ "qga", required_argument, NULL, OPTION_QGA },
	{ "jobs", required_argument, NULL, OPTION_JOBS },
	{ "format", required_argument, NULL, 'f' },
	{ "json", no_argument, NULL, 'j' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "color", required_argument, NULL, OPTION_COLOR },
	{ "severity", required_argument, NULL, OPTION_SEVERITY },
	{ "allow-unknown", no_argument, NULL, OPTION_ALLOW_UNKNOWN },
	{ "list-checks", no_argument, NULL, OPTION_LIST_CHECKS },
	{ "capture", no_argument, NULL, OPTION_CAPTURE },
	{ "tree", no_argument, NULL, OPTION_TREE },
	{ "map", no_argument, NULL, OPTION_MAP },
	{ "draw", required_argument, NULL, OPTION_DRAW },
	{ "emulate", required_argument, NULL, OPTION_EMULATE },
	{ "fault", required_argument, NULL, OPTION_FAULT },
	{ "force", no_argument, NULL, OPTION_FORCE },
	{ "diff", no_argument, NULL, OPTION_DIFF },
	{ "ignore", required_argument, NULL, OPTION_IGNORE },
	{ "numeric", no_argument, NULL, 'n' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ 0 }
};

static const char see_help[] = "see pciaddr-check --help";

#define usage(advice, ...) die_advice(EXIT_USAGE, advice, __VA_ARGS__)

static void add_found(void *context, const struct source *source)
{
	struct options *options = context;

	options->sources = grow_array(options->sources, options->source_count + 1,
				      sizeof(*options->sources));
	options->sources[options->source_count++] = *source;
}

static void add_source(struct options *options, enum source_kind kind, const char *path)
{
	add_found(options, &(struct source) {
		.kind = kind,
		.path = path ? arena_copy(&options->arena, path, strlen(path)) : NULL,
		.host = host_name(&options->arena, kind, path),
	});
}

static void add_dump_directory(struct options *options, const char *path)
{
	size_t before = options->source_count;

	if (!dump_directory(&options->arena, path, add_found, options))
		die_errno(EXIT_USAGE, "%s", path);
	if (options->source_count == before)
		die(EXIT_USAGE, "%s: no dump in this directory", path);
}

static void add_dump(struct options *options, const char *path)
{
	struct stat status;

	if (strcmp(path, "-") && !stat(path, &status) && S_ISDIR(status.st_mode))
		add_dump_directory(options, path);
	else
		add_source(options, file_kind(path), path);
}

static const char *beside(struct options *options, const struct source *source,
			  const char *suffix)
{
	if (source->kind != SOURCE_DUMP || !strcmp(source->path, "-"))
		return NULL;
	return companion_find(&options->arena, source->path, suffix);
}

/* Copies that belong to a machine, or of which one is a machine alone. */
struct copies {
	const char *ioports;
	const char *iomem;
	const char *log;
};

static void settle_sources(struct options *options, const struct copies *copies)
{
	const char *ioports = copies->ioports, *iomem = copies->iomem, *log = copies->log;

	/* alone, a log is the machine; that needs no /proc of this one */
	if (!options->source_count && log) {
		add_source(options, SOURCE_DUMP, log);
		log = NULL;
	}
	if (!options->source_count)
		add_source(options, SOURCE_LIVE, NULL);
	if ((ioports || iomem || log) && options->source_count > 1)
		usage("beside a dump FILE, FILE.ioports, FILE.iomem and FILE.dmesg are taken by "
		      "themselves", "--%s is of one machine, and there are several",
		      ioports ? "ioports" : iomem ? "iomem" : "dmesg");
	for (size_t i = 0; i < options->source_count; i++) {
		struct source *source = &options->sources[i];

		source->ioports = ioports ? ioports : beside(options, source, ".ioports");
		source->iomem = iomem ? iomem : beside(options, source, ".iomem");
		source->log = log ? log : beside(options, source, ".dmesg");
	}
	options->output_options.machines = options->source_count;
}

static void add_expectation(struct options *options, const char *text)
{
	struct expectation *expectation;
	const char *error;

	options->expectations = grow_array(options->expectations, options->expectation_count + 1,
					   sizeof(*options->expectations));
	expectation = &options->expectations[options->expectation_count++];
	error = expectation_parse(expectation, &options->arena, text);
	if (error)
		usage(see_help, "--expect: '%s': %s", text, error);
}

static bool parse_color(const char *when)
{
	const char *no_color = getenv("NO_COLOR");

	if (!strcmp(when, "always"))
		return true;
	if (!strcmp(when, "never"))
		return false;
	if (strcmp(when, "auto"))
		usage(see_help, "--color: '%s' is not auto, always or never", when);
	return isatty(STDOUT_FILENO) && !(no_color && *no_color);
}

static void set_action(struct options *options, enum action action)
{
	bool marked = (options->action == ACTION_TREE && action == ACTION_DIFF) ||
		(options->action == ACTION_DIFF && action == ACTION_TREE);

	if (marked) {
		options->action = ACTION_DIFF;
		options->marked = true;
		return;
	}
	if (options->action != ACTION_CHECK && options->action != action)
		usage(see_help, "only one of --capture, --tree, --map, --draw, --diff, "
		      "--emit, --emulate and --import at a time");
	options->action = action;
}

static void set_emit(struct options *options, const char *form)
{
	if (!strcmp(form, "qemu"))
		options->emit = EMIT_QEMU;
	else if (!strcmp(form, "libvirt"))
		options->emit = EMIT_LIBVIRT;
	else
		usage(see_help, "--emit: '%s' is not qemu or libvirt", form);
}

static void list_checks(void)
{
	for (int check = 0; check < CHECKS; check++)
		printf("%-18s %-9s %s\n", checks[check].label,
		       severity_name(checks[check].severity), checks[check].title);
}

static void set_format(struct options *options, const char *name)
{
	options->output = output_find(name);
	if (!options->output)
		usage(see_help, "--format: '%s' is not text, json, tap, junit, prometheus, openmetrics "
		      "or nagios", name);
	/* to Nagios, status 2 is a failure */
	if (options->output == &output_nagios)
		set_usage_status(EXIT_CANNOT_TELL);
}

/* -j N was --jobs N here while it was --json in fpga-ctl. */
static void refuse_short_jobs(void)
{
	usage("--jobs N looks at N machines at a time",
	      "-j takes no number: it is --json, as in fpga-ctl");
}

/* OLD or NEW: a source of any kind. */
static void add_operand(struct options *options, const char *path)
{
	static const char *const trees[] = { "devices", "bus/pci/devices", "sys" };
	struct stat status;

	if (!strcmp(path, "live")) {
		add_source(options, SOURCE_LIVE, NULL);
		return;
	}
	if (!strncmp(path, "qga:", strlen("qga:"))) {
		add_source(options, SOURCE_AGENT, path + strlen("qga:"));
		return;
	}
	if (!strcmp(path, "-") || stat(path, &status) || !S_ISDIR(status.st_mode)) {
		add_source(options, file_kind(path), path);
		if (is_spec_path(path)) {
			struct source *source = &options->sources[options->source_count - 1];

			source->kind = SOURCE_DUMP;
			source->load = spec_machine_load;
		}
		return;
	}
	for (size_t i = 0; i < sizeof(trees) / sizeof(trees[0]); i++) {
		char *tree = arena_printf(&options->arena, "%s/%s", path, trees[i]);

		if (!stat(tree, &status) && S_ISDIR(status.st_mode)) {
			add_source(options, SOURCE_SYSFS, path);
			return;
		}
	}
	options->by_name = true;
	add_dump_directory(options, path);
}

static void add_operands(struct options *options, char **operands, int count)
{
	bool by_name;

	if (options->source_count)
		usage(see_help, "--diff compares OLD and NEW; --dump and --sysfs are for checks");
	if (count != 2)
		usage("pciaddr-check --diff OLD NEW: each is a dump, a directory of dumps, a copy "
		      "of a /sys tree, a libvirt domain, a QMP socket or what came from one, "
		      "'qga:SOCKET', or 'live'", "--diff compares two sources, and %s given",
		      count ? count == 1 ? "one is" : "more are" : "none is");
	if (!strcmp(operands[0], "-") && !strcmp(operands[1], "-"))
		usage(see_help, "--diff: OLD and NEW cannot both be standard input");
	add_operand(options, operands[0]);
	options->old_count = options->source_count;
	by_name = options->by_name;
	options->by_name = false;
	add_operand(options, operands[1]);
	if (by_name != options->by_name)
		usage("give the file of that machine", "--diff: '%s' is a directory of many "
		      "machines, and '%s' is a single one", operands[!by_name],
		      operands[by_name]);
}

static void check_diff_combination(struct options *options)
{
	if (options->expectation_count || options->spec_path || options->all_checks)
		usage(see_help, "--diff compares; --expect, --spec and --all check");
	options->output_options.comparing = true;
	/* what only one side knows is told, and is no change */
	options->output_options.allow_unknown = true;
}

static void add_ignored(struct options *options, const char *list)
{
	char *copy = arena_copy(&options->arena, list, strlen(list)), *save = NULL;

	for (char *name = strtok_r(copy, ",", &save); name; name = strtok_r(NULL, ",", &save))
		if (!diff_class_parse(name, &options->ignored))
			usage("pciaddr-check --list-checks names them: diff-gone, diff-moved ...",
			      "--ignore: '%s' is not a class of changes", name);
}

static void check_combination(struct options *options)
{
	if (options->ignored && options->action != ACTION_DIFF)
		usage(see_help, "--ignore goes with --diff");
	if (options->fault_count && options->action != ACTION_EMULATE)
		usage(see_help, "--fault goes with --emulate");
	if (options->action == ACTION_CHECK)
		return;
	if (options->action == ACTION_DIFF) {
		check_diff_combination(options);
		return;
	}
	if (options->action == ACTION_IMPORT) {
		if (options->spec_path || options->expectation_count)
			usage(see_help, "--import writes a specification; --spec and --expect check");
		return;
	}
	if (options->action == ACTION_EMIT) {
		if (!options->spec_path || options->expectation_count)
			usage("pciaddr-check --emit qemu --spec FILE", "--emit makes arguments from a "
			      "specification: it needs --spec FILE, and takes no --expect");
		return;
	}
	if (options->expectation_count)
		usage(see_help, "--expect checks; --capture, --tree, --map, --draw and --emulate do "
		      "something else");
	if (options->spec_path && options->action != ACTION_TREE && options->action != ACTION_DRAW)
		usage(see_help, "--spec checks, and --tree and --draw mark what fails; --capture, "
		      "--map and --emulate do something else");
	if (options->source_count > 1 && options->action != ACTION_TREE &&
	    options->action != ACTION_MAP)
		usage(see_help, "--capture, --draw and --emulate are for one machine at a time");
}

void parse_options(struct options *options, int argc, char **argv)
{
	struct copies copies = { NULL, NULL, NULL };
	const char *color = "auto";
	bool short_json = false;
	bool severity_given = false;
	uint64_t jobs = 0;
	int option;

	memset(options, 0, sizeof(*options));
	options->output = &output_text;
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":e:s:ad:jf:qvnhV", long_options, NULL)) != -1) {
		switch (option) {
		case 'e':
			add_expectation(options, optarg);
			break;
		case 's':
			if (options->spec_path)
				usage(see_help, "only one --spec at a time");
			options->spec_path = optarg;
			break;
		case 'a':
			options->all_checks = true;
			break;
		case 'd':
			add_dump(options, optarg);
			break;
		case OPTION_SYSFS:
			add_source(options, SOURCE_SYSFS, optarg);
			break;
		case OPTION_IOPORTS:
			copies.ioports = optarg;
			break;
		case OPTION_IOMEM:
			copies.iomem = optarg;
			break;
		case OPTION_DMESG:
			if (copies.log)
				usage(see_help, "only one --dmesg at a time");
			copies.log = optarg;
			break;
		case OPTION_IMPORT:
			set_action(options, ACTION_IMPORT);
			options->import_path = optarg;
			break;
		case OPTION_EMIT:
			set_action(options, ACTION_EMIT);
			set_emit(options, optarg);
			break;
		case OPTION_DOMAIN:
			add_source(options, SOURCE_DOMAIN, optarg);
			break;
		case OPTION_QMP:
			add_source(options, SOURCE_QMP, optarg);
			break;
		case OPTION_QGA:
			add_source(options, SOURCE_AGENT, optarg);
			break;
		case OPTION_JOBS:
			if (!parse_u64_max(optarg, 1024, &jobs) || !jobs)
				usage(see_help, "--jobs: '%s' is not a number from 1 to 1024",
				      optarg);
			break;
		case 'f':
			set_format(options, optarg);
			break;
		case 'j':
			set_format(options, "json");
			short_json = true;
			break;
		case 'q':
			options->output_options.quiet = true;
			break;
		case 'v':
			options->verbose = true;
			break;
		case OPTION_COLOR:
			color = optarg;
			break;
		case OPTION_SEVERITY:
			if (!parse_severity(optarg, &options->output_options.threshold))
				usage(see_help, "--severity: '%s' is not low, medium, high or "
				      "critical", optarg);
			severity_given = true;
			break;
		case OPTION_ALLOW_UNKNOWN:
			options->output_options.allow_unknown = true;
			break;
		case OPTION_LIST_CHECKS:
			list_checks();
			exit(finish_output(EXIT_OK));
		case OPTION_CAPTURE:
			set_action(options, ACTION_CAPTURE);
			break;
		case OPTION_TREE:
			set_action(options, ACTION_TREE);
			break;
		case OPTION_MAP:
			set_action(options, ACTION_MAP);
			break;
		case OPTION_DRAW:
			set_action(options, ACTION_DRAW);
			options->draw_path = optarg;
			break;
		case OPTION_EMULATE:
			set_action(options, ACTION_EMULATE);
			options->emulate_path = optarg;
			break;
		case OPTION_FAULT:
			options->faults = grow_array(options->faults, options->fault_count + 1,
						     sizeof(*options->faults));
			options->faults[options->fault_count++] = optarg;
			break;
		case OPTION_FORCE:
			options->force = true;
			break;
		case OPTION_DIFF:
			set_action(options, ACTION_DIFF);
			break;
		case OPTION_IGNORE:
			add_ignored(options, optarg);
			break;
		case 'n':
			options->numeric = true;
			break;
		case 'h':
			fputs(help, stdout);
			exit(finish_output(EXIT_OK));
		case 'V':
			printf("pciaddr-check (%s) %s\n", PACKAGE_NAME, PACKAGE_VERSION);
			exit(finish_output(EXIT_OK));
		default:
			if (short_json && optopt >= '0' && optopt <= '9')
				refuse_short_jobs();
			usage(see_help, "%s", option_error(option, argv, long_options));
		}
	}
	if (optind < argc && short_json && parse_u64(argv[optind], &jobs))
		refuse_short_jobs();
	if (options->action == ACTION_DIFF)
		add_operands(options, argv + optind, argc - optind);
	else if (optind < argc)
		usage("a dump is given with --dump FILE, a specification with --spec FILE",
		      "unexpected argument '%s'", argv[optind]);
	options->output_options.color = parse_color(color);
	options->output_options.columns = terminal_columns(STDOUT_FILENO);
	/* noise does not count unless it is asked for */
	if (options->action == ACTION_DIFF && !severity_given)
		options->output_options.threshold = SEVERITY_MEDIUM;
	settle_sources(options, &copies);
	check_combination(options);
	options->jobs = jobs ? (unsigned int)jobs : (unsigned int)sysconf(_SC_NPROCESSORS_ONLN);
}
