"""The enrolments of a roster as dated rows: learners in classes, teachers of subjects and of homerooms."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from homeroom.context import Context
from homeroom_school.exchange.calendar import Calendar
from homeroom_school.exchange.links import Links
from homeroom_school.exchange.periods import WantedPeriod, settle_periods
from homeroom_school.exchange.report import Report
from homeroom_school.exchange.words import is_staff, is_student, relation
from homeroom_school.roster import Enrolment, Problem, Roster, RosterRejected
from homeroom_school.tables import ClassEnrolment, Guardianship, HomeroomAppointment, TeachingAssignment

__all__ = ["CLASS_NUMBER", "Placed", "refuse_overlaps", "settle_enrolments", "settle_guardianships"]

#: The extension column of OneRoster in which a student's number in the class is taken and given.
CLASS_NUMBER = "metadata.classNumber"


# Sorted by their first days, periods that do not overlap their neighbours overlap none.
_OVERLAPS: Final = """
SELECT s.full_name, s.code, q.name AS one, q.other
FROM (SELECT e.student_id, c.name, e.starts_on, lag(c.name) OVER w AS other,
             lag(coalesce(e.ends_on, 'infinity')) OVER w AS until
      FROM class_enrolment e JOIN school_class c ON c.id = e.school_class_id AND c.kind = 'homeroom'
      WHERE e.student_id = ANY($1::uuid[])
      WINDOW w AS (PARTITION BY e.student_id ORDER BY e.starts_on, e.id)) q
JOIN student s ON s.id = q.student_id
WHERE q.until >= q.starts_on
"""


@dataclass(frozen=True, slots=True)
class Placed:
    """What an import has settled before it comes to enrolments.

    Args:
        roster: The school's part of a bundle.
        calendar: The years of the sections.
        people: Noun to source id to row.
        classes: Section to class, of those that are classes of their own.
        class_subjects: Section to the subject of a class that it is.
    """

    roster: Roster
    calendar: Calendar
    people: Mapping[str, Mapping[str, UUID]]
    classes: Mapping[str, UUID]
    class_subjects: Mapping[str, UUID]


class _Sorter:
    """Sorts enrolments by what they become."""

    def __init__(self, report: Report, placed: Placed) -> None:
        self.report = report
        self.placed = placed
        self.sections = {section.source_id: section for section in placed.roster.sections}
        self.begins = {
            (role.person, role.org): role.starts_on for role in placed.roster.roles if role.starts_on is not None
        }
        self.learners: list[WantedPeriod] = []
        self.teachers: list[WantedPeriod] = []
        self.heads: dict[str, tuple[bool, WantedPeriod]] = {}
        #: Enrolments that make no row, by section: far more than those that do, so they are kept together.
        self.others: dict[str, list[tuple[int, Enrolment]]] = {}

    def take(self, position: int, each: Enrolment) -> None:
        """Sort one enrolment."""
        placed, source_id = self.placed, each.source_id or f"{each.section}|{each.person}|{each.role}"
        student = is_student(each.role)
        if student and each.section in placed.classes:
            keys = {
                "student_id": placed.people["student"][each.person],
                "school_class_id": placed.classes[each.section],
            }
            number = _class_number(each)
            told = {"class_number": number}
            self.learners.append(self._period(position, source_id, each, keys, told))
            return
        if not student and is_staff(each.role) and each.section in placed.class_subjects:
            keys = {
                "class_subject_id": placed.class_subjects[each.section],
                "staff_id": placed.people["staff"][each.person],
            }
            self.teachers.append(self._period(position, source_id, each, keys, {}))
            return
        # What is left makes no row of its own: learners of a section that is their homeroom class being
        # taught, teachers of a homeroom class (one of whom is appointed), and roles nobody knows.
        self.others.setdefault(each.section, []).append((position, each))
        if student:
            return
        if not is_staff(each.role):
            self.report.unknown[f"role {each.role} in a section"] += 1
            return
        keys = {
            "school_class_id": placed.classes[each.section],
            "staff_id": placed.people["staff"][each.person],
        }
        head = self._period(position, source_id, each, keys, {})
        if each.section in self.heads:
            self.report.left_out["further teachers of a homeroom class"] += 1
        if each.section not in self.heads or (each.primary and not self.heads[each.section][0]):
            self.heads[each.section] = (bool(each.primary), head)

    def _period(
        self, position: int, source_id: str, each: Enrolment, keys: Mapping[str, UUID], told: Mapping[str, Any]
    ) -> WantedPeriod:
        section = self.sections[each.section]
        first, last = self.placed.calendar.days_of(section)

        def within(day: date) -> date:
            return min(max(day, first), last)

        begun = self.begins.get((each.person, section.org))
        return WantedPeriod(
            source_id,
            position,
            each,
            keys,
            within(each.starts_on) if each.starts_on is not None else None,
            within(begun) if begun is not None else first,
            each.ends_on,
            values=told,
            told=told,
        )


def _class_number(each: Enrolment) -> int | None:
    text = each.extra.get(CLASS_NUMBER, "")
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text) < 1000 else None


async def settle_enrolments(context: Context, links: Links, report: Report, placed: Placed) -> None:
    """Make, change and end enrolments, teaching assignments and appointments of homeroom teachers."""
    sorter = _Sorter(report, placed)
    for position, each in enumerate(placed.roster.enrolments):
        sorter.take(position, each)
    for section, others in sorter.others.items():
        links.keep("attendance", section, others, others[0][0])
    homerooms = {row["id"] for row in await context.fetch("SELECT id FROM school_class WHERE kind = 'homeroom'")}

    def one_homeroom(row: Mapping[str, Any]) -> Hashable | None:
        student: UUID = row["student_id"]
        return student if row["school_class_id"] in homerooms else None

    def one_head(row: Mapping[str, Any]) -> Hashable | None:
        school_class: UUID = row["school_class_id"]
        return school_class

    heads = [head for _, head in sorter.heads.values()]
    await settle_periods(context, links, report, "enrolment", ClassEnrolment, sorter.learners, group=one_homeroom)
    await settle_periods(context, links, report, "teaching", TeachingAssignment, sorter.teachers)
    await settle_periods(context, links, report, "homeroom_teacher", HomeroomAppointment, heads, group=one_head)


async def settle_guardianships(context: Context, links: Links, report: Report, placed: Placed) -> None:
    """Make and end guardianships. What the office says of the relation stands."""
    wanted: list[WantedPeriod] = []
    for position, each in enumerate(placed.roster.guardianships):
        student = placed.people["student"].get(each.child)
        source_id = f"{each.child}|{each.guardian}"
        if student is None:
            report.left_out["guardians of people who are no students"] += 1
            links.keep("other_guardianship", source_id, each, position)
            continue
        keys = {"student_id": student, "guardian_id": placed.people["guardian"][each.guardian]}
        values = {"relation": relation(each.relation).value}
        wanted.append(WantedPeriod(source_id, position, each, keys, None, context.today, values=values))
    await settle_periods(context, links, report, "guardianship", Guardianship, wanted)


async def refuse_overlaps(context: Context, students: Sequence[UUID]) -> None:
    """Refuse what would put a student into two homeroom classes on one day, whoever entered the classes.

    Raises RosterRejected naming each student and both classes.
    """
    rows = await context.fetch(_OVERLAPS, students)
    if rows:
        raise RosterRejected(
            [
                Problem(
                    "",
                    0,
                    "",
                    "overlap",
                    f"student {row['code'] or row['full_name']} would be in {row['one']} and {row['other']} at once",
                )
                for row in rows
            ]
        )
