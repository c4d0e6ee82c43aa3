"""What people are informed of."""

from __future__ import annotations

from homeroom.notices import NoticeKind

PUBLISHED = NoticeKind(
    "talents.published",
    title="Talents of one's child",
    subject="{title} was published",
    body="{title} is in the talent bank.",
    values={"title": "What it is called."},
)
NOTICE_KINDS = (PUBLISHED,)
