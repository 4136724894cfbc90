// SPDX-License-Identifier: GPL-2.0-only
/*
 * An importer of dma-bufs, for tests: it does with them what a device's driver does, but reads
 * the memory itself, by the addresses that the device would use. That is right where these are
 * the CPU's, too: without an IOMMU, and without a host bridge that translates.
 */
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/dma-resv.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/version.h>

#include "importer.h"

/**
 * struct import - what an open file has imported
 * @lock: protects @pdev, @dmabuf and @attach, which are set once
 * @pdev: the device that it is imported for
 * @dmabuf: the dma-buf; its reservation lock protects @sgt and @told
 * @attach: the device's attachment
 * @sgt: its mapping, or NULL
 * @told: how often it was told that the mapping is over, or may be had again
 */
struct import {
	struct mutex lock;	/* pdev, dmabuf, attach */
	struct pci_dev *pdev;
	struct dma_buf *dmabuf;
	struct dma_buf_attachment *attach;
	struct sg_table *sgt;
	int told;
};

static void import_unmap(struct import *import)
{
	if (import->sgt)
		dma_buf_unmap_attachment(import->attach, import->sgt, DMA_BIDIRECTIONAL);
	import->sgt = NULL;
}

static void import_revoked(struct dma_buf_attachment *attach)
{
	struct import *import = attach->importer_priv;

	import->told++;
	import_unmap(import);
}

static const struct dma_buf_attach_ops import_ops = {
	.allow_peer2peer = true,
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 1, 0)
	.move_notify = import_revoked,
#else
	.invalidate_mappings = import_revoked,
#endif
};

static int import_attach(struct import *import, struct importer_attach *arg)
{
	struct dma_buf_attachment *attach;
	struct device *dev;

	if (import->attach)
		return -EBUSY;
	arg->slot[sizeof(arg->slot) - 1] = '\0';
	dev = bus_find_device_by_name(&pci_bus_type, NULL, arg->slot);
	if (!dev)
		return -ENXIO;
	import->dmabuf = dma_buf_get(arg->fd);
	if (IS_ERR(import->dmabuf)) {
		put_device(dev);
		return PTR_ERR(import->dmabuf);
	}
	attach = dma_buf_dynamic_attach(import->dmabuf, dev, arg->revocable ? &import_ops : NULL,
					import);
	if (IS_ERR(attach)) {
		dma_buf_put(import->dmabuf);
		put_device(dev);
		return PTR_ERR(attach);
	}
	import->pdev = to_pci_dev(dev);
	import->attach = attach;
	return 0;
}

static int import_map(struct import *import)
{
	struct sg_table *sgt;
	int ret = 0;

	if (!import->attach)
		return -EINVAL;
	dma_resv_lock(import->dmabuf->resv, NULL);
	if (!import->sgt) {
		sgt = dma_buf_map_attachment(import->attach, DMA_BIDIRECTIONAL);
		if (IS_ERR(sgt))
			ret = PTR_ERR(sgt);
		else
			import->sgt = sgt;
	}
	dma_resv_unlock(import->dmabuf->resv);
	return ret;
}

static int import_open(struct inode *inode, struct file *file)
{
	struct import *import = kzalloc(sizeof(*import), GFP_KERNEL);

	if (!import)
		return -ENOMEM;
	mutex_init(&import->lock);
	file->private_data = import;
	return 0;
}

static int import_release(struct inode *inode, struct file *file)
{
	struct import *import = file->private_data;

	if (import->attach) {
		dma_resv_lock(import->dmabuf->resv, NULL);
		import_unmap(import);
		dma_resv_unlock(import->dmabuf->resv);
		dma_buf_detach(import->dmabuf, import->attach);
		dma_buf_put(import->dmabuf);
		pci_dev_put(import->pdev);
	}
	kfree(import);
	return 0;
}

static long import_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct import *import = file->private_data;
	struct importer_attach attach;
	long ret;

	mutex_lock(&import->lock);
	switch (cmd) {
	case IMPORTER_ATTACH:
		if (copy_from_user(&attach, (void __user *)arg, sizeof(attach)))
			ret = -EFAULT;
		else
			ret = import_attach(import, &attach);
		break;
	case IMPORTER_MAP:
		ret = import_map(import);
		break;
	case IMPORTER_TOLD:
		ret = READ_ONCE(import->told);
		break;
	default:
		ret = -ENOTTY;
	}
	mutex_unlock(&import->lock);
	return ret;
}

/* What lies at a place, of one piece of the mapping. The mapping stays as it is meanwhile. */
static ssize_t import_copy(struct import *import, void *buf, size_t len, u64 offset)
{
	struct scatterlist *sg;
	void __iomem *map;
	int i;

	if (!import->sgt)
		return -ENODEV;
	for_each_sgtable_dma_sg(import->sgt, sg, i) {
		if (offset < sg_dma_len(sg)) {
			len = min_t(u64, len, sg_dma_len(sg) - offset);
			map = ioremap(sg_dma_address(sg) + offset, len);
			if (!map)
				return -ENOMEM;
			memcpy_fromio(buf, map, len);
			iounmap(map);
			return len;
		}
		offset -= sg_dma_len(sg);
	}
	return 0;
}

static ssize_t import_read(struct file *file, char __user *user, size_t len, loff_t *pos)
{
	struct import *import = file->private_data;
	ssize_t ret;
	void *buf;

	len = min_t(size_t, len, PAGE_SIZE);
	buf = kmalloc(PAGE_SIZE, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	mutex_lock(&import->lock);
	if (import->attach) {
		dma_resv_lock(import->dmabuf->resv, NULL);
		ret = import_copy(import, buf, len, *pos);
		dma_resv_unlock(import->dmabuf->resv);
	} else {
		ret = -EINVAL;
	}
	mutex_unlock(&import->lock);
	if (ret > 0 && copy_to_user(user, buf, ret))
		ret = -EFAULT;
	if (ret > 0)
		*pos += ret;
	kfree(buf);
	return ret;
}

static const struct file_operations import_fops = {
	.owner = THIS_MODULE,
	.open = import_open,
	.release = import_release,
	.read = import_read,
	.llseek = default_llseek,
	.unlocked_ioctl = import_ioctl,
};

static struct miscdevice import_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "emucard_importer",
	.fops = &import_fops,
};
module_misc_device(import_device);

MODULE_DESCRIPTION("Importer of dma-bufs, for tests");
MODULE_AUTHOR("The fpga-pci project");
MODULE_LICENSE("GPL");
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
MODULE_IMPORT_NS(DMA_BUF);
#else
MODULE_IMPORT_NS("DMA_BUF");
#endif
