// SPDX-License-Identifier: GPL-2.0-only
/* The requests of <linux/emucard.h>: what a caller may ask for, and exact errors. */
#include <linux/mm.h>
#include <linux/stddef.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "emucard_core.h"

/*
 * Every argument begins with argsz. Copy in as much of it as both sides know;
 * what the caller does not know reads as 0. Not copy_struct_from_user(): it
 * refuses a newer caller whose further fields are not 0, also those that no flag turns on.
 */
static int emucard_copy_in(void *arg, void __user *user, size_t size_v1, size_t size)
{
	u32 argsz;

	if (get_user(argsz, (u32 __user *)user))
		return -EFAULT;
	if (argsz < size_v1)
		return -EINVAL;
	memset(arg, 0, size);
	if (copy_from_user(arg, user, min_t(size_t, argsz, size)))
		return -EFAULT;
	/* Another thread may have changed it between the two reads. */
	*(u32 *)arg = argsz;
	return 0;
}

/* Answer as much as the caller knows. A fault while answering does not hide another error. */
static int emucard_answer(void __user *user, const void *arg, size_t argsz, size_t size, int ret)
{
	if (copy_to_user(user, arg, min(argsz, size)) && !ret)
		return -EFAULT;
	return ret;
}

/* What the caller has asked for stays as it is in his argument. */
static int emucard_deadline(u32 timeout_ms, struct emucard_wait *wait)
{
	if (timeout_ms > EMUCARD_TIMEOUT_MAX_MS)
		return -EINVAL;
	wait->deadline = jiffies +
		msecs_to_jiffies(timeout_ms ? timeout_ms : EMUCARD_TIMEOUT_DEFAULT_MS);
	return 0;
}

static int emucard_ioctl_info(struct emucard_file *efile, struct emucard_info __user *user)
{
	struct emucard_info info, answer = efile->card->info;
	int ret;

	ret = emucard_copy_in(&info, user, offsetofend(struct emucard_info, driver), sizeof(info));
	if (ret)
		return ret;
	if (info.flags)
		return -EINVAL;

	answer.argsz = sizeof(answer);
	return emucard_answer(user, &answer, info.argsz, sizeof(answer), 0);
}

static int emucard_ioctl_reg(struct emucard_file *efile, struct emucard_reg __user *user)
{
	struct emucard *card = efile->card;
	struct emucard_reg reg;
	int ret;

	ret = emucard_copy_in(&reg, user, offsetofend(struct emucard_reg, value), sizeof(reg));
	if (ret)
		return ret;
	if (reg.flags & ~EMUCARD_REG_WRITE)
		return -EINVAL;
	if (!(card->info.caps & EMUCARD_CAP_REGS))
		return -EOPNOTSUPP;
	if (!is_power_of_2(reg.width) || !(reg.width & card->info.reg_widths) ||
	    reg.offset & (reg.width - 1))
		return -EINVAL;
	if (reg.offset >= card->info.regs_size || reg.width > card->info.regs_size - reg.offset)
		return -ERANGE;

	if (reg.flags & EMUCARD_REG_WRITE) {
		if (!(efile->file->f_mode & FMODE_WRITE))
			return -EBADF;
		if (reg.width < 8 && reg.value >> (8 * reg.width))
			return -EINVAL;
		return card->ops->reg_write(card, reg.offset, reg.width, reg.value);
	}
	if (!(efile->file->f_mode & FMODE_READ))
		return -EBADF;
	ret = card->ops->reg_read(card, reg.offset, reg.width, &reg.value);
	return ret ? ret : emucard_answer(user, &reg, reg.argsz, sizeof(reg), 0);
}

/*
 * The error of a call that may be made again from its start. If a signal has ended it, the
 * kernel does that unless a handler of the caller's has run. Nobody need have sent the
 * signal: callers are also woken to be frozen, before a suspend.
 */
static int emucard_restart_errno(int ret)
{
	return ret == -EINTR && signal_pending(current) ? -ERESTARTNOHAND : ret;
}

static int emucard_ioctl_dma(struct emucard_file *efile, struct emucard_dma __user *user)
{
	struct emucard *card = efile->card;
	struct emucard_wait wait = { .interruptible = true };
	struct emucard_dma dma;
	struct iov_iter iter;
	bool to_card;
	int ret;

	ret = emucard_copy_in(&dma, user, offsetofend(struct emucard_dma, done), sizeof(dma));
	if (ret)
		return ret;
	to_card = dma.flags == EMUCARD_DMA_TO_CARD;
	if (!to_card && dma.flags != EMUCARD_DMA_FROM_CARD)
		return -EINVAL;
	if (dma.pad || !dma.len || dma.len > EMUCARD_DMA_LEN_MAX)
		return -EINVAL;
	ret = emucard_deadline(dma.timeout_ms, &wait);
	if (ret)
		return ret;
	if (!(card->info.caps & EMUCARD_CAP_DMA))
		return -EOPNOTSUPP;
	if (!(efile->file->f_mode & (to_card ? FMODE_WRITE : FMODE_READ)))
		return -EBADF;
	if (dma.offset >= card->info.dma_size || dma.len > card->info.dma_size - dma.offset)
		return -ERANGE;
	if (dma.addr != (unsigned long)dma.addr ||
	    !access_ok(u64_to_user_ptr(dma.addr), dma.len))
		return -EFAULT;

	iov_iter_ubuf(&iter, to_card ? WRITE : READ, u64_to_user_ptr(dma.addr), dma.len);
	ret = emucard_transfer(card, &iter, dma.offset,
			       to_card ? DMA_TO_DEVICE : DMA_FROM_DEVICE, &wait, &dma.done);
	return emucard_answer(user, &dma, dma.argsz, sizeof(dma), emucard_restart_errno(ret));
}

static int emucard_ioctl_irq_raise(struct emucard_file *efile,
				   struct emucard_irq_raise __user *user)
{
	struct emucard *card = efile->card;
	struct emucard_irq_raise raise;
	int ret;

	ret = emucard_copy_in(&raise, user, offsetofend(struct emucard_irq_raise, pad),
			      sizeof(raise));
	if (ret)
		return ret;
	if (raise.flags || raise.pad || !raise.causes || raise.causes & ~EMUCARD_IRQ_CAUSES)
		return -EINVAL;
	if (!(card->info.caps & EMUCARD_CAP_IRQ))
		return -EOPNOTSUPP;
	if (!(efile->file->f_mode & FMODE_WRITE))
		return -EBADF;
	return card->ops->irq_raise(card, raise.causes);
}

static int emucard_ioctl_irq_wait(struct emucard_file *efile,
				  struct emucard_irq_wait __user *user)
{
	struct emucard_wait wait = { .interruptible = true };
	struct emucard_irq_wait irq;
	int ret;

	ret = emucard_copy_in(&irq, user, offsetofend(struct emucard_irq_wait, causes),
			      sizeof(irq));
	if (ret)
		return ret;
	if (irq.flags & ~EMUCARD_IRQ_NOWAIT)
		return -EINVAL;
	ret = emucard_deadline(irq.timeout_ms, &wait);
	if (ret)
		return ret;
	if (!(efile->card->info.caps & EMUCARD_CAP_IRQ))
		return -EOPNOTSUPP;
	ret = emucard_irq_wait(efile, &irq, &wait);
	return emucard_answer(user, &irq, irq.argsz, sizeof(irq), emucard_restart_errno(ret));
}

static int emucard_ioctl_irq_eventfd(struct emucard_file *efile,
				     struct emucard_irq_eventfd __user *user)
{
	struct emucard_irq_eventfd event;
	int ret;

	ret = emucard_copy_in(&event, user, offsetofend(struct emucard_irq_eventfd, pad),
			      sizeof(event));
	if (ret)
		return ret;
	if (event.flags || event.pad)
		return -EINVAL;
	if (!(efile->card->info.caps & EMUCARD_CAP_IRQ))
		return -EOPNOTSUPP;
	return emucard_irq_eventfd(efile, event.fd);
}

static int emucard_ioctl_reset(struct emucard_file *efile, struct emucard_reset __user *user)
{
	struct emucard *card = efile->card;
	struct emucard_reset reset;
	int ret;

	ret = emucard_copy_in(&reset, user, offsetofend(struct emucard_reset, flags),
			      sizeof(reset));
	if (ret)
		return ret;
	if (reset.flags)
		return -EINVAL;
	if (!(card->info.caps & EMUCARD_CAP_RESET))
		return -EOPNOTSUPP;
	if (!(efile->file->f_mode & FMODE_WRITE))
		return -EBADF;
	return card->ops->reset(card);
}

static int emucard_ioctl_fact(struct emucard_file *efile, struct emucard_fact __user *user)
{
	struct emucard *card = efile->card;
	struct emucard_wait wait = { .interruptible = true };
	struct emucard_fact fact;
	int ret;

	ret = emucard_copy_in(&fact, user, offsetofend(struct emucard_fact, pad), sizeof(fact));
	if (ret)
		return ret;
	if (fact.flags || fact.pad)
		return -EINVAL;
	ret = emucard_deadline(fact.timeout_ms, &wait);
	if (ret)
		return ret;
	if (!(card->info.caps & EMUCARD_CAP_FACT))
		return -EOPNOTSUPP;
	if (!(efile->file->f_mode & FMODE_WRITE))
		return -EBADF;

	ret = card->ops->fact(card, fact.value, &fact.result, &wait);
	if (ret)
		return emucard_restart_errno(ret);
	return emucard_answer(user, &fact, fact.argsz, sizeof(fact), 0);
}

long emucard_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct emucard_file *efile = file->private_data;
	struct emucard *card = efile->card;
	void __user *user = (void __user *)arg;
	long ret;

	if (!emucard_enter(card))
		return -ENODEV;

	switch (cmd) {
	case EMUCARD_GET_INFO:
		ret = emucard_ioctl_info(efile, user);
		break;
	case EMUCARD_REG:
		ret = emucard_ioctl_reg(efile, user);
		break;
	case EMUCARD_DMA:
		ret = emucard_ioctl_dma(efile, user);
		break;
	case EMUCARD_IRQ_RAISE:
		ret = emucard_ioctl_irq_raise(efile, user);
		break;
	case EMUCARD_IRQ_WAIT:
		ret = emucard_ioctl_irq_wait(efile, user);
		break;
	case EMUCARD_IRQ_EVENTFD:
		ret = emucard_ioctl_irq_eventfd(efile, user);
		break;
	case EMUCARD_RESET:
		ret = emucard_ioctl_reset(efile, user);
		break;
	case EMUCARD_FACT:
		ret = emucard_ioctl_fact(efile, user);
		break;
	default:
		ret = -ENOTTY;
	}

	emucard_exit(card);
	return ret;
}
