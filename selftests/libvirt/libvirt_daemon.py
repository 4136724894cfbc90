# SPDX-License-Identifier: GPL-2.0-or-later
"""A libvirtd of its own, with the project's hook where that daemon looks for it."""

import contextlib
import os
import pathlib
import subprocess
import time

import pytest
from guest import replay
from harness import SELFTESTS, TOP
from harness.commands import process, run, tail

HOOK = f"{TOP}/examples/hooks/libvirt-qemu"
DOMAINS = "/etc/pciaddr/domains"  # where the hook looks, as it is


def wait_until(condition, seconds, account):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, account()
        time.sleep(0.2)


class Libvirt:
    """directory: what it has made; domains: where the hook looks for specifications; tools: the
    directory of pciaddr-check."""

    def __init__(self, directory, tools):
        self.directory = directory
        self.domains = directory / "domains"
        self.tools = tools
        self.uri = f"qemu+unix:///system?socket={directory}/libvirt-sock"

    def path(self):
        """PATH of the daemon and its hooks"""
        return f"{self.tools}:{os.environ['PATH']}:/usr/sbin:/sbin"

    def install_hook(self):
        self.domains.mkdir()
        hooks = self.directory / "hooks"
        hooks.mkdir()
        text = pathlib.Path(HOOK).read_text(encoding="utf-8")
        assert DOMAINS in text
        hook = hooks / "qemu"
        hook.write_text(text.replace(DOMAINS, str(self.domains)))
        hook.chmod(0o755)

    def virsh(self, *arguments, **options):
        return run("virsh", "-c", self.uri, *arguments, timeout=120, **options)

    def is_running(self, domain):
        return domain in self.virsh("list", "--name").split()

    def log(self):
        return tail((self.directory / "log").read_text(errors="replace"))


@contextlib.contextmanager
def started(directory):
    if subprocess.run(["unshare", "--mount", "true"], check=False).returncode:
        pytest.skip("mount namespaces are not allowed here")
    found = Libvirt(directory, replay.built_tool().parent)
    found.install_hook()
    with open(directory / "log", "wb") as log:
        with process(["unshare", "--mount", f"{SELFTESTS}/libvirt/private-libvirtd", directory],
                     stdout=log, stderr=log, env={**os.environ, "PATH": found.path()}):
            wait_until((directory / "libvirt-sock").is_socket, 60, found.log)
            yield found
