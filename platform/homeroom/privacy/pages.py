"""How the console shows consent, retention and erasure."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from homeroom.pages import Look, Nav, Widget

__all__ = ["LOOKS", "WIDGETS"]

_HERE: Final = Path(__file__).parent / "home"

LOOKS: Final = (
    Look(
        "ConsentAnswer",
        columns=("purpose", "person_kind", "answer", "answered_at", "answered_by"),
        filters=("purpose", "answer", "person_kind", "answered_at"),
        nav=Nav(
            "office",
            60,
            needs=(
                "privacy.consent.record",
                "privacy.consent.answer",
            ),
        ),
    ),
    Look(
        "PersonErasure",
        columns=("person_kind", "state", "basis", "asked_by", "asked_at"),
        filters=("state", "basis", "person_kind"),
        nav=Nav("office", 70, needs=("privacy.person.erase",)),
    ),
    Look("ConsentPurpose", columns=("title", "code", "legal_basis", "active")),
    Look("LegalHold", columns=("person_kind", "reason", "placed_by", "placed_at", "lifted_at")),
    Look("PersonCopy", columns=("person_kind", "login", "made_at", "kept_until", "file_url")),
    Look("RetentionRule", columns=("person_kind", "category", "months", "legal_basis", "active")),
)
WIDGETS: Final = (
    Widget(
        "privacy.consents",
        title="The school asks for your consent",
        query=_HERE / "consents.graphql",
        template=_HERE / "consents.html",
        order=4,
    ),
)
