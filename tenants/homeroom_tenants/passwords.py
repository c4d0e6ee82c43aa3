"""Passwords: Argon2id (RFC 9106), off the event loop, a few at a time.

Parameters are OWASP's first choice, 19 MiB, two passes, one lane. A check costs about a tenth of a second of
a core, so a flood of logins would starve everybody else: two threads work, few wait, the rest is told to come
back.
"""

from __future__ import annotations

import asyncio
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from homeroom.errors import Failure, Invalid

from .known_passwords import KnownPasswords

__all__ = ["MAX_LENGTH", "MIN_LENGTH", "Passwords", "TooBusy"]

Answer = TypeVar("Answer")

#: NIST SP 800-63B: at least 8 characters, no rules of composition, long phrases welcome.
MIN_LENGTH: Final = 8
MAX_LENGTH: Final = 256

#: Checks that may wait for a thread, per thread; more would only wait longer than a browser does.
_WAITING_PER_THREAD: Final = 32


class TooBusy(Failure):
    """More logins at once than the machine can check."""

    code = "TOO_BUSY"
    status = 503


def _stable(password: str) -> str:
    # One accent can be typed in two ways; NIST SP 800-63B asks for a stable form before hashing.
    return unicodedata.normalize("NFKC", password)


class Passwords:
    """Hashes and checks passwords in threads of its own.

    Args:
        threads: How many work at the same time.
        known: What nobody may choose.
    """

    def __init__(self, threads: int = 2, known: KnownPasswords | None = None) -> None:
        self._known = known or KnownPasswords()
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="homeroom-password")
        self._limit = threads * (1 + _WAITING_PER_THREAD)
        self._busy = 0
        self._nobody: str | None = None

    async def choose(self, password: str, login: str) -> str:
        """The hash of a new password, to store, with its parameters and salt.

        Args:
            password: The new password.
            login: The account's login, which a password must not be.

        Raises:
            Invalid: It may not be used; names the field `password`.
            TooBusy: Too many are waiting already.
        """
        if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
            raise Invalid(f"a password has {MIN_LENGTH} to {MAX_LENGTH} characters", field="password")
        if password.casefold() == login.casefold() or len(set(password)) == 1:
            raise Invalid("this password is too easy to guess", field="password")
        if await self._run(partial(self._known.knows, _stable(password))):
            raise Invalid("this password is among those that are known from leaks: choose another", field="password")
        return await self.hash(password)

    async def hash(self, password: str) -> str:
        """The hash of a password that was in use already. Raises TooBusy."""
        return await self._run(partial(self._hasher.hash, _stable(password)))

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether a password is the right one; takes as long where there is no such account.

        Args:
            stored: The stored hash; None if there is no account or it has no password.
            password: As it was typed.

        Raises:
            TooBusy: Too many are waiting already.
        """
        if len(password) > MAX_LENGTH:
            password, stored = "", None
        return await self._run(partial(self._verify, stored, _stable(password)))

    def outdated(self, stored: str) -> bool:
        """Whether a hash was made with other parameters and should be made anew at the next login."""
        return self._hasher.check_needs_rehash(stored)

    def close(self) -> None:
        """Lets the threads end."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _verify(self, stored: str | None, password: str) -> bool:
        known = stored is not None
        if self._nobody is None:
            self._nobody = self._hasher.hash("nobody has this password")
        try:
            self._hasher.verify(stored if stored is not None else self._nobody, password)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False
        return known

    async def _run(self, work: partial[Answer]) -> Answer:
        if self._busy >= self._limit:
            raise TooBusy("too many people are signing in; try again in a moment")
        self._busy += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._busy -= 1
