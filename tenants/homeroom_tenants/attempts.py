"""How many attempts are allowed, and under which names they are counted.

Passwords are guessed in three ways, and each has a limit of its own within a quarter of an hour: one login from one
address, many logins from one address, and one login from many addresses. A browser that has signed in with the login
before is counted by itself alone, so that strangers lock out no such browser.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from homeroom.errors import Failure
from homeroom.refusals import FailureCode
from homeroom_tenants.refusals import TOO_MANY_ATTEMPTS

if TYPE_CHECKING:
    from homeroom.host import Host

    from .credential_store import CredentialStore, LoginAttempt

__all__ = ["ATTEMPTS", "LOGIN_ATTEMPTS", "PERIOD", "Attempts", "Limit", "TooManyAttempts", "bucket"]

#: Wrong passwords for one login, known or not, from one address or one known browser.
ATTEMPTS: Final = 10
#: Wrong passwords for one login from all addresses; NIST SP 800-63B, 5.2.2, allows no more than 100.
LOGIN_ATTEMPTS: Final = 100
PERIOD: Final = timedelta(minutes=15)


class TooManyAttempts(Failure):
    """Too many attempts; says nothing about whether there is such an account."""

    code: Any = TOO_MANY_ATTEMPTS


class Limit(NamedTuple):
    """A name under which something is counted, and how often it may happen in a quarter of an hour."""

    bucket: str
    most: int


def bucket(kind: str, *parts: str) -> str:
    """A name for counting. The kind comes first, so that no part that somebody typed makes it another kind."""
    return "\n".join((kind, *(each.replace("\n", " ") for each in parts)))


class Attempts:
    """Counts attempts in the database, for all processes together.

    Args:
        host: The host.
        store: The directory's functions.
    """

    def __init__(self, host: Host, store: CredentialStore) -> None:
        self._host = host
        self._store = store

    def limits(self, login: str, network: str, device: str | None) -> list[Limit]:
        """What an attempt to sign in is counted under, the narrowest first.

        Args:
            login: In its normal form.
            network: The client's address; see :func:`homeroom.client_address.network_of`.
            device: A browser that has signed in with this login before.
        """
        if device is not None:
            return [Limit(bucket("device", login, device), ATTEMPTS)]
        return [
            Limit(bucket("login from", login, network), ATTEMPTS),
            Limit(bucket("from", network), self._host.settings.login_failures),
            Limit(bucket("login", login), LOGIN_ATTEMPTS),
        ]

    async def begin(
        self, limits: Sequence[Limit], login: str = "", *, refusal: FailureCode = TOO_MANY_ATTEMPTS
    ) -> LoginAttempt:
        """Count an attempt under each name, and look up a login. An attempt that one limit refuses counts for none.

        Args:
            limits: The narrowest first.
            login: In its normal form; empty to look up nobody.
            refusal: What a refusal says.

        Raises:
            TooManyAttempts: A limit is reached.
        """
        known = await self._store.login_begin(login, limits, self._host.clock(), PERIOD)
        if not known.allowed:
            raise TooManyAttempts(refusal)
        return known

    async def succeeded(self, limits: Sequence[Limit]) -> None:
        """Forget what was counted under the first name, and take it off the others."""
        await self._store.login_done([each.bucket for each in limits])

    async def forget(self, login: str, network: str) -> None:
        """Forget the attempts on a login, from this address and from all together, once its owner has signed in."""
        await self._store.login_forget([bucket("login from", login, network), bucket("login", login)])
