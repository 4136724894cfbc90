# SPDX-License-Identifier: GPL-2.0-or-later
"""The fixed address on other architectures (others.py): a test for each column."""

import others
import pytest
import results
from column import FAILED, HELD, LOST
from guest import Machine
from harness.guests import APPEND, TestGuest

TIMEOUT = 300


def outcome(guest, column):
    """What has become of the card, and what the guest said."""
    said, ok = [], True
    for command, held, lost in others.QUESTIONS:
        done = guest.run("sh", "-c", command)
        wanted = lost if column.lost else held
        said.append(f"{command}\nstatus {done.status}, expected {wanted}\n"
                    + (done.stdout + done.stderr).decode(errors="replace"))
        ok = ok and done.status == wanted
    return (LOST if column.lost else HELD) if ok else FAILED, "\n".join(said)


@pytest.mark.long("six machines of three architectures")
@pytest.mark.parametrize("column", [pytest.param(column, id=column.name) for column in others.COLUMNS])
def test_column(column, subtests):
    known = results.known(column.name)
    events = [event for event in others.EVENTS if ("fpga", event.name) not in known]
    if not events:
        pytest.skip("MATRIX_RESULTS has all of it")
    with TestGuest(Machine(**column.machine, append=APPEND), TIMEOUT) as guest:
        guest.boot()
        for event in events:
            became = FAILED
            try:
                with subtests.test(event.name):
                    event.happen(guest)
                    became, said = outcome(guest, column)
                    assert became != FAILED, said
            finally:
                results.add(column.name, {("fpga", event.name): became})
        with subtests.test("the guest's kernel does not complain"):
            assert not guest.complaints()
