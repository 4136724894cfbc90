/*
 * qtest of pci-shape: what ACPI's tables say
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * ACPI 6.4, 6.4.3.5 (resource descriptors); PCI Firmware 3.3, 4.1.2 (MCFG)
 */

#include "qemu/osdep.h"
#include "shape.h"

#define TABLE_LENGTH 4
#define MCFG_ENTRIES 44
#define MCFG_ENTRY_SIZE 16

static const uint8_t *find(const char *tables, size_t size, const void *what,
                           size_t length)
{
    return memmem(tables, size, what, length);
}

static void test_mcfg(void)
{
    Shape *s = shape_new(
        " -device pci-shape-root,last-bus=0x7f,mmconfig=0xd0000000"
        " -device pci-shape-root,segment=2,bus-number=0x10,last-bus=0x1f,"
        "mmconfig=0x100000000");
    g_autofree char *tables = NULL;
    const uint8_t *mcfg, *entry;
    size_t size;

    shape_start(s);
    tables = shape_read_tables(s, &size);
    mcfg = find(tables, size, "MCFG", 4);
    g_assert_nonnull(mcfg);
    g_assert_cmpuint(pci_get_long(mcfg + TABLE_LENGTH), ==,
                     MCFG_ENTRIES + 2 * MCFG_ENTRY_SIZE);
    entry = mcfg + MCFG_ENTRIES;
    g_assert_cmphex(pci_get_quad(entry), ==, 0xd0000000);
    g_assert_cmphex(pci_get_word(entry + 8), ==, 0);
    g_assert_cmphex(entry[10], ==, 0);
    g_assert_cmphex(entry[11], ==, 0x7f);
    entry += MCFG_ENTRY_SIZE;
    g_assert_cmphex(pci_get_quad(entry), ==, 0x100000000);
    g_assert_cmphex(pci_get_word(entry + 8), ==, 2);
    g_assert_cmphex(entry[10], ==, 0x10);
    g_assert_cmphex(entry[11], ==, 0x1f);
    /* There is no other, QEMU's own. */
    g_assert_null(find((const char *)entry, size - ((const char *)entry -
                                                    tables), "MCFG", 4));
    shape_done(s);
}

static void test_no_mcfg(void)
{
    Shape *s = shape_new(" -device pci-shape-root");
    g_autofree char *tables = NULL;
    size_t size;

    shape_start(s);
    tables = shape_read_tables(s, &size);
    g_assert_null(find(tables, size, "MCFG", 4));
    shape_done(s);
}

/* A Word, DWord or QWord Address Space Descriptor, without its flags */
static bool has_window(const char *tables, size_t size, unsigned int bytes,
                       uint8_t type, uint64_t first, uint64_t last,
                       uint64_t translation)
{
    static const uint8_t tags[] = { [2] = 0x88, [4] = 0x87, [8] = 0x8a };
    unsigned int length = 6 + 5 * bytes;
    uint64_t values[] = { 0, first, last, translation, last - first + 1 };

    for (size_t i = 0; i + length <= size; i++) {
        const uint8_t *at = (const uint8_t *)tables + i;
        bool same = at[0] == tags[bytes] && at[3] == type;

        for (unsigned int k = 0; same && k < ARRAY_SIZE(values); k++) {
            uint64_t value = 0;

            memcpy(&value, at + 6 + k * bytes, bytes);
            same = le64_to_cpu(value) == values[k];
        }
        if (same) {
            return true;
        }
    }
    return false;
}

#define MEMORY 0
#define PORTS 1
#define BUSES 2

static void test_windows(void)
{
    Shape *s = shape_new(
        " -device pci-shape-root,last-bus=0x3f,windows='io:0x1000-0x1fff "
        "mem:0xe0000000-0xe7ffffff pref:0x4000000000-0x4fffffffff'"
        " -device pci-shape-root,bus-number=0x40,"
        "windows='mem:0x80000000-0x8fffffff@0x200080000000'");
    g_autofree char *tables = NULL;
    size_t size;

    shape_start(s);
    tables = shape_read_tables(s, &size);
    g_assert_true(has_window(tables, size, 2, BUSES, 0, 0x3f, 0));
    g_assert_true(has_window(tables, size, 2, BUSES, 0x40, 0xff, 0));
    g_assert_true(has_window(tables, size, 4, PORTS, 0x1000, 0x1fff, 0));
    g_assert_true(has_window(tables, size, 4, MEMORY, 0xe0000000, 0xe7ffffff,
                             0));
    g_assert_true(has_window(tables, size, 8, MEMORY, 0x4000000000,
                             0x4fffffffff, 0));
    g_assert_true(has_window(tables, size, 8, MEMORY, 0x80000000, 0x8fffffff,
                             0x200000000000));
    g_assert_false(has_window(tables, size, 4, MEMORY, 0x80000000, 0x8fffffff,
                              0));
    shape_done(s);
}

/* More windows than a command line or -readconfig has room for */
static void test_windows_file(void)
{
    Shape *s = shape_new("");
    g_autofree char *path = g_strdup_printf("%s/%u", s->directory, s->files++);
    g_autoptr(GString) windows = g_string_new("");
    g_autofree char *tables = NULL;
    size_t size;

    for (uint64_t i = 0; i < 100; i++) {
        g_string_append_printf(windows, "mem:0x%" PRIx64 "-0x%" PRIx64 "\n",
                               0x4000000000 + i * 0x200000,
                               0x40000fffff + i * 0x200000);
    }
    g_assert_true(g_file_set_contents(path, windows->str, -1, NULL));
    g_string_append_printf(s->args, " -device pci-shape-root,windows-file=%s",
                           path);
    shape_start(s);
    tables = shape_read_tables(s, &size);
    for (uint64_t i = 0; i < 100; i++) {
        g_assert_true(has_window(tables, size, 8, MEMORY,
                                 0x4000000000 + i * 0x200000,
                                 0x40000fffff + i * 0x200000, 0));
    }
    shape_done(s);
}

/* What Linux would keep BARs out of is not named. */
static void test_no_fw_cfg(void)
{
    Shape *s = shape_new(SHAPE_ROOT);
    g_autofree char *tables = NULL;
    size_t size;

    shape_start(s);
    tables = shape_read_tables(s, &size);
    g_assert_null(find(tables, size, "FWCF", 4));
    shape_done(s);
}

void add_tables_tests(void)
{
    qtest_add_func("/pci-shape/tables/mcfg", test_mcfg);
    qtest_add_func("/pci-shape/tables/no-mcfg", test_no_mcfg);
    qtest_add_func("/pci-shape/tables/windows", test_windows);
    qtest_add_func("/pci-shape/tables/windows-file", test_windows_file);
    qtest_add_func("/pci-shape/tables/no-fw-cfg", test_no_fw_cfg);
}
