// SPDX-License-Identifier: GPL-2.0-or-later
/* Which cards fpga-ctl finds, in sysfs trees that are made here. */
#include "unit.h"

#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fpgactl/card.h"
#include "fpgactl/stats.h"

#define PATH_SIZE	256

static const char *path_in(const char *root, const char *path)
{
	static char text[PATH_SIZE];

	assert_true(snprintf(text, sizeof(text), "%s/%s", root, path) < PATH_SIZE);
	return text;
}

static void make_dir(const char *root, const char *path)
{
	char whole[PATH_SIZE];

	strcpy(whole, path_in(root, path));
	for (char *slash = whole + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(whole, 0755);
		*slash = '/';
	}
	mkdir(whole, 0755);
	assert_int_equal(access(whole, F_OK), 0);
}

static void make_file(const char *root, const char *path, const char *content)
{
	FILE *f = fopen(path_in(root, path), "w");

	assert_non_null(f);
	fputs(content, f);
	assert_int_equal(fclose(f), 0);
}

static void make_link(const char *root, const char *path, const char *target)
{
	assert_int_equal(symlink(target, path_in(root, path)), 0);
}

/* A PCI function with this id, as sysfs has it; driver may be NULL */
static void add_function(const char *root, const char *slot, const char *vendor,
			 const char *device, const char *driver)
{
	char path[PATH_SIZE], target[PATH_SIZE];

	snprintf(path, sizeof(path), "devices/pci/%s", slot);
	make_dir(root, path);
	snprintf(path, sizeof(path), "devices/pci/%s/vendor", slot);
	make_file(root, path, vendor);
	snprintf(path, sizeof(path), "devices/pci/%s/device", slot);
	make_file(root, path, device);
	make_dir(root, "bus/pci/devices");
	snprintf(path, sizeof(path), "bus/pci/devices/%s", slot);
	snprintf(target, sizeof(target), "../../../devices/pci/%s", slot);
	make_link(root, path, target);
	if (driver) {
		snprintf(path, sizeof(path), "bus/pci/drivers/%s", driver);
		make_dir(root, path);
		snprintf(path, sizeof(path), "devices/pci/%s/driver", slot);
		snprintf(target, sizeof(target), "../../../bus/pci/drivers/%s", driver);
		make_link(root, path, target);
	}
}

/* What our driver adds when it is bound to the function */
static void add_class(const char *root, const char *slot, const char *name)
{
	char path[PATH_SIZE], target[PATH_SIZE];

	snprintf(path, sizeof(path), "devices/pci/%s/emucard/%s/stats", slot, name);
	make_dir(root, path);
	snprintf(path, sizeof(path), "devices/pci/%s/emucard/%s/device", slot, name);
	make_link(root, path, "../..");
	snprintf(path, sizeof(path), "devices/pci/%s/emucard/%s/uevent", slot, name);
	snprintf(target, sizeof(target), "MAJOR=240\nMINOR=0\nDEVNAME=%s\n", name);
	make_file(root, path, target);
	make_dir(root, "class/emucard");
	snprintf(path, sizeof(path), "class/emucard/%s", name);
	snprintf(target, sizeof(target), "../../devices/pci/%s/emucard/%s", slot, name);
	make_link(root, path, target);
}

static int setup(void **state)
{
	char *root = strdup("/tmp/fpgactl-cards-XXXXXX");

	*state = root;
	return root && mkdtemp(root) ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int teardown(void **state)
{
	int ret = nftw(*state, remove_entry, 8, FTW_DEPTH | FTW_PHYS);

	free(*state);
	return ret;
}

static void no_pci_is_told_from_no_card(void **state)
{
	struct card_list list;

	cards_find(&list, *state);
	assert_int_equal(list.count, 0);
	assert_false(list.has_pci);

	add_function(*state, "0000:00:00.0", "0x8086\n", "0x1237\n", NULL);
	cards_find(&list, *state);
	assert_int_equal(list.count, 0);
	assert_true(list.has_pci);
	cards_free(&list);
}

static void cards_are_found_and_sorted(void **state)
{
	struct card_list list;

	add_function(*state, "0000:00:05.0", "0x1234\n", "0x11e8\n", "edu");
	add_function(*state, "10000:00:01.0", "0x1234\n", "0xf96a\n", NULL);
	add_function(*state, "0000:01:01.0", "0x1234\n", "0xf96a\n", "fpga_pci");
	add_function(*state, "0000:00:04.0", "0x1011\n", "0x0026\n", NULL);
	add_class(*state, "0000:00:05.0", "edu0");
	add_class(*state, "0000:01:01.0", "fpga0");

	cards_find(&list, *state);
	assert_int_equal(list.count, 3);
	assert_string_equal(list.cards[0].slot, "0000:01:01.0");
	assert_string_equal(list.cards[0].name, "fpga0");
	assert_string_equal(list.cards[0].node, "/dev/fpga0");
	assert_string_equal(list.cards[0].driver, "fpga_pci");
	assert_string_equal(list.cards[1].slot, "10000:00:01.0");
	assert_string_equal(list.cards[1].name, "");
	assert_string_equal(list.cards[1].driver, "");
	assert_string_equal(list.cards[2].name, "edu0");
	assert_string_equal(list.cards[2].kind->module, "edu");
	cards_free(&list);
}

/* An unbound card: whether there is something to load */
static void loaded_module_is_known(void **state)
{
	struct card_list list;

	add_function(*state, "0000:01:01.0", "0x1234\n", "0xf96a\n", NULL);
	add_function(*state, "0000:01:02.0", "0x1234\n", "0x11e8\n", NULL);
	make_dir(*state, "module/edu");
	cards_find(&list, *state);
	assert_int_equal(list.count, 2);
	assert_false(list.cards[0].module_loaded);
	assert_true(list.cards[1].module_loaded);
	cards_free(&list);
}

static void foreign_driver_is_named(void **state)
{
	struct card_list list;

	add_function(*state, "0000:01:01.0", "0x1234\n", "0xf96a\n", "vfio-pci");
	cards_find(&list, *state);
	assert_int_equal(list.count, 1);
	assert_string_equal(list.cards[0].driver, "vfio-pci");
	assert_string_equal(list.cards[0].node, "");
	cards_free(&list);
}

static void selectors_have_forms(void **state)
{
	(void)state;
	assert_int_equal(selector_form("/dev/fpga0"), SELECTOR_NODE);
	assert_int_equal(selector_form("./fpga0"), SELECTOR_NODE);
	assert_int_equal(selector_form("fpga0"), SELECTOR_NAME);
	assert_int_equal(selector_form("0000:01:01.0"), SELECTOR_SLOT);
	assert_int_equal(selector_form("10000:01:01.7"), SELECTOR_SLOT);
	assert_int_equal(selector_form("01:1f.0"), SELECTOR_SLOT);
	assert_int_equal(selector_form("1234:f96a"), SELECTOR_ID);
	assert_int_equal(selector_form(""), SELECTOR_INVALID);
	assert_int_equal(selector_form("01:01"), SELECTOR_INVALID);
	assert_int_equal(selector_form("01:01.8"), SELECTOR_INVALID);
	assert_int_equal(selector_form("1234:f96a:"), SELECTOR_INVALID);
	assert_int_equal(selector_form("fpga 0"), SELECTOR_INVALID);
}

static const struct card_kind fpga = { .vendor = 0x1234, .device = 0xf96a, .name = "fpga" };

static void selectors_mean_cards(void **state)
{
	const struct card card = {
		.kind = &fpga,
		.slot = "0000:01:1f.0",
		.name = "fpga0",
		.node = "/dev/fpga0",
	};
	const struct card unserved = { .kind = card.kind, .slot = "10000:01:1f.0" };

	(void)state;
	assert_true(selector_matches("fpga0", &card));
	assert_false(selector_matches("fpga", &card));
	assert_true(selector_matches("/dev/fpga0", &card));
	assert_false(selector_matches("/dev/fpga1", &card));
	assert_true(selector_matches("01:1F.0", &card));
	assert_true(selector_matches("0000:01:1f.0", &card));
	assert_false(selector_matches("01:1f.1", &card));
	assert_true(selector_matches("1234:F96A", &card));
	assert_false(selector_matches("1234:11e8", &card));
	assert_false(selector_matches("01:1f.0", &unserved));
	assert_true(selector_matches("10000:01:1f.0", &unserved));
	assert_false(selector_matches("fpga0", &unserved));
	assert_false(selector_matches("/dev/fpga0", &unserved));
}

static void links_to_a_node_mean_its_card(void **state)
{
	struct card card = { .kind = &fpga, .name = "fpga0" };
	char link[PATH_SIZE];

	make_file(*state, "node", "");
	make_link(*state, "by-slot", "node");
	assert_true(snprintf(card.node, sizeof(card.node), "%s/node", (char *)*state) > 0);
	strcpy(link, path_in(*state, "by-slot"));
	assert_true(selector_matches(link, &card));
}

static void counters_are_read(void **state)
{
	struct card card = { .name = "fpga0" };
	struct stats stats;

	add_function(*state, "0000:01:01.0", "0x1234\n", "0xf96a\n", "fpga_pci");
	add_class(*state, "0000:01:01.0", "fpga0");
	assert_false(stats_read(&card, *state, &stats));
	for (int i = 0; i < STATS; i++) {
		char path[PATH_SIZE], value[16];

		snprintf(path, sizeof(path), "class/emucard/fpga0/stats/%s", stats_names[i]);
		snprintf(value, sizeof(value), "%d\n", 100 + i);
		make_file(*state, path, value);
	}
	assert_true(stats_read(&card, *state, &stats));
	assert_int_equal(stats.value[STAT_TRANSFERS], 100);
	assert_int_equal(stats.value[STAT_TIMEOUTS], 105);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(no_pci_is_told_from_no_card, setup, teardown),
		cmocka_unit_test_setup_teardown(cards_are_found_and_sorted, setup, teardown),
		cmocka_unit_test_setup_teardown(loaded_module_is_known, setup, teardown),
		cmocka_unit_test_setup_teardown(foreign_driver_is_named, setup, teardown),
		cmocka_unit_test(selectors_have_forms),
		cmocka_unit_test(selectors_mean_cards),
		cmocka_unit_test_setup_teardown(links_to_a_node_mean_its_card, setup, teardown),
		cmocka_unit_test_setup_teardown(counters_are_read, setup, teardown),
	};

	return RUN_UNIT_TESTS(tests);
}
