# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's releases: which there are, and how to get kernels, sources and tools of each."""
