"""How far deliveries come and what people choose; apart from the tables, which the command line does without."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["DeliveryState", "NoticeMode"]


class DeliveryState(StrEnum):
    """How far a mail has come."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    HELD = "held"


class NoticeMode(StrEnum):
    """How somebody wants to hear of a kind of notice."""

    INBOX = "inbox"
    MAIL = "mail"
    DIGEST = "digest"
    OFF = "off"
