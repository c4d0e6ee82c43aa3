"""What can be read of copies, requests and holds."""

from __future__ import annotations

from typing import Final

from homeroom.files.addresses import file_address
from homeroom.privacy.consent_tables import ConsentAnswer, ConsentPurpose
from homeroom.privacy.tables import LegalHold, PersonCopy, PersonErasure, RetentionRule
from homeroom.resources import EVERYTHING, resource

__all__ = ["RESOURCES"]

_KIND: Final = ("person_kind",)
_ABOUT: Final = ("person_kind", "person_id")
_KINDS: Final = {"person_id": "person_kind"}

RESOURCES: Final = (
    resource(
        PersonCopy,
        file_address("file_url", PersonCopy.file_id, "Where to fetch it, a ZIP with JSON, CSV and the files."),
        scopes={"school": EVERYTHING, "own": "{row}.account_id = :account"},
        plural="personCopies",
        exclude=("account_id", "file_id"),
        kinds=_KINDS,
        person_kinds=_KIND,
        filters=(*_ABOUT, "made_at"),
        order=("made_at",),
        default_order=("-made_at",),
    ),
    resource(
        LegalHold,
        scopes={"school": EVERYTHING},
        kinds=_KINDS,
        person_kinds=_KIND,
        filters=(*_ABOUT, "lifted_at"),
        order=("placed_at",),
        default_order=("-placed_at",),
    ),
    resource(
        PersonErasure,
        scopes={"school": EVERYTHING},
        exclude=("asked_account",),
        kinds=_KINDS,
        person_kinds=_KIND,
        filters=(*_ABOUT, "state", "basis", "asked_at"),
        order=("asked_at",),
        default_order=("-asked_at",),
        enums={"basis": "ErasureBasis", "state": "ErasureState"},
    ),
    resource(
        RetentionRule,
        scopes={"school": EVERYTHING},
        person_kinds=_KIND,
        filters=("person_kind", "active"),
        order=("person_kind",),
        default_order=("person_kind",),
        enums={"category": "DataCategory"},
    ),
    resource(
        ConsentPurpose,
        scopes={"school": EVERYTHING},
        filters=("code", "active"),
        order=("code",),
        default_order=("code",),
    ),
    resource(
        ConsentAnswer,
        file_address("evidence_url", ConsentAnswer.evidence_id, "Where to fetch the signed paper."),
        # One's own answers: those about oneself, and those that one gave for a child.
        scopes={"school": EVERYTHING, "own": "({row}.person_id = ANY(:persons) OR {row}.account_id = :account)"},
        exclude=("account_id", "evidence_id"),
        kinds=_KINDS,
        person_kinds=_KIND,
        filters=(*_ABOUT, "answer", "answered_at", "purpose"),
        order=("answered_at",),
        default_order=("-answered_at",),
        enums={"answer": "ConsentReply", "means": "ConsentMeans", "side": "ConsentSide"},
    ),
)
