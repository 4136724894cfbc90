# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest as a fixture, and what its kernel complains of.

    def test_topology(guest):
        guest.sh("lspci -t", matches=[r"-04\\.0-"])

    @pytest.mark.machine(machine="q35", firmware="ovmf")
    def test_link(guest):
        assert guest.run("cat", "/proc/ioports").status == 0

The tests of a suite that want the same machine share one guest, and are run one after the other,
for as long as they pass. @pytest.mark.fresh_guest boots one for this test; after a test with
@pytest.mark.spoils_guest, which does not leave it as it was, it is not used any more. A test
during which the guest's kernel complains has failed.
"""

import contextlib

import pytest
from guest import Guest, GuestError, Machine, complaints, images

from .commands import tail, verdict

# What tells that QEMU's TCG has ended the guest, not what is tested.
RACES_OF_TCG = (
    # One processor changes the map of memory (a BAR is turned off) while another accesses a
    # device: iotlb_to_section() in system/physmem.c looks up in the new map what was found in
    # the old one. In QEMU 10.0 this ends QEMU, once in some hundred guests.
    "iotlb_to_section: Assertion",
    # A processor's own timer does not fire any more, and it idles for ever. Its local APIC is
    # the only device that could have done so; the kernel says this of no other cause.
    "Possible timer handling issue on cpu=",
)

# Stalls of a processor on a busy host are no fault of the kernel.
APPEND = ("rcupdate.rcu_cpu_stall_timeout=300",)


class TestGuest(Guest):
    """A guest, with what tests want besides."""

    __test__ = False  # whatever pytest thinks of the name

    def boot(self, wait=True):
        super().boot(wait)
        self._watch = complaints.Watch(self.logs)

    def sh(self, command, status=0, matches=(), **options):
        """Runs a shell command and returns what it has said, on both of its outputs.

        Fails when it does not end with this status, or a regular expression of matches is not
        in what it said.
        """
        __tracebackhide__ = True
        result = self.run("sh", "-c", command, **options)
        output = (result.stdout + result.stderr).decode(errors="replace")
        print(f"guest# {tail(command, 5)}\n{output}", end="", flush=True)
        verdict([command], result.status, output, status, matches)
        return output

    def complaints(self):
        """What its kernel has complained of since the last call."""
        return complaints.find(self._watch.news())

    def settle(self):
        """Waits until all that the kernel has said is on the console."""
        mark = f"selftests: end of {self.boot_id}"
        self.run("sh", "-c", f"echo '<1>{mark}' >/dev/kmsg")
        self._wait(lambda: mark in self.console(), "the console to show the end of the log", 30)


class Guests:
    """At most one guest at a time."""

    def __init__(self):
        self._guest = None

    def get(self, machine, fresh=False, timeout=300):
        if self._guest and (fresh or self._guest.machine != machine):
            self.close()
        if not self._guest:
            self._guest = TestGuest(machine, timeout)
            try:
                self._guest.boot()
            except BaseException:
                self.drop()
                raise
        return self._guest

    def close(self):
        """Ends the guest, if there is one; fails when its kernel has complained to the last."""
        if self._guest:
            try:
                with contextlib.suppress(GuestError):
                    self._guest.settle()
                found = self._guest.complaints()
            finally:
                self.drop()
            assert not found, f"the guest's kernel complains:\n{found}"

    def drop(self):
        """Ends the guest, whatever state it is in."""
        guest, self._guest = self._guest, None
        if guest:
            guest.close()


@pytest.fixture(scope="session")
def guests():
    pool = Guests()
    yield pool
    pool.close()


def machine_of(item):
    """The machine that a test asks for by its mark."""
    mark = item.get_closest_marker("machine")
    machine = Machine(**mark.kwargs) if mark else Machine()
    machine.append = (*machine.append, *APPEND)
    return machine


@pytest.fixture
def machine(request):
    """The machine of the guest; a file that has to make one first overrides this."""
    return machine_of(request.node)


@pytest.fixture
def boot_timeout():
    """How long it may take to come up, and then each command [s]; a file can override this."""
    return 300


@pytest.fixture
def guest(request, guests, machine, boot_timeout):
    """A booted guest: Guest of scripts/lib/guest, with sh() besides."""
    item = request.node
    found = guests.get(machine, bool(item.get_closest_marker("fresh_guest")), boot_timeout)
    yield found
    said = found.complaints()
    if said or item.has_failed or item.get_closest_marker("spoils_guest"):
        guests.drop()
    assert not said, f"the guest's kernel complains:\n{said}"


@pytest.fixture
def guest_content(monkeypatch):
    """guest_content(parts, packages): what the guests of this test have of the project, and which
    packages more, as scripts/guest's GUEST_PARTS and GUEST_PACKAGES say."""

    def choose(parts="", packages=""):
        monkeypatch.setenv("GUEST_PARTS", parts)
        monkeypatch.setenv("GUEST_PACKAGES", packages)
        images.prepare.cache_clear()

    yield choose
    images.prepare.cache_clear()


def group_by_machine(items):
    """Puts the tests together that can share a guest, those that spoil it last; else as they are
    in their files."""
    first = {}
    places = {}
    for index, item in enumerate(items):
        group = repr(machine_of(item)) if "guest" in getattr(item, "fixturenames", ()) else str(item.path)
        places[item] = first.setdefault(group, index), bool(item.get_closest_marker("spoils_guest"))
    items.sort(key=places.get)


def is_race_of_tcg(text):
    return any(race in text for race in RACES_OF_TCG)


def race_of_tcg(reports):
    return any(report.failed and is_race_of_tcg(report.longreprtext) for report in reports)
