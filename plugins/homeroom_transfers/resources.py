"""Transfers between schools, the consents to them, and what came along."""

from __future__ import annotations

from typing import Final

from homeroom.files.addresses import file_address
from homeroom.resources import EVERYTHING, Extension, Resource, extend, many, resource, through
from homeroom_school.tables import Student
from homeroom_transfers.tables import StudentTransfer, TransferConsent, TransferRecord

__all__ = ["EXTENSIONS", "RESOURCES"]

_SCOPES: Final = ("own_class", "self", "children")

RESOURCES: tuple[Resource, ...] = (
    resource(
        StudentTransfer,
        many("consents", TransferConsent.transfer_id, order=("given_on",)),
        many("records", TransferRecord.transfer_id, order=("kind",)),
        # Who is only offered is nobody's student here: an offer is the office's alone until it is accepted.
        scopes={"school": EVERYTHING, **{each: through(StudentTransfer.student_id, each) for each in _SCOPES}},
        exclude=("parcel_id",),
        filters=("direction", "state", "effective_on", "expires_on", "proposed_on", "other_school", "student"),
        order=("proposed_on", "effective_on", "expires_on"),
        default_order=("-proposed_on",),
        restricted=("reason", "answer", "student_name", "birth_date", "sex", "class_name"),
        enums={"direction": "TransferDirection", "state": "TransferState", "sex": "Sex"},
    ),
    resource(
        TransferConsent,
        scopes={"school": EVERYTHING, **{each: through(TransferConsent.transfer_id, each) for each in _SCOPES}},
        filters=("given_on", "transfer", "student", "guardian"),
        order=("given_on",),
        default_order=("given_on",),
    ),
    resource(
        TransferRecord,
        file_address("file_url", TransferRecord.file_id, "Where to fetch the paper, where there is one."),
        scopes={"school": EVERYTHING, **{each: through(TransferRecord.student_id, each) for each in _SCOPES}},
        exclude=("file_id",),
        filters=("kind", "transfer", "student"),
        order=("kind",),
        default_order=("kind",),
        restricted=("content", "file_url"),
        sensitive=("content",),
    ),
)

EXTENSIONS: Final[tuple[Extension, ...]] = (
    extend(
        Student,
        many(
            "transfers", StudentTransfer.student_id, order=("-proposed_on",), description="To and from other schools."
        ),
        many(
            "transfer_records",
            TransferRecord.student_id,
            order=("kind",),
            description="What came along from the school before.",
        ),
    ),
)
