// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core of the drivers for emulated PCI cards: device nodes, open files, and what
 * happens to them when the card goes.
 *
 * The order in which a card goes matters. The node disappears first, so that it cannot be
 * opened any more; then the users' reference is killed, so that every later call on an open
 * file fails; then the card driver ends what is under way; when the last user has left,
 * mappings are zapped. Only then are interrupts, DMA memory and registers released, by the
 * managed resources of the card driver. The structure itself lives until the last open file
 * is closed.
 */
#include <linux/dma-mapping.h>
#include <linux/fs.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>
#include <linux/splice.h>

#include "emucard_compat.h"
#include "emucard_core.h"

#define CREATE_TRACE_POINTS
#include "emucard_trace.h"

#define EMUCARD_MINORS	256

static dev_t emucard_devt;
static DEFINE_IDA(emucard_minors);

/* The numbers in the nodes' names, for each EMUCARD_KIND_* */
static struct ida emucard_numbers[] = {
	[EMUCARD_KIND_FPGA] = IDA_INIT(emucard_numbers[EMUCARD_KIND_FPGA]),
	[EMUCARD_KIND_EDU] = IDA_INIT(emucard_numbers[EMUCARD_KIND_EDU]),
};

static struct class emucard_class = {
	.name = "emucard",
	.dev_groups = emucard_groups,
};

/*
 * Every open file keeps the card from sleeping (runtime power management), so that nothing
 * that is done by means of it need wake the card. The card is entered.
 */
static int emucard_keep_awake(struct emucard_file *efile)
{
	int ret = pm_runtime_resume_and_get(efile->card->dev.parent);

	efile->awake = ret >= 0;
	return min(ret, 0);
}

static void emucard_let_sleep(struct emucard_file *efile)
{
	struct device *dev = efile->card->dev.parent;

	lockdep_assert_held(&efile->card->files_mutex);
	if (!efile->awake)
		return;
	efile->awake = false;
	pm_runtime_mark_last_busy(dev);
	pm_runtime_put_autosuspend(dev);
}

static int emucard_open(struct inode *inode, struct file *file)
{
	struct emucard *card = container_of(inode->i_cdev, struct emucard, cdev);
	struct emucard_file *efile;
	int ret;

	efile = kzalloc(sizeof(*efile), GFP_KERNEL);
	if (!efile)
		return -ENOMEM;
	efile->card = card;
	efile->file = file;
	xa_init_flags(&efile->buffers, XA_FLAGS_ALLOC1);

	/* Until get_device(), the caller's reference to the cdev holds its parent, the card. */
	if (!emucard_enter(card)) {
		kfree(efile);
		return -ENODEV;
	}
	ret = emucard_keep_awake(efile);
	if (ret) {
		emucard_exit(card);
		kfree(efile);
		return ret;
	}
	get_device(&card->dev);
	file->private_data = efile;
	/* What goes through here is always direct: no page cache is involved. */
	file->f_mode |= FMODE_CAN_ODIRECT;
	if (card->async)
		file->f_mode |= FMODE_NOWAIT;

	mutex_lock(&card->files_mutex);
	spin_lock_irq(&card->irq_lock);
	efile->irq_seen = card->irq_count;
	list_add_tail(&efile->node, &card->files);
	spin_unlock_irq(&card->irq_lock);
	mutex_unlock(&card->files_mutex);

	emucard_exit(card);
	return 0;
}

static int emucard_release(struct inode *inode, struct file *file)
{
	struct emucard_file *efile = file->private_data;
	struct emucard *card = efile->card;

	emucard_buffers_release(efile);
	mutex_lock(&card->files_mutex);
	spin_lock_irq(&card->irq_lock);
	list_del(&efile->node);
	spin_unlock_irq(&card->irq_lock);
	emucard_let_sleep(efile);
	mutex_unlock(&card->files_mutex);

	emucard_irq_release(efile);
	kfree(efile);
	put_device(&card->dev);
	return 0;
}

static loff_t emucard_llseek(struct file *file, loff_t offset, int whence)
{
	struct emucard_file *efile = file->private_data;

	return fixed_size_llseek(file, offset, whence, efile->card->info.dma_size);
}

static const struct file_operations emucard_fops = {
	.owner = THIS_MODULE,
	.open = emucard_open,
	.release = emucard_release,
	.llseek = emucard_llseek,
	.read_iter = emucard_read_iter,
	.write_iter = emucard_write_iter,
	.splice_read = copy_splice_read,
	.splice_write = iter_file_splice_write,
	.unlocked_ioctl = emucard_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = emucard_mmap,
	.poll = emucard_poll,
};

static void emucard_drained(struct percpu_ref *users)
{
	struct emucard *card = container_of(users, struct emucard, users);

	complete(&card->drained);
}

static void emucard_free(struct device *dev)
{
	struct emucard *card = container_of(dev, struct emucard, dev);

	if (card->number >= 0)
		ida_free(&emucard_numbers[card->info.kind], card->number);
	if (card->dev.devt)
		ida_free(&emucard_minors, MINOR(card->dev.devt));
	percpu_ref_exit(&card->users);
	mutex_destroy(&card->files_mutex);
	mutex_destroy(&card->buffers_mutex);
	mutex_destroy(&card->dmabufs_mutex);
	kfree(card);
}

static void emucard_put(void *data)
{
	struct emucard *card = data;

	/* The next card may have the number although a file of this one is still open. */
	ida_free(&emucard_numbers[card->info.kind], card->number);
	card->number = -1;
	put_device(&card->dev);
}

/**
 * devm_emucard_alloc - allocate a card
 * @parent: the PCI function's device
 * @ops: the card driver's operations
 * @drvdata: the card driver's own data
 *
 * Return: the card, or an error pointer.
 */
struct emucard *devm_emucard_alloc(struct device *parent, const struct emucard_ops *ops,
				   void *drvdata)
{
	struct pci_dev *pdev = to_pci_dev(parent);
	struct emucard *card;
	int minor, ret;

	card = kzalloc(sizeof(*card), GFP_KERNEL);
	if (!card)
		return ERR_PTR(-ENOMEM);

	ret = percpu_ref_init(&card->users, emucard_drained, 0, GFP_KERNEL);
	if (ret) {
		kfree(card);
		return ERR_PTR(ret);
	}
	card->ops = ops;
	card->has_engine = ops->submit;
	card->copy_max = ops->copy_max;
	card->drvdata = drvdata;
	card->number = -1;
	init_completion(&card->drained);
	init_waitqueue_head(&card->irq_wait);
	spin_lock_init(&card->irq_lock);
	mutex_init(&card->files_mutex);
	INIT_LIST_HEAD(&card->files);
	emucard_gate_init(&card->gate);
	mutex_init(&card->buffers_mutex);
	INIT_LIST_HEAD(&card->buffers);
	mutex_init(&card->dmabufs_mutex);
	INIT_LIST_HEAD(&card->dmabufs);

	card->info.kind = ops->kind;
	card->info.api_version = EMUCARD_API_VERSION;
	strscpy(card->info.slot, pci_name(pdev), sizeof(card->info.slot));
	strscpy(card->info.driver, pdev->driver->name, sizeof(card->info.driver));

	device_initialize(&card->dev);
	card->dev.parent = parent;
	card->dev.class = &emucard_class;
	card->dev.release = emucard_free;
	dev_set_drvdata(&card->dev, card);

	minor = ida_alloc_max(&emucard_minors, EMUCARD_MINORS - 1, GFP_KERNEL);
	if (minor < 0) {
		ret = minor;
		goto put;
	}
	card->dev.devt = MKDEV(MAJOR(emucard_devt), minor);

	ret = ida_alloc(&emucard_numbers[ops->kind], GFP_KERNEL);
	if (ret < 0)
		goto put;
	card->number = ret;

	ret = dev_set_name(&card->dev, "%s%d", ops->name, card->number);
	if (ret)
		goto put;

	ret = devm_add_action_or_reset(parent, emucard_put, card);
	return ret ? ERR_PTR(ret) : card;

put:
	put_device(&card->dev);
	return ERR_PTR(ret);
}
EXPORT_SYMBOL_GPL(devm_emucard_alloc);

/* Files that stay open have no say any more in whether the function sleeps. */
static void emucard_files_disconnect(struct emucard *card)
{
	struct emucard_file *efile;

	mutex_lock(&card->files_mutex);
	list_for_each_entry(efile, &card->files, node)
		emucard_let_sleep(efile);
	mutex_unlock(&card->files_mutex);
}

/* On return no user is left, and none comes. */
static void emucard_disconnect(struct emucard *card)
{
	WRITE_ONCE(card->detached, true);
	percpu_ref_kill(&card->users);
	wake_up_all(&card->gate.wait);
	emucard_irq_disconnect(card);
	if (card->ops->detach)
		card->ops->detach(card);
	wait_for_completion(&card->drained);

	emucard_buffers_disconnect(card);
	emucard_mmap_zap(card);
	emucard_dmabufs_revoke(card);
	emucard_files_disconnect(card);
}

static void emucard_unregister(void *data)
{
	struct emucard *card = data;

	cdev_device_del(&card->cdev, &card->dev);
	emucard_disconnect(card);
}

/**
 * devm_emucard_register - let users reach the card
 * @card: from devm_emucard_alloc(), ready to be used
 *
 * Must be the last thing that a probe does.
 *
 * Return: 0 or an error.
 */
int devm_emucard_register(struct emucard *card)
{
	int ret;

	if (card->info.mmap_size && emucard_dmabuf_supported())
		card->info.caps |= EMUCARD_CAP_DMABUF;
	emucard_budget_init(&card->budget, card->dev.parent);
	card->max_segment = dma_get_max_seg_size(card->dev.parent);
	cdev_init(&card->cdev, &emucard_fops);
	card->cdev.owner = THIS_MODULE;
	ret = cdev_device_add(&card->cdev, &card->dev);
	if (ret) {
		/* A node that was there before may have been opened meanwhile. */
		emucard_disconnect(card);
		return dev_err_probe(card->dev.parent, ret, "cannot add %s\n",
				     dev_name(&card->dev));
	}

	return devm_add_action_or_reset(card->dev.parent, emucard_unregister, card);
}
EXPORT_SYMBOL_GPL(devm_emucard_register);

static int __init emucard_init(void)
{
	int ret;

	ret = emucard_pages_init();
	if (ret)
		return ret;

	ret = emucard_request_init();
	if (ret)
		goto exit_pages;

	ret = alloc_chrdev_region(&emucard_devt, 0, EMUCARD_MINORS, "emucard");
	if (ret)
		goto exit_request;

	ret = class_register(&emucard_class);
	if (ret)
		goto unregister_region;
	return 0;

unregister_region:
	unregister_chrdev_region(emucard_devt, EMUCARD_MINORS);
exit_request:
	emucard_request_exit();
exit_pages:
	emucard_pages_exit();
	return ret;
}
module_init(emucard_init);

static void __exit emucard_cleanup(void)
{
	class_unregister(&emucard_class);
	unregister_chrdev_region(emucard_devt, EMUCARD_MINORS);
	emucard_request_exit();
	emucard_pages_exit();
	ida_destroy(&emucard_minors);
}
module_exit(emucard_cleanup);

MODULE_DESCRIPTION("Core of the drivers for emulated PCI cards");
MODULE_AUTHOR("The fpga-pci project");
MODULE_LICENSE("GPL");
MODULE_VERSION(EMUCARD_VERSION);
