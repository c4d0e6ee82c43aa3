"""What members are told about their accounts."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from homeroom.notices import NoticeKind

__all__ = ["KINDS", "PASSWORD_CHANGED"]

_LOCALE: Final = Path(__file__).parent / "locale"

PASSWORD_CHANGED: Final = NoticeKind(
    "tenants.password_changed",
    title="Password changed",
    subject="Your password was changed",
    body=(
        "The password of your account {login} was changed. If it was not you, ask for a new one at once and tell the"
        " office."
    ),
    values={"login": "By which the account signs in."},
    locale=_LOCALE,
    channel="mail",
    optional=False,
)
KINDS: Final = (PASSWORD_CHANGED,)
