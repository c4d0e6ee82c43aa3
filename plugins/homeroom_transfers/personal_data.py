"""How transfers stand to people."""

from __future__ import annotations

from typing import Final

from homeroom.personal_data import DataCategory, PersonalData, about, deleted
from homeroom_transfers.tables import StudentTransfer, TransferConsent, TransferRecord

__all__ = ["PERSONAL_DATA"]

PERSONAL_DATA: Final[tuple[PersonalData, ...]] = (
    about(
        TransferConsent,
        "student_id",
        "guardian_id",
        "transfer_id.student_id",
        erasure=deleted(),
        category=DataCategory.CONSENT,
        also=(DataCategory.IDENTITY, DataCategory.ENROLMENT),
    ),
    about(
        TransferRecord,
        "student_id",
        erasure=deleted(),
        category=DataCategory.ACADEMIC_RECORD,
        also=(DataCategory.IDENTITY, DataCategory.ENROLMENT),
    ),
    about(
        StudentTransfer,
        "student_id",
        erasure=deleted(),
        category=DataCategory.ENROLMENT,
        also=(DataCategory.IDENTITY,),
    ),
)
