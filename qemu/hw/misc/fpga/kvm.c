/*
 * fpga card: registers that KVM answers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * KVM's device pio-regs answers reads of ports from a page that it shares with
 * QEMU, stores writes there, or signals an event for them. The model stays the
 * only place that knows what registers do:
 *
 * - The register file has no effects, so its storage is that page while there
 *   is one.
 * - Of other registers the page holds what they read as. The model publishes
 *   that after every change, before the guest can learn of the change by an
 *   interrupt or because its write has ended.
 * - The doorbell signals an event where the property ioeventfd says so.
 * - Everything else, and what comes while the ports move, reaches the model's
 *   MemoryRegionOps.
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/madvise.h"
#include "qapi/error.h"
#include "system/address-spaces.h"
#include "system/kvm.h"
#include "fpga.h"
#include "regs.h"
#include "trace.h"

#include <linux/kvm_pio_regs.h>

/*
 * What KVM reads to the guest, in the order in which changes are published: the
 * last ones say that something has happened, those before them what.
 *
 * Not among them are FPGA_DMA_HEAD, because the guest may compare it with the
 * descriptors in its memory, and FPGA_INT_VECTORS, because nothing tells of
 * changes to the capabilities.
 */
static const uint16_t kvm_readable_regs[] = {
    FPGA_ID,
    FPGA_VERSION,
    FPGA_FEATURES,
    FPGA_FIXED_BASE,
    FPGA_RAM_PAGES,
    FPGA_SCRATCH,
    FPGA_DMA_RING_LO,
    FPGA_DMA_RING_HI,
    FPGA_DMA_RING_SIZE,
    FPGA_DMA_CONTROL,
    FPGA_DMA_ERROR,
    FPGA_DMA_STATUS,
    FPGA_INT_ENABLE,
    FPGA_INT_AUTOCLEAR,
    FPGA_INT_COALESCE,
    FPGA_INT_MAP,
    FPGA_INT_STATUS,
    FPGA_STATUS,
};

void fpga_kvm_publish(FPGAState *s)
{
    if (!s->kvm.page) {
        return;
    }
    for (size_t i = 0; i < ARRAY_SIZE(kvm_readable_regs); i++) {
        uint32_t *reg = s->kvm.page + kvm_readable_regs[i];
        uint32_t value = cpu_to_le32(fpga_reg_read(s, kvm_readable_regs[i]));

        /* A page that stays as it is stays in the caches of the vCPUs. */
        if (qatomic_read(reg) != value) {
            qatomic_store_release(reg, value);
        }
    }
}

/* The access flags that the card uses */
#define FPGA_KVM_ACCESS (KVM_PIO_REGS_READ | KVM_PIO_REGS_WRITE)

static int set_range(FPGAState *s, uint32_t base, uint32_t size)
{
    struct kvm_pio_regs_range range = { .base = base, .size = size };

    return kvm_device_access(s->kvm.fd, KVM_DEV_PIO_REGS_CTRL,
                             KVM_DEV_PIO_REGS_CTRL_RANGE, &range, true, NULL);
}

static bool set_access(FPGAState *s, uint32_t reg, uint32_t len, uint32_t flags,
                       Error **errp)
{
    struct kvm_pio_regs_access access = { .len = len, .flags = flags };

    return kvm_device_access(s->kvm.fd, KVM_DEV_PIO_REGS_ACCESS, reg, &access,
                             true, errp) >= 0;
}

bool fpga_kvm_take_doorbell(FPGAState *s, Error **errp)
{
    int32_t fd;

    if (!s->kvm.page || !s->dma.ioeventfd) {
        return true;
    }
    /* Not both: KVM does not find its way to one range inside another. */
    fpga_dma_unwire_doorbell(s);
    fd = event_notifier_get_fd(&s->dma.doorbell);
    return kvm_device_access(s->kvm.fd, KVM_DEV_PIO_REGS_DOORBELL,
                             FPGA_DMA_DOORBELL, &fd, true, errp) >= 0;
}

/* Whether it is all of the registers, and nothing lies over them */
static bool is_whole(FPGAState *s, MemoryRegionSection *section)
{
    return section->mr == &s->regs && !section->offset_within_region &&
           int128_eq(section->size, int128_make64(FPGA_IO_SIZE));
}

/*
 * The memory core knows where the ports are: it takes BAR0, the windows of
 * bridges, and what lies over the registers into account. First it takes away
 * all that moves, of all devices, so that they do not meet.
 */
static void fpga_kvm_region_del(MemoryListener *listener,
                                MemoryRegionSection *section)
{
    FPGAState *s = container_of(listener, FPGAState, kvm.listener);

    if (s->kvm.attached && is_whole(s, section) &&
        section->offset_within_address_space == s->kvm.base) {
        trace_fpga_kvm_detach(s->kvm.base);
        set_range(s, 0, 0);
        s->kvm.attached = false;
    }
}

static void fpga_kvm_region_add(MemoryListener *listener,
                                MemoryRegionSection *section)
{
    FPGAState *s = container_of(listener, FPGAState, kvm.listener);
    int ret;

    if (!s->kvm.attached && is_whole(s, section)) {
        s->kvm.base = section->offset_within_address_space;
        ret = set_range(s, s->kvm.base, FPGA_IO_SIZE);
        /* Without it, all accesses reach the model. */
        trace_fpga_kvm_attach(s->kvm.base, ret);
        s->kvm.attached = !ret;
    }
}

static bool create_device(FPGAState *s, Error **errp)
{
    struct kvm_create_device create = { .type = KVM_DEV_TYPE_PIO_REGS };
    void *page;
    int known, ret, fd;

    if (!kvm_enabled()) {
        error_setg(errp, "it needs KVM (-accel kvm)");
        return false;
    }
    /* Asked first: to other kernels the type of the device means nothing. */
    known = kvm_vm_check_extension(kvm_state, KVM_CAP_PIO_REGS);
    if ((known & FPGA_KVM_ACCESS) != FPGA_KVM_ACCESS) {
        error_setg(errp, "KVM of this kernel lacks the capability "
                   "KVM_CAP_PIO_REGS");
        return false;
    }
    /* Not kvm_create_device(): it wants a capability that x86 lacked long. */
    ret = kvm_vm_ioctl(kvm_state, KVM_CREATE_DEVICE, &create);
    if (ret < 0) {
        error_setg_errno(errp, -ret, "KVM cannot create the device pio-regs");
        return false;
    }
    fd = create.fd;
    page = mmap(NULL, qemu_real_host_page_size(), PROT_READ | PROT_WRITE,
                MAP_SHARED, fd, 0);
    if (page == MAP_FAILED) {
        error_setg_errno(errp, errno, "the registers could not be mapped");
        close(fd);
        return false;
    }
    /* A mapping in a child process would keep the device. */
    qemu_madvise(page, qemu_real_host_page_size(), QEMU_MADV_DONTFORK);
    s->kvm.fd = fd;
    s->kvm.page = page;
    return true;
}

static bool set_register_access(FPGAState *s, Error **errp)
{
    for (size_t i = 0; i < ARRAY_SIZE(kvm_readable_regs); i++) {
        if (!set_access(s, kvm_readable_regs[i], 4, KVM_PIO_REGS_READ, errp)) {
            return false;
        }
    }
    return set_access(s, FPGA_REGFILE, FPGA_REGFILE_SIZE,
                      FPGA_KVM_ACCESS, errp);
}

static void destroy_device(FPGAState *s)
{
    munmap(s->kvm.page, qemu_real_host_page_size());
    close(s->kvm.fd);
    s->kvm.page = NULL;
}

static bool try_init(FPGAState *s, Error **errp)
{
    if (!create_device(s, errp)) {
        return false;
    }
    if (!set_register_access(s, errp)) {
        destroy_device(s);
        return false;
    }
    s->regfile = s->kvm.page + FPGA_REGFILE;
    fpga_kvm_publish(s);
    s->kvm.listener = (MemoryListener) {
        .name = TYPE_FPGA,
        .region_add = fpga_kvm_region_add,
        .region_del = fpga_kvm_region_del,
    };
    memory_listener_register(&s->kvm.listener, &address_space_io);
    return true;
}

bool fpga_kvm_init(FPGAState *s, Error **errp)
{
    Error *err = NULL;

    if (s->kvm.pio == ON_OFF_AUTO_OFF || try_init(s, &err)) {
        return true;
    }
    if (s->kvm.pio == ON_OFF_AUTO_AUTO) {
        trace_fpga_kvm_unavailable(error_get_pretty(err));
        error_free(err);
        return true;
    }
    error_propagate_prepend(errp, err, TYPE_FPGA ": kvm-pio=on: ");
    return false;
}

void fpga_kvm_exit(FPGAState *s)
{
    if (!s->kvm.page) {
        return;
    }
    memory_listener_unregister(&s->kvm.listener);
    s->regfile = s->own_regfile;
    destroy_device(s);
}
