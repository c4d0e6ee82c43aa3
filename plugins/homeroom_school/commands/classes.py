"""Classes and what they are taught."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from homeroom.commands import UNSET, Ref, Unset, command
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.nouns import Noun, row_type
from homeroom.refusals import REQUIRED, SIMILAR
from homeroom.removal import remove
from homeroom.texts import folded
from homeroom_school.commands.checks import code_text, given, in_range, refuse_duplicate, required_text
from homeroom_school.refusals import GRADE_NEEDED
from homeroom_school.tables import ClassKind, ClassSubject, SchoolClass

__all__ = [
    "ClassSubjectRow",
    "change_school_class",
    "create_school_class",
    "plan_class_subjects",
    "remove_school_class",
]


_TWIN: Final = "there is a homeroom class of this name in the year"


@command("school.class.create", returns="SchoolClass")
async def create_school_class(
    context: Context,
    *,
    school_year: Annotated[UUID, Ref("SchoolYear")],
    name: str,
    grade_level: Annotated[UUID, Ref("GradeLevel")] | None = None,
    code: str | None = None,
    kind: ClassKind = ClassKind.HOMEROOM,
    places: int | None = None,
    subjects_of_plan: bool = True,
) -> UUID:
    """Open a class for a school year.

    A homeroom class needs a grade level, and starts with the subjects of that level's plan unless told otherwise.

    Args:
        places: How many students it takes.
        subjects_of_plan: Whether the class starts with the subjects of its level's plan.
    """
    await context.permit("SchoolYear", [school_year], field="schoolYear", sight=True)
    if grade_level is not None:
        await context.permit("GradeLevel", [grade_level], field="gradeLevel", sight=True)
    elif kind is ClassKind.HOMEROOM:
        raise Refusal(GRADE_NEEDED, "grade_level")
    in_range(places, 1, 9999, "places")
    name = required_text(name, 120, "name")
    if kind is ClassKind.HOMEROOM:
        await _refuse_twin(context, school_year, name, None)
    with refuse_duplicate("name", SIMILAR):
        (made,) = await context.rows(SchoolClass).insert(
            [
                {
                    "school_year_id": school_year,
                    "grade_level_id": grade_level,
                    "name": name,
                    "code": code_text(code or "", 60, "code") or None,
                    "kind": kind.value,
                    "places": places,
                }
            ]
        )
    if subjects_of_plan and grade_level is not None and kind is ClassKind.HOMEROOM:
        plan = await context.fetch(
            "SELECT g.subject_id, g.periods_per_year FROM grade_subject g JOIN subject s ON s.id = g.subject_id"
            " WHERE g.grade_level_id = $1 AND s.active",
            grade_level,
        )
        await context.rows(ClassSubject).insert(
            [
                {
                    "school_class_id": made,
                    "subject_id": each["subject_id"],
                    "periods_per_year": each["periods_per_year"],
                }
                for each in plan
            ]
        )
    return made


@command("school.class.change", returns="SchoolClass")
async def change_school_class(
    context: Context,
    *,
    school_class: Annotated[UUID, Ref("SchoolClass")],
    name: str | Unset = UNSET,
    grade_level: Annotated[UUID, Ref("GradeLevel")] | Unset | None = UNSET,
    code: str | Unset | None = UNSET,
    places: int | Unset | None = UNSET,
    expected_version: int | None = None,
) -> UUID:
    """Change a class's name, code, grade level or number of places. A homeroom class keeps a grade level.

    Args:
        places: How many students it takes.
    """
    await context.permit("SchoolClass", [school_class], field="schoolClass")
    row = await context.fetchrow("SELECT school_year_id, name, kind FROM school_class WHERE id = $1", school_class)
    assert row is not None
    if grade_level is None and row["kind"] == ClassKind.HOMEROOM:
        raise Refusal(REQUIRED, "grade_level")
    if grade_level is not None and grade_level is not UNSET:
        await context.permit("GradeLevel", [grade_level], field="gradeLevel", sight=True)
    if places is not UNSET:
        in_range(places, 1, 9999, "places")
    changes = given({"grade_level_id": grade_level, "places": places})
    if code is not UNSET:
        changes["code"] = code_text(code or "", 60, "code") or None
    if name is not UNSET:
        changes["name"] = required_text(name, 120, "name")
        if row["kind"] == ClassKind.HOMEROOM and row["name"] != changes["name"]:
            await _refuse_twin(context, row["school_year_id"], changes["name"], school_class)
    with refuse_duplicate("name", SIMILAR):
        await context.rows(SchoolClass).update(
            school_class, changes, expected_version=expected_version, field="schoolClass"
        )
    return school_class


@command("school.class.remove")
async def remove_school_class(context: Context, *, school_class: Annotated[UUID, Ref("SchoolClass")]) -> None:
    """Remove a class that was entered by mistake, with the subjects that it was planned to have.

    Raises Refusal, and IN_USE where students, teachers, lessons or books rest on it.
    """
    await context.permit("SchoolClass", [school_class], field="schoolClass")
    await context.fetch("SELECT id FROM school_class WHERE id = $1 FOR UPDATE", school_class)
    await remove(context, SchoolClass, [school_class], field="schoolClass")


async def _refuse_twin(context: Context, school_year: UUID, name: str, school_class: UUID | None) -> None:
    """Raise Refusal where another homeroom class of the year has a name that looks the same or differs by case."""
    # The year's row stands for all its classes: two offices name theirs one after the other.
    await context.fetch("SELECT id FROM school_year WHERE id = $1 FOR UPDATE", school_year)
    others = await context.fetch(
        "SELECT name FROM school_class WHERE school_year_id = $1 AND kind = 'homeroom'"
        " AND id IS DISTINCT FROM $2::uuid",
        school_year,
        school_class,
    )
    key = folded(name)
    if any(folded(each["name"]) == key for each in others):
        raise Refusal(SIMILAR, "name")


CLASS_SUBJECT = Noun(ClassSubject, "school.class")

plan_class_subjects = CLASS_SUBJECT.put(
    "Give a class subjects, or change their periods a year. Subjects that are not listed stay as they are.",
    common="school_class",
    by="subject",
    verb="plan_subjects",
    row="ClassSubjectRow",
    name="plan_class_subjects",
)
ClassSubjectRow = row_type(plan_class_subjects)
