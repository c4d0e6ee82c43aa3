"""Who has consented to a transfer, and whether that is what the school requires."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from homeroom.commands import Ref
from homeroom.context import Context
from homeroom.errors import Problem, Refusal, refuse_all
from homeroom.refusals import IN_THE_FUTURE
from homeroom.texts import plain_text
from homeroom_school.settings import REGISTRY_SETTINGS
from homeroom_school.tables import TransferConsentRule
from homeroom_transfers.refusals import (
    ANOTHER_STUDENT,
    CONSENT_NEEDED,
    GUARDIAN_CONSENT_NEEDED,
    NO_SUCH_GUARDIAN,
    STUDENT_CONSENT_NEEDED,
    STUDENT_OR_GUARDIAN,
)

_GUARDIANS: Final = """
SELECT guardian_id FROM guardianship WHERE student_id = $1 AND starts_on <= $2 AND (ends_on IS NULL OR ends_on >= $2)
"""
#: Whose consent a school requires, by the column that names them.
_NEEDED: Final = {
    TransferConsentRule.ANY: (("student_id", "guardian_id"), CONSENT_NEEDED),
    TransferConsentRule.STUDENT: (("student_id",), STUDENT_CONSENT_NEEDED),
    TransferConsentRule.GUARDIAN: (("guardian_id",), GUARDIAN_CONSENT_NEEDED),
}


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """The consent of the student or of a guardian of today.

    Args:
        given_on: The day on which it was given; by default today.
        note: How, such as the number of the signed form.
    """

    student: Annotated[UUID, Ref("Student")] | None = None
    guardian: Annotated[UUID, Ref("Guardian")] | None = None
    given_on: date | None = None
    note: str = ""


async def consents_of(context: Context, student: UUID, rows: list[ConsentRow]) -> list[dict[str, Any]]:
    """The consents as columns.

    Raises:
        Refusal: One is by somebody else, or one that the school requires is missing (CONSENT_NEEDED).
    """
    guardians = {row["guardian_id"] for row in await context.fetch(_GUARDIANS, student, context.today)}
    problems: list[Problem] = []
    agreed: list[dict[str, Any]] = []
    for number, row in enumerate(rows):
        if (row.student is None) == (row.guardian is None):
            problems.append(Problem(STUDENT_OR_GUARDIAN, "consents.student", number))
        elif row.student is not None and row.student != student:
            problems.append(Problem(ANOTHER_STUDENT, "consents.student", number))
        elif row.guardian is not None and row.guardian not in guardians:
            problems.append(Problem(NO_SUCH_GUARDIAN, "consents.guardian", number))
        elif row.given_on is not None and row.given_on > context.today:
            problems.append(Problem(IN_THE_FUTURE, "consents.given_on", number))
        else:
            agreed.append(
                {
                    "student_id": row.student,
                    "guardian_id": row.guardian,
                    "given_on": row.given_on or context.today,
                    "note": plain_text(row.note, 400, "consents.note", number),
                }
            )
    refuse_all(problems)
    rule = (await REGISTRY_SETTINGS.read(context)).transfer_consent
    if rule in _NEEDED:
        columns, missing = _NEEDED[rule]
        if all(each[column] is None for each in agreed for column in columns):
            raise Refusal(missing, "consents")
    return agreed
