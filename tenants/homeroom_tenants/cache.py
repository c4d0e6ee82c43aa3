"""What this process remembers of the directory. Holds nothing unless changes are received.

An entry is stored only if nothing at all was received since it was asked for: an answer that was on its way when
somebody changed the matter is used once and not kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from homeroom.callers import Caller, Space
from homeroom.permissions import Rule

from .standing import Standing

__all__ = ["Cache", "Credential", "KnownSpace", "KnownSpaces"]

#: Seconds in which a transaction that changes the directory is committed and its notice received.
_DISTRUST: Final = 5.0
#: Sessions and tokens remembered by one process; beyond, it starts over.
_KEPT: Final = 50_000


@dataclass(frozen=True, slots=True, eq=False)
class KnownSpace:
    """A space with what only the directory needs of it."""

    space: Space
    origins: frozenset[str]
    rules: tuple[Rule, ...]
    district: UUID | None
    #: Why it is suspended or closed, if it is.
    closed_because: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class KnownSpaces:
    """All spaces at one moment, found by id, short name and host name."""

    by_id: dict[UUID, KnownSpace]
    by_slug: dict[str, KnownSpace]
    by_host: dict[str, KnownSpace]

    def changed(self, ids: Collection[UUID], now: KnownSpaces) -> KnownSpaces:
        """All spaces after some of them have changed.

        Args:
            ids: Those that have changed, come or gone.
            now: They as they are now.
        """
        by_id = {key: each for key, each in self.by_id.items() if key not in ids} | now.by_id
        by_slug = {key: each for key, each in self.by_slug.items() if each.space.id not in ids} | now.by_slug
        by_host = {key: each for key, each in self.by_host.items() if each.space.id not in ids} | now.by_host
        return KnownSpaces(by_id, dict(sorted(by_slug.items())), by_host)


@dataclass(slots=True, eq=False)
class Credential:
    """A session or token that was shown.

    Args:
        digest: Of its secret.
        standing: Whose it is and what they hold.
        last_seen_at: When a use of it was last written down, as far as this process knows.
        used: Whether any use was written down.
    """

    digest: bytes
    standing: Standing
    last_seen_at: datetime
    used: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """What was decided about a request's head.

    Args:
        caller: Who it is.
        until: When the clock alone may decide otherwise, UTC.
        generation: Of the cache when it was asked; anything received since makes it worthless.
        credential: The id of the session or API token, for the log.
    """

    caller: Caller
    until: datetime
    generation: int
    credential: str


class Cache:
    """Spaces and credentials.

    Args:
        hearing: Tells whether changes are being received.
    """

    def __init__(self, hearing: Callable[[], bool]) -> None:
        self._hearing = hearing
        self._spaces: KnownSpaces | None = None
        self._credentials: dict[bytes, Credential] = {}
        self._verdicts: dict[bytes, Verdict] = {}
        self._by_account: dict[UUID, set[bytes]] = {}
        self._generation = 0
        self._stale: set[UUID] = set()
        self._distrusted: dict[str, float] = {}

    @property
    def generation(self) -> int:
        """Rises with everything that is received. Ask before the database; hand it back when storing."""
        return self._generation

    def distrust(self, what: str) -> None:
        """Forgets a matter and remembers nothing of it until its notice is received.

        For a change that is about to be committed: until then the database still has the old state, and the process
        that made the change must not be answered by it afterwards. Without a notice (the change was rolled back) this
        ends by itself.

        Args:
            what: As a notice says it, `space:<id>` or `account:<id>`.
        """
        self.changed(what)
        self._distrusted[what] = time.monotonic() + _DISTRUST

    def _distrusts(self, beginning: str) -> bool:
        if not self._distrusted:
            return False
        now = time.monotonic()
        self._distrusted = {what: until for what, until in self._distrusted.items() if until > now}
        return any(what.startswith(beginning) for what in self._distrusted)

    def changed(self, what: str) -> None:
        """Forgets what a notice is about; everything, if it is not understood."""
        self._generation += 1
        self._distrusted.pop(what, None)
        kind, _, ident = what.partition(":")
        if kind == "account":
            try:
                account = UUID(ident)
            except ValueError:
                self.forget()
                return
            for digest in self._by_account.pop(account, ()):
                self._credentials.pop(digest, None)
        else:
            try:
                self._stale.add(UUID(ident))
            except ValueError:
                self.forget()
                return
            self._forget_credentials()  # what somebody holds may depend on the space's district

    def forget(self) -> None:
        """Forgets everything."""
        self._generation += 1
        self._spaces = None
        self._stale.clear()
        self._forget_credentials()

    def _forget_credentials(self) -> None:
        self._credentials.clear()
        self._verdicts.clear()
        self._by_account.clear()

    def verdict(self, asked: bytes) -> Verdict | None:
        """What was decided about the same head, if nothing was received since."""
        verdict = self._verdicts.get(asked)
        return verdict if verdict is not None and verdict.generation == self._generation else None

    def keep_verdict(self, asked: bytes, verdict: Verdict, credential: Credential) -> None:
        """Remembers a verdict, if everything that it depends on is remembered."""
        rests = self._credentials.get(credential.digest) is credential and self.spaces is not None
        if not rests or verdict.generation != self._generation or not self._hearing():
            return
        if len(self._verdicts) >= _KEPT:
            self._verdicts.clear()
        self._verdicts[asked] = verdict

    @property
    def spaces(self) -> KnownSpaces | None:
        """The remembered spaces, or None if any has changed."""
        return None if self._stale else self._spaces

    @property
    def remembered(self) -> tuple[KnownSpaces | None, frozenset[UUID]]:
        """The remembered spaces, or None, and which of them have changed since."""
        return self._spaces, frozenset(self._stale)

    def keep_spaces(self, spaces: KnownSpaces, generation: int) -> None:
        """Remembers the spaces, if nothing was received since `generation`."""
        if generation == self._generation and self._hearing() and not self._distrusts("space:"):
            self._spaces = spaces
            self._stale.clear()

    def credential(self, digest: bytes) -> Credential | None:
        """The remembered credential with this digest, or None."""
        return self._credentials.get(digest)

    def keep_credential(self, credential: Credential, generation: int) -> None:
        """Remembers a credential, if nothing was received since `generation`."""
        if generation != self._generation or not self._hearing():
            return
        if self._distrusts(f"account:{credential.standing.account.id}"):
            return
        if len(self._credentials) >= _KEPT:
            self._credentials.clear()
            self._by_account.clear()
        self._credentials[credential.digest] = credential
        self._by_account.setdefault(credential.standing.account.id, set()).add(credential.digest)

    def drop_credential(self, digest: bytes) -> None:
        """Forgets one credential."""
        found = self._credentials.pop(digest, None)
        if found is not None:
            self._by_account.get(found.standing.account.id, set()).discard(digest)
