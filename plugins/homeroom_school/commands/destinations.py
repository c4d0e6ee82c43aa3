"""Where students went who left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from homeroom.code_tables import code_ids
from homeroom.commands import Ref, command
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.refusals import LISTED_TWICE
from homeroom_school.code_tables import DESTINATION
from homeroom_school.commands.checks import plain_text
from homeroom_school.tables import GraduateDestination

__all__ = ["DestinationRow", "record_destinations"]


@dataclass(frozen=True, slots=True)
class DestinationRow:
    """Where one student went; `kind` is a code of school.destination.

    Args:
        kind: What kind of destination.
        name: Of the school or the employer.
        place: Where that is.
        programme: What is learnt or done there.
        note: What else is to be said.
    """

    student: Annotated[UUID, Ref("Student")]
    kind: str
    name: str = ""
    programme: str = ""
    place: str = ""
    note: str = ""


@command("school.destination.record", returns="GraduateDestination", many=True)
async def record_destinations(context: Context, *, left_on: date, rows: list[DestinationRow]) -> list[UUID]:
    """Record where students went who left on a day; what was recorded for that day before is replaced.

    Args:
        left_on: The last day at the school.
    """
    await context.permit("Student", [row.student for row in rows], field="rows.student", rows=True)
    kinds = await code_ids(context, DESTINATION.name, [row.kind for row in rows], field="rows.kind", rows=True)
    students = [row.student for row in rows]
    standing = {
        each["student_id"]: each["id"]
        for each in await context.fetch(
            "SELECT id, student_id FROM graduate_destination WHERE left_on = $1 AND student_id = ANY($2::uuid[])",
            left_on,
            students,
        )
    }
    wanted = {}
    for number, (row, kind) in enumerate(zip(rows, kinds, strict=True)):
        if row.student in wanted:
            raise Refusal(LISTED_TWICE, "rows.student", number)
        wanted[row.student] = {
            "kind_id": kind,
            "name": plain_text(row.name, 200, "rows.name", number),
            "programme": plain_text(row.programme, 200, "rows.programme", number),
            "place": plain_text(row.place, 120, "rows.place", number),
            "note": plain_text(row.note, 2000, "rows.note", number),
        }
    table = context.rows(GraduateDestination)
    await table.update_many([{"id": standing[key], **row} for key, row in wanted.items() if key in standing])
    new = [key for key in wanted if key not in standing]
    made = await table.insert([{"student_id": key, "left_on": left_on, **wanted[key]} for key in new]) if new else []
    standing |= dict(zip(new, made, strict=True))
    return [standing[key] for key in students]
