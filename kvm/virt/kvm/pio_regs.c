// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM device "pio-regs": I/O ports that KVM answers from a page which it shares
 * with user space.
 *
 * User space says for each 32-bit register what KVM may do by itself: answer
 * reads from the page, store writes in the page, signal an eventfd on writes.
 * Everything else is declined, and reaches user space as KVM_EXIT_IO just as if
 * the device were not there. So a device model is complete without this one, and
 * only faster with it.
 */
#include <kvm/iodev.h>
#include <kvm/pio_regs.h>

#include <linux/err.h>
#include <linux/eventfd.h>
#include <linux/kvm.h>
#include <linux/kvm_host.h>
#include <linux/kvm_pio_regs.h>
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/srcu.h>
#include <linux/uaccess.h>

#define PIO_REGS_REG_SIZE	4
#define PIO_REGS_COUNT		(KVM_PIO_REGS_SIZE / PIO_REGS_REG_SIZE)
#define PIO_REGS_PORTS		0x10000
#define PIO_REGS_ACCESS_ALL	(KVM_PIO_REGS_READ | KVM_PIO_REGS_WRITE)

/**
 * struct pio_regs - one device
 * @iodev: on KVM_PIO_BUS while @range.size is not 0
 * @range: changes only while @iodev is not on the bus, so vCPUs read it unlocked
 * @page: what the registers hold, little-endian; user space maps it
 * @access: KVM_PIO_REGS_* of each register
 * @doorbell: what a write signals, or NULL; protected by kvm->srcu
 *
 * All is changed under kvm->slots_lock, and read by vCPUs under kvm->srcu.
 */
struct pio_regs {
	struct kvm_io_device iodev;
	struct kvm_pio_regs_range range;
	void *page;
	u8 access[PIO_REGS_COUNT];
	struct eventfd_ctx __rcu *doorbell[PIO_REGS_COUNT];
};

static struct pio_regs *to_pio_regs(struct kvm_io_device *iodev)
{
	return container_of(iodev, struct pio_regs, iodev);
}

/*
 * The offset of an access in the page, or -EOPNOTSUPP. The bus passes only what
 * lies in the range as a whole; an aligned access lies in a single register.
 */
static int pio_regs_offset(struct pio_regs *regs, gpa_t addr, int len)
{
	u32 offset = addr - regs->range.base;

	if (!IS_ALIGNED(offset, len))
		return -EOPNOTSUPP;

	return array_index_nospec(offset, KVM_PIO_REGS_SIZE);
}

static int pio_regs_read(struct kvm_vcpu *vcpu, struct kvm_io_device *iodev,
			 gpa_t addr, int len, void *val)
{
	struct pio_regs *regs = to_pio_regs(iodev);
	int offset = pio_regs_offset(regs, addr, len);
	void *reg;

	if (offset < 0)
		return offset;

	if (!(READ_ONCE(regs->access[offset / PIO_REGS_REG_SIZE]) & KVM_PIO_REGS_READ))
		return -EOPNOTSUPP;

	/* User space and other vCPUs write to the page at the same time. */
	reg = regs->page + offset;
	switch (len) {
	case 1:
		*(u8 *)val = READ_ONCE(*(u8 *)reg);
		return 0;
	case 2:
		*(u16 *)val = READ_ONCE(*(u16 *)reg);
		return 0;
	case 4:
		*(u32 *)val = READ_ONCE(*(u32 *)reg);
		return 0;
	}

	return -EOPNOTSUPP;
}

static int pio_regs_write(struct kvm_vcpu *vcpu, struct kvm_io_device *iodev,
			  gpa_t addr, int len, const void *val)
{
	struct pio_regs *regs = to_pio_regs(iodev);
	int offset = pio_regs_offset(regs, addr, len);
	struct eventfd_ctx *doorbell;
	bool store;
	void *reg;

	if (offset < 0)
		return offset;

	store = READ_ONCE(regs->access[offset / PIO_REGS_REG_SIZE]) & KVM_PIO_REGS_WRITE;
	doorbell = srcu_dereference(regs->doorbell[offset / PIO_REGS_REG_SIZE],
				    &vcpu->kvm->srcu);
	if (!store && !doorbell)
		return -EOPNOTSUPP;

	if (store) {
		reg = regs->page + offset;
		switch (len) {
		case 1:
			WRITE_ONCE(*(u8 *)reg, *(const u8 *)val);
			break;
		case 2:
			WRITE_ONCE(*(u16 *)reg, *(const u16 *)val);
			break;
		case 4:
			WRITE_ONCE(*(u32 *)reg, *(const u32 *)val);
			break;
		default:
			return -EOPNOTSUPP;
		}
	}

	/* Last: a waiter that the doorbell wakes must find the value in the page. */
	if (doorbell)
		eventfd_signal(doorbell);

	return 0;
}

/*
 * The bus calls it when the device has left it, also when the whole bus is given
 * up for want of memory. The device itself lives on until its fd is closed.
 */
static void pio_regs_off_bus(struct kvm_io_device *iodev)
{
	struct pio_regs *regs = to_pio_regs(iodev);

	regs->range = (struct kvm_pio_regs_range) {};
}

static const struct kvm_io_device_ops pio_regs_iodev_ops = {
	.read = pio_regs_read,
	.write = pio_regs_write,
	.destructor = pio_regs_off_bus,
};

bool kvm_pio_regs_owns(struct kvm *kvm, gpa_t port)
{
	struct kvm_io_device *iodev = kvm_io_bus_get_dev(kvm, KVM_PIO_BUS, port);

	return iodev && iodev->ops == &pio_regs_iodev_ops;
}

/*
 * The bus cannot find its way among ranges that overlap, so none may be made.
 * An ioeventfd of length 0 has a range of length 0.
 */
static bool pio_regs_overlaps(struct kvm *kvm, struct pio_regs *regs,
			      const struct kvm_pio_regs_range *range)
{
	struct kvm_io_bus *bus = kvm_get_bus(kvm, KVM_PIO_BUS);
	int i;

	for (i = 0; bus && i < bus->dev_count; i++) {
		const struct kvm_io_range *r = &bus->range[i];

		if (r->dev != &regs->iodev &&
		    r->addr < range->base + range->size &&
		    r->addr + max(r->len, 1) > range->base)
			return true;
	}

	return false;
}

static void pio_regs_detach(struct kvm *kvm, struct pio_regs *regs)
{
	lockdep_assert_held(&kvm->slots_lock);

	if (!regs->range.size)
		return;

	/* Even where it fails, for want of memory, the device is off the bus. */
	kvm_io_bus_unregister_dev(kvm, KVM_PIO_BUS, &regs->iodev);
	pio_regs_off_bus(&regs->iodev);
}

static int pio_regs_attach(struct kvm *kvm, struct pio_regs *regs,
			   const struct kvm_pio_regs_range *range)
{
	int ret;

	lockdep_assert_held(&kvm->slots_lock);

	regs->range = *range;
	ret = kvm_io_bus_register_dev(kvm, KVM_PIO_BUS, range->base, range->size,
				      &regs->iodev);
	if (ret)
		pio_regs_off_bus(&regs->iodev);

	return ret;
}

static int pio_regs_set_range(struct kvm *kvm, struct pio_regs *regs, void __user *arg)
{
	struct kvm_pio_regs_range range;

	if (copy_from_user(&range, arg, sizeof(range)))
		return -EFAULT;

	if (!IS_ALIGNED(range.base | range.size, PIO_REGS_REG_SIZE) ||
	    range.size > KVM_PIO_REGS_SIZE || range.base > PIO_REGS_PORTS - range.size)
		return -EINVAL;

	if (!range.size && range.base)
		return -EINVAL;

	if (pio_regs_overlaps(kvm, regs, &range))
		return -EEXIST;

	/* Between the two, accesses reach user space, which can always answer. */
	pio_regs_detach(kvm, regs);

	return range.size ? pio_regs_attach(kvm, regs, &range) : 0;
}

static int pio_regs_get_range(struct pio_regs *regs, void __user *arg)
{
	return copy_to_user(arg, &regs->range, sizeof(regs->range)) ? -EFAULT : 0;
}

static int pio_regs_set_access(struct kvm *kvm, struct pio_regs *regs, u64 offset,
			       void __user *arg)
{
	struct kvm_pio_regs_access access;

	if (copy_from_user(&access, arg, sizeof(access)))
		return -EFAULT;

	if (!access.len || !IS_ALIGNED(access.len, PIO_REGS_REG_SIZE) ||
	    access.len > KVM_PIO_REGS_SIZE - offset)
		return -EINVAL;

	if (access.flags & ~PIO_REGS_ACCESS_ALL)
		return -EINVAL;

	for (; access.len; access.len -= PIO_REGS_REG_SIZE, offset += PIO_REGS_REG_SIZE)
		WRITE_ONCE(regs->access[offset / PIO_REGS_REG_SIZE], access.flags);

	/* User space may rely on the new flags: wait for vCPUs that use the old ones. */
	synchronize_srcu_expedited(&kvm->srcu);

	return 0;
}

static int pio_regs_get_access(struct pio_regs *regs, u64 offset, void __user *arg)
{
	struct kvm_pio_regs_access access = {};
	u32 first = array_index_nospec(offset / PIO_REGS_REG_SIZE, PIO_REGS_COUNT);
	u32 i;

	access.flags = regs->access[first];
	for (i = first; i < PIO_REGS_COUNT && regs->access[i] == access.flags; i++)
		access.len += PIO_REGS_REG_SIZE;

	return copy_to_user(arg, &access, sizeof(access)) ? -EFAULT : 0;
}

static int pio_regs_set_doorbell(struct kvm *kvm, struct pio_regs *regs, u64 offset,
				 void __user *arg)
{
	struct eventfd_ctx *doorbell = NULL;
	s32 fd;

	if (copy_from_user(&fd, arg, sizeof(fd)))
		return -EFAULT;

	if (fd != -1) {
		doorbell = eventfd_ctx_fdget(fd);
		if (IS_ERR(doorbell))
			return PTR_ERR(doorbell);
	}

	doorbell = rcu_replace_pointer(regs->doorbell[offset / PIO_REGS_REG_SIZE], doorbell,
				       lockdep_is_held(&kvm->slots_lock));
	if (doorbell) {
		synchronize_srcu_expedited(&kvm->srcu);
		eventfd_ctx_put(doorbell);
	}

	return 0;
}

static int pio_regs_has_attr(struct kvm_device *dev, struct kvm_device_attr *attr)
{
	if (attr->flags)
		return -EINVAL;

	switch (attr->group) {
	case KVM_DEV_PIO_REGS_CTRL:
		return attr->attr == KVM_DEV_PIO_REGS_CTRL_RANGE ? 0 : -ENXIO;
	case KVM_DEV_PIO_REGS_ACCESS:
	case KVM_DEV_PIO_REGS_DOORBELL:
		/* The offset of a register */
		if (attr->attr >= KVM_PIO_REGS_SIZE ||
		    !IS_ALIGNED(attr->attr, PIO_REGS_REG_SIZE))
			return -ENXIO;
		return 0;
	}

	return -ENXIO;
}

static int pio_regs_attr(struct kvm_device *dev, struct kvm_device_attr *attr, bool set)
{
	void __user *arg = u64_to_user_ptr(attr->addr);
	struct pio_regs *regs = dev->private;
	struct kvm *kvm = dev->kvm;
	int ret;

	ret = pio_regs_has_attr(dev, attr);
	if (ret)
		return ret;

	mutex_lock(&kvm->slots_lock);
	switch (attr->group) {
	case KVM_DEV_PIO_REGS_CTRL:
		ret = set ? pio_regs_set_range(kvm, regs, arg) : pio_regs_get_range(regs, arg);
		break;
	case KVM_DEV_PIO_REGS_ACCESS:
		ret = set ? pio_regs_set_access(kvm, regs, attr->attr, arg) :
			    pio_regs_get_access(regs, attr->attr, arg);
		break;
	case KVM_DEV_PIO_REGS_DOORBELL:
		/* An eventfd has no name of its own that could be given back. */
		ret = set ? pio_regs_set_doorbell(kvm, regs, attr->attr, arg) : -ENXIO;
		break;
	}
	mutex_unlock(&kvm->slots_lock);

	return ret;
}

static int pio_regs_set_attr(struct kvm_device *dev, struct kvm_device_attr *attr)
{
	return pio_regs_attr(dev, attr, true);
}

static int pio_regs_get_attr(struct kvm_device *dev, struct kvm_device_attr *attr)
{
	return pio_regs_attr(dev, attr, false);
}

static vm_fault_t pio_regs_fault(struct vm_fault *vmf)
{
	struct kvm_device *dev = vmf->vma->vm_file->private_data;
	struct pio_regs *regs = dev->private;

	if (vmf->pgoff)
		return VM_FAULT_SIGBUS;

	vmf->page = virt_to_page(regs->page);
	get_page(vmf->page);

	return 0;
}

static const struct vm_operations_struct pio_regs_vm_ops = {
	.fault = pio_regs_fault,
};

static int pio_regs_mmap(struct kvm_device *dev, struct vm_area_struct *vma)
{
	/* A private mapping would part from the page at the first write. */
	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;

	if (vma->vm_pgoff || vma_pages(vma) != 1)
		return -EINVAL;

	vma->vm_ops = &pio_regs_vm_ops;

	return 0;
}

/* The last user of the fd, also by a mapping, is gone; kvm->lock is held. */
static void pio_regs_release(struct kvm_device *dev)
{
	struct pio_regs *regs = dev->private;
	int i;

	mutex_lock(&dev->kvm->slots_lock);
	pio_regs_detach(dev->kvm, regs);
	mutex_unlock(&dev->kvm->slots_lock);

	for (i = 0; i < PIO_REGS_COUNT; i++) {
		struct eventfd_ctx *doorbell = rcu_access_pointer(regs->doorbell[i]);

		if (doorbell)
			eventfd_ctx_put(doorbell);
	}

	free_page((unsigned long)regs->page);
	kvfree(regs);
	kfree(dev);
}

static int pio_regs_create(struct kvm_device *dev, u32 type)
{
	struct pio_regs *regs;

	BUILD_BUG_ON(KVM_PIO_REGS_SIZE > PAGE_SIZE);

	regs = kvzalloc_obj(*regs, GFP_KERNEL_ACCOUNT);
	if (!regs)
		return -ENOMEM;

	regs->page = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (!regs->page) {
		kvfree(regs);
		return -ENOMEM;
	}

	kvm_iodevice_init(&regs->iodev, &pio_regs_iodev_ops);
	dev->private = regs;

	return 0;
}

static const struct kvm_device_ops pio_regs_ops = {
	.name = "kvm-pio-regs",
	.create = pio_regs_create,
	.release = pio_regs_release,
	.set_attr = pio_regs_set_attr,
	.get_attr = pio_regs_get_attr,
	.has_attr = pio_regs_has_attr,
	.mmap = pio_regs_mmap,
};

int kvm_pio_regs_ops_init(void)
{
	return kvm_register_device_ops(&pio_regs_ops, KVM_DEV_TYPE_PIO_REGS);
}

void kvm_pio_regs_ops_exit(void)
{
	kvm_unregister_device_ops(KVM_DEV_TYPE_PIO_REGS);
}
