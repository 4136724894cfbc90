// SPDX-License-Identifier: GPL-2.0-only
/*
 * Driver for the emulated fpga card (1234:f96a).
 *
 * docs/fpga-datasheet.md describes the card. Its ports may have a fixed address,
 * which software has compiled in; the driver checks that they are there.
 */
#include <linux/capability.h>
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/sizes.h>

#include "emucard_compat.h"
#include "emucard_driver.h"
#include "fpga_dma.h"
#include "fpga_regs.h"

/* Pattern for FPGA_SCRATCH, which reads back inverted */
#define FPGA_SCRATCH_TEST	0x5a0ff0a5

static struct emucard_range expect;
module_param_cb(expect, &emucard_range_param_ops, &expect, 0444);
MODULE_PARM_DESC(expect,
		 "range of I/O ports where BAR 0 is expected, as 0x2000-0x27ff (default: where the card says that it is fixed)");

static bool strict;
module_param(strict, bool, 0444);
MODULE_PARM_DESC(strict, "do not bind to a card whose ports are not as expected (default: warn)");

static char *irq = "auto";
module_param(irq, charp, 0444);
MODULE_PARM_DESC(irq, "kind of interrupts: auto (default), msix, msi or intx");

/* How long the card stays awake after its last user has gone, unless sysfs says otherwise [ms] */
#define FPGA_AUTOSUSPEND_MS	500

/* Vectors that the driver uses, in the order of FPGA_VECTOR_* */
#define FPGA_IRQ_VECTORS	(FPGA_VECTOR_DMA_ERROR + 1)

/**
 * struct fpga_vector - one interrupt vector
 * @fpga: the card
 * @causes: FPGA_INT_* that arrive here
 * @autoclear: sending the message has cleared the cause; no register need be read
 * @default_causes: FPGA_INT_* that a message stands for although they may have been cleared
 */
struct fpga_vector {
	struct fpga *fpga;
	u32 causes;
	bool autoclear;
	u32 default_causes;
};

/**
 * struct fpga - one card
 * @pdev: its PCI function
 * @regs: BAR 0
 * @card: what users see
 * @dma: its DMA engine
 * @retired: the engine must never run again; changes while the gate is closed
 * @frozen: an error has closed the gate; resume() or the end of the channel opens it
 * @quiet: interrupts are not ours: the card may not be touched
 * @features: FPGA_FEATURE_*
 * @intx: the interrupt line may be shared
 * @vectors: vectors in use
 */
struct fpga {
	struct pci_dev *pdev;
	void __iomem *regs;
	struct emucard *card;
	struct fpga_dma *dma;
	/** @irq_lock: read and acknowledge FPGA_INT_STATUS, so that a cause is taken once */
	spinlock_t irq_lock;
	bool retired;
	bool frozen;
	bool quiet;
	u32 features;
	bool intx;
	struct fpga_vector vectors[FPGA_IRQ_VECTORS];
};

/* A card that has gone, or that is being reset, reads all-ones. */
static bool fpga_alive(struct fpga *fpga)
{
	return ioread32(fpga->regs + FPGA_ID) == FPGA_ID_VALUE;
}

static void fpga_irq_setup(struct fpga *fpga)
{
	unsigned int vectors = fpga->card->info.irq_vectors;
	u32 autoclear = 0, map = 0;
	unsigned int i;

	for (i = 0; i < vectors; i++)
		autoclear |= fpga->vectors[i].default_causes;
	/* Software causes keep vector 0, as do those whose vector there is not. */
	if (vectors > FPGA_VECTOR_DMA_DONE)
		map |= FPGA_VECTOR_DMA_DONE << FPGA_INT_MAP_DMA_DONE_SHIFT;
	if (vectors > FPGA_VECTOR_DMA_ERROR)
		map |= FPGA_VECTOR_DMA_ERROR << FPGA_INT_MAP_DMA_ERROR_SHIFT;

	iowrite32(0, fpga->regs + FPGA_INT_ENABLE);
	/* An older card guesses it from the table of MSI-X, and ignores this. */
	iowrite32(map, fpga->regs + FPGA_INT_MAP);
	iowrite32(FPGA_INT_ALL, fpga->regs + FPGA_INT_STATUS);
	iowrite32(autoclear, fpga->regs + FPGA_INT_AUTOCLEAR);
	iowrite32(0, fpga->regs + FPGA_INT_COALESCE);
	iowrite32(FPGA_INT_ALL, fpga->regs + FPGA_INT_ENABLE);
}

static void fpga_irq_disable(void *data)
{
	struct fpga *fpga = data;

	iowrite32(0, fpga->regs + FPGA_INT_ENABLE);
}

/* The registers to their reset values, and interrupts as the driver wants them */
static void fpga_reset_card(void *data)
{
	struct fpga *fpga = data;

	iowrite32(FPGA_CONTROL_RESET, fpga->regs + FPGA_CONTROL);
	fpga_irq_setup(fpga);
}

/*
 * Those of @wanted that are pending, which are acknowledged: before what has happened is
 * looked at, so that nothing new is lost. All-ones from a card that does not answer.
 */
static u32 fpga_take_causes(struct fpga *fpga, u32 wanted)
{
	unsigned long flags;
	u32 causes;

	spin_lock_irqsave(&fpga->irq_lock, flags);
	causes = ioread32(fpga->regs + FPGA_INT_STATUS);
	if (!PCI_POSSIBLE_ERROR(causes)) {
		causes &= wanted;
		if (causes)
			iowrite32(causes, fpga->regs + FPGA_INT_STATUS);
	}
	spin_unlock_irqrestore(&fpga->irq_lock, flags);
	return causes;
}

/* What is quick. True: completions are to be taken in, which may take long. */
static bool fpga_handle_causes(struct fpga *fpga, u32 causes)
{
	if (causes & FPGA_INT_DMA_ERROR)
		fpga_dma_irq_halted(fpga->dma);
	if (causes & FPGA_INT_SOFTWARE)
		emucard_irq_event(fpga->card, causes >> FPGA_INT_SOFTWARE_SHIFT);
	return causes & FPGA_INT_DMA_DONE;
}

static irqreturn_t fpga_irq(int nr, void *data)
{
	struct fpga_vector *vector = data;
	struct fpga *fpga = vector->fpga;
	u32 causes = vector->causes;

	/* The line may be shared with a card that is awake. */
	if (READ_ONCE(fpga->quiet))
		return IRQ_NONE;
	if (!vector->autoclear) {
		causes = fpga_take_causes(fpga, causes);
		if (PCI_POSSIBLE_ERROR(causes) || (!causes && fpga->intx))
			return IRQ_NONE;
	}
	return fpga_handle_causes(fpga, causes | vector->default_causes) ? IRQ_WAKE_THREAD :
									    IRQ_HANDLED;
}

/* Many descriptors, many pages each, and a doorbell: too much for a hard interrupt */
static irqreturn_t fpga_irq_thread(int nr, void *data)
{
	struct fpga_vector *vector = data;

	fpga_dma_irq_done(vector->fpga->dma);
	return IRQ_HANDLED;
}

/* A cause that stays pending because its interrupt was lost would never interrupt again. */
static void fpga_poll(void *data)
{
	struct fpga *fpga = data;
	u32 causes;

	causes = fpga_take_causes(fpga, FPGA_INT_ALL);
	if (!PCI_POSSIBLE_ERROR(causes) && fpga_handle_causes(fpga, causes))
		fpga_dma_irq_done(fpga->dma);
}

/* On return no handler runs any more that touches the card, and none will. */
static void fpga_irq_quiesce(struct fpga *fpga)
{
	unsigned int i;

	iowrite32(0, fpga->regs + FPGA_INT_ENABLE);
	WRITE_ONCE(fpga->quiet, true);
	for (i = 0; i < fpga->card->info.irq_vectors; i++)
		synchronize_irq(pci_irq_vector(fpga->pdev, i));
}

static void fpga_irq_restart(struct fpga *fpga)
{
	WRITE_ONCE(fpga->quiet, false);
	fpga_irq_setup(fpga);
}

static const struct fpga_dma_ops fpga_dma_ops = {
	.reset = fpga_reset_card,
	.poll = fpga_poll,
};

static int fpga_submit(struct emucard *card, struct emucard_request *request)
{
	struct fpga *fpga = card->drvdata;

	return fpga_dma_submit(fpga->dma, request);
}

static void fpga_cancel(struct emucard *card, struct emucard_request *request, int error)
{
	struct fpga *fpga = card->drvdata;

	fpga_dma_cancel(fpga->dma, request, error);
}

static int fpga_buffer_map(struct emucard *card, struct emucard_buffer *buffer)
{
	struct fpga *fpga = card->drvdata;

	return fpga_dma_buffer_map(fpga->dma, buffer);
}

static void fpga_buffer_unmap(struct emucard *card, struct emucard_buffer *buffer)
{
	struct fpga *fpga = card->drvdata;

	fpga_dma_buffer_unmap(fpga->dma, buffer);
}

static int fpga_reg_read(struct emucard *card, u32 offset, u32 width, u64 *value)
{
	struct fpga *fpga = card->drvdata;
	u32 reg = offset & ~3;
	int ret;

	/* An address of the kernel's */
	if ((reg == FPGA_DMA_RING_LO || reg == FPGA_DMA_RING_HI) && !capable(CAP_SYS_RAWIO))
		return -EPERM;
	ret = emucard_gate_enter(card, NULL);
	if (ret)
		return ret;
	switch (width) {
	case 1:
		*value = ioread8(fpga->regs + offset);
		break;
	case 2:
		*value = ioread16(fpga->regs + offset);
		break;
	default:
		*value = ioread32(fpga->regs + offset);
	}
	/* All-ones is also what a register may well hold. */
	if (*value == GENMASK_ULL(8 * width - 1, 0) && !fpga_alive(fpga))
		ret = -ENODEV;
	emucard_gate_exit(card);
	return ret;
}

static int fpga_reg_write(struct emucard *card, u32 offset, u32 width, u64 value)
{
	struct fpga *fpga = card->drvdata;
	u32 reg = offset & ~3;
	int ret;

	/* The others would take interrupts or DMA out of the driver's hands. */
	if (reg != FPGA_SCRATCH &&
	    (reg < FPGA_REGFILE || reg >= FPGA_REGFILE + FPGA_REGFILE_SIZE))
		return -EPERM;

	ret = emucard_gate_enter(card, NULL);
	if (ret)
		return ret;
	if (!fpga_alive(fpga)) {
		ret = -ENODEV;
		goto exit;
	}
	switch (width) {
	case 1:
		iowrite8(value, fpga->regs + offset);
		break;
	case 2:
		iowrite16(value, fpga->regs + offset);
		break;
	default:
		iowrite32(value, fpga->regs + offset);
	}
exit:
	emucard_gate_exit(card);
	return ret;
}

static int fpga_irq_raise(struct emucard *card, u32 causes)
{
	struct fpga *fpga = card->drvdata;
	int ret;

	ret = emucard_gate_enter(card, NULL);
	if (ret)
		return ret;
	if (fpga_alive(fpga))
		iowrite32(causes << FPGA_INT_SOFTWARE_SHIFT, fpga->regs + FPGA_INT_RAISE);
	else
		ret = -ENODEV;
	emucard_gate_exit(card);
	return ret;
}

static int fpga_reset(struct emucard *card)
{
	struct fpga *fpga = card->drvdata;
	int ret;

	ret = emucard_gate_lock_exclusive(card);
	if (ret)
		return ret;
	if (fpga->retired) {
		ret = -ENODEV;
		goto unclaim;
	}
	fpga_dma_fail(fpga->dma, -EIO);
	fpga_reset_card(fpga);
	if (fpga_alive(fpga)) {
		ret = fpga_dma_start(fpga->dma);
	} else {
		ret = -ENODEV;
		fpga_dma_stop(fpga->dma, ret);
	}
unclaim:
	emucard_gate_unlock_exclusive(card);
	return ret;
}

/* The engine stops for good: a reset that a user asks for does not start it again. */
static void fpga_retire(struct fpga *fpga)
{
	emucard_gate_close(fpga->card);
	fpga->retired = true;
	fpga_dma_stop(fpga->dma, -ENODEV);
	emucard_gate_open(fpga->card);
}

static void fpga_detach(struct emucard *card)
{
	fpga_retire(card->drvdata);
}

static const struct emucard_ops fpga_ops = {
	.name = "fpga",
	.kind = EMUCARD_KIND_FPGA,
	.submit = fpga_submit,
	.cancel = fpga_cancel,
	.buffer_map = fpga_buffer_map,
	.buffer_unmap = fpga_buffer_unmap,
	.reg_read = fpga_reg_read,
	.reg_write = fpga_reg_write,
	.irq_raise = fpga_irq_raise,
	.reset = fpga_reset,
	.detach = fpga_detach,
};

static int fpga_map_regs(struct fpga *fpga)
{
	struct emucard_info *info = &fpga->card->info;
	struct pci_dev *pdev = fpga->pdev;
	struct device *dev = &pdev->dev;
	int ret;

	/* Before enabling: the kernel's own messages do not say why. */
	ret = emucard_check_decode(pdev, FPGA_BAR_REGS);
	if (ret)
		return ret;
	ret = pcim_enable_device(pdev);
	if (ret)
		return dev_err_probe(dev, ret, "cannot enable\n");
	ret = pcim_request_all_regions(pdev, KBUILD_MODNAME);
	if (ret)
		return dev_err_probe(dev, ret,
				     "its ports or memory belong to another driver, see /proc/ioports and /proc/iomem\n");
	info->regs_base = pci_resource_start(pdev, FPGA_BAR_REGS);
	info->regs_size = pci_resource_len(pdev, FPGA_BAR_REGS);
	if (info->regs_size < FPGA_IO_SIZE)
		return dev_err_probe(dev, -ENODEV, "BAR %d has 0x%x ports, not 0x%x\n",
				     FPGA_BAR_REGS, info->regs_size, FPGA_IO_SIZE);
	fpga->regs = pcim_iomap(pdev, FPGA_BAR_REGS, 0);
	if (!fpga->regs)
		return dev_err_probe(dev, -ENOMEM, "cannot map BAR %d\n", FPGA_BAR_REGS);
	return 0;
}

/* Is it the card, of a version that this driver knows, and alive? */
static int fpga_identify(struct fpga *fpga)
{
	struct device *dev = &fpga->pdev->dev;
	struct emucard_info *info = &fpga->card->info;
	u32 id, pages, scratch;

	id = ioread32(fpga->regs + FPGA_ID);
	if (id != FPGA_ID_VALUE)
		return dev_err_probe(dev, -ENODEV, "%s: the ID register reads 0x%08x, not 0x%08x\n",
				     PCI_POSSIBLE_ERROR(id) ? "the card does not answer" :
				     "not an fpga card", id, FPGA_ID_VALUE);

	info->card_version = ioread32(fpga->regs + FPGA_VERSION);
	if (info->card_version >> 16 != FPGA_VERSION_VALUE >> 16)
		return dev_err_probe(dev, -EOPNOTSUPP,
				     "card version 0x%08x: this driver knows major version %u\n",
				     info->card_version, FPGA_VERSION_VALUE >> 16);

	iowrite32(FPGA_SCRATCH_TEST, fpga->regs + FPGA_SCRATCH);
	scratch = ioread32(fpga->regs + FPGA_SCRATCH);
	if (scratch != (u32)~FPGA_SCRATCH_TEST)
		return dev_err_probe(dev, -EIO, "scratch register reads 0x%08x after 0x%08x\n",
				     scratch, FPGA_SCRATCH_TEST);

	fpga->features = ioread32(fpga->regs + FPGA_FEATURES);
	if (!(fpga->features & FPGA_FEATURE_DMA) || !(fpga->features & FPGA_FEATURE_SG))
		return dev_err_probe(dev, -EOPNOTSUPP,
				     "features 0x%08x: no scatter-gather DMA\n", fpga->features);

	pages = ioread32(fpga->regs + FPGA_RAM_PAGES);
	info->dma_size = (u64)pages * FPGA_RAM_PAGE_SIZE;
	return 0;
}

static int fpga_check_range(struct fpga *fpga)
{
	struct emucard_range wanted = expect;
	u32 fixed;

	if (!wanted.given && fpga->features & FPGA_FEATURE_FIXED_IO) {
		fixed = ioread32(fpga->regs + FPGA_FIXED_BASE);
		wanted.first = fixed;
		wanted.last = fixed + FPGA_IO_SIZE - 1;
		wanted.given = true;
	}
	return emucard_check_expected(fpga->card, fpga->pdev, FPGA_BAR_REGS, &wanted, strict);
}

static void fpga_free_vectors(void *data)
{
	pci_free_irq_vectors(data);
}

static int fpga_request_irqs(struct fpga *fpga)
{
	static const char * const names[] = { "auto", "msix", "msi", "intx", NULL };
	static const unsigned int kinds[] = {
		PCI_IRQ_MSIX | PCI_IRQ_MSI | PCI_IRQ_INTX, PCI_IRQ_MSIX, PCI_IRQ_MSI, PCI_IRQ_INTX,
	};
	static const u32 causes[FPGA_IRQ_VECTORS] = {
		[FPGA_VECTOR_SOFTWARE] = FPGA_INT_SOFTWARE,
		[FPGA_VECTOR_DMA_DONE] = FPGA_INT_DMA_DONE,
		[FPGA_VECTOR_DMA_ERROR] = FPGA_INT_DMA_ERROR,
	};
	struct pci_dev *pdev = fpga->pdev;
	struct device *dev = &pdev->dev;
	struct emucard_info *info = &fpga->card->info;
	int kind, nr, i, ret;

	kind = match_string(names, -1, irq);
	if (kind < 0)
		return dev_err_probe(dev, -EINVAL,
				     "irq=%s: not one of auto, msix, msi, intx\n", irq);
	/*
	 * All that the card has, of which the last stays unused: to allocate three MSI vectors is
	 * something that some interrupt controllers' drivers get wrong (irq-gic-v2m of 6.1).
	 */
	nr = pci_alloc_irq_vectors(pdev, 1, FPGA_VECTORS, kinds[kind]);
	if (nr < 0)
		return dev_err_probe(dev, nr, "no interrupt vectors (irq=%s)\n", irq);
	ret = devm_add_action_or_reset(dev, fpga_free_vectors, pdev);
	if (ret)
		return ret;

	fpga->intx = !pdev->msix_enabled && !pdev->msi_enabled;
	nr = min(nr, FPGA_IRQ_VECTORS);
	info->irq_vectors = nr;
	info->irq_mode = pdev->msix_enabled ? EMUCARD_IRQ_MSIX :
			 pdev->msi_enabled ? EMUCARD_IRQ_MSI : EMUCARD_IRQ_INTX;

	/* A cause that has no vector of its own arrives at vector 0. */
	for (i = 0; i < FPGA_IRQ_VECTORS; i++)
		fpga->vectors[i < nr ? i : 0].causes |= causes[i];
	for (i = 0; i < nr; i++) {
		struct fpga_vector *vector = &fpga->vectors[i];

		vector->fpga = fpga;
		/* No need to acknowledge what comes most often. */
		if (!fpga->intx && fpga->features & FPGA_FEATURE_AUTOCLEAR)
			vector->default_causes = vector->causes & FPGA_INT_DMA_DONE;
		vector->autoclear = vector->default_causes == vector->causes;
		ret = devm_request_threaded_irq(dev, pci_irq_vector(pdev, i), fpga_irq,
						fpga_irq_thread, fpga->intx ? IRQF_SHARED : 0,
						KBUILD_MODNAME, vector);
		if (ret)
			return dev_err_probe(dev, ret, "cannot request vector %d\n", i);
	}
	/* Silence the card before the handlers go. */
	return devm_add_action_or_reset(dev, fpga_irq_disable, fpga);
}

static int fpga_reserve_ram(struct fpga *fpga)
{
	struct emucard *card = fpga->card;
	struct pci_dev *pdev = fpga->pdev;
	int ret;

	card->mmap_base = pci_resource_start(pdev, FPGA_BAR_RAM);
	card->info.mmap_size = pci_resource_len(pdev, FPGA_BAR_RAM);
	if (!card->info.mmap_size)
		return 0;
	ret = devm_arch_io_reserve_memtype_wc(&pdev->dev, card->mmap_base, card->info.mmap_size);
	if (ret)
		return dev_err_probe(&pdev->dev, ret, "cannot map BAR %d\n", FPGA_BAR_RAM);
	return 0;
}

/* What users may ask for; what was found out on the way is there already. */
static void fpga_describe(struct fpga *fpga)
{
	struct emucard_info *info = &fpga->card->info;

	info->caps = EMUCARD_CAP_DMA | EMUCARD_CAP_REGS | EMUCARD_CAP_IRQ | EMUCARD_CAP_RESET |
		     EMUCARD_CAP_BUF;
	if (info->mmap_size)
		info->caps |= EMUCARD_CAP_MMAP;
	if (fpga->features & FPGA_FEATURE_FIXED_IO)
		info->caps |= EMUCARD_CAP_FIXED_IO;
	info->reg_widths = 1 | 2 | 4;
	info->regs_are_ports = 1;
	fpga->card->async = true;
}

/* What slot_reset() puts back; every other restoration of it forgets it. */
static void fpga_save_config(struct fpga *fpga)
{
	pci_save_state(fpga->pdev);
}

static void fpga_put_awake(void *data)
{
	pm_runtime_put(data);
}

/* Awake until all that is managed after this has been undone, or until fpga_let_sleep() */
static int fpga_keep_awake(struct device *dev)
{
	pm_runtime_get_noresume(dev);
	return devm_add_action_or_reset(dev, fpga_put_awake, dev);
}

/*
 * From now on the card sleeps while nothing has its node open, if users allow that
 * (power/control). One that has no power management stays as it is. The PCI core has kept it
 * awake as well.
 */
static void fpga_let_sleep(struct pci_dev *pdev)
{
	struct device *dev = &pdev->dev;

	if (!pdev->pm_cap)
		return;
	pm_runtime_set_autosuspend_delay(dev, FPGA_AUTOSUSPEND_MS);
	pm_runtime_use_autosuspend(dev);
	pm_runtime_put_noidle(dev);
	pm_runtime_mark_last_busy(dev);
	pm_runtime_put_autosuspend(dev);
}

static int fpga_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct device *dev = &pdev->dev;
	struct fpga *fpga;
	int ret;

	fpga = devm_kzalloc(dev, sizeof(*fpga), GFP_KERNEL);
	if (!fpga)
		return -ENOMEM;
	fpga->pdev = pdev;
	spin_lock_init(&fpga->irq_lock);
	pci_set_drvdata(pdev, fpga);
	ret = fpga_keep_awake(dev);
	if (ret)
		return ret;

	fpga->card = devm_emucard_alloc(dev, &fpga_ops, fpga);
	if (IS_ERR(fpga->card))
		return PTR_ERR(fpga->card);
	ret = fpga_map_regs(fpga);
	if (ret)
		return ret;
	ret = fpga_identify(fpga);
	if (ret)
		return ret;
	ret = fpga_check_range(fpga);
	if (ret)
		return ret;

	/* A former user may have left it running. */
	iowrite32(FPGA_CONTROL_RESET, fpga->regs + FPGA_CONTROL);
	ret = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64));
	if (ret)
		return dev_err_probe(dev, ret, "no 64-bit DMA\n");
	/* No limit of the card's, but of bounce buffers, where memory must go through them */
	dma_set_max_seg_size(dev, min_t(size_t, SZ_2G, dma_max_mapping_size(dev)));
	pci_set_master(pdev);

	fpga->dma = devm_fpga_dma_create(pdev, fpga->regs, &fpga_dma_ops, fpga);
	if (IS_ERR(fpga->dma))
		return PTR_ERR(fpga->dma);
	ret = fpga_request_irqs(fpga);
	if (ret)
		return ret;
	fpga_irq_setup(fpga);
	ret = fpga_dma_start(fpga->dma);
	if (ret)
		return dev_err_probe(dev, ret, "DMA engine does not start\n");

	ret = fpga_reserve_ram(fpga);
	if (ret)
		return ret;
	fpga_describe(fpga);
	fpga_save_config(fpga);
	ret = devm_emucard_register(fpga->card);
	if (!ret)
		fpga_let_sleep(pdev);
	return ret;
}

/* All else is a managed resource, users first. The PCI core has woken the card. */
static void fpga_remove(struct pci_dev *pdev)
{
	struct device *dev = &pdev->dev;

	if (!pdev->pm_cap)
		return;
	pm_runtime_get_noresume(dev);
	pm_runtime_get_noresume(dev);
	pm_runtime_dont_use_autosuspend(dev);
}

/* kexec: the next kernel's memory is not to be written to. */
static void fpga_shutdown(struct pci_dev *pdev)
{
	struct fpga *fpga = pci_get_drvdata(pdev);

	fpga_retire(fpga);
	fpga_irq_quiesce(fpga);
}

static int fpga_suspend(struct device *dev)
{
	struct fpga *fpga = dev_get_drvdata(dev);

	emucard_gate_close(fpga->card);
	fpga_dma_pause(fpga->dma);
	fpga_irq_quiesce(fpga);
	return 0;
}

static int fpga_resume(struct device *dev)
{
	struct fpga *fpga = dev_get_drvdata(dev);
	int ret = -ENODEV;

	if (fpga_alive(fpga)) {
		fpga_save_config(fpga);
		fpga_irq_restart(fpga);
		ret = fpga_dma_start(fpga->dma);
	} else {
		dev_err(dev, "the card is gone after resume\n");
		fpga_dma_stop(fpga->dma, ret);
	}
	emucard_gate_open(fpga->card);
	return ret;
}

/* A card that has gone is one to which nothing can be done, not one that cannot be opened. */
static int fpga_runtime_resume(struct device *dev)
{
	fpga_resume(dev);
	return 0;
}

static const struct dev_pm_ops fpga_pm_ops = {
	SYSTEM_SLEEP_PM_OPS(fpga_suspend, fpga_resume)
	RUNTIME_PM_OPS(fpga_suspend, fpga_runtime_resume, NULL)
};

/* A reset through sysfs or by another function: registers must not be touched meanwhile. */
static void fpga_reset_prepare(struct pci_dev *pdev)
{
	struct fpga *fpga = pci_get_drvdata(pdev);

	/* A reset of the bus comes without a request for this card, which may be suspended. */
	pm_runtime_get_sync(&pdev->dev);
	emucard_gate_close(fpga->card);
	fpga_dma_fail(fpga->dma, -EIO);
	fpga_irq_quiesce(fpga);
}

/* The gate is closed. */
static void fpga_restart(struct fpga *fpga)
{
	int ret = -ENODEV;

	/* The core has restored the configuration, and with it bus mastering. */
	if (fpga->retired) {
		pci_clear_master(fpga->pdev);
		return;
	}
	if (fpga_alive(fpga)) {
		fpga_save_config(fpga);
		fpga_irq_restart(fpga);
		ret = fpga_dma_start(fpga->dma);
	} else {
		fpga_dma_stop(fpga->dma, ret);
	}
	if (ret)
		dev_err(&fpga->pdev->dev, "the card does not work after a reset: %d\n", ret);
}

static void fpga_reset_done(struct pci_dev *pdev)
{
	struct fpga *fpga = pci_get_drvdata(pdev);

	fpga_restart(fpga);
	emucard_gate_open(fpga->card);
	pm_runtime_mark_last_busy(&pdev->dev);
	pm_runtime_put_autosuspend(&pdev->dev);
}

/* Until fpga_thaw() nothing reaches the card: a user's reset would start DMA on a dead link. */
static void fpga_freeze(struct fpga *fpga)
{
	if (!fpga->frozen)
		emucard_gate_close(fpga->card);
	fpga->frozen = true;
}

static void fpga_thaw(struct fpga *fpga)
{
	if (fpga->frozen)
		emucard_gate_open(fpga->card);
	fpga->frozen = false;
}

static pci_ers_result_t fpga_error_detected(struct pci_dev *pdev, pci_channel_state_t state)
{
	struct fpga *fpga = pci_get_drvdata(pdev);

	switch (state) {
	case pci_channel_io_normal:
		return PCI_ERS_RESULT_CAN_RECOVER;
	case pci_channel_io_frozen:
		fpga_freeze(fpga);
		/* Until resume(), which comes only if the link recovers. */
		fpga_dma_stop(fpga->dma, -EIO);
		return PCI_ERS_RESULT_NEED_RESET;
	default:
		fpga_dma_stop(fpga->dma, -ENODEV);
		fpga_thaw(fpga);
		return PCI_ERS_RESULT_DISCONNECT;
	}
}

static pci_ers_result_t fpga_slot_reset(struct pci_dev *pdev)
{
	struct fpga *fpga = pci_get_drvdata(pdev);

	pci_restore_state(pdev);
	if (!fpga_alive(fpga))
		return PCI_ERS_RESULT_DISCONNECT;
	/* What was restored may let an engine reach memory that would not stop before. */
	fpga_dma_set_master(fpga->dma);
	return PCI_ERS_RESULT_RECOVERED;
}

static void fpga_error_resume(struct pci_dev *pdev)
{
	struct fpga *fpga = pci_get_drvdata(pdev);

	fpga_freeze(fpga);
	/* It may be running: the error needed no reset. */
	fpga_poll(fpga);
	fpga_dma_pause(fpga->dma);
	fpga_restart(fpga);
	fpga_thaw(fpga);
}

static const struct pci_error_handlers fpga_err_handlers = {
	.error_detected = fpga_error_detected,
	.slot_reset = fpga_slot_reset,
	.resume = fpga_error_resume,
	.reset_prepare = fpga_reset_prepare,
	.reset_done = fpga_reset_done,
};

static const struct pci_device_id fpga_ids[] = {
	{ PCI_DEVICE(FPGA_PCI_VENDOR_ID, FPGA_PCI_DEVICE_ID) },
	{ }
};
MODULE_DEVICE_TABLE(pci, fpga_ids);

static struct pci_driver fpga_driver = {
	.name = KBUILD_MODNAME,
	.id_table = fpga_ids,
	.probe = fpga_probe,
	.remove = fpga_remove,
	.shutdown = fpga_shutdown,
	.driver.pm = pm_ptr(&fpga_pm_ops),
	.err_handler = &fpga_err_handlers,
};
module_pci_driver(fpga_driver);

MODULE_DESCRIPTION("Driver for the emulated fpga card");
MODULE_AUTHOR("The fpga-pci project");
MODULE_LICENSE("GPL");
MODULE_VERSION(EMUCARD_VERSION);
