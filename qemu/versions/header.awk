# SPDX-License-Identifier: GPL-2.0-or-later
# The register header, which is in the kernel's style, in QEMU's: no tabs, 80 columns, and
# nothing for the kernel or an assembler.

/^#if(n?def __ASSEMBLY__|def __KERNEL__)$/ { gone = /KERNEL/; depth++; next }
depth && /^#else$/ { gone = 0; next }
depth && /^#endif/ { depth--; gone = 0; next }
gone || /^#include <stdint\.h>$/ { next }
/^ \*\t/ { sub(/\t/, "     ") }
/\t/ {
	indent = $0
	sub(/[^\t].*/, "", indent)
	count = split(substr($0, length(indent) + 1), part, /\t+/)
	if ($0 ~ /^\t\t/) {
		# A definition that goes on
		sub(/^\t+ */, "        ")
		print
		next
	}
	gsub(/\t/, "    ", indent)
	wide = narrow = indent part[1]
	for (i = 2; i <= count; i++) {
		wide = sprintf(i == 2 ? "%-36s %s" : "%s  %s", wide, part[i])
		narrow = narrow " " part[i]
	}
	print (length(wide) > 80 ? narrow : wide)
	next
}
{ print }
