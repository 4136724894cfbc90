# SPDX-License-Identifier: GPL-2.0-or-later
"""How the commands that boot guests end, whatever ends them."""

import signal
import sys

from cache import Failed

from .errors import CommandTimeout, GuestError

STATUS_TIMEOUT = 124  # as timeout(1)
STATUS_NO_GUEST = 125  # as timeout(1), env(1) and others, when they themselves fail


def _end_on_signals():
    """So that the guest ends with us: an exception unwinds, a signal by default does not."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, lambda number, _: sys.exit(128 + number))


def status_of(name, run, failed=STATUS_NO_GUEST):
    """Returns the exit status of run(), or the one that says why it did not come to its end.

    name: the command's, for its messages; failed: when something could not be built.
    """
    _end_on_signals()
    try:
        return run()
    except CommandTimeout as error:
        print(f"{name}: {error}", file=sys.stderr)
        return STATUS_TIMEOUT
    except Failed as error:
        print(f"{name}: {error}", file=sys.stderr)
        return failed
    except GuestError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return STATUS_NO_GUEST
    except BrokenPipeError:
        return 128 + signal.SIGPIPE
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
