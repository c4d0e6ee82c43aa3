"""Messages to families."""

from __future__ import annotations

from homeroom.notices import NoticeKind

MESSAGE = NoticeKind(
    "desks.message", "The school has a message", "{name}", "{body}", values={"name": "the subject", "body": "the text"}
)
NOTICE_KINDS = (MESSAGE,)
