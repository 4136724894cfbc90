# SPDX-License-Identifier: GPL-2.0-or-later
"""What the cache gives up."""

import os
import time

import cache


def test_what_is_being_made_is_kept_whatever_its_date(tmp_path, monkeypatch):
    """An unpacked package gives the directory its own date, which is long past."""
    monkeypatch.setattr(cache, "CACHE", tmp_path)
    for name in ("used", "unused", "unpacked.dir", "copied.new"):
        (tmp_path / "roots" / name).mkdir(parents=True)
        if name != "used":
            past = time.time() - 2 * cache.KEEP_TIME
            os.utime(tmp_path / "roots" / name, (past, past))
    cache.drop_unused()
    assert sorted(os.listdir(tmp_path / "roots")) == ["copied.new", "unpacked.dir", "used"]
