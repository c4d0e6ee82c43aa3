"""How long a session lives, and the cookie that carries it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

__all__ = [
    "ABSOLUTE",
    "COOKIE",
    "IDLE",
    "RESET",
    "TOUCH",
    "UNDO",
    "SessionTimes",
    "clear_cookie",
    "cookie_value",
    "one_cookie",
    "set_cookie",
]

#: A session ends so long after it began,
ABSOLUTE: Final = timedelta(hours=12)
#: or so long after its last request.
IDLE: Final = timedelta(hours=3)
#: A link to a new password ends so long after it was made: mail may take its time, a lost letter may not.
RESET: Final = timedelta(hours=1)
#: A link that puts an old address back: long enough for a holiday week, since its owner may not read mail every day.
UNDO: Final = timedelta(days=7)
#: The last request is written down at most so often.
TOUCH: Final = timedelta(minutes=5)

#: `__Host-` makes browsers refuse it with a Domain, without Secure or under another path (RFC 6265bis,
#: 4.1.3.2).
COOKIE: Final = "__Host-homeroom"
#: RFC 9110, 5.6.3.
_OPTIONAL_SPACE: Final = " \t"
_ATTRIBUTES: Final = "Path=/; Secure; HttpOnly; SameSite=Lax"


@dataclass(frozen=True, slots=True)
class SessionTimes:
    """When a session began and was last used, UTC."""

    created_at: datetime
    last_seen_at: datetime

    @property
    def ends_at(self) -> datetime:
        """When it ends if nothing more comes."""
        return min(self.created_at + ABSOLUTE, self.last_seen_at + IDLE)

    def alive(self, now: datetime) -> bool:
        """Whether it may still be used."""
        return now < self.ends_at

    def wants_touch(self, now: datetime) -> bool:
        """Whether the use of now should be written down."""
        return now - self.last_seen_at >= TOUCH


def set_cookie(token: str) -> str:
    """The value of the Set-Cookie header that gives a browser its session.

    It is a cookie of the browser's session: without Max-Age it is gone when the browser closes.
    """
    return f"{COOKIE}={token}; {_ATTRIBUTES}"


def clear_cookie() -> str:
    """The value of the Set-Cookie header that takes it away."""
    return f"{COOKIE}=; {_ATTRIBUTES}; Max-Age=0"


def cookie_value(header: str) -> str | None:
    """The session's token in a Cookie header, or None."""
    return one_cookie(header, COOKIE)


def one_cookie(header: str, wanted: str) -> str | None:
    """The value of one cookie in a Cookie header (RFC 6265, 4.2), or None.

    A header that names it twice is none: a browser never sends that, so somebody planted one. Only spaces and tabs may
    stand around a name: a page of a sibling domain can set a cookie whose name begins with another sign, such as a
    no-break space, and a browser does not see the `__Host-` behind it.
    """
    found = [
        value.strip(_OPTIONAL_SPACE)
        for name, _, value in (pair.partition("=") for pair in header.split(";"))
        if name.strip(_OPTIONAL_SPACE) == wanted
    ]
    return found[0] if len(found) == 1 and found[0] else None
