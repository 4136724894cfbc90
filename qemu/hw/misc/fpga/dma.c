/*
 * fpga card: DMA engine
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The write to the doorbell executes descriptors itself as far as its property
 * lets it: waking another thread costs more than copying some pages. The rest
 * is left to a bottom half, which does a bounded amount of work before it lets
 * the main loop run. Everything that is needed in order to go on is in FPGADma,
 * and the host memory that has not been read yet is read again after a
 * migration.
 */

#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/rcu.h"
#include "qemu/units.h"
#include "qapi/error.h"
#include "hw/pci/pci_device.h"
#include "system/runstate.h"
#include "fpga.h"
#include "trace.h"

/*
 * Work for one run, in bytes copied from memory to memory: a fifth of a
 * millisecond on today's hosts, for which a vCPU may have to wait for the lock.
 */
#define RUN_BUDGET          (2 * MiB)
/* What other work is worth in such bytes: fetching a descriptor or a table */
#define FETCH_COST          4096
/* ... finding where a segment is, however short it is */
#define SEGMENT_COST        1024
/* ... and a byte that is moved through another device's MMIO callbacks */
#define MMIO_COST           64
#define MMIO_CHUNK          256

/*
 * Not 0: the core takes a view that holds one region from 0 on for that region,
 * which has the address of BAR2.
 */
#define RAM_VIEW_BASE       FPGA_RAM_PAGE_SIZE

static dma_addr_t desc_addr(FPGADma *dma)
{
    return dma->ring + (dma_addr_t)dma->head * FPGA_DESC_SIZE;
}

static void fpga_dma_stop(FPGAState *s);

static void fpga_dma_halt(FPGAState *s, uint32_t error)
{
    trace_fpga_dma_halt(error, s->dma.head);
    /* Before completions are shown, at which the guest may look at the rest. */
    s->dma.halted = true;
    s->dma.error = error;
    fpga_dma_stop(s);
    fpga_irq_raise(s, FPGA_INT_DMA_ERROR);
}

static bool ring_valid(const FPGADma *dma)
{
    uint64_t bytes = (uint64_t)dma->ring_size * FPGA_DESC_SIZE;

    return is_power_of_2(dma->ring_size) &&
           dma->ring_size >= FPGA_DMA_RING_MIN &&
           dma->ring_size <= FPGA_DMA_RING_MAX &&
           dma->ring <= UINT64_MAX - (bytes - 1);
}

/* An event that is still on its way was not meant for what comes. */
static void drop_doorbell(FPGAState *s)
{
    if (s->dma.ioeventfd) {
        event_notifier_test_and_clear(&s->dma.doorbell);
    }
}

/* Start at entry 0, or halt at once if the ring is not valid. */
static void fpga_dma_run(FPGAState *s)
{
    FPGADma *dma = &s->dma;

    drop_doorbell(s);
    dma->head = 0;
    dma->error = FPGA_DMA_ERROR_NONE;
    dma->halted = false;
    if (!ring_valid(dma)) {
        qemu_log_mask(LOG_GUEST_ERROR, "fpga: ring of %u entries at 0x%" PRIx64
                      " is not valid\n", dma->ring_size, dma->ring);
        fpga_dma_halt(s, FPGA_DMA_ERROR_RING);
        return;
    }
    trace_fpga_dma_run(dma->ring, dma->ring_size);
    dma->running = true;
}

/* Stop at once; host memory is not touched any more. */
static void fpga_dma_stop(FPGAState *s)
{
    FPGADma *dma = &s->dma;

    /*
     * The BQL is held, so nothing is being executed elsewhere. But a write of
     * fpga_dma_execute() or fpga_dma_complete() may have brought us here: they
     * look at busy and running after it.
     */
    qemu_bh_cancel(dma->bh);
    drop_doorbell(s);
    timer_del(dma->timer);
    dma->delayed = false;
    dma->stuck = false;
    dma->running = false;
    dma->doorbell_pending = false;
    dma->busy = false;
    fpga_irq_flush(s);
}

static bool engine_runnable(const FPGADma *dma)
{
    return dma->doorbell_pending && !dma->stuck && !timer_pending(dma->timer);
}

void fpga_dma_resume(FPGAState *s)
{
    if (engine_runnable(&s->dma)) {
        qemu_bh_schedule(s->dma.bh);
    }
}

/* Give the descriptor back to the driver and go on to the next. */
static void fpga_dma_complete(FPGAState *s, uint32_t code)
{
    PCIDevice *dev = PCI_DEVICE(s);
    FPGADma *dma = &s->dma;
    dma_addr_t addr = desc_addr(dma);
    uint32_t done = cpu_to_le32(dma->done);
    MemTxResult result;

    trace_fpga_dma_complete(dma->head, dma->done, code);
    dma->busy = false;

    /* Two writes, with a barrier in each: the driver polls the status. */
    result = pci_dma_write(dev, addr + offsetof(struct fpga_desc, done), &done,
                           sizeof(done));
    if (dma->running && result == MEMTX_OK) {
        result = stl_le_pci_dma(dev, addr + offsetof(struct fpga_desc, status),
                                FPGA_DESC_S_DONE | code,
                                MEMTXATTRS_UNSPECIFIED);
    }
    if (!dma->running) {
        /* The ring lay on something that has reset the card. */
        return;
    }
    if (result != MEMTX_OK) {
        fpga_dma_halt(s, FPGA_DMA_ERROR_WRITEBACK);
        return;
    }
    dma->head = (dma->head + 1) & (dma->ring_size - 1);
    if (dma->flags & FPGA_DESC_F_IRQ && !(dma->in_doorbell && dma->polled)) {
        fpga_irq_complete(s);
    }
}

static uint32_t check_desc(FPGAState *s)
{
    FPGADma *dma = &s->dma;
    bool nop = dma->flags & FPGA_DESC_F_NOP;
    bool sg = dma->flags & FPGA_DESC_F_SG;

    if (dma->flags & ~FPGA_DESC_F_ALL || nop != (dma->len == 0) ||
        sg != (dma->nseg != 0) || (nop && sg)) {
        return FPGA_DESC_E_INVALID;
    }
    if (nop) {
        return FPGA_DESC_OK;
    }
    if (dma->len > s->ram_size || dma->card > s->ram_size - dma->len) {
        return FPGA_DESC_E_RANGE;
    }
    if (sg && dma->addr % sizeof(struct fpga_seg)) {
        return FPGA_DESC_E_SEGMENT;
    }
    return FPGA_DESC_OK;
}

/*
 * Take the next descriptor from the ring. It is copied before anything in it is
 * looked at, except that the driver hands it over by its status: that is read
 * first, and the rest after a barrier.
 *
 * Returns: false when there is none; otherwise it has begun, or a fault holds
 *          it back
 */
static bool fpga_dma_fetch(FPGAState *s)
{
    PCIDevice *dev = PCI_DEVICE(s);
    FPGADma *dma = &s->dma;
    struct fpga_desc desc;
    bool delayed = dma->delayed;
    uint32_t status;
    uint32_t code;

    dma->delayed = false;
    if (ldl_le_pci_dma(dev, desc_addr(dma) + offsetof(struct fpga_desc, status),
                       &status, MEMTXATTRS_UNSPECIFIED) != MEMTX_OK) {
        fpga_dma_halt(s, FPGA_DMA_ERROR_FETCH);
        return false;
    }
    if (!(status & FPGA_DESC_S_OWN)) {
        return false;
    }
    if (!delayed && s->fault.delay_ms) {
        timer_mod(dma->timer, qemu_clock_get_ms(QEMU_CLOCK_VIRTUAL) +
                              s->fault.delay_ms);
        return true;
    }
    if (fpga_fault_stick(s)) {
        trace_fpga_fault_stuck(dma->head);
        dma->stuck = true;
        return true;
    }
    if (pci_dma_read(dev, desc_addr(dma), &desc, sizeof(desc)) != MEMTX_OK) {
        fpga_dma_halt(s, FPGA_DMA_ERROR_FETCH);
        return false;
    }

    dma->addr = le64_to_cpu(desc.addr);
    dma->card = le64_to_cpu(desc.card);
    dma->len = le32_to_cpu(desc.len);
    dma->flags = le16_to_cpu(desc.flags);
    dma->nseg = le16_to_cpu(desc.nseg);
    dma->done = 0;
    dma->seg_next = 0;
    dma->segs_count = 0;
    dma->seg_addr = dma->addr;
    dma->seg_len = dma->flags & FPGA_DESC_F_SG ? 0 : dma->len;
    dma->busy = true;
    trace_fpga_dma_fetch(dma->head, dma->addr, dma->card, dma->len, dma->flags,
                         dma->nseg);

    code = s->fault.status ? s->fault.status : check_desc(s);
    if (code != FPGA_DESC_OK || dma->flags & FPGA_DESC_F_NOP) {
        fpga_dma_complete(s, code);
    }
    return true;
}

/* Read the part of the table in which the next segment is. */
static bool read_segments(FPGAState *s)
{
    FPGADma *dma = &s->dma;
    uint32_t count = MIN(dma->nseg - dma->seg_next, FPGA_DMA_SEGMENTS);

    if (pci_dma_read(PCI_DEVICE(s),
                     dma->addr + dma->seg_next * sizeof(struct fpga_seg),
                     dma->segs, count * sizeof(struct fpga_seg)) != MEMTX_OK) {
        return false;
    }
    dma->segs_first = dma->seg_next;
    dma->segs_count = count;
    return true;
}

/* Returns: false when the table is not right */
static bool next_segment(FPGAState *s)
{
    FPGADma *dma = &s->dma;
    const struct fpga_seg *seg;

    if (dma->seg_next >= dma->nseg) {
        return false;
    }
    if ((!dma->segs_count ||
         dma->seg_next >= dma->segs_first + dma->segs_count) &&
        !read_segments(s)) {
        return false;
    }
    seg = &dma->segs[dma->seg_next - dma->segs_first];
    dma->seg_addr = le64_to_cpu(seg->addr);
    dma->seg_len = le32_to_cpu(seg->len);
    dma->seg_next++;
    return dma->seg_len && dma->seg_len <= dma->len - dma->done && !seg->zero;
}

/*
 * Card RAM has been written behind the back of the memory core, which sees to
 * what follows: it is dirty, and code that a vCPU has translated there is
 * stale. The core does that where it unmaps memory.
 */
static void fpga_dma_ram_changed(FPGAState *s, uint64_t card, hwaddr len)
{
    hwaddr mapped = len;
    void *ram = address_space_map(&s->dma.as, RAM_VIEW_BASE + card,
                                  &mapped, true, MEMTXATTRS_UNSPECIFIED);

    address_space_unmap(&s->dma.as, ram, mapped, true, len);
}

/*
 * Move up to *@bytes, all of which lie inside card RAM, between there and host
 * memory. On return *@bytes is what was moved.
 */
static MemTxResult fpga_dma_copy(FPGAState *s, uint32_t *bytes, int64_t *cost)
{
    FPGADma *dma = &s->dma;
    PCIDevice *dev = PCI_DEVICE(s);
    bool to_host = dma->flags & FPGA_DESC_F_TO_HOST;
    uint64_t card = dma->card + dma->done;
    uint8_t *ram = memory_region_get_ram_ptr(&s->ram);
    MemTxResult result = MEMTX_OK;
    hwaddr plen = *bytes;
    uint64_t changed = card;
    MemoryRegion *mr;
    hwaddr xlat;

    RCU_READ_LOCK_GUARD();
    mr = address_space_translate(pci_get_address_space(dev), dma->seg_addr,
                                 &xlat, &plen, to_host, MEMTXATTRS_UNSPECIFIED);
    /* What is not copied at once goes in small steps, also where all fail. */
    if (!memory_access_is_direct(mr, to_host, MEMTXATTRS_UNSPECIFIED)) {
        plen = MIN(plen, MMIO_CHUNK);
        *cost = plen * MMIO_COST;
    } else {
        *cost = plen;
    }

    if (mr == &s->ram) {
        /* Card RAM through BAR2: the ranges may overlap. */
        memmove(ram + (to_host ? xlat : card), ram + (to_host ? card : xlat),
                plen);
        changed = to_host ? xlat : card;
    } else if (to_host) {
        result = pci_dma_write(dev, dma->seg_addr, ram + card, plen);
    } else {
        result = pci_dma_read(dev, dma->seg_addr, ram + card, plen);
    }
    if (mr == &s->ram || !to_host) {
        fpga_dma_ram_changed(s, changed, plen);
    }
    *bytes = plen;
    return result;
}

/*
 * Execute some of the descriptor in hand.
 *
 * Returns: what that was worth, see RUN_BUDGET
 */
static int64_t fpga_dma_execute(FPGAState *s, int64_t budget)
{
    FPGADma *dma = &s->dma;
    int64_t cost = 0;
    int64_t copy_cost;
    MemTxResult result;
    uint32_t bytes;

    if (!dma->seg_len) {
        if (!next_segment(s)) {
            fpga_dma_complete(s, FPGA_DESC_E_SEGMENT);
            return FETCH_COST;
        }
        cost = SEGMENT_COST;
    }
    if (dma->seg_addr > UINT64_MAX - (dma->seg_len - 1)) {
        fpga_dma_complete(s, FPGA_DESC_E_HOST);
        return cost;
    }

    bytes = MIN(dma->seg_len, budget);
    result = fpga_dma_copy(s, &bytes, &copy_cost);
    if (!dma->busy) {
        /* What was written to has reset the card, or unplugged it. */
        return cost + copy_cost;
    }
    if (result != MEMTX_OK) {
        fpga_dma_complete(s, FPGA_DESC_E_HOST);
        return cost + copy_cost;
    }
    dma->done += bytes;
    dma->seg_addr += bytes;
    dma->seg_len -= bytes;
    if (dma->done == dma->len) {
        fpga_dma_complete(s, dma->seg_next == dma->nseg ? FPGA_DESC_OK :
                                                          FPGA_DESC_E_SEGMENT);
    }
    return cost + copy_cost;
}

/* Execute descriptors for about as much as @budget; the bottom half goes on. */
static void fpga_dma_execute_ring(FPGAState *s, int64_t budget)
{
    FPGADma *dma = &s->dma;

    /* While the machine is stopped its memory must not change. */
    if (!runstate_is_running()) {
        return;
    }
    /* A write to host memory may reach what unplugs the card. */
    object_ref(OBJECT(s));
    while (engine_runnable(dma) && budget > 0) {
        if (dma->busy) {
            budget -= fpga_dma_execute(s, budget);
        } else if (fpga_dma_fetch(s)) {
            budget -= FETCH_COST;
        } else {
            dma->doorbell_pending = false;
            fpga_irq_idle(s);
        }
    }
    fpga_dma_resume(s);
    object_unref(OBJECT(s));
}

static void fpga_dma_bh(void *opaque)
{
    fpga_dma_execute_ring(opaque, RUN_BUDGET);
}

/* Returns: whether there is something new to be done */
static bool fpga_dma_take_doorbell(FPGAState *s)
{
    FPGADma *dma = &s->dma;

    if (!dma->running) {
        qemu_log_mask(LOG_GUEST_ERROR, "fpga: doorbell while the engine is "
                      "stopped\n");
        return false;
    }
    if (dma->doorbell_pending) {
        /* The caller that is executing the ring finds the new entries. */
        return false;
    }
    dma->doorbell_pending = true;
    return true;
}

static void fpga_dma_doorbell(FPGAState *s)
{
    if (fpga_dma_take_doorbell(s)) {
        s->dma.in_doorbell = true;
        fpga_dma_execute_ring(s, MIN(s->dma.doorbell_bytes, RUN_BUDGET));
        s->dma.in_doorbell = false;
    }
}

static void fpga_dma_doorbell_event(EventNotifier *doorbell)
{
    FPGAState *s = container_of(doorbell, FPGAState, dma.doorbell);

    if (event_notifier_test_and_clear(doorbell) && fpga_dma_take_doorbell(s)) {
        fpga_dma_resume(s);
    }
}

void fpga_dma_collect_doorbell(FPGAState *s)
{
    if (s->dma.ioeventfd) {
        fpga_dma_doorbell_event(&s->dma.doorbell);
    }
}

/* The entry at the head has waited long enough. */
static void fpga_dma_timer(void *opaque)
{
    FPGAState *s = opaque;

    s->dma.delayed = true;
    fpga_dma_resume(s);
}

static bool state_valid(FPGAState *s)
{
    FPGADma *dma = &s->dma;

    if (!dma->running) {
        return !dma->doorbell_pending && !dma->busy && !dma->stuck &&
               !timer_pending(dma->timer);
    }
    if (!ring_valid(dma) || dma->head >= dma->ring_size) {
        return false;
    }
    if (!dma->busy) {
        return true;
    }
    return dma->doorbell_pending && !(dma->flags & FPGA_DESC_F_NOP) &&
           check_desc(s) == FPGA_DESC_OK && dma->done < dma->len &&
           dma->seg_len <= dma->len - dma->done && dma->seg_next <= dma->nseg &&
           (dma->flags & FPGA_DESC_F_SG || dma->seg_len);
}

void fpga_dma_pre_load(FPGAState *s)
{
    s->dma.polled = false;
}

bool fpga_dma_post_load(FPGAState *s)
{
    s->dma.segs_count = 0;
    return state_valid(s);
}

void fpga_dma_reset(FPGAState *s)
{
    FPGADma *dma = &s->dma;

    fpga_dma_stop(s);
    dma->ring = 0;
    dma->ring_size = 0;
    dma->head = 0;
    dma->error = FPGA_DMA_ERROR_NONE;
    dma->halted = false;
    dma->polled = false;
}

uint32_t fpga_dma_card_status(FPGAState *s)
{
    return (s->dma.running ? FPGA_STATUS_DMA_RUNNING : 0) |
           (s->dma.halted ? FPGA_STATUS_DMA_HALTED : 0);
}

uint32_t fpga_dma_read(FPGAState *s, hwaddr reg)
{
    FPGADma *dma = &s->dma;

    switch (reg) {
    case FPGA_DMA_RING_LO:
        return extract64(dma->ring, 0, 32);
    case FPGA_DMA_RING_HI:
        return extract64(dma->ring, 32, 32);
    case FPGA_DMA_RING_SIZE:
        return dma->ring_size;
    case FPGA_DMA_CONTROL:
        return (dma->running ? FPGA_DMA_CONTROL_RUN : 0) |
               (dma->polled ? FPGA_DMA_CONTROL_POLLED : 0);
    case FPGA_DMA_STATUS:
        return (dma->running ? FPGA_DMA_STATUS_RUNNING : 0) |
               (dma->halted ? FPGA_DMA_STATUS_HALTED : 0);
    case FPGA_DMA_HEAD:
        return dma->head;
    case FPGA_DMA_ERROR:
        return dma->error;
    default:
        return 0;
    }
}

static void write_ring(FPGAState *s, hwaddr reg, uint32_t value)
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

static bool can_be_stopped(FPGAState *s)
{
    return !s->dma.stuck && !fpga_fault_unstoppable(s);
}

static void write_control(FPGAState *s, uint32_t value)
{
    s->dma.polled = value & FPGA_DMA_CONTROL_POLLED;
    if (!(value & FPGA_DMA_CONTROL_RUN)) {
        if (can_be_stopped(s)) {
            fpga_dma_stop(s);
        }
    } else if (!s->dma.running) {
        fpga_dma_run(s);
    }
}

bool fpga_dma_write(FPGAState *s, hwaddr reg, uint32_t whole)
{
    switch (reg) {
    case FPGA_DMA_RING_LO:
    case FPGA_DMA_RING_HI:
    case FPGA_DMA_RING_SIZE:
        write_ring(s, reg, whole);
        return true;
    case FPGA_DMA_CONTROL:
        write_control(s, whole);
        return true;
    case FPGA_DMA_DOORBELL:
        fpga_dma_doorbell(s);
        return true;
    default:
        return false;
    }
}

void fpga_dma_init_view(FPGAState *s)
{
    memory_region_init(&s->dma.view, OBJECT(s), "fpga.ram-view", UINT64_MAX);
    memory_region_init_alias(&s->dma.alias, OBJECT(s), "fpga.ram-alias",
                             &s->ram, 0, s->ram_size);
    memory_region_add_subregion(&s->dma.view, RAM_VIEW_BASE, &s->dma.alias);
    address_space_init(&s->dma.as, &s->dma.view, "fpga.ram");
}

void fpga_dma_exit_view(FPGAState *s)
{
    /*
     * The view that the core keeps of an address space refers to the card until
     * something changes, as does a region in another: the card would not go.
     */
    memory_region_transaction_begin();
    memory_region_del_subregion(&s->dma.view, &s->dma.alias);
    address_space_destroy(&s->dma.as);
    memory_region_transaction_commit();
}

/*
 * With the property ioeventfd, KVM or TCG's vCPU only signals the main loop.
 * The memory core moves the event with BAR0. Narrower writes take the way of
 * all registers.
 */
static bool init_doorbell(FPGAState *s, Error **errp)
{
    int ret = event_notifier_init(&s->dma.doorbell, 0);

    if (ret < 0) {
        error_setg_errno(errp, -ret, TYPE_FPGA ": no event for the doorbell");
        return false;
    }
    event_notifier_set_handler(&s->dma.doorbell, fpga_dma_doorbell_event);
    memory_region_add_eventfd(&s->regs, FPGA_DMA_DOORBELL, 4, false, 0,
                              &s->dma.doorbell);
    s->dma.wired = true;
    return true;
}

void fpga_dma_unwire_doorbell(FPGAState *s)
{
    if (s->dma.wired) {
        memory_region_del_eventfd(&s->regs, FPGA_DMA_DOORBELL, 4, false, 0,
                                  &s->dma.doorbell);
        s->dma.wired = false;
    }
}

static void exit_doorbell(FPGAState *s)
{
    fpga_dma_unwire_doorbell(s);
    event_notifier_set_handler(&s->dma.doorbell, NULL);
    event_notifier_cleanup(&s->dma.doorbell);
}

bool fpga_dma_init(FPGAState *s, Error **errp)
{
    if (s->dma.ioeventfd && !init_doorbell(s, errp)) {
        return false;
    }
    s->dma.bh = qemu_bh_new_guarded(fpga_dma_bh, s,
                                    &DEVICE(s)->mem_reentrancy_guard);
    s->dma.timer = timer_new_ms(QEMU_CLOCK_VIRTUAL, fpga_dma_timer, s);
    return true;
}

void fpga_dma_exit(FPGAState *s)
{
    if (s->dma.ioeventfd) {
        exit_doorbell(s);
    }
    timer_free(s->dma.timer);
    qemu_bh_delete(s->dma.bh);
}

const VMStateDescription vmstate_fpga_dma = {
    .name = TYPE_FPGA "/dma",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(ring, FPGADma),
        VMSTATE_UINT32(ring_size, FPGADma),
        VMSTATE_UINT32(head, FPGADma),
        VMSTATE_UINT32(error, FPGADma),
        VMSTATE_BOOL(running, FPGADma),
        VMSTATE_BOOL(halted, FPGADma),
        VMSTATE_BOOL(doorbell_pending, FPGADma),
        VMSTATE_BOOL(busy, FPGADma),
        VMSTATE_UINT64(addr, FPGADma),
        VMSTATE_UINT64(card, FPGADma),
        VMSTATE_UINT32(len, FPGADma),
        VMSTATE_UINT16(flags, FPGADma),
        VMSTATE_UINT16(nseg, FPGADma),
        VMSTATE_UINT32(done, FPGADma),
        VMSTATE_UINT32(seg_next, FPGADma),
        VMSTATE_UINT64(seg_addr, FPGADma),
        VMSTATE_UINT32(seg_len, FPGADma),
        VMSTATE_END_OF_LIST()
    }
};

static bool polled_needed(void *opaque)
{
    return FPGA(opaque)->dma.polled;
}

const VMStateDescription vmstate_fpga_polled = {
    .name = TYPE_FPGA "/polled",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = polled_needed,
    .fields = (const VMStateField[]) {
        VMSTATE_BOOL(dma.polled, FPGAState),
        VMSTATE_END_OF_LIST()
    }
};
