"""Transfers between schools, the consents to them, and the records that came with students."""

from __future__ import annotations

from typing import Final

from homeroom.files.addresses import file_address
from homeroom.resources import Extension, Resource, along, extend, many, resource
from homeroom_school.tables import Student
from homeroom_transfers.tables import StudentTransfer, TransferConsent, TransferRecord

_SCOPES: Final = ("own_class", "self", "children")

RESOURCES: tuple[Resource, ...] = (
    resource(
        StudentTransfer,
        many("consents", TransferConsent.transfer_id, order=("given_on",)),
        many("records", TransferRecord.transfer_id, order=("kind",)),
        # A student who is only offered is no student of this school: only the office sees the offer.
        scopes=along(StudentTransfer.student_id, *_SCOPES),
        exclude=("parcel_id",),
        filters=("direction", "state", "effective_on", "expires_on", "proposed_on", "other_school", "student"),
        order=("proposed_on", "effective_on", "expires_on"),
        default_order=("-proposed_on",),
        restricted=("reason", "answer", "student_name", "birth_date", "sex", "class_name"),
        enums={"direction": "TransferDirection", "state": "TransferState", "sex": "Sex"},
    ),
    resource(
        TransferConsent,
        scopes=along(TransferConsent.transfer_id, *_SCOPES),
        filters=("given_on", "transfer", "student", "guardian"),
        order=("given_on",),
        default_order=("given_on",),
    ),
    resource(
        TransferRecord,
        file_address("file_url", TransferRecord.file_id, "Where to fetch the paper, where there is one."),
        scopes=along(TransferRecord.student_id, *_SCOPES),
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
            description="Records from the school before.",
        ),
    ),
)
