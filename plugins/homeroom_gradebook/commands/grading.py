"""How subjects are graded, and what the school decides where a regulation leaves it open."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from homeroom.commands import UNSET, Ref, Unset, command
from homeroom.context import Context
from homeroom.nouns import Noun
from homeroom_gradebook.installed import scheme_named
from homeroom_gradebook.tables import Measure, SchemeChoice, SubjectGrading

_GRADING: Final = Noun(SubjectGrading, "gradebook.subject")


@command("gradebook.subject.grade", returns="SubjectGrading")
async def grade_subject(
    context: Context,
    *,
    subject: Annotated[UUID, Ref("Subject")],
    measure: Measure,
    key: str | Unset | None = UNSET,
    expected_version: int | None = None,
) -> UUID:
    """Say how a subject is graded. The key stays where it is not given; null clears it.

    Books that are open already keep what they were opened under.
    """
    (checked,) = await _GRADING.checked(context, [{"subject": subject, "key": key}])
    values = checked | {"measure": measure.value}
    row: UUID | None = await context.fetchval("SELECT id FROM subject_grading WHERE subject_id = $1", subject)
    if row is None:
        (row,) = await context.rows(SubjectGrading).insert([values])
    else:
        rows = context.rows(SubjectGrading)
        await rows.update(row, values, expected_version=expected_version, field="expectedVersion")
    return row


@command("gradebook.scheme.choose", returns="SchemeChoice")
async def choose_grading(context: Context, *, scheme: str, name: str, value: str) -> UUID:
    """Decide a point that a regulation leaves open. Results that are stored already stay as they are.

    Args:
        scheme: Name of the grading scheme.
        name: Name of its setting.
        value: One of the setting's choices.
    """
    scheme_named(context, scheme, "scheme").configured({name: value})
    row = await context.fetchval("SELECT id FROM scheme_choice WHERE scheme = $1 AND name = $2", scheme, name)
    (kept,) = await context.rows(SchemeChoice).save([{"id": row, "scheme": scheme, "name": name, "value": value}])
    return kept
