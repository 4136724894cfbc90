# SPDX-License-Identifier: GPL-2.0-or-later
"""Parts of a page in Markdown that all of its tables use."""

NOT_RUN = "not run"


class Notes:
    """Reasons, numbered in the order in which they are needed."""

    def __init__(self):
        self._reasons = []

    def number(self, reason):
        if reason not in self._reasons:
            self._reasons.append(reason)
        return f"<sup>{self._reasons.index(reason) + 1}</sup>"

    def lines(self):
        return [f"{number}. {reason}" for number, reason in enumerate(self._reasons, 1)]
