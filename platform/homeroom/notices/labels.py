"""English labels in place of those that follow from names; see :mod:`homeroom.labels`."""

from __future__ import annotations

from typing import Final

__all__ = ["LABELS"]

LABELS: Final = {
    "notices.mail.dispatch": "Send waiting mails",
    "notices.mail.deliver": "Send a mail",
    "notices.mail.resume": "Send held mails",
    "notices.mail.digest": "Send mails of the day",
}
