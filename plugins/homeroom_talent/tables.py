"""Talents, the files that prove them, and the days on which students are engaged."""

from __future__ import annotations

from enum import StrEnum

from homeroom.code_tables import code_of
from homeroom.columns import choice, day, found_by, in_order, number, quantity, state, text, translated, version
from homeroom.database.tables import SchoolTable, belongs_to
from homeroom.files.attachments import AttachmentTable
from homeroom.findings import source
from homeroom_school.tables import SchoolClass, Staff, Student
from homeroom_talent.code_tables import CATEGORIES

__all__ = ["TalentEngagement", "TalentEvidence", "TalentItem", "TalentLevel", "TalentSection", "TalentState"]


class TalentSection(StrEnum):
    """The sections of the talent bank, as WebSAMS of Hong Kong has them."""

    ACADEMIC = "academic"
    COMPETITION = "competition"
    OTHER = "other"


class TalentLevel(StrEnum):
    """How far an event reached."""

    SCHOOL = "school"
    DISTRICT = "district"
    TERRITORY = "territory"
    NATIONAL = "national"
    INTERNATIONAL = "international"


class TalentState(StrEnum):
    """What has become of a nomination."""

    NOMINATED = "nominated"
    #: Somebody else has verified it, and the family has not consented to its publication.
    VERIFIED = "verified"
    PUBLISHED = "published"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class TalentItem(SchoolTable, tablename="talent_item"):
    """A talent or an achievement of a student."""

    student_id = belongs_to(Student)
    school_class_id = belongs_to(SchoolClass, "The homeroom class of the student on that day.", null=True)
    section = choice(TalentSection, "The section of the talent bank.")
    category_id = code_of(CATEGORIES, "What sort of talent it is.")
    title = text(300, "In the school's own language.")
    titles = translated(text(300, "The title in other languages.", optional=True))
    happened_on = day("The day of the result.", future=False)
    level = choice(TalentLevel, "How far the event reached.")
    award = text(200, "Such as first prize or merit.", optional=True)
    rank = number(1, 9999, "The place, 1 for the first.", null=True)
    grade = number(1, 20, "The grade of an examination, such as 8 for violin grade 8.", null=True)
    organiser = text(200, "Who held the event.", optional=True)
    hours = quantity(0, 9999, 2, "Hours of training or service.", null=True)
    teacher_id = belongs_to(Staff, "Who trained the student.", null=True, sight=True)
    state = state(TalentState.NOMINATED)
    source = source()
    words = found_by("title", "titles", "award", "organiser")
    version = version()
    unique = (("source",),)


class TalentEvidence(AttachmentTable, tablename="talent_evidence"):
    """A file that proves an item, such as a scanned certificate."""

    talent_item_id = belongs_to(TalentItem)


class TalentEngagement(SchoolTable, tablename="talent_engagement"):
    """Days on which a student is engaged, so that nobody asks for another activity then."""

    student_id = belongs_to(Student)
    title = text(200, "What the student is engaged in.")
    starts_on = day("The first day.")
    ends_on = day("The last day.")
    version = version()
    checks = (in_order("starts_on", "ends_on"),)
