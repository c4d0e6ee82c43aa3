"""Numbers and further names of people."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from homeroom.commands import Ref, command
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.identifiers import IdentifierError, identifier_kind, normalise
from homeroom.names import NameInput, name_columns, name_of
from homeroom.refusals import EXACTLY_ONE, FieldName
from homeroom_school.commands.checks import refuse_duplicate
from homeroom_school.doubts import refresh_doubts
from homeroom_school.refusals import NUMBER_FAULTS, NUMBER_INVALID, NUMBER_TAKEN
from homeroom_school.settings import name_settings
from homeroom_school.tables import PersonIdentifier, PersonName

__all__ = ["record_identifier", "record_name", "remove_identifier", "remove_name"]


async def _person(
    context: Context, student: UUID | None, staff: UUID | None, guardian: UUID | None
) -> dict[str, UUID | None]:
    named = {"Student": student, "Staff": staff, "Guardian": guardian}
    told = {resource: each for resource, each in named.items() if each is not None}
    if len(told) != 1:
        raise Refusal(EXACTLY_ONE, "student", fields=[FieldName("student"), FieldName("staff"), FieldName("guardian")])
    for resource, each in told.items():
        await context.permit(resource, [each], field=resource.lower())
    return {"student_id": student, "staff_id": staff, "guardian_id": guardian}


@command("school.identifier.record", returns="PersonIdentifier")
async def record_identifier(
    context: Context,
    *,
    kind: str,
    value: str,
    student: Annotated[UUID, Ref("Student")] | None = None,
    staff: Annotated[UUID, Ref("Staff")] | None = None,
    guardian: Annotated[UUID, Ref("Guardian")] | None = None,
) -> UUID:
    """Record a number of a person; one that the person has of this kind is replaced.

    The number is normalised and checked as its kind demands. What it tells otherwise than the person's record
    becomes a doubt of the number and refuses nothing.
    """
    person = await _person(context, student, staff, guardian)
    try:
        checked = normalise(kind, value)
    except IdentifierError as fault:
        field = "kind" if fault.code == "unknown_kind" else "value"
        raise Refusal(NUMBER_FAULTS.get(fault.code, NUMBER_INVALID), field) from None
    shown = {"value": checked.value, "masked": identifier_kind(kind).mask(checked.value)}
    table = context.rows(PersonIdentifier)
    column, person_id = next((column, each) for column, each in person.items() if each is not None)
    before: UUID | None = await context.fetchval(
        f"SELECT id FROM person_identifier WHERE {column} = $1 AND kind = $2", person_id, kind
    )
    with refuse_duplicate("value", NUMBER_TAKEN):
        if before is not None:
            await table.update(before, shown)
            made = before
        else:
            (made,) = await table.insert([{**person, "kind": kind, **shown, "doubts": []}])
    assert person_id is not None
    await refresh_doubts(context, [person_id])
    return made


@command("school.identifier.remove")
async def remove_identifier(context: Context, *, identifier: Annotated[UUID, Ref("PersonIdentifier")]) -> None:
    """Remove a number that was recorded wrongly."""
    await context.permit("PersonIdentifier", [identifier], field="identifier")
    await context.rows(PersonIdentifier).delete(identifier, field="identifier")


@command("school.name.record", returns="PersonName")
async def record_name(
    context: Context,
    *,
    name: NameInput,
    student: Annotated[UUID, Ref("Student")] | None = None,
    staff: Annotated[UUID, Ref("Staff")] | None = None,
    guardian: Annotated[UUID, Ref("Guardian")] | None = None,
) -> UUID:
    """Record a person's name in a further script; one that stands in this script is replaced."""
    person = await _person(context, student, staff, guardian)
    written = name_of(name, (await name_settings(context)).script)
    columns = name_columns(written)
    script = columns.pop("name_script")
    table = context.rows(PersonName)
    column, person_id = next((column, each) for column, each in person.items() if each is not None)
    before: UUID | None = await context.fetchval(
        f"SELECT id FROM person_name WHERE {column} = $1 AND script = $2", person_id, script
    )
    if before is not None:
        await table.update(before, columns)
        return before
    (made,) = await table.insert([{**person, "script": script, **columns}])
    return made


@command("school.name.remove")
async def remove_name(context: Context, *, name: Annotated[UUID, Ref("PersonName")]) -> None:
    """Remove a further name of a person."""
    await context.permit("PersonName", [name], field="name")
    await context.rows(PersonName).delete(name, field="name")
