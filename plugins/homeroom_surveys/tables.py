"""The survey of classes and subjects: what a school has on one day, kept as it was found."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import Date, Integer, SmallInt, Timestamptz, Varchar

from homeroom.database.tables import SchoolTable, belongs_to, coded
from homeroom.database.within import lies_within
from homeroom_school.tables.calendar import SchoolYear
from homeroom_school.tables.classes import ClassKind, SchoolClass, Subject


class SurveyState(StrEnum):
    """Whether a survey may still be taken again."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"


class ClassSurvey(SchoolTable, tablename="class_survey"):
    """The classes and subjects of a school year as they are on one day (班級及科目概覽, 班级概况, thống kê lớp học)."""

    within = lies_within("school_year_id", first="reference_date", last="reference_date")
    school_year_id = belongs_to(SchoolYear)
    reference_date = Date(default=None, help_text="The day of the survey.")
    state = Varchar(length=20, default=SurveyState.DRAFT, choices=SurveyState)
    taken_at = Timestamptz(default=None, help_text="When the numbers were taken from the registry.")
    confirmed_on = Date(null=True, default=None, help_text="The day on which the school confirmed it.")
    lessons_from = Date(null=True, default=None, help_text="The first day of the cycle or week whose lessons count.")
    lessons_to = Date(null=True, default=None, help_text="The last day of it.")
    classes = Integer(default=0, help_text="Homeroom classes.")
    boys = Integer(default=0, help_text="In homeroom classes.")
    girls = Integer(default=0, help_text="In homeroom classes.")
    others = Integer(default=0, help_text="Of another sex, or of none that is stated.")
    students = Integer(default=0, help_text="All in homeroom classes.")
    unplaced = Integer(default=0, help_text="Students of the school on that day who are in no homeroom class.")
    seal = coded(
        Varchar(length=64, null=True, default=None, help_text="SHA-256 of the confirmed survey, hexadecimal."), "0" * 64
    )
    version = Integer(default=1)


class SurveyedClass(SchoolTable, tablename="surveyed_class"):
    """A class in a survey."""

    survey_id = belongs_to(ClassSurvey)
    school_class_id = belongs_to(SchoolClass)
    position = SmallInt(default=0, help_text="By grade level and name.")
    grade = Varchar(length=80, default="", help_text="The grade level as people call it.")
    name = Varchar(length=120, default=None, help_text="As the class was called.")
    kind = Varchar(length=20, default=ClassKind.HOMEROOM, choices=ClassKind)
    homeroom_teachers = Varchar(length=400, default="", help_text="Who was homeroom teacher.")
    boys = SmallInt(default=0, help_text="Male students.")
    girls = SmallInt(default=0, help_text="Female students.")
    others = SmallInt(default=0, help_text="Of another sex, or of none that is stated.")
    students = SmallInt(default=0, help_text="All together.")
    away = SmallInt(default=0, help_text="Of them, those whose studies are suspended on that day.")
    places = SmallInt(null=True, default=None, help_text="How many students the class takes, where that is set.")
    vacancies = SmallInt(null=True, default=None, help_text="Free places; less than none if it is overfull.")


class SurveyedSubject(SchoolTable, tablename="surveyed_subject"):
    """A subject that a class is taught, in a survey."""

    survey_id = belongs_to(ClassSurvey)
    surveyed_class_id = belongs_to(SurveyedClass)
    subject_id = belongs_to(Subject)
    position = SmallInt(default=0, help_text="By class and the order of subjects.")
    class_name = Varchar(length=120, default=None, help_text="As the class was called.")
    subject_title = Varchar(length=120, default=None, help_text="As the subject was called.")
    teachers = Varchar(length=1000, default="", help_text="Who taught it; empty where the post is vacant.")
    teacher_count = SmallInt(default=0, help_text="How many taught it; none where the post is vacant.")
    lessons = SmallInt(default=0, help_text="Lessons that are planned in the cycle or week.")
    periods_per_year = SmallInt(null=True, default=None, help_text="Lesson periods in the plan of the year.")
