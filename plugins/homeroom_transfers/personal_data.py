"""Whose data transfers hold."""

from __future__ import annotations

from typing import Final

from homeroom.personal_data import DataCategory, PersonalData, about, deleted
from homeroom_transfers.tables import StudentTransfer, TransferConsent, TransferRecord

_OWNERS: Final = {
    TransferConsent: (DataCategory.CONSENT, ("student_id", "guardian_id", "transfer_id.student_id")),
    TransferRecord: (DataCategory.ACADEMIC_RECORD, ("student_id",)),
    StudentTransfer: (DataCategory.ENROLMENT, ("student_id",)),
}
_ALSO: Final = (DataCategory.IDENTITY, DataCategory.ENROLMENT)

PERSONAL_DATA: Final[tuple[PersonalData, ...]] = tuple(
    about(table, *owners, erasure=deleted(), category=category, also=tuple(each for each in _ALSO if each != category))
    for table, (category, owners) in _OWNERS.items()
)
