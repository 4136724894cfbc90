/*
 * fpga card: register accesses
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "qemu/bswap.h"
#include "qemu/log.h"
#include "regs.h"
#include "trace.h"

static uint32_t fpga_features(FPGAState *s)
{
    uint32_t features = s->io_base ? FPGA_FEATURE_FIXED_IO : 0;

    features |= FPGA_IRQ_FEATURES;
    features |= FPGA_DMA_FEATURES;
    return features;
}

static uint32_t fpga_status(FPGAState *s)
{
    uint32_t status = 0;

    status |= fpga_irq_pending(s) ? FPGA_STATUS_IRQ : 0;
    status |= fpga_dma_card_status(s);
    return status;
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
    case FPGA_INT_STATUS ... FPGA_INT_MAP:
        return fpga_irq_read(s, reg);
    case FPGA_DMA_RING_LO ... FPGA_DMA_ERROR:
        return fpga_dma_read(s, reg);
    default:
        /* Holes, and what can only be written */
        return 0;
    }
}

static void reset_registers(FPGAState *s, bool stop)
{
    /* In this order: stopping the engine shows completions that it counted. */
    fpga_irq_reset(s);
    if (stop) {
        fpga_dma_reset(s);
    }
    s->scratch = (uint32_t)~FPGA_SCRATCH_RESET;
    memset(s->regfile, 0, FPGA_REGFILE_SIZE);
    s->registers_changed(s);
}

void fpga_regs_reset(FPGAState *s)
{
    reset_registers(s, true);
}

static void log_unwritable(hwaddr reg)
{
    qemu_log_mask(LOG_GUEST_ERROR, "fpga: write to 0x%" HWADDR_PRIx
                  ", which cannot be written\n", reg);
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
            reset_registers(s, !fpga_fault_unstoppable(s));
            fpga_irq_update(s, false);
        }
        break;
    case FPGA_INT_STATUS ... FPGA_INT_MAP:
        if (!fpga_irq_write(s, reg, value, whole)) {
            log_unwritable(reg);
        }
        break;
    case FPGA_DMA_RING_LO ... FPGA_DMA_ERROR:
        if (!fpga_dma_write(s, reg, whole)) {
            log_unwritable(reg);
        }
        break;
    default:
        log_unwritable(reg);
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
