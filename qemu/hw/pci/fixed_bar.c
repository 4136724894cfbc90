/*
 * BARs that keep their address
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A fixed BAR holds nothing but its address, so that software can go on using
 * it while it is being sized. Its size is answered when the last thing written
 * there was all ones, to one read, and not after a write to the command
 * register: some firmware leaves all ones in a BAR that it found no room for.
 */

#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "qemu/range.h"
#include "qapi/error.h"
#include "hw/pci/fixed_bar.h"
#include "hw/pci/fixed_range.h"
#include "trace.h"

typedef struct FixedBar {
    bool fixed;
    bool hidden;
    uint64_t value;         /* of the register: address and type */
    uint64_t size_mask;     /* what it answers when it is sized */
    uint32_t written[2];    /* last written to each 32 bits, while it matters */
} FixedBar;

typedef struct FixedBars {
    FixedBar bar[PCI_NUM_REGIONS - 1];
    /* Of a function that is held */
    PCIConfigReadFunc *config_read;
    PCIConfigWriteFunc *config_write;
} FixedBars;

/* PCIDevice to FixedBars */
static GHashTable *all_fixed;

static FixedBars *find(PCIDevice *dev)
{
    return all_fixed ? g_hash_table_lookup(all_fixed, dev) : NULL;
}

static FixedBars *find_or_new(PCIDevice *dev)
{
    FixedBars *f = find(dev);

    if (!all_fixed) {
        all_fixed = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    }
    if (!f) {
        f = g_new0(FixedBars, 1);
        g_hash_table_insert(all_fixed, dev, f);
    }
    return f;
}

static bool is_64bit(const FixedBar *b)
{
    return !(b->value & PCI_BASE_ADDRESS_SPACE_IO) &&
           b->value & PCI_BASE_ADDRESS_MEM_TYPE_64;
}

static int width(const FixedBar *b)
{
    return is_64bit(b) ? 8 : 4;
}

static uint64_t get_bar(PCIDevice *dev, int i, const FixedBar *b)
{
    uint8_t *at = dev->config + PCI_BASE_ADDRESS_0 + i * 4;

    return is_64bit(b) ? pci_get_quad(at) : pci_get_long(at);
}

static void set_bytes(uint8_t *at, const FixedBar *b, uint64_t val)
{
    if (is_64bit(b)) {
        pci_set_quad(at, val);
    } else {
        pci_set_long(at, val);
    }
}

static void restore(PCIDevice *dev, FixedBars *f)
{
    bool changed = false;

    for (int i = 0; i < ARRAY_SIZE(f->bar); i++) {
        FixedBar *b = &f->bar[i];

        if (b->fixed && get_bar(dev, i, b) != b->value) {
            trace_pci_fixed_bar_restore(dev->name, i, b->value);
            set_bytes(dev->config + PCI_BASE_ADDRESS_0 + i * 4, b, b->value);
            changed = true;
        }
    }
    if (changed) {
        /* Mappings follow a write to the command register, which keeps it. */
        pci_default_write_config(dev, PCI_COMMAND,
                                 pci_get_word(dev->config + PCI_COMMAND), 2);
    }
}

static void end_sizing(FixedBars *f)
{
    for (int i = 0; i < ARRAY_SIZE(f->bar); i++) {
        memset(f->bar[i].written, 0, sizeof(f->bar[i].written));
    }
}

void pci_fixed_bar_restore(PCIDevice *dev)
{
    FixedBars *f = find(dev);

    if (f) {
        end_sizing(f);
        restore(dev, f);
    }
}

static void note_write(PCIDevice *dev, FixedBars *f, uint32_t addr,
                       uint32_t val, int len)
{
    for (int i = 0; i < ARRAY_SIZE(f->bar); i++) {
        FixedBar *b = &f->bar[i];
        uint32_t at = PCI_BASE_ADDRESS_0 + i * 4;

        if (!b->fixed || !ranges_overlap(addr, len, at, width(b))) {
            continue;
        }
        trace_pci_fixed_bar_write(dev->name, i, val, b->value);
        for (int byte = 0; byte < len; byte++) {
            if (range_covers_byte(at, width(b), addr + byte)) {
                uint32_t offset = addr + byte - at;
                uint32_t *written = &b->written[offset / 4];

                *written = deposit32(*written, offset % 4 * 8, 8,
                                     val >> (byte * 8));
            }
        }
    }
    if (ranges_overlap(addr, len, PCI_COMMAND, 2)) {
        end_sizing(f);
    }
}

void pci_fixed_bar_config_write(PCIDevice *dev, uint32_t addr, uint32_t val,
                                int len, PCIConfigWriteFunc *write)
{
    FixedBars *f = find(dev);

    if (!f) {
        write(dev, addr, val, len);
        return;
    }
    note_write(dev, f, addr, val, len);
    /* In one go, so that no vCPU finds a fixed BAR gone during a reset. */
    memory_region_transaction_begin();
    write(dev, addr, val, len);
    restore(dev, f);
    memory_region_transaction_commit();
}

/* The answer of one BAR, in the bytes of @val that are its own */
static uint32_t read_bar(FixedBar *b, uint32_t at, uint32_t addr, uint32_t val,
                         int len)
{
    for (int byte = 0; byte < len; byte++) {
        uint32_t offset = addr + byte - at;
        uint32_t *written = &b->written[offset / 4];

        if (!range_covers_byte(at, width(b), addr + byte)) {
            continue;
        }
        if (b->hidden) {
            val = deposit32(val, byte * 8, 8, 0);
        } else if (*written == UINT32_MAX) {
            val = deposit32(val, byte * 8, 8, b->size_mask >> (offset * 8));
            /* A read in parts ends with the last byte. */
            if (offset % 4 == 3) {
                *written = 0;
            }
        }
    }
    return val;
}

uint32_t pci_fixed_bar_config_read(PCIDevice *dev, uint32_t addr, int len,
                                   PCIConfigReadFunc *read)
{
    FixedBars *f = find(dev);
    uint32_t val;

    if (!f) {
        return read(dev, addr, len);
    }
    /* When its slot is powered on, a BAR is cleared without a reset. */
    restore(dev, f);
    val = read(dev, addr, len);
    for (int i = 0; i < ARRAY_SIZE(f->bar); i++) {
        uint32_t at = PCI_BASE_ADDRESS_0 + i * 4;

        if (f->bar[i].fixed && ranges_overlap(addr, len, at,
                                              width(&f->bar[i]))) {
            val = read_bar(&f->bar[i], at, addr, val, len);
        }
    }
    return val;
}

bool pci_fixed_bar_set(PCIDevice *dev, int bar, uint64_t addr, bool hidden,
                       Error **errp)
{
    const PCIIORegion *r = &dev->io_regions[bar];
    uint8_t *at = dev->config + PCI_BASE_ADDRESS_0 + bar * 4;
    bool io = r->type & PCI_BASE_ADDRESS_SPACE_IO;
    uint16_t decode = io ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY;
    FixedBars *f;
    FixedBar *b;

    if (!pci_fixed_range_claim(dev, r->type & PCI_BASE_ADDRESS_SPACE, addr,
                               addr + r->size - 1, errp)) {
        return false;
    }
    f = find_or_new(dev);
    b = &f->bar[bar];
    *b = (FixedBar) {
        .fixed = true,
        .hidden = hidden,
        .value = addr | r->type,
        .size_mask = ~(r->size - 1) | r->type,
    };
    set_bytes(dev->wmask + PCI_BASE_ADDRESS_0 + bar * 4, b, 0);
    set_bytes(at, b, b->value);
    /* A migration source that has it elsewhere is refused. */
    memset(dev->cmask + PCI_BASE_ADDRESS_0 + bar * 4, 0xff, width(b));
    /* Software that knows only the address enables nothing. */
    pci_word_test_and_set_mask(dev->config + PCI_COMMAND, decode);
    pci_word_test_and_clear_mask(dev->wmask + PCI_COMMAND, decode);
    pci_default_write_config(dev, PCI_COMMAND,
                             pci_get_word(dev->config + PCI_COMMAND), 2);
    return true;
}

static void held_config_write(PCIDevice *dev, uint32_t addr, uint32_t val,
                              int len)
{
    pci_fixed_bar_config_write(dev, addr, val, len, find(dev)->config_write);
}

static uint32_t held_config_read(PCIDevice *dev, uint32_t addr, int len)
{
    return pci_fixed_bar_config_read(dev, addr, len, find(dev)->config_read);
}

bool pci_fixed_bar_hold(PCIDevice *dev, int bar, uint64_t addr, Error **errp)
{
    FixedBars *f;

    if (!pci_fixed_bar_set(dev, bar, addr, false, errp)) {
        return false;
    }
    f = find(dev);
    if (!f->config_write) {
        f->config_read = dev->config_read;
        f->config_write = dev->config_write;
        dev->config_read = held_config_read;
        dev->config_write = held_config_write;
    }
    return true;
}

void pci_fixed_bar_release(PCIDevice *dev)
{
    FixedBars *f = find(dev);

    if (f && f->config_write) {
        dev->config_read = f->config_read;
        dev->config_write = f->config_write;
    }
    if (f) {
        g_hash_table_remove(all_fixed, dev);
    }
    pci_fixed_range_release(dev);
}

bool pci_fixed_bar_is_fixed(PCIDevice *dev, int bar)
{
    FixedBars *f = find(dev);

    return f && bar < ARRAY_SIZE(f->bar) && f->bar[bar].fixed;
}

bool pci_fixed_bar_is_hidden(PCIDevice *dev, int bar)
{
    FixedBars *f = find(dev);

    return f && bar < ARRAY_SIZE(f->bar) && f->bar[bar].hidden;
}

uint8_t pci_fixed_bar_get_sizing(PCIDevice *dev)
{
    FixedBars *f = find(dev);
    uint8_t bars = 0;

    for (int i = 0; f && i < ARRAY_SIZE(f->bar); i++) {
        if (f->bar[i].written[0] == UINT32_MAX) {
            bars |= 1u << i;
        }
    }
    return bars;
}

void pci_fixed_bar_set_sizing(PCIDevice *dev, uint8_t bars)
{
    FixedBars *f = find(dev);

    for (int i = 0; f && i < ARRAY_SIZE(f->bar); i++) {
        f->bar[i].written[0] = bars & (1u << i) ? UINT32_MAX : 0;
    }
}
