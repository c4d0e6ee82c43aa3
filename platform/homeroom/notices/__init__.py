"""Notices: news and things to do for people, in their inbox and by mail.

A plugin declares its kinds with :class:`NoticeKind` and gives them by the hook ``notice_kinds``. A command, job or
event sends notices with :func:`notify`, or to the recipients of rows with :func:`notify_about`, and marks things to do
as done with :func:`settle`. :class:`NoticeAbout` and :func:`reminder` declare what is ordinary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from homeroom.notices.kinds import LANGUAGES, NoticeKind

if TYPE_CHECKING:
    from homeroom.notices.about_rows import notify_about
    from homeroom.notices.reminders import NoticeAbout, reminder
    from homeroom.notices.sending import is_to_do, notify, settle

__all__ = [
    "LANGUAGES",
    "NoticeAbout",
    "NoticeKind",
    "is_to_do",
    "notify",
    "notify_about",
    "reminder",
    "settle",
]


def __getattr__(name: str) -> Any:
    """What sends notices, imported on use: it needs the database, and a declaration of a kind does not."""
    if name in ("is_to_do", "notify", "settle"):
        from homeroom.notices import sending

        return getattr(sending, name)
    if name in ("NoticeAbout", "reminder"):
        from homeroom.notices import reminders

        return getattr(reminders, name)
    if name == "notify_about":
        from homeroom.notices import about_rows

        return about_rows.notify_about
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
