# SPDX-License-Identifier: GPL-2.0-or-later
"""For pytest: everything is in harness/plugin.py."""

pytest_plugins = ["harness.plugin"]
