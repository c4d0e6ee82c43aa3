"""Students, staff and guardians."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final, Self
from uuid import UUID

from homeroom.commands import UNSET, Ref, Unset, command
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.names import PersonName, Script, script_of, split_full_name
from homeroom.refusals import IN_THE_FUTURE, NOT_TOGETHER, FieldName
from homeroom.resources import camel_case
from homeroom.texts import folded
from homeroom_school.commands.checks import code_text, given, plain_text, refuse_duplicate, required_text
from homeroom_school.doubts import refresh_doubts
from homeroom_school.settings import name_columns, name_settings
from homeroom_school.tables import Guardian, Sex, Staff, Student

__all__ = [
    "NameInput",
    "change_guardian",
    "change_staff",
    "change_student",
    "create_guardian",
    "create_staff",
    "create_student",
    "name_of",
]


_LENGTHS: Final = {"code": 60, "birth_place": 200, "email": 254, "phone": 40}


@dataclass(frozen=True, slots=True)
class NameInput:
    """A name in its parts, or as a whole; by default in the school's own script.

    Args:
        given_name: The given name.
        family_name: The family name; may be empty.
        middle_name: What stands between them; may be empty.
        full_name: The whole name, where its parts are not known; it is taken apart as its script has it. With a given
            name it must be the same name.
    """

    given_name: str = ""
    family_name: str = ""
    middle_name: str = ""
    script: Script | None = None
    full_name: str = ""

    @classmethod
    def completed(cls, given: Mapping[str, Any], stored: Mapping[str, Any]) -> Self:
        """A changed name: a whole one by itself, changed parts with those that stay.

        Args:
            given: What is given of it.
            stored: The columns of the person.
        """
        parts = ("given_name", "family_name", "middle_name")
        if given.get("full_name") and not given.get("given_name"):
            return cls(**given)
        return cls(**{**{each: stored[each] for each in parts}, **given})


def name_of(given_name: NameInput, default: Script, *, field: str = "name") -> PersonName:
    """The name of an input, checked. Raises Refusal naming the part."""
    if given_name.full_name and not given_name.given_name:
        full = required_text(given_name.full_name, 240, f"{field}.full_name")
        return split_full_name(given_name.script or script_of(full, default), full)
    parts = {
        "family": plain_text(given_name.family_name, 120, f"{field}.familyName"),
        "middle": plain_text(given_name.middle_name, 120, f"{field}.middleName"),
    }
    given_part = required_text(given_name.given_name, 120, f"{field}.givenName")
    made = PersonName(given_name.script or default, given=given_part, **parts)
    if not given_name.full_name or folded(given_name.full_name) == folded(made.full):
        return made
    # The order of the parts may tell another script, as in a list of names of several scripts.
    for script in Script if given_name.script is None else ():
        other = PersonName(script, given=given_part, **parts)
        if folded(given_name.full_name) == folded(other.full):
            return other
    raise Refusal(NOT_TOGETHER, f"{field}.full_name", fields=[FieldName("full_name"), FieldName("given_name")])


async def _columns(
    context: Context,
    name: NameInput | Unset,
    values: dict[str, Any],
    birth_date: date | Unset | None = UNSET,
    sex: Sex | Unset | None = UNSET,
) -> dict[str, Any]:
    for column, longest in _LENGTHS.items():
        text = values.get(column)
        if text:
            read = code_text if column == "code" else plain_text
            values[column] = read(text, longest, camel_case(column))
    if birth_date is not UNSET and birth_date is not None and birth_date > context.today:
        raise Refusal(IN_THE_FUTURE, "birth_date")
    columns = given(values)
    columns |= given({"birth_date": birth_date, "sex": sex.value if sex else sex})
    if name is not UNSET:
        settings = await name_settings(context)
        columns |= name_columns(name_of(name, settings.script), settings.order)
    return columns


def _whole(columns: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {**dict.fromkeys(names), **columns}


@command("school.student.create", returns="Student")
async def create_student(
    context: Context,
    *,
    name: NameInput,
    code: str | None = None,
    sex: Sex | None = None,
    birth_date: date | None = None,
    birth_place: str | None = None,
    email: str | None = None,
    phone: str | None = None,
) -> UUID:
    """Enter a student. The class comes by enrolment, numbers of offices by recording identifiers."""
    values = {"code": code, "birth_place": birth_place, "email": email, "phone": phone}
    columns = await _columns(context, name, values, birth_date, sex)
    with refuse_duplicate("code"):
        (made,) = await context.rows(Student).insert([_whole(columns, (*values, "birth_date"))])
    return made


@command("school.student.change", returns="Student")
async def change_student(
    context: Context,
    *,
    student: Annotated[UUID, Ref("Student")],
    name: NameInput | Unset = UNSET,
    code: str | Unset | None = UNSET,
    sex: Sex | Unset | None = UNSET,
    birth_date: date | Unset | None = UNSET,
    birth_place: str | Unset | None = UNSET,
    email: str | Unset | None = UNSET,
    phone: str | Unset | None = UNSET,
    expected_version: int | None = None,
) -> UUID:
    """Change what stands of a student. What is not given stays; null clears."""
    await context.permit("Student", [student], field="student")
    values = {"code": code, "birth_place": birth_place, "email": email, "phone": phone}
    columns = await _columns(context, name, values, birth_date, sex)
    with refuse_duplicate("code"):
        await context.rows(Student).update(student, columns, expected_version=expected_version, field="student")
    await refresh_doubts(context, [student])
    return student


@command("school.staff.create", returns="Staff")
async def create_staff(
    context: Context,
    *,
    name: NameInput,
    code: str | None = None,
    sex: Sex | None = None,
    birth_date: date | None = None,
    email: str | None = None,
    phone: str | None = None,
) -> UUID:
    """Enter a member of staff."""
    values = {"code": code, "email": email, "phone": phone}
    columns = await _columns(context, name, values, birth_date, sex)
    with refuse_duplicate("code"):
        (made,) = await context.rows(Staff).insert([_whole(columns, (*values, "birth_date"))])
    return made


@command("school.staff.change", returns="Staff")
async def change_staff(
    context: Context,
    *,
    staff: Annotated[UUID, Ref("Staff")],
    name: NameInput | Unset = UNSET,
    code: str | Unset | None = UNSET,
    sex: Sex | Unset | None = UNSET,
    birth_date: date | Unset | None = UNSET,
    email: str | Unset | None = UNSET,
    phone: str | Unset | None = UNSET,
    expected_version: int | None = None,
) -> UUID:
    """Change what stands of a member of staff. What is not given stays; null clears."""
    await context.permit("Staff", [staff], field="staff")
    columns = await _columns(context, name, {"code": code, "email": email, "phone": phone}, birth_date, sex)
    with refuse_duplicate("code"):
        await context.rows(Staff).update(staff, columns, expected_version=expected_version, field="staff")
    await refresh_doubts(context, [staff])
    return staff


@command("school.guardian.create", returns="Guardian")
async def create_guardian(
    context: Context, *, name: NameInput, email: str | None = None, phone: str | None = None
) -> UUID:
    """Enter a guardian; for whom they stand is a guardianship."""
    values = {"email": email, "phone": phone}
    columns = await _columns(context, name, values)
    (made,) = await context.rows(Guardian).insert([_whole(columns, tuple(values))])
    return made


@command("school.guardian.change", returns="Guardian")
async def change_guardian(
    context: Context,
    *,
    guardian: Annotated[UUID, Ref("Guardian")],
    name: NameInput | Unset = UNSET,
    email: str | Unset | None = UNSET,
    phone: str | Unset | None = UNSET,
    expected_version: int | None = None,
) -> UUID:
    """Change what stands of a guardian. What is not given stays; null clears."""
    await context.permit("Guardian", [guardian], field="guardian")
    columns = await _columns(context, name, {"email": email, "phone": phone})
    await context.rows(Guardian).update(guardian, columns, expected_version=expected_version, field="guardian")
    return guardian
