"""Numbers and further names of people."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from homeroom.commands import Ref, command
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.identifiers import IdentifierError, identifier_kind, normalise
from homeroom.names import NameInput, name_columns, name_of
from homeroom.nouns import Noun
from homeroom.refusals import EXACTLY_ONE, FieldName
from homeroom_school.doubts import refresh_doubts
from homeroom_school.refusals import NUMBER_FAULTS, NUMBER_INVALID
from homeroom_school.settings import script_and_order
from homeroom_school.tables import PersonIdentifier, PersonName

IDENTIFIER = Noun(PersonIdentifier, "school.identifier", singular="identifier", argument="identifier")
NAME = Noun(PersonName, "school.name", singular="name", argument="name")

remove_identifier = IDENTIFIER.remove("Remove a number that was recorded wrongly.")
remove_name = NAME.remove("Remove a further name of a person.")


async def _person(
    context: Context, student: UUID | None, staff: UUID | None, guardian: UUID | None
) -> dict[str, UUID | None]:
    named = {"Student": student, "Staff": staff, "Guardian": guardian}
    given = {resource: each for resource, each in named.items() if each is not None}
    if len(given) != 1:
        raise Refusal(EXACTLY_ONE, "student", fields=[FieldName("student"), FieldName("staff"), FieldName("guardian")])
    for resource, each in given.items():
        await context.permit(resource, [each], field=resource.lower())
    return {"student_id": student, "staff_id": staff, "guardian_id": guardian}


async def _put(
    context: Context, noun: Noun, person: dict[str, UUID | None], key: str, values: dict[str, Any], **new: Any
) -> UUID:
    """Write what a person has one of for each value of a key: a new row, or the row that is there."""
    column, person_id = next((column, each) for column, each in person.items() if each is not None)
    before: UUID | None = await context.fetchval(
        f"SELECT id FROM {noun.table._meta.tablename} WHERE {column} = $1 AND {key} = $2", person_id, values[key]
    )
    if before is None:
        return (await noun.insert(context, [{**person, **values, **new}]))[0]
    await noun.update(context, before, values)
    return before


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
    shown = {"kind": kind, "value": checked.value, "masked": identifier_kind(kind).mask(checked.value)}
    made = await _put(context, IDENTIFIER, person, "kind", shown, doubts=[])
    await refresh_doubts(context, [each for each in person.values() if each is not None])
    return made


@command("school.name.record", returns="PersonName")
async def record_name(
    context: Context,
    *,
    name: NameInput,
    student: Annotated[UUID, Ref("Student")] | None = None,
    staff: Annotated[UUID, Ref("Staff")] | None = None,
    guardian: Annotated[UUID, Ref("Guardian")] | None = None,
) -> UUID:
    """Record a person's name in a further script; an existing one in this script is replaced."""
    person = await _person(context, student, staff, guardian)
    script, _ = await script_and_order(context)
    written = name_of(name, script)
    columns = name_columns(written)
    columns["script"] = columns.pop("name_script")
    return await _put(context, NAME, person, "script", columns)
