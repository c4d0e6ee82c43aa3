"""What can be read of copies, requests and holds."""

from __future__ import annotations

from typing import Final

from homeroom.files.addresses import file_address
from homeroom.privacy.tables import LegalHold, PersonCopy, PersonErasure
from homeroom.resources import EVERYTHING, resource

__all__ = ["RESOURCES"]

_ABOUT: Final = ("person_kind", "person_id")

RESOURCES: Final = (
    resource(
        PersonCopy,
        file_address("file_url", PersonCopy.file_id, "Where to fetch it, a ZIP with JSON, CSV and the files."),
        scopes={"school": EVERYTHING, "own": "{row}.account_id = :account"},
        plural="personCopies",
        exclude=("account_id", "file_id"),
        filters=(*_ABOUT, "made_at"),
        order=("made_at",),
        default_order=("-made_at",),
    ),
    resource(
        LegalHold,
        scopes={"school": EVERYTHING},
        filters=(*_ABOUT, "lifted_at"),
        order=("placed_at",),
        default_order=("-placed_at",),
    ),
    resource(
        PersonErasure,
        scopes={"school": EVERYTHING},
        exclude=("asked_account",),
        filters=(*_ABOUT, "state", "asked_at"),
        order=("asked_at",),
        default_order=("-asked_at",),
        enums={"basis": "ErasureBasis", "state": "ErasureState"},
    ),
)
