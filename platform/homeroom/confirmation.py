"""Commands that need a recent proof of the password.

Who steals the cookie of an administrator must not be able to give others access, or themselves a lasting one, nor take
the access of others away. A command that is declared with ``confirmed=True`` therefore needs a session whose owner has
given the password lately: at the sign-in or since then (OWASP ASVS 5.0, 7.5.3). A token of a page of another origin
counts from the sign-in that it comes from. An API token needs no more: the password was given for it when it was made,
and a program has none to give. Jobs and the command line are no sessions.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from homeroom import refusals
from homeroom.errors import Forbidden

if TYPE_CHECKING:
    from datetime import datetime

    from homeroom.callers import Caller
    from homeroom.commands import Command

__all__ = ["ConfirmationRequired", "require_confirmation"]


class ConfirmationRequired(Forbidden):
    """The session has to prove its password again before it may do this."""

    code = refusals.CONFIRMATION_REQUIRED


def require_confirmation(caller: Caller, command: Command, now: datetime, minutes: int) -> None:
    """Make sure that a caller may run a command now.

    Args:
        caller: Who asks.
        command: What is to be run.
        now: The present moment, UTC.
        minutes: How long a proof of the password counts.

    Raises:
        ConfirmationRequired: The command needs a recent proof of the password, and there is none.
    """
    if not command.confirmed or caller.via in ("cli", "job"):
        return
    if caller.via == "token" and caller.confirmed_at is None:  # an API token
        return
    if caller.confirmed_at is None or now - caller.confirmed_at >= timedelta(minutes=minutes):
        raise ConfirmationRequired
