/*
 * qtest of the fpga card: what is refused when the machine is complete
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "card.h"

#define DEC     "-device dec-21154,id=dec,addr="
#define B(n)    "-device pci-bridge,id=b" #n ",chassis_nr=" #n " "
#define FOUR    B(1) B(2) B(3) B(4)

/* What is known when the machine is complete; no message: it starts */
static const Refusal firmware[] = {
    { "hold-no-room", "-device dec-21154,id=dec,io-base=0x2000,hold=on "
      "-device fpga,bus=dec,addr=1 -device fpga,bus=dec,addr=2 "
      "-device fpga,id=three,bus=dec,addr=3",
      "dec-21154: the fixed window 0x2000-0x2fff has no room for BAR 0 of fpga "
      "'three', 0x800 bytes: make it larger" },
    { "hold-not-aligned", "-device dec-21154,id=dec,io-base=0x2000,hold=on,"
      "hold-at=1=0x2100 -device fpga,id=card,bus=dec,addr=1",
      "dec-21154: hold-at: 0x2100 is not a multiple of 0x800, the size of BAR "
      "0 of fpga 'card'" },
    { "hold-outside", "-device dec-21154,id=dec,io-base=0x2000,hold=on,"
      "hold-at=1=0x3000 -device fpga,id=card,bus=dec,addr=1",
      "fpga 'card': fixed ports 0x3000-0x37ff are outside the fixed I/O "
      "window 0x2000-0x2fff of dec-21154 'dec'" },
    { "hold-twice", "-device dec-21154,id=dec,io-base=0x2000,hold=on,"
      "hold-at=1=0x2000+2=0x2000 -device fpga,id=one,bus=dec,addr=1 "
      "-device fpga,id=two,bus=dec,addr=2",
      "fpga 'two': fixed ports 0x2000-0x27ff overlap 0x2000-0x27ff, fixed for "
      "fpga 'one'" },
    { "pc/alone-0x1000", DEC "4,io-base=0x1000" },
    { "pc/alone-0x5000", DEC "4,io-base=0x5000" },
    { "pc/alone-0x8000", DEC "4,io-base=0x8000" },
    { "pc/alone-0xc000", DEC "4,io-base=0xc000" },
    { "pc/alone-0xf000", DEC "4,io-base=0xf000" },
    { "pc/wide", DEC "4,io-base=0x1000,io-limit=0x9fff" },
    { "q35/alone-0x9000", "-machine q35 " DEC "4,io-base=0x9000" },
    /* Found before the others, it keeps its window. */
    { "pc/crowded-first", DEC "2,io-base=0x2000 " FOUR },
    { "pc/crowded-last", FOUR DEC "f,io-base=0x2000",
      "dec-21154 'dec': SeaBIOS will give 0x2000-0x2fff of its fixed ports "
      "0x2000-0x2fff to pci-bridge 'b3', which the operating system finds "
      "first: give it a slot below that one (addr=), or shpc=off to bridges "
      "that need no I/O" },
    /* SeaBIOS does not come that far. */
    { "pc/crowded-above", FOUR DEC "f,io-base=0x8000" },
    { "pc/not-crowded", B(1) B(2) B(3) DEC "f,io-base=0x2000" },
    { "pc/no-shpc", "-device pci-bridge,id=b,chassis_nr=9,shpc=off "
      B(1) B(2) B(3) DEC "f,io-base=0x2000" },
    { "pc/check-off", FOUR DEC "f,io-base=0x2000,firmware-check=off" },
    { "pc/card-alone", FOUR "-device fpga,id=card,addr=f,io-base=0x2000",
      "fpga 'card': SeaBIOS will give 0x2000-0x27ff of its fixed ports "
      "0x2000-0x27ff to pci-bridge 'b3'" },
    { "pc/too-many", DEC "2,io-base=0xc000 " FOUR B(5) B(6) B(7) B(8) B(9),
      "SeaBIOS will stop (\"out of I/O address space\"): the bridges and BARs "
      "of this machine need 0x9010 bytes of I/O ports, and it must be less "
      "than 0x9000: use shpc=off" },
    { "q35/many", "-machine q35 " DEC "1,io-base=0x2000 " FOUR B(5) B(6) B(7)
      B(8) B(9) },
    /* The reservation of QEMU's own bridges */
    { "pc/reserved", "-device pci-bridge,id=b1,chassis_nr=1,addr=3,"
      "io-reserve=0x3000 " B(2) DEC "4,io-base=0x2000",
      "0x2000-0x2fff to pci-bridge 'b1'" },
    { "pc/other-firmware", FOUR "-bios OVMF.fd " DEC "f,io-base=0x2000" },
    { "pc/other-firmware-pm", "-bios OVMF.fd " DEC "f,io-base=0xb000 "
      "-device fpga,id=card,bus=dec,addr=1,io-base=0xb000",
      "fpga 'card': fixed ports 0xb000-0xb7ff overlap those at which firmware "
      "puts power management and SMBus, 0xb000-0xb10f: use others, or "
      "SeaBIOS" },
    { "pc/seabios-pm", DEC "f,io-base=0xb000 "
      "-device fpga,id=card,bus=dec,addr=1,io-base=0xb000" },
    { "pc/other-firmware-high", B(1) "-bios OVMF.fd " DEC "f,io-base=0xc000",
      "dec-21154 'dec': firmware hands out I/O ports from 0xc000 on, and may "
      "give some of its fixed ports 0xc000-0xcfff to pci-bridge 'b1', which "
      "the operating system finds first" },
};

static void test_firmware(const void *data)
{
    const Refusal *r = data;
    g_autofree char *shell =
        g_strdup_printf("echo quit | %s -S -machine pc -accel qtest "
                        "-display none -monitor stdio -nodefaults %s",
                        getenv("QTEST_QEMU_BINARY"), r->args);
    const char *argv[] = { "sh", "-c", shell, NULL };
    g_autofree char *out = NULL;
    g_autofree char *err = NULL;
    int status;

    g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH,
                               NULL, NULL, &out, &err, &status, NULL));
    if (r->message ? !strstr(err, r->message) : *err) {
        g_test_message("expected: %s", r->message ? r->message : "(nothing)");
        g_test_message("got: %s", err);
        g_test_fail();
    }
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, r->message ? 1 : 0);
}

void add_firmware_tests(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(firmware); i++) {
        g_autofree char *path = g_strdup_printf("/fpga/firmware/%s",
                                                firmware[i].name);

        qtest_add_data_func(path, &firmware[i], test_firmware);
    }
}
