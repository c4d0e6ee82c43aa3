"""How many documents that nobody has asked before an account may ask in a time.

A document is parsed, validated and planned once and then known; a client has a handful of them. A client that sends
ever new ones makes the server do that work again and again, and those of other schools wait for it: so the work is
bounded, by account, and what is refused counts ten times. Known documents are not counted.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from homeroom_graphql.refusals import TOO_MANY_DOCUMENTS
from homeroom_graphql.requests import BadRequest

if TYPE_CHECKING:
    from uuid import UUID

__all__ = ["Novelty"]

#: Characters of which a document may have so many for each unit that it costs, beside the one for being new.
_CHARACTERS: Final = 500
_REFUSED: Final = 10
#: What is saved up while nothing new is asked, in seconds.
_SAVED_SECONDS: Final = 20
#: Accounts that are remembered; an account that is forgotten begins with all that can be saved up.
_ACCOUNTS: Final = 10_000


class Novelty:
    """The accounts' allowances, in one process.

    Args:
        rate: Units a second: small new documents; 0 is no limit.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._most = float(rate * _SAVED_SECONDS)
        self._left: OrderedDict[UUID, tuple[float, float]] = OrderedDict()

    def charge(self, account: UUID | None, document: str) -> None:
        """Take the cost of a new document; the installation itself pays nothing.

        Raises:
            BadRequest: Nothing is left (429).
        """
        if account is not None and self._take(account, self._cost(document)) < 0:
            raise BadRequest.with_headers(TOO_MANY_DOCUMENTS, (b"retry-after", b"5"))

    def refused(self, account: UUID | None, document: str) -> None:
        """Take the rest of what a document costs that is refused."""
        if account is not None:
            self._take(account, (_REFUSED - 1) * self._cost(document), owing=True)

    def _cost(self, document: str) -> float:
        return 1 + min(len(document), 20_000) / _CHARACTERS

    def _take(self, account: UUID, cost: float, *, owing: bool = False) -> float:
        if not self._rate:
            return 0.0
        now = time.monotonic()
        left, since = self._left.get(account, (self._most, now))
        left = min(self._most, left + (now - since) * self._rate)
        if owing or left > 0:
            # An account may owe as much as it can save up, and then waits twice as long at most.
            self._left[account] = (max(left - cost, -self._most), now)
            self._left.move_to_end(account)
            if len(self._left) > _ACCOUNTS:
                self._left.popitem(last=False)
            return 0.0
        return -1.0
