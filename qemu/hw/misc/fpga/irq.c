/*
 * fpga card: interrupts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/host-utils.h"
#include "hw/pci/msi.h"
#include "hw/pci/msix.h"
#include "fpga.h"
#include "trace.h"

/* Causes, and where FPGA_INT_MAP has their vector */
static const struct {
    uint32_t causes;
    uint32_t map;
} fpga_vectors[] = {
    { FPGA_INT_SOFTWARE, FPGA_INT_MAP_SOFTWARE },
    { FPGA_INT_DMA_DONE, FPGA_INT_MAP_DMA_DONE },
    { FPGA_INT_DMA_ERROR, FPGA_INT_MAP_DMA_ERROR },
};

FPGAIrqWay fpga_irq_way(FPGAState *s)
{
    PCIDevice *dev = PCI_DEVICE(s);

    if (msix_enabled(dev)) {
        return FPGA_IRQ_MSIX;
    }
    return msi_enabled(dev) ? FPGA_IRQ_MSI : FPGA_IRQ_INTX;
}

/* Vectors that a cause can take; 0: INTx is in use */
static uint32_t vectors(FPGAState *s)
{
    switch (fpga_irq_way(s)) {
    case FPGA_IRQ_MSIX:
        return FPGA_VECTORS;
    case FPGA_IRQ_MSI:
        return msi_nr_vectors_allocated(PCI_DEVICE(s));
    default:
        return 0;
    }
}

static unsigned int vector_of(FPGAState *s, size_t i)
{
    unsigned int vector = (s->irq.map & fpga_vectors[i].map) >>
                          ctz32(fpga_vectors[i].map);

    return vector < vectors(s) ? vector : 0;
}

static uint32_t causes_of_vector(FPGAState *s, unsigned int vector)
{
    uint32_t causes = 0;

    for (size_t i = 0; i < ARRAY_SIZE(fpga_vectors); i++) {
        if (vector_of(s, i) == vector) {
            causes |= fpga_vectors[i].causes;
        }
    }
    return causes;
}

/* The lines that the causes ask for, a bit for each vector */
static uint32_t wanted_lines(FPGAState *s)
{
    uint32_t pending = s->irq.status & s->irq.enable;
    uint32_t lines = 0;

    for (size_t i = 0; i < ARRAY_SIZE(fpga_vectors); i++) {
        if (pending & fpga_vectors[i].causes) {
            lines |= 1u << vector_of(s, i);
        }
    }
    return lines;
}

static void send_message(FPGAState *s, unsigned int vector)
{
    PCIDevice *dev = PCI_DEVICE(s);

    /* The message before this one may have hit our own configuration space. */
    if (vector >= vectors(s)) {
        return;
    }
    trace_fpga_msi(vector, s->irq.status);
    if (fpga_fault_lose_interrupt(s)) {
        trace_fpga_fault_lost_interrupt();
        return;
    }
    if (fpga_irq_way(s) == FPGA_IRQ_MSIX) {
        msix_notify(dev, vector);
        return;
    }
    msi_notify(dev, vector);
}

/* @lines: a bit for each vector */
static void send_messages(FPGAState *s, uint32_t lines)
{
    FPGAIrq *irq = &s->irq;
    unsigned int vector;

    for (vector = 0; vector < FPGA_VECTORS; vector++) {
        if (lines & (1u << vector)) {
            irq->status &= ~(irq->enable & irq->autoclear &
                             causes_of_vector(s, vector));
        }
    }
    /* Before the messages: a handler may look at the status at once. */
    s->registers_changed(s);
    for (vector = 0; vector < FPGA_VECTORS; vector++) {
        if (lines & (1u << vector)) {
            send_message(s, vector);
        }
    }
}

void fpga_irq_update(FPGAState *s, bool again)
{
    PCIDevice *dev = PCI_DEVICE(s);
    uint32_t lines = wanted_lines(s);

    if (vectors(s)) {
        send_messages(s, again ? lines : lines & ~s->irq.lines);
        /* Autoclear may have let a line down. */
        s->irq.lines = wanted_lines(s);
        return;
    }
    s->registers_changed(s);
    if (lines != s->irq.lines) {
        trace_fpga_intx(!!lines, s->irq.status, s->irq.enable);
    }
    if (!lines) {
        s->irq.lost = false;
    } else if (!s->irq.lines && fpga_fault_lose_interrupt(s)) {
        trace_fpga_fault_lost_interrupt();
        s->irq.lost = true;
    }
    s->irq.lines = lines;
    pci_set_irq(dev, lines && !s->irq.lost);
}

void fpga_irq_way_changed(FPGAState *s)
{
    s->irq.lines = 0;
    fpga_irq_update(s, false);
}

bool fpga_irq_pending(FPGAState *s)
{
    return s->irq.status & s->irq.enable;
}

void fpga_irq_raise(FPGAState *s, uint32_t causes)
{
    s->irq.status |= causes;
    fpga_irq_update(s, false);
}

void fpga_irq_flush(FPGAState *s)
{
    timer_del(s->irq.timer);
    if (s->irq.completions) {
        s->irq.completions = 0;
        fpga_irq_raise(s, FPGA_INT_DMA_DONE);
    }
}

static uint32_t coalesce_usec(FPGAState *s)
{
    return (s->irq.coalesce & FPGA_INT_COALESCE_USEC) >>
           FPGA_INT_COALESCE_USEC_SHIFT;
}

void fpga_irq_complete(FPGAState *s)
{
    uint32_t usec = coalesce_usec(s);

    s->irq.completions++;
    if (s->irq.completions >= (s->irq.coalesce & FPGA_INT_COALESCE_COUNT)) {
        fpga_irq_flush(s);
    } else if (usec && s->irq.completions == 1) {
        timer_mod(s->irq.timer,
                  qemu_clock_get_us(QEMU_CLOCK_VIRTUAL) + usec);
    }
}

void fpga_irq_idle(FPGAState *s)
{
    if (!coalesce_usec(s)) {
        fpga_irq_flush(s);
    }
}

static void fpga_irq_timer(void *opaque)
{
    fpga_irq_flush(opaque);
}

bool fpga_irq_post_load(FPGAState *s)
{
    FPGAIrq *irq = &s->irq;

    if ((irq->status | irq->enable | irq->autoclear) & ~FPGA_INT_ALL ||
        irq->map & ~FPGA_INT_MAP_ALL) {
        return false;
    }
    irq->lines = wanted_lines(s);
    return true;
}

void fpga_irq_reset(FPGAState *s)
{
    timer_del(s->irq.timer);
    s->irq.status = 0;
    s->irq.enable = 0;
    s->irq.autoclear = 0;
    s->irq.coalesce = 0;
    s->irq.map = FPGA_INT_MAP_RESET;
    s->irq.completions = 0;
    s->irq.lines = 0;
    s->irq.lost = false;
}

uint32_t fpga_irq_read(FPGAState *s, hwaddr reg)
{
    switch (reg) {
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
        return vectors(s);
    default:
        return 0;
    }
}

bool fpga_irq_write(FPGAState *s, hwaddr reg, uint32_t value, uint32_t whole)
{
    switch (reg) {
    case FPGA_INT_STATUS:
        s->irq.status &= ~value;
        fpga_irq_update(s, true);
        return true;
    case FPGA_INT_ENABLE:
        s->irq.enable = whole & FPGA_INT_ALL;
        fpga_irq_update(s, false);
        return true;
    case FPGA_INT_RAISE:
        fpga_irq_raise(s, value & FPGA_INT_SOFTWARE);
        return true;
    case FPGA_INT_AUTOCLEAR:
        s->irq.autoclear = whole & FPGA_INT_ALL;
        return true;
    case FPGA_INT_COALESCE:
        s->irq.coalesce = whole & (FPGA_INT_COALESCE_COUNT |
                                   FPGA_INT_COALESCE_USEC);
        /* What has been counted under the old bounds is not held longer. */
        fpga_irq_flush(s);
        return true;
    case FPGA_INT_MAP:
        s->irq.map = whole & FPGA_INT_MAP_ALL;
        /* Causes that stand are signalled where they belong now. */
        if (vectors(s)) {
            s->irq.lines = 0;
        }
        fpga_irq_update(s, false);
        return true;
    default:
        return false;
    }
}

bool fpga_irq_init(FPGAState *s, Error **errp)
{
    PCIDevice *dev = PCI_DEVICE(s);

    if (msi_init(dev, 0, FPGA_VECTORS, true, true, errp) < 0) {
        return false;
    }
    pci_config_set_interrupt_pin(dev->config, 1);
    s->irq.timer = timer_new_us(QEMU_CLOCK_VIRTUAL, fpga_irq_timer, s);
    return true;
}

void fpga_irq_exit(FPGAState *s)
{
    timer_free(s->irq.timer);
    msi_uninit(PCI_DEVICE(s));
}

const VMStateDescription vmstate_fpga_irq = {
    .name = TYPE_FPGA "/irq",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(status, FPGAIrq),
        VMSTATE_UINT32(enable, FPGAIrq),
        VMSTATE_UINT32(autoclear, FPGAIrq),
        VMSTATE_UINT32(coalesce, FPGAIrq),
        VMSTATE_UINT32(map, FPGAIrq),
        VMSTATE_UINT32(completions, FPGAIrq),
        VMSTATE_TIMER_PTR(timer, FPGAIrq),
        VMSTATE_END_OF_LIST()
    }
};
