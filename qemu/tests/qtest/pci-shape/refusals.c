/*
 * qtest of pci-shape: what is refused, and with which words
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qobject/qdict.h"
#include "shape.h"

/* A machine that QEMU does not start */
typedef struct Refusal {
    const char *name;
    const char *args;
    const char *message;
} Refusal;

static const Refusal refusals[] = {
    {
        "two", "-machine q35 -device pci-shape -device pci-shape",
        "at most one device pci-shape is possible",
    }, {
        "without-acpi", "-machine q35,acpi=off -device pci-shape",
        "pci-shape needs a PC: its machine's ACPI tables say where PCI is",
    }, {
        "no-isa-bus", "-machine none -device pci-shape",
        "No 'ISA' bus found",
    }, {
        "root-without-shape", "-machine q35 -device pci-shape-root",
        "No 'pci-shape-bus' bus found",
    }, {
        "buses-backwards",
        "-machine q35 -device pci-shape "
        "-device pci-shape-root,bus-number=2,last-bus=1",
        "last-bus=1 is below bus-number=2",
    }, {
        "buses-twice",
        "-machine q35 -device pci-shape "
        "-device pci-shape-root,segment=3,bus-number=0x10 "
        "-device pci-shape-root,segment=3,last-bus=0x10",
        "buses 00-10 of segment 0003 are in part those of another root, 10-ff",
    }, {
        "mmconfig-not-aligned",
        "-machine q35 -device pci-shape "
        "-device pci-shape-root,mmconfig=0xd0080000",
        "mmconfig=0xd0080000 is not a multiple of 0x100000",
    }, {
        "mmconfig-in-ram",
        "-machine q35 -m 64 -device pci-shape "
        "-device pci-shape-root,last-bus=1,mmconfig=0x1000000",
        "mmconfig=0x1000000 is in RAM",
    }, {
        "window-of-no-kind",
        "-machine q35 -device pci-shape "
        "-device pci-shape-root,windows=ram:0x0-0xf",
        "windows: 'ram:0x0-0xf' is not 'io:', 'mem:' or 'pref:'",
    }, {
        "window-backwards",
        "-machine q35 -device pci-shape "
        "-device pci-shape-root,windows=mem:0x2000-0x1fff",
        "windows: 'mem:0x2000-0x1fff' is not",
    }, {
        "window-of-ports-elsewhere",
        "-machine q35 -device pci-shape "
        "-device pci-shape-root,windows=io:0x1000-0x1fff@0x2000",
        "windows: 'io:0x1000-0x1fff@0x2000' is not",
    }, {
        "window-beyond-the-end",
        "-machine q35 -device pci-shape "
        "-device pci-shape-root,windows=mem:0x0-0x1fff@0xfffffffffffff000",
        "windows: 'mem:0x0-0x1fff@0xfffffffffffff000' is not",
    }, {
        "no-windows-file",
        "-machine q35 -device pci-shape "
        "-device pci-shape-root,windows-file=/nonexistent/windows",
        "/nonexistent/windows",
    },
};

static void test_refusal(const void *data)
{
    const Refusal *refusal = data;
    g_autofree char *command = g_strdup_printf("%s -display none -accel qtest "
                                               "-nodefaults %s",
                                               getenv("QTEST_QEMU_BINARY"),
                                               refusal->args);
    g_autofree char *err = NULL;
    int status;

    g_assert_true(g_spawn_command_line_sync(command, NULL, &err, &status,
                                            NULL));
    if (!strstr(err, refusal->message)) {
        g_test_message("expected: %s", refusal->message);
        g_test_message("got: %s", err);
        g_test_fail();
    }
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 1);
}

/* Of a function; none of these ends the machine */
typedef struct Unplugged {
    const char *name;
    const char *address;
    const char *property; /* one more, or NULL */
    uint64_t value;
    const char *message;
} Unplugged;

static const Unplugged unplugged[] = {
    { "no-address", "03.0", NULL, 0,
      "address='03.0' is not SSSS:BB:DD.F in hexadecimal" },
    { "no-slot", "0000:00:20.0", NULL, 0,
      "address='0000:00:20.0' is not SSSS:BB:DD.F in hexadecimal" },
    { "taken", "0000:00:03.0", NULL, 0,
      "0000:00:03.0: another is there already" },
    { "no-bridge", "0000:07:00.0", NULL, 0,
      "no pci-shape-root and no bridge before it leads to bus 07 of segment "
      "0000" },
    { "no-segment", "0005:00:00.0", NULL, 0, "leads to bus 00 of segment "
      "0005" },
    { "no-power-of-two", "0000:00:04.0", "bar0-size", 3000,
      "bar0-size=3000 is not a power of 2" },
    { "too-large", "0000:00:04.0", "bar0-size", 4ull << 30,
      "bar0-size=4294967296 is not a power of 2 from 16 to 2147483648" },
    { "rom-too-small", "0000:00:04.0", "rom-size", 1024,
      "rom-size=1024 is not a power of 2 from 2048" },
    { "upper-half", "0000:00:04.0", "bar2-size", 4096,
      "bar2 is the upper half of bar1" },
};

static void assert_refused(Shape *s, const char *address, const char *file,
                           const Unplugged *what)
{
    QDict *args = qdict_new();
    const char *said;
    QDict *response, *error;

    qdict_put_str(args, "driver", "pci-shape-function");
    qdict_put_str(args, "id", "refused");
    qdict_put_str(args, "address", address);
    qdict_put_str(args, "config", file);
    if (what->property) {
        qdict_put_int(args, what->property, what->value);
        if (g_str_equal(what->property, "bar2-size")) {
            qdict_put_int(args, "bar1-size", 4096);
        }
    }
    response = qtest_qmp(s->qts, "{ 'execute': 'device_add', "
                         "'arguments': %p }", args);
    error = qdict_get_qdict(response, "error");
    said = error ? qdict_get_str(error, "desc") : "(no error)";
    if (!strstr(said, what->message)) {
        g_test_message("expected: %s", what->message);
        g_test_message("got: %s", said);
        g_test_fail();
    }
    qobject_unref(response);
}

static void test_unplugged(const void *data)
{
    const Unplugged *what = data;
    Image image = image_device();
    g_autofree char *file = NULL;
    Shape *s;

    pci_set_long(image.bytes + PCI_BASE_ADDRESS_1, 0x4);
    s = shape_of(&image, "");
    file = shape_file(s, &image);
    assert_refused(s, what->address, file, what);
    /* What was there answers, and its place is free again where it was. */
    g_assert_cmphex(shape_read(s, 0, PCI_DEVFN(3, 0), PCI_VENDOR_ID), ==,
                    SHAPE_IDS(SHAPE_DEVICE));
    g_assert_cmphex(shape_read(s, 0, PCI_DEVFN(4, 0), PCI_VENDOR_ID), ==,
                    UINT32_MAX);
    shape_done(s);
}

static void test_files(void)
{
    static const Unplugged missing = { .message = "/nonexistent/image" };
    static const Unplugged short_one = { .message = "has 100 bytes, not 256 "
                                                    "or 4096" };
    static const Unplugged no_vendor = { .message = "has vendor ffff" };
    static const Unplugged no_header = { .message = "header type 5, which is "
                                                    "not a function" };
    Image image = image_device();
    Shape *s = shape_of(&image, "");
    g_autofree char *of_100 = NULL;
    g_autofree char *of_none = NULL;
    g_autofree char *of_5 = NULL;

    image.size = 100;
    of_100 = shape_file(s, &image);
    image.size = PCI_CONFIG_SPACE_SIZE;
    image.bytes[PCI_HEADER_TYPE] = 5;
    of_5 = shape_file(s, &image);
    pci_set_word(image.bytes, 0xffff);
    of_none = shape_file(s, &image);
    assert_refused(s, "0000:00:04.0", "/nonexistent/image", &missing);
    assert_refused(s, "0000:00:04.0", of_100, &short_one);
    assert_refused(s, "0000:00:04.0", of_5, &no_header);
    assert_refused(s, "0000:00:04.0", of_none, &no_vendor);
    shape_done(s);
}

void add_refusals_tests(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
        g_autofree char *path = g_strdup_printf("/pci-shape/refusals/%s",
                                                refusals[i].name);

        qtest_add_data_func(path, &refusals[i], test_refusal);
    }
    for (size_t i = 0; i < ARRAY_SIZE(unplugged); i++) {
        g_autofree char *path = g_strdup_printf("/pci-shape/unplugged/%s",
                                                unplugged[i].name);

        qtest_add_data_func(path, &unplugged[i], test_unplugged);
    }
    qtest_add_func("/pci-shape/unplugged/files", test_files);
}
