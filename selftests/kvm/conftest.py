# SPDX-License-Identifier: GPL-2.0-or-later
"""The machine of these tests' guest: that of kvm/nested."""

import pytest
from guest import nested
from harness.commands import script
from harness.guests import APPEND


def pytest_configure(config):
    config.addinivalue_line("markers", "nested(**options): the guest, as guest.nested.machine()"
                            " has it; debug=True: on a debug kernel")


@pytest.fixture
def machine(request, guest_content):
    guest_content()
    options = dict(request.node.get_closest_marker("nested").kwargs)
    if options.pop("debug", False):
        options["kernel"] = script("debug-kernel", "kvm-host")
    made = nested.machine(**options)
    made.append = (*made.append, *APPEND)
    return made


class Kvm:
    """Programs that print TAP, where /dev/kvm is."""

    def __init__(self, guest, tap):
        self.guest = guest
        self._directory = nested.load(guest)
        self._tap = tap

    def tap(self, *argv, timeout=1200):
        return self._tap(*argv, guest=self.guest, cwd=self._directory, timeout=timeout,
                         env={"PATH": nested.PATH})


@pytest.fixture
def kvm(guest, tap):
    return Kvm(guest, tap)
