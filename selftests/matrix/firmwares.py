# SPDX-License-Identifier: GPL-2.0-or-later
"""Which firmware the tables run with: this machine's, or what MATRIX_FIRMWARES names.

MATRIX_FIRMWARES="seabios:sid ovmf:sid" tries another release's, named as by scripts/guest --firmware.
"""

import os

from releases import firmware

FIRMWARES = ("seabios", "ovmf")
TITLES = {"seabios": "SeaBIOS", "ovmf": "OVMF"}


def chosen():
    return tuple(firmware.check(name) for name in os.environ.get("MATRIX_FIRMWARES", "").split()) or FIRMWARES


def title(text):
    name, _, release = text.partition(":")
    return f"{TITLES[name]} of {release}" if release else TITLES[name]


def version(text):
    return f"{title(text)} {firmware.find(text).version}"
