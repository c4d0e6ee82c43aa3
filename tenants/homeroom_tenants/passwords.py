"""Passwords: Argon2id (RFC 9106), off the event loop, a few at a time.

Parameters are OWASP's first choice, 19 MiB, two passes, one lane. A check costs about a tenth of a second of
a core, so a flood of logins would starve everybody else: two threads work, few wait, and the places are shared fairly
(:mod:`homeroom_tenants.fair_threads`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, ClassVar, Final

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from homeroom.errors import Refusal
from homeroom_tenants.refusals import PASSWORD_LEAKED, PASSWORD_LENGTH, PASSWORD_WEAK

from .fair_threads import FairThreads, Lane, TooBusy
from .known_passwords import KnownPasswords

__all__ = ["MAX_LENGTH", "MIN_LENGTH", "Passwords", "TooBusy", "is_hash"]

#: NIST SP 800-63B: at least 8 characters, no rules of composition, long phrases welcome.
MIN_LENGTH: Final = 8
MAX_LENGTH: Final = 256

#: Checks that may wait for a thread, per thread; more would only wait longer than a browser does.
_WAITING_PER_THREAD: Final = 32
_SOMEBODY: Final = Lane()


def _stable(password: str) -> str:
    # One accent can be typed in two ways; NIST SP 800-63B asks for a stable form before hashing.
    return unicodedata.normalize("NFKC", password)


def is_hash(text: str) -> bool:
    """Whether this is a stored Argon2 hash, with its parameters and salt."""
    try:
        extract_parameters(text)
    except InvalidHashError:
        return False
    return True


class Passwords:
    """Hashes and checks passwords in threads of its own.

    Args:
        threads: How many work at the same time.
        known: What nobody may choose.
    """

    #: What a hash costs, as arguments of :class:`argon2.PasswordHasher`.
    cost: ClassVar[Mapping[str, Any]] = MappingProxyType({"time_cost": 2, "memory_cost": 19 * 1024, "parallelism": 1})

    def __init__(self, threads: int = 2, known: KnownPasswords | None = None) -> None:
        self._known = known or KnownPasswords()
        self._hasher = PasswordHasher(**self.cost)
        self._threads = FairThreads(threads, threads * _WAITING_PER_THREAD)
        self._nobody: str | None = None

    async def choose(self, password: str, login: str) -> str:
        """The hash of a new password, to store, with its parameters and salt.

        Args:
            password: The new password.
            login: The account's login, which a password must not be.

        Raises:
            Refusal: It may not be used; names the field `password`.
            TooBusy: Too many are waiting already.
        """
        if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
            raise Refusal(PASSWORD_LENGTH, "password", least=MIN_LENGTH, most=MAX_LENGTH)
        if password.casefold() == login.casefold() or len(set(password)) == 1:
            raise Refusal(PASSWORD_WEAK, "password")
        lane = Lane(login=login, known=True)
        if await self._threads.run(partial(self._known.knows, _stable(password)), lane):
            raise Refusal(PASSWORD_LEAKED, "password")
        return await self.hash(password, lane)

    async def hash(self, password: str, lane: Lane = _SOMEBODY) -> str:
        """The hash of a password that was in use already. Raises TooBusy."""
        return await self._threads.run(partial(self._hasher.hash, _stable(password)), lane)

    async def verify(self, stored: str | None, password: str, lane: Lane = _SOMEBODY) -> bool:
        """Whether a password is the right one; takes as long where there is no such account.

        Args:
            stored: The stored hash; None if there is no account or it has no password.
            password: As it was typed.
            lane: Who asks, to share the threads fairly.

        Raises:
            TooBusy: Too many are waiting already.
        """
        if len(password) > MAX_LENGTH:
            password, stored = "", None
        return await self._threads.run(partial(self._verify, stored, _stable(password)), lane)

    def outdated(self, stored: str) -> bool:
        """Whether a hash was made with other parameters and should be made again at the next login."""
        return self._hasher.check_needs_rehash(stored)

    def close(self) -> None:
        """Lets the threads end."""
        self._threads.close()

    def _verify(self, stored: str | None, password: str) -> bool:
        known = stored is not None
        if self._nobody is None:
            self._nobody = self._hasher.hash("nobody has this password")
        try:
            self._hasher.verify(stored if stored is not None else self._nobody, password)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False
        return known
