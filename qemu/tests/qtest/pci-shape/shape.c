/*
 * qtest of pci-shape: machines made of images
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include <glib/gstdio.h>
#include "standard-headers/linux/qemu_fw_cfg.h"
#include "shape.h"

#define PORT_ADDRESS 0xcf8
#define PORT_DATA 0xcfc

/* In the guest's RAM: where a DMA of fw_cfg is described, and its data */
#define FW_CFG_DMA_PORT 0x514
#define FW_CFG_ACCESS 0x1000
#define FW_CFG_BUFFER 0x100000

Image image_device(void)
{
    Image image = { .size = PCI_CONFIG_SPACE_SIZE };

    pci_set_long(image.bytes, SHAPE_IDS(SHAPE_DEVICE));
    pci_set_word(image.bytes + PCI_CLASS_DEVICE, PCI_CLASS_OTHERS);
    return image;
}

Image image_bridge(uint8_t primary, uint8_t secondary, uint8_t subordinate)
{
    Image image = { .size = PCI_CONFIG_SPACE_SIZE };

    pci_set_long(image.bytes, SHAPE_IDS(SHAPE_BRIDGE));
    pci_set_word(image.bytes + PCI_CLASS_DEVICE, PCI_CLASS_BRIDGE_PCI);
    image.bytes[PCI_HEADER_TYPE] = PCI_HEADER_TYPE_BRIDGE;
    image.bytes[PCI_PRIMARY_BUS] = primary;
    image.bytes[PCI_SECONDARY_BUS] = secondary;
    image.bytes[PCI_SUBORDINATE_BUS] = subordinate;
    return image;
}

Image image_port(uint8_t primary, uint8_t secondary, uint8_t subordinate)
{
    Image image = image_bridge(primary, secondary, subordinate);
    uint8_t *capability = image.bytes + SHAPE_EXPRESS;

    pci_set_word(image.bytes + PCI_STATUS, PCI_STATUS_CAP_LIST);
    image.bytes[PCI_CAPABILITY_LIST] = SHAPE_EXPRESS;
    capability[0] = PCI_CAP_ID_EXP;
    pci_set_word(capability + PCI_EXP_FLAGS, 2 | PCI_EXP_FLAGS_SLOT |
                 PCI_EXP_TYPE_ROOT_PORT << 4);
    pci_set_long(capability + PCI_EXP_LNKCAP, PCI_EXP_LNKCAP_DLLLARC);
    pci_set_long(capability + PCI_EXP_SLTCAP, PCI_EXP_SLTCAP_HPC |
                 PCI_EXP_SLTCAP_PCP);
    return image;
}

Shape *shape_new(const char *roots)
{
    Shape *s = g_new0(Shape, 1);

    s->directory = g_dir_make_tmp("pci-shape-test-XXXXXX", NULL);
    g_assert_nonnull(s->directory);
    s->args = g_string_new("-machine q35 -nodefaults -m 64 "
                           "-device pci-shape");
    g_string_append(s->args, roots);
    return s;
}

void shape_done(Shape *s)
{
    if (s->qts) {
        qtest_quit(s->qts);
    }
    for (unsigned int i = 0; i < s->files; i++) {
        g_autofree char *path = g_strdup_printf("%s/%u", s->directory, i);

        g_unlink(path);
    }
    g_rmdir(s->directory);
    g_free(s->directory);
    g_string_free(s->args, true);
    g_free(s);
}

char *shape_file(Shape *s, const Image *image)
{
    char *path = g_strdup_printf("%s/%u", s->directory, s->files++);

    g_assert_true(g_file_set_contents(path, (const char *)image->bytes,
                                      image->size, NULL));
    return path;
}

void shape_add(Shape *s, const char *address, const Image *image,
               const char *more)
{
    g_autofree char *path = shape_file(s, image);

    g_string_append_printf(s->args, " -device pci-shape-function,address=%s,"
                           "config=%s%s", address, path, more);
}

void shape_start(Shape *s)
{
    s->qts = qtest_init(s->args->str);
}

/* By DMA: byte by byte the tables take seconds. */
static void fw_cfg_read(QTestState *qts, uint16_t key, void *data, size_t size)
{
    struct fw_cfg_dma_access access = {
        .control = cpu_to_be32(key << 16 | FW_CFG_DMA_CTL_SELECT |
                               FW_CFG_DMA_CTL_READ),
        .length = cpu_to_be32(size),
        .address = cpu_to_be64(FW_CFG_BUFFER),
    };

    qtest_memwrite(qts, FW_CFG_ACCESS, &access, sizeof(access));
    qtest_outl(qts, FW_CFG_DMA_PORT, 0);
    qtest_outl(qts, FW_CFG_DMA_PORT + 4, cpu_to_be32(FW_CFG_ACCESS));
    qtest_memread(qts, FW_CFG_ACCESS, &access, sizeof(access));
    g_assert_cmphex(access.control, ==, 0);
    qtest_memread(qts, FW_CFG_BUFFER, data, size);
}

static uint16_t find_file(QTestState *qts, const char *name, size_t *size)
{
    uint32_t count;
    g_autofree struct fw_cfg_file *files = NULL;
    g_autofree char *content = NULL;

    fw_cfg_read(qts, FW_CFG_FILE_DIR, &count, sizeof(count));
    count = be32_to_cpu(count);
    content = g_malloc0(sizeof(count) + count * sizeof(*files));
    fw_cfg_read(qts, FW_CFG_FILE_DIR, content,
                sizeof(count) + count * sizeof(*files));
    files = g_memdup2(content + sizeof(count), count * sizeof(*files));
    for (uint32_t i = 0; i < count; i++) {
        if (g_str_equal(files[i].name, name)) {
            *size = be32_to_cpu(files[i].size);
            return be16_to_cpu(files[i].select);
        }
    }
    g_assert_not_reached();
}

char *shape_read_tables(Shape *s, size_t *size)
{
    uint16_t key = find_file(s->qts, "etc/acpi/tables", size);
    char *tables = g_malloc0(*size);

    fw_cfg_read(s->qts, key, tables, *size);
    return tables;
}

void shape_arm(Shape *s)
{
    size_t size;

    g_free(shape_read_tables(s, &size));
}

Shape *shape_of(const Image *image, const char *more)
{
    Shape *s = shape_new(SHAPE_ROOT);

    shape_add(s, "0000:00:03.0", image, more);
    shape_start(s);
    shape_arm(s);
    return s;
}

static void address(Shape *s, uint8_t bus, uint8_t devfn, uint8_t reg)
{
    qtest_outl(s->qts, PORT_ADDRESS, 1u << 31 | bus << 16 | devfn << 8 | reg);
}

uint32_t shape_read(Shape *s, uint8_t bus, uint8_t devfn, uint8_t reg)
{
    address(s, bus, devfn, reg);
    return qtest_inl(s->qts, PORT_DATA);
}

void shape_write(Shape *s, uint8_t bus, uint8_t devfn, uint8_t reg,
                 uint32_t value)
{
    address(s, bus, devfn, reg);
    qtest_outl(s->qts, PORT_DATA, value);
}

static uint64_t mem_address(uint8_t bus, uint8_t devfn, uint16_t reg)
{
    return SHAPE_MMCONFIG + (bus << 20 | devfn << 12 | reg);
}

uint32_t shape_mem_read(Shape *s, uint8_t bus, uint8_t devfn, uint16_t reg)
{
    return qtest_readl(s->qts, mem_address(bus, devfn, reg));
}

void shape_mem_write(Shape *s, uint8_t bus, uint8_t devfn, uint16_t reg,
                     uint32_t value)
{
    qtest_writel(s->qts, mem_address(bus, devfn, reg), value);
}
