"""Classes and what they are taught."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from homeroom.commands import Ref, command
from homeroom.context import Context
from homeroom.imports import imports
from homeroom.nouns import Draft, Noun, row_type
from homeroom_school.refusals import GRADE_NEEDED
from homeroom_school.tables import ClassKind, ClassSubject, SchoolClass


async def with_a_grade(context: Context, classes: Draft) -> None:
    """Refuse homeroom classes without a grade level, and to take it from one."""
    for place, row in classes.rows():
        written = classes.values[place]
        if row["kind"] == ClassKind.HOMEROOM and "grade_level_id" in written and written["grade_level_id"] is None:
            classes.problem(place, GRADE_NEEDED, "grade_level")


SCHOOL_CLASS = Noun(SchoolClass, "school.class", plural="school_classes", check=with_a_grade)
CLASS_SUBJECT = Noun(ClassSubject, "school.class")


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

    A homeroom class needs a grade level, and starts by default with the subjects of that level's plan.

    Args:
        places: How many students it takes.
        subjects_of_plan: Whether the class starts with the subjects of its level's plan.
    """
    given = {"school_year": school_year, "grade_level": grade_level, "name": name, "code": code, "kind": kind}
    (made,) = await SCHOOL_CLASS.insert(context, await SCHOOL_CLASS.checked(context, [{**given, "places": places}]))
    if subjects_of_plan and grade_level is not None and kind is ClassKind.HOMEROOM:
        plan = await context.fetch(
            "SELECT $2::uuid AS school_class_id, g.subject_id, g.periods_per_year FROM grade_subject g"
            " JOIN subject s ON s.id = g.subject_id WHERE g.grade_level_id = $1 AND s.active",
            grade_level,
            made,
        )
        await context.rows(ClassSubject).insert([dict(each) for each in plan])
    return made


change_school_class = SCHOOL_CLASS.change(
    "Change a class's name, code, grade level or number of places. A homeroom class keeps a grade level.",
    fixed=("school_year", "kind"),
)
import_school_classes = imports(create_school_class, change=change_school_class, key=("school_year", "name"))
remove_school_class = SCHOOL_CLASS.remove(
    "Remove a class that was entered by mistake, with the subjects that it was planned to have; IN_USE names what"
    " refers to it: students, teachers, lessons or books."
)
plan_class_subjects = CLASS_SUBJECT.put(
    "Give a class subjects, or change their periods a year. Subjects that are not listed stay as they are.",
    common="school_class",
    by="subject",
    verb="plan_subjects",
    row="ClassSubjectRow",
    name="plan_class_subjects",
)
ClassSubjectRow = row_type(plan_class_subjects)
