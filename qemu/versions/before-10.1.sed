# SPDX-License-Identifier: GPL-2.0-or-later
# QEMU 10.1 made data of class_init and lists of interfaces const, and moved a header.
s/\(_class_init(ObjectClass \*[a-z]*, \)const void \*data)/\1void *data)/
s/(const InterfaceInfo\[\])/(InterfaceInfo[])/
s|^#include "system/address-spaces\.h"|#include "exec/address-spaces.h"|
