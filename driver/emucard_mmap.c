// SPDX-License-Identifier: GPL-2.0-only
/*
 * mmap() of a card's memory.
 *
 * Pages are entered when they are touched, so that a mapping that was zapped
 * because the card went gives SIGBUS from then on.
 */
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/sizes.h>

#include "emucard_compat.h"
#include "emucard_core.h"

/* How much one fault maps: a benchmark's choice between faults and page tables */
#define EMUCARD_FAULT_BYTES	SZ_2M

static vm_fault_t emucard_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	struct emucard_file *efile = vma->vm_file->private_data;
	struct emucard *card = efile->card;
	unsigned long addr, end;
	vm_fault_t ret;
	u64 offset;
	int error;

	if (!emucard_enter(card))
		return VM_FAULT_SIGBUS;
	/* During a reset the memory does not answer. */
	error = emucard_gate_enter(card, NULL);
	if (error) {
		emucard_exit(card);
		/* A task that is to be killed takes its signal on the way back. */
		return error == -EINTR ? VM_FAULT_NOPAGE : VM_FAULT_SIGBUS;
	}

	addr = max(ALIGN_DOWN(vmf->address, EMUCARD_FAULT_BYTES), vma->vm_start);
	end = min(ALIGN_DOWN(vmf->address, EMUCARD_FAULT_BYTES) + EMUCARD_FAULT_BYTES,
		  vma->vm_end);
	for (ret = VM_FAULT_SIGBUS; addr < end; addr += PAGE_SIZE) {
		offset = ((u64)vma->vm_pgoff << PAGE_SHIFT) + (addr - vma->vm_start);
		ret = vmf_insert_pfn(vma, addr, PHYS_PFN(card->mmap_base + offset));
		if (ret != VM_FAULT_NOPAGE)
			break;
	}
	emucard_gate_exit(card);
	emucard_exit(card);
	return ret;
}

/* For debuggers and /proc/PID/mem, which cannot pin what is not memory: bytes, or an error */
static int emucard_access(struct vm_area_struct *vma, unsigned long addr, void *buf, int len,
			  int write)
{
	struct emucard_file *efile = vma->vm_file->private_data;
	struct emucard *card = efile->card;
	u64 offset = ((u64)vma->vm_pgoff << PAGE_SHIFT) + (addr - vma->vm_start);
	void __iomem *map;
	int ret = -EIO;

	len = min_t(unsigned long, len, vma->vm_end - addr);
	if (!emucard_enter(card))
		return ret;
	if (emucard_gate_enter(card, NULL))
		goto exit;
	map = ioremap_wc(card->mmap_base + offset, len);
	if (map) {
		if (write)
			memcpy_toio(map, buf, len);
		else
			memcpy_fromio(buf, map, len);
		iounmap(map);
		ret = len;
	}
	emucard_gate_exit(card);
exit:
	emucard_exit(card);
	return ret;
}

static const struct vm_operations_struct emucard_vm_ops = {
	.fault = emucard_fault,
	.access = emucard_access,
};

int emucard_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct emucard_file *efile = file->private_data;
	struct emucard *card = efile->card;
	u64 size = card->info.mmap_size;
	u64 offset = (u64)vma->vm_pgoff << PAGE_SHIFT;
	int ret = 0;

	if (!emucard_enter(card))
		return -ENODEV;

	if (!size)
		ret = -EOPNOTSUPP;
	/* VM_SHARED is missing when the file is open for reading only. */
	else if (!(vma->vm_flags & VM_MAYSHARE) || vma->vm_pgoff > size >> PAGE_SHIFT ||
		 vma->vm_end - vma->vm_start > size - offset)
		ret = -EINVAL;
	if (!ret) {
		vm_flags_set(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
		/* The BAR is prefetchable: writes may be merged. */
		vma->vm_page_prot = pgprot_writecombine(vma->vm_page_prot);
		/* Also in a guest whose own memory is encrypted (SEV, TDX) */
		vma->vm_page_prot = pgprot_decrypted(vma->vm_page_prot);
		vma->vm_ops = &emucard_vm_ops;
	}
	emucard_exit(card);
	return ret;
}

/* The gate is closed or no user is left: nothing is mapped any more after this. */
void emucard_mmap_zap(struct emucard *card)
{
	struct emucard_file *efile;

	mutex_lock(&card->files_mutex);
	list_for_each_entry(efile, &card->files, node)
		unmap_mapping_range(efile->file->f_mapping, 0, 0, 1);
	mutex_unlock(&card->files_mutex);
}
