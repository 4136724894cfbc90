# SPDX-License-Identifier: GPL-2.0-or-later
"""What guests have said: a directory each, kept when something was wrong."""

import os
import shutil
import tempfile
import time

from cache import CACHE

LOGS = CACHE / "logs/guests"

KEPT_FOR = 2 * 24 * 3600  # as all else in the cache that nothing uses [s]


def create():
    """A directory for one guest's logs; drops old ones."""
    os.makedirs(LOGS, exist_ok=True)
    for name in os.listdir(LOGS):
        path = os.path.join(LOGS, name)
        try:
            if time.time() - os.stat(path).st_mtime > KEPT_FOR:
                shutil.rmtree(path, ignore_errors=True)
        except FileNotFoundError:  # dropped by another one meanwhile
            pass
    return tempfile.mkdtemp(prefix=time.strftime("%m%d-%H%M%S-"), dir=LOGS)
