/*
 * fpga card: register accesses
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "qemu/bswap.h"
#include "qemu/log.h"
#include "dma.h"
#include "fault.h"
#include "irq.h"
#include "regs.h"
#include "trace.h"

static uint32_t fpga_features(FPGAState *s)
{
    return (s->io_base ? FPGA_FEATURE_FIXED_IO : 0) | FPGA_FEATURE_DMA |
           FPGA_FEATURE_SG | FPGA_FEATURE_COALESCE | FPGA_FEATURE_AUTOCLEAR |
           FPGA_FEATURE_POLLED | FPGA_FEATURE_MAP;
}

static uint32_t fpga_dma_status(FPGAState *s)
{
    return (s->dma.running ? FPGA_DMA_STATUS_RUNNING : 0) |
           (s->dma.halted ? FPGA_DMA_STATUS_HALTED : 0);
}

static uint32_t fpga_status(FPGAState *s)
{
    return (s->dma.running ? FPGA_STATUS_DMA_RUNNING : 0) |
           (s->dma.halted ? FPGA_STATUS_DMA_HALTED : 0) |
           (s->irq.status & s->irq.enable ? FPGA_STATUS_IRQ : 0);
}

static bool in_regfile(hwaddr addr)
{
    return addr >= FPGA_REGFILE && addr < FPGA_REGFILE + FPGA_REGFILE_SIZE;
}

uint32_t fpga_reg_read(FPGAState *s, hwaddr reg)
{
    switch (reg) {
    case FPGA_ID:
        return FPGA_ID_VALUE;
    case FPGA_VERSION:
        return FPGA_VERSION_VALUE;
    case FPGA_FEATURES:
        return fpga_features(s);
    case FPGA_SCRATCH:
        return ~s->scratch;
    case FPGA_STATUS:
        return fpga_status(s);
    case FPGA_FIXED_BASE:
        return s->io_base;
    case FPGA_RAM_PAGES:
        return s->ram_size / FPGA_RAM_PAGE_SIZE;
    case FPGA_INT_STATUS:
        return s->irq.status;
    case FPGA_INT_ENABLE:
        return s->irq.enable;
    case FPGA_INT_AUTOCLEAR:
        return s->irq.autoclear;
    case FPGA_INT_COALESCE:
        return s->irq.coalesce;
    case FPGA_INT_MAP:
        return s->irq.map;
    case FPGA_INT_VECTORS:
        return fpga_irq_vectors(s);
    case FPGA_DMA_RING_LO:
        return extract64(s->dma.ring, 0, 32);
    case FPGA_DMA_RING_HI:
        return extract64(s->dma.ring, 32, 32);
    case FPGA_DMA_RING_SIZE:
        return s->dma.ring_size;
    case FPGA_DMA_CONTROL:
        return (s->dma.running ? FPGA_DMA_CONTROL_RUN : 0) |
               (s->dma.polled ? FPGA_DMA_CONTROL_POLLED : 0);
    case FPGA_DMA_STATUS:
        return fpga_dma_status(s);
    case FPGA_DMA_HEAD:
        return s->dma.head;
    case FPGA_DMA_ERROR:
        return s->dma.error;
    default:
        /* Registers that can only be written, and holes */
        return 0;
    }
}

static void fpga_reset_but_dma(FPGAState *s)
{
    s->scratch = (uint32_t)~FPGA_SCRATCH_RESET;
    memset(s->regfile, 0, FPGA_REGFILE_SIZE);
    s->registers_changed(s);
}

/* What FPGA_CONTROL_RESET does */
static void fpga_control_reset(FPGAState *s)
{
    if (fpga_fault_unstoppable(s)) {
        fpga_irq_reset(s);
        fpga_reset_but_dma(s);
    } else {
        fpga_regs_reset(s);
    }
}

static void fpga_ring_write(FPGAState *s, hwaddr reg, uint32_t value)
{
    FPGADma *dma = &s->dma;

    if (dma->running) {
        qemu_log_mask(LOG_GUEST_ERROR, "fpga: write to 0x%" HWADDR_PRIx
                      " while the engine runs\n", reg);
        return;
    }
    switch (reg) {
    case FPGA_DMA_RING_LO:
        dma->ring = deposit64(dma->ring, 0, 32,
                              QEMU_ALIGN_DOWN(value, FPGA_DESC_SIZE));
        break;
    case FPGA_DMA_RING_HI:
        dma->ring = deposit64(dma->ring, 32, 32, value);
        break;
    case FPGA_DMA_RING_SIZE:
        dma->ring_size = value;
        break;
    }
}

/*
 * @lanes has the bits of the bytes that the access reaches; @value has no
 * others.
 */
static void fpga_reg_write(FPGAState *s, hwaddr reg, uint32_t value,
                           uint32_t lanes)
{
    uint32_t whole = (fpga_reg_read(s, reg) & ~lanes) | value;

    switch (reg) {
    case FPGA_SCRATCH:
        s->scratch = (s->scratch & ~lanes) | value;
        break;
    case FPGA_CONTROL:
        if (value & FPGA_CONTROL_RESET) {
            fpga_control_reset(s);
            fpga_irq_update(s, false);
        }
        break;
    case FPGA_INT_STATUS:
        s->irq.status &= ~value;
        fpga_irq_update(s, true);
        break;
    case FPGA_INT_ENABLE:
        s->irq.enable = whole & FPGA_INT_ALL;
        fpga_irq_update(s, false);
        break;
    case FPGA_INT_RAISE:
        fpga_irq_raise(s, value & FPGA_INT_SOFTWARE);
        break;
    case FPGA_INT_AUTOCLEAR:
        s->irq.autoclear = whole & FPGA_INT_ALL;
        break;
    case FPGA_INT_COALESCE:
        s->irq.coalesce = whole & (FPGA_INT_COALESCE_COUNT |
                                   FPGA_INT_COALESCE_USEC);
        /* What has been counted under the old bounds is not held longer. */
        fpga_irq_flush(s);
        break;
    case FPGA_INT_MAP:
        s->irq.map = whole & FPGA_INT_MAP_ALL;
        /* Causes that stand are signalled where they belong now. */
        if (fpga_irq_vectors(s)) {
            s->irq.lines = 0;
        }
        fpga_irq_update(s, false);
        break;
    case FPGA_DMA_RING_LO:
    case FPGA_DMA_RING_HI:
    case FPGA_DMA_RING_SIZE:
        fpga_ring_write(s, reg, whole);
        break;
    case FPGA_DMA_CONTROL:
        s->dma.polled = whole & FPGA_DMA_CONTROL_POLLED;
        if (!(whole & FPGA_DMA_CONTROL_RUN)) {
            if (!s->dma.stuck && !fpga_fault_unstoppable(s)) {
                fpga_dma_stop(s);
            }
        } else if (!s->dma.running) {
            fpga_dma_run(s);
        }
        break;
    case FPGA_DMA_DOORBELL:
        fpga_dma_doorbell(s);
        break;
    default:
        qemu_log_mask(LOG_GUEST_ERROR, "fpga: write to 0x%" HWADDR_PRIx
                      ", which cannot be written\n", reg);
        break;
    }
}

static uint64_t fpga_regs_read(void *opaque, hwaddr addr, unsigned int size)
{
    FPGAState *s = opaque;
    uint32_t value;

    if (!qdev_is_realized(DEVICE(s))) {
        /* On its way here when the card was unplugged */
        return UINT32_MAX;
    }
    if (in_regfile(addr)) {
        value = ldn_le_p(s->regfile + (addr - FPGA_REGFILE), size);
    } else {
        value = extract32(fpga_reg_read(s, addr & ~(hwaddr)3), addr % 4 * 8,
                          size * 8);
    }
    trace_fpga_read(addr, size, value);
    return value;
}

static void fpga_regs_write(void *opaque, hwaddr addr, uint64_t value,
                            unsigned int size)
{
    FPGAState *s = opaque;
    unsigned int shift = addr % 4 * 8;
    uint32_t lanes = MAKE_64BIT_MASK(shift, size * 8);

    if (!qdev_is_realized(DEVICE(s))) {
        return;
    }
    trace_fpga_write(addr, size, value);
    if (in_regfile(addr)) {
        /* Of this size, because KVM may store its other bytes meanwhile. */
        stn_le_p(s->regfile + (addr - FPGA_REGFILE), size, value);
        return;
    }
    fpga_reg_write(s, addr & ~(hwaddr)3, (uint32_t)value << shift & lanes,
                   lanes);
    s->registers_changed(s);
}

/* Byte lanes are done here, because MemoryRegionOps would read to write. */
const MemoryRegionOps fpga_regs_ops = {
    .read = fpga_regs_read,
    .write = fpga_regs_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = {
        .min_access_size = 1,
        .max_access_size = 4,
    },
    .impl = {
        .min_access_size = 1,
        .max_access_size = 4,
    },
};

void fpga_regs_reset(FPGAState *s)
{
    /* In this order: stopping the engine shows completions that it counted. */
    fpga_irq_reset(s);
    fpga_dma_reset(s);
    fpga_reset_but_dma(s);
}
