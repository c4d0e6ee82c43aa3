"""Notices about webhooks to administrators."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from homeroom.notices import NoticeKind

__all__ = ["DISABLED", "NOTICE_KINDS"]

DISABLED: Final = NoticeKind(
    "webhooks.endpoint_disabled",
    title="A webhook is switched off",
    subject="A webhook is switched off: {title}",
    body="Nothing is sent to {title} any more: {reason}. What happens meanwhile is not sent later.",
    values={"title": "What the webhook is for, or its host.", "reason": "Why."},
    locale=Path(__file__).parent / "locale",
    channel="mail",
)
NOTICE_KINDS: Final = (DISABLED,)
