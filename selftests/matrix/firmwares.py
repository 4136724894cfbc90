# SPDX-License-Identifier: GPL-2.0-or-later
"""Which firmware the tables run with: this machine's, or what MATRIX_FIRMWARES names.

MATRIX_FIRMWARES="seabios:sid ovmf:sid" tries another release's, named as by scripts/guest --firmware.
"""

import os

from releases import firmware

FIRMWARES = ("seabios", "ovmf")
TITLES = {"seabios": "SeaBIOS", "ovmf": "OVMF"}


def chosen(otherwise=FIRMWARES):
    names = os.environ.get("MATRIX_FIRMWARES", "").split()
    return tuple(map(firmware.check, names)) or otherwise


def title(text):
    name, _, release = text.partition(":")
    return f"{TITLES[name]} of {release}" if release else TITLES[name]


def version(text):
    return f"{title(text)} {firmware.find(text).version}"
