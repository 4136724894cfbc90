# SPDX-License-Identifier: GPL-2.0-or-later
"""A libvirtd that the tests of the suite share."""

import pytest
from libvirt_daemon import started


@pytest.fixture(scope="session")
def libvirt(tmp_path_factory):
    with started(tmp_path_factory.mktemp("libvirt")) as daemon:
        yield daemon
