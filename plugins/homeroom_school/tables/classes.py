"""Grade levels, subjects, classes, and which subjects a class is taught."""

from __future__ import annotations

from enum import StrEnum

from homeroom.columns import choice, in_use, number, text, version
from homeroom.database.tables import SchoolTable, belongs_to
from homeroom.database.twins import no_twins
from homeroom_school.tables.calendar import SchoolYear

__all__ = ["ClassKind", "ClassSubject", "GradeLevel", "GradeSubject", "SchoolClass", "Subject"]


class ClassKind(StrEnum):
    """What a class is."""

    #: Pupils belong to it for the year and have a class number in it (lớp chủ nhiệm, 班別, 行政班).
    HOMEROOM = "homeroom"
    #: Students of several homeroom classes meet in it for one course.
    COURSE = "course"


class GradeLevel(SchoolTable, tablename="grade_level"):
    """A year of schooling (khối, 年級): grade 6, P3, first college year."""

    number = number(-9, 99, "Orders the levels; rules of a region speak of it.")
    code = text(20, "Short and unique, such as P3.", code=True)
    title = text(80, "As people call it.")
    stage = text(40, "The region's word for the stage, such as primary.", optional=True)
    version = version()
    unique = (("number",), ("code",))


class Subject(SchoolTable, tablename="subject"):
    """A subject (môn học, 科目)."""

    code = text(40, "Unique; rules of a region speak of it.", code=True)
    title = text(120, "As people call it.")
    position = number(0, 9999, "Orders the subjects in lists and reports.", default=0)
    active = in_use("Whether classes may still be given it.")
    version = version()
    unique = (("code",),)


class GradeSubject(SchoolTable, tablename="grade_subject"):
    """A subject in the plan of a grade level, with its periods a year; a new class starts from these."""

    grade_level_id = belongs_to(GradeLevel, sight=True, part=True)
    subject_id = belongs_to(Subject)
    periods_per_year = number(1, 2000, "Lesson periods in the whole year.", null=True)
    version = version()
    unique = (("grade_level_id", "subject_id"),)


class SchoolClass(SchoolTable, tablename="school_class"):
    """A class of one school year."""

    school_year_id = belongs_to(SchoolYear, sight=True)
    grade_level_id = belongs_to(GradeLevel, null=True, sight=True)
    name = text(120, "Such as 6A; unique among the year's homeroom classes.")
    code = text(60, "The school's own number of the class.", null=True, code=True)
    kind = choice(
        ClassKind, "Whether students belong to it for the year, or only meet in it.", default=ClassKind.HOMEROOM
    )
    places = number(1, 9999, "How many students it takes; none where that is not set.", null=True)
    version = version()
    twins = no_twins("name", by="school_year_id", where=("kind", ClassKind.HOMEROOM.value))


class ClassSubject(SchoolTable, tablename="class_subject"):
    """A subject that a class is taught, with its periods a year (số tiết)."""

    school_class_id = belongs_to(SchoolClass, part=True)
    subject_id = belongs_to(Subject, sight=True)
    periods_per_year = number(1, 2000, "Lesson periods in the whole year.", null=True)
    version = version()
    unique = (("school_class_id", "subject_id"),)
