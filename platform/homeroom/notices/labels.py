"""English labels in place of those that follow from names; see :mod:`homeroom.labels`."""

from __future__ import annotations

from typing import Final

__all__ = ["LABELS"]

LABELS: Final = {
    "jobs.notices.mail.dispatch": "Send waiting mails",
    "jobs.notices.mail.deliver": "Send a mail",
    "jobs.notices.mail.resume": "Send held mails",
    "jobs.notices.mail.digest": "Send mails of the day",
}
