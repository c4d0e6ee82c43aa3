"""What can be read: one's own notices and preferences, and what became of mails."""

from __future__ import annotations

from homeroom.notices.tables import Notice, NoticeDelivery, NoticePreference
from homeroom.resources import EVERYTHING, resource

__all__ = ["RESOURCES"]

_OWN = "{row}.account_id = :account"

NOTICE = resource(
    Notice,
    # Nobody reads the notices of others: there is no scope `school`.
    scopes={"self": _OWN},
    exclude=("account_id", "key", "digest", "digested_at"),
    filters=("kind", "todo", "created_at", "read_at", "done_at", "due_on"),
    order=("created_at", "due_on"),
    default_order=("-created_at",),
)
DELIVERY = resource(
    NoticeDelivery,
    scopes={"school": EVERYTHING, "self": _OWN},
    plural="noticeDeliveries",
    exclude=("account_id", "notice_id", "enqueued"),
    filters=("state", "kind", "created_at"),
    order=("created_at",),
    default_order=("-created_at",),
    enums={"state": "DeliveryState"},
)
PREFERENCE = resource(
    NoticePreference,
    scopes={"self": _OWN},
    exclude=("account_id",),
    filters=("kind",),
    order=("kind",),
    default_order=("kind",),
    enums={"mode": "NoticeMode"},
)
RESOURCES = (NOTICE, DELIVERY, PREFERENCE)
