// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/emulate/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/die.h"
#include "pciaddr/emulate/shape.h"

static bool is_empty(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	bool empty = true;

	if (!directory)
		return true;
	while (empty && (entry = readdir(directory)))
		empty = !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..");
	closedir(directory);
	return empty;
}

int directory_open(const char *path, bool overwrite)
{
	int directory;

	if (mkdir(path, 0777) && errno != EEXIST) {
		warn("%s: %s", path, strerror(errno));
		return -1;
	}
	directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0) {
		warn("%s: %s", path, strerror(errno));
		return -1;
	}
	if (!overwrite && !is_empty(path)) {
		warn_advice("another directory, or --force to write over what is there",
			    "%s: there are files in this directory", path);
		close(directory);
		return -1;
	}
	return directory;
}

bool directory_write(int directory, const char *path, const char *name,
		     void (*write)(FILE *out, const void *context), const void *context)
{
	int fd = openat(directory, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
	bool written;

	if (!out) {
		warn("%s/%s: %s", path, name, strerror(errno));
		if (fd >= 0)
			close(fd);
		return false;
	}
	write(out, context);
	written = !ferror(out);
	if (fclose(out) || !written) {
		warn("%s/%s: %s", path, name, strerror(errno));
		return false;
	}
	return true;
}

const char *image_name(const struct shape_function *function, char buffer[IMAGE_NAME_MAX])
{
	const struct pci_function *source = function->source;

	snprintf(buffer, IMAGE_NAME_MAX, "%04" PRIx32 "-%02x-%02x.%u.config", function->domain,
		 source->bus, source->device, source->function);
	return buffer;
}

/* A line of -readconfig has at most 1,023 characters, a window up to 63. */
#define WINDOWS_IN_LINE 12u

static size_t window_count(const struct shape_root *root)
{
	size_t count = 0;

	for (const struct shape_window *window = root->windows; window; window = window->next)
		count++;
	return count;
}

bool root_has_file(const struct shape_root *root)
{
	return window_count(root) > WINDOWS_IN_LINE;
}

const char *windows_name(const struct shape_root *root, char buffer[IMAGE_NAME_MAX])
{
	snprintf(buffer, IMAGE_NAME_MAX, "%04" PRIx32 "-%02x.windows", root->domain, root->bus);
	return buffer;
}

static void write_window(FILE *out, const struct shape_window *window)
{
	fprintf(out, "%s:0x%" PRIx64 "-0x%" PRIx64,
		window->space == SPACE_IO ? "io" : window->prefetchable ? "pref" : "mem",
		window->range.first, window->range.last);
	if (window->cpu != window->range.first)
		fprintf(out, "@0x%" PRIx64, window->cpu);
}

void write_windows(FILE *out, const void *context)
{
	const struct shape_root *root = context;

	for (const struct shape_window *window = root->windows; window; window = window->next) {
		write_window(out, window);
		fputc('\n', out);
	}
}

static void write_root(FILE *out, const struct shape_root *root)
{
	const char *separator = "";
	char name[IMAGE_NAME_MAX];

	fprintf(out, "[device]\n  driver = \"pci-shape-root\"\n  segment = \"0x%" PRIx32 "\"\n"
		"  bus-number = \"0x%x\"\n  last-bus = \"0x%x\"\n", root->domain, root->bus,
		root->last_bus);
	if (root->mmconfig)
		fprintf(out, "  mmconfig = \"0x%" PRIx64 "\"\n", root->mmconfig);
	if (root_has_file(root)) {
		fprintf(out, "  windows-file = \"%s\"\n", windows_name(root, name));
	} else if (root->windows) {
		fputs("  windows = \"", out);
		for (const struct shape_window *window = root->windows; window;
		     window = window->next) {
			fputs(separator, out);
			write_window(out, window);
			separator = " ";
		}
		fputs("\"\n", out);
	}
	fputc('\n', out);
}

static void write_function(FILE *out, const struct shape_function *function)
{
	const struct pci_function *source = function->source;
	char name[IMAGE_NAME_MAX];

	fprintf(out, "[device]\n  driver = \"pci-shape-function\"\n"
		"  address = \"%04" PRIx32 ":%02x:%02x.%u\"\n  config = \"%s\"\n",
		function->domain, source->bus, source->device, source->function,
		image_name(function, name));
	for (unsigned int i = 0; i <= BAR_ROM; i++) {
		if (!function->bar_sizes[i])
			continue;
		if (i == BAR_ROM)
			fputs("  rom-size", out);
		else
			fprintf(out, "  bar%u-size", i);
		fprintf(out, " = \"0x%" PRIx64 "\"\n", function->bar_sizes[i]);
	}
	for (unsigned int i = 0; i < VF_BARS; i++)
		if (function->vf_bar_sizes[i])
			fprintf(out, "  vf-bar%u-size = \"0x%" PRIx64 "\"\n", i,
				function->vf_bar_sizes[i]);
	fputc('\n', out);
}

void write_devices(FILE *out, const void *context)
{
	const struct shape *shape = context;

	fputs("# For QEMU's -readconfig, in this directory: the host bridges and functions of the\n"
	      "# machine. A size may be changed; a function may be taken out with what is behind it.\n"
	      "[device]\n  driver = \"pci-shape\"\n\n", out);
	for (size_t i = 0; i < shape->root_count; i++)
		write_root(out, &shape->roots[i]);
	for (size_t i = 0; i < shape->count; i++)
		write_function(out, &shape->functions[i]);
}

/* Intel's host bridge has an Intel processor in front of it; Linux looks at both. */
static const char *processor_vendor(const struct shape *shape)
{
	for (size_t i = 0; i < shape->count; i++)
		if (shape->functions[i].source->vendor == 0x8086 &&
		    shape->functions[i].source->class >> 8 == 0x0600)
			return ",vendor=GenuineIntel";
	return "";
}

void write_arguments(FILE *out, const void *context)
{
	const struct shape *shape = context;

	fprintf(out,
		"-nodefaults\n-no-user-config\n-display\nnone\n"
		"-machine\nq35,sata=off,smbus=off,usb=off\n"
		"-smp\n1\n"
		"-m\n%" PRIu64 "\n"
		"-cpu\nmax,phys-bits=%u%s\n"
		/* before 2023 Linux keeps windows out of what firmware's e820 table reserves */
		"-smbios\ntype=0,date=01/01/2024\n"
		/* its registers would be among the ports, and hot-plugging not the ports' own */
		"-global\nICH9-LPC.acpi-pci-hotplug-with-bridge-support=off\n"
		"-readconfig\n" FILE_DEVICES "\n",
		shape->ram >> 20, shape->address_bits, processor_vendor(shape));
}
