/* SPDX-License-Identifier: GPL-2.0-or-later */
/* qtest of the fpga card: what its parts share */
#ifndef TESTS_FPGA_CARD_H
#define TESTS_FPGA_CARD_H

#include "libqtest.h"
#include "libqos/libqos-malloc.h"
#include "libqos/pci-pc.h"
#include "hw/misc/fpga_regs.h"

#define CARD_SLOT   1
/* libqos numbers the buses; ours is the only bridge, so its bus is 1. */
#define BEHIND(slot) QPCI_DEVFN(32 + (slot), 0)

#define FIXED   "-nodefaults -device dec-21154,id=br0,addr=4,io-base=0x2000 " \
                "-device fpga,id=card,bus=br0,addr=1,io-base=0x2000"
#define FREE    "-nodefaults -device fpga,id=card,addr=5"

/* Any device behind a bridge that holds it: here a card without a fixed base */
#define HOLD(more) "-nodefaults -device dec-21154,id=br0,addr=4," \
                   "io-base=0x2000,hold=on" more

/* How often to look before something is found not to happen */
#define PATIENCE 100000

#define FIXED_BAR (FPGA_IO_BASE | PCI_BASE_ADDRESS_SPACE_IO)
#define SIZE_BAR  (0xfffff800 | PCI_BASE_ADDRESS_SPACE_IO)

typedef struct Card {
    const char *args;
    QTestState *qts;
    QGuestAllocator alloc;
    QPCIBus *bus;
    QPCIDevice *bridge;
    QPCIDevice *dev;
    uint16_t port;
    uint64_t ring;
    uint32_t tail;
} Card;

/* Ports, without the help of configuration space */
uint32_t rd(Card *c, uint32_t reg);
void wr(Card *c, uint32_t reg, uint32_t value);

void card_find(Card *c, int devfn);
Card *card_new(const char *args, int devfn);
/* A card at its fixed ports, behind a dec-21154 */
Card *card_fixed_with(const char *args);
Card *card_fixed(void);
/* On the root bus, where the guest puts it */
Card *card_free(void);
void card_done(Card *c);

/* Offset of the capability; 0: there is none */
uint8_t capability(Card *c, uint8_t id);

void assert_fixed(QTestState *qts);
void assert_bar(Card *c, uint32_t value);
/* A card without a base of its own is held here. */
void assert_card_at(QTestState *qts, uint16_t port);

/* The card goes to another process, by way of a file. */
void card_migrate(Card *c);
void wait_migrated(QTestState *qts);

/* A machine that QEMU does not start, and what it says */
typedef struct Refusal {
    const char *name;
    const char *args;
    const char *message;
} Refusal;

/* One test for each, on a pc that has these devices */
void add_refusals(const Refusal *refusals, size_t count);

/* One file each */
void add_fixed_tests(void);
void add_hold_tests(void);
void add_registers_tests(void);
void add_refusal_tests(void);
void add_firmware_tests(void);
void add_irq_tests(void);
void add_dma_tests(void);
void add_migration_tests(void);
void add_fault_tests(void);
void add_express_tests(void);
void add_kvm_tests(void);

#endif /* TESTS_FPGA_CARD_H */
