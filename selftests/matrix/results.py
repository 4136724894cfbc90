# SPDX-License-Identifier: GPL-2.0-or-later
"""Results of columns in a file: {column's name: {(card's id, event): outcome}}."""

import json
import os


def load(path):
    if not os.path.exists(path) or not os.path.getsize(path):
        return {}
    with open(path, encoding="utf-8") as file:
        return {name: {(card, event): outcome for card, event, outcome in rows}
                for name, rows in json.load(file).items()}


def save(path, found):
    rows = {name: [[*cell, outcome] for cell, outcome in results.items()]
            for name, results in found.items()}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(rows, file, indent=1)
