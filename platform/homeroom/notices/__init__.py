"""Notices: what people are told and what they are to do, in their inbox and by mail.

A plugin declares its kinds with :class:`NoticeKind` and gives them by the hook ``notice_kinds``; a command, job or
event tells with :func:`notify`, or the recipients of rows with :func:`tell`, and takes off the list what is done with
:func:`settle`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from homeroom.notices.kinds import LANGUAGES, NoticeKind

if TYPE_CHECKING:
    from homeroom.notices.sending import is_to_do, notify, settle
    from homeroom.notices.telling import tell

__all__ = ["LANGUAGES", "NoticeKind", "is_to_do", "notify", "settle", "tell"]


def __getattr__(name: str) -> Any:
    """What tells, when somebody asks for it: it needs the database, and whoever merely declares a kind does not."""
    if name in ("is_to_do", "notify", "settle"):
        from homeroom.notices import sending

        return getattr(sending, name)
    if name == "tell":
        from homeroom.notices import telling

        return telling.tell
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
