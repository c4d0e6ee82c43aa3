"""The enrolments of a roster as dated rows: learners in classes, teachers of subjects and of homerooms."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from homeroom.database.tables import SchoolTable
from homeroom.imports.sync import SAID, Sync, SyncedPeriods, WantedPeriod
from homeroom.reading.faults import refuse
from homeroom_rosters.exchange.classes import Classes
from homeroom_rosters.exchange.people import People
from homeroom_rosters.exchange.words import is_staff, is_student, relation
from homeroom_rosters.refusals import TWO_CLASSES
from homeroom_rosters.roster.records import Enrolment, Role, Roster
from homeroom_school.tables import ClassEnrolment, Guardianship, HomeroomAppointment, TeachingAssignment

#: The extension column of OneRoster in which a student's number in the class is taken and given.
CLASS_NUMBER = "metadata.classNumber"


# Sorted by their first days, periods that do not overlap their neighbours overlap none.
_OVERLAPS: Final = """
SELECT s.id, s.full_name, s.code, q.name AS one, q.other
FROM (SELECT e.student_id, c.name, e.starts_on, lag(c.name) OVER w AS other,
             lag(coalesce(e.ends_on, 'infinity')) OVER w AS until
      FROM class_enrolment e JOIN school_class c ON c.id = e.school_class_id AND c.kind = 'homeroom'
      WHERE e.student_id = ANY($1::uuid[])
      WINDOW w AS (PARTITION BY e.student_id ORDER BY e.starts_on, e.id)) q
JOIN student s ON s.id = q.student_id
WHERE q.until >= q.starts_on
"""
_NAMES: Final = """
SELECT id, full_name AS name FROM student UNION ALL SELECT id, full_name FROM staff
UNION ALL SELECT id, full_name FROM guardian UNION ALL SELECT id, name FROM school_class
UNION ALL SELECT cs.id, c.name || ' ' || s.title FROM class_subject cs
          JOIN school_class c ON c.id = cs.school_class_id JOIN subject s ON s.id = cs.subject_id
"""
_CLASSES: Final = """
SELECT c.id, c.kind, y.ends_on FROM school_class c JOIN school_year y ON y.id = c.school_year_id
"""


@dataclass(slots=True)
class _Head:
    """The homeroom teachers of a class.

    Args:
        primary: Whether one of them is the primary teacher.
        periods: When each of them is.
    """

    primary: bool = False
    periods: list[WantedPeriod] = field(default_factory=list)


class _Sorter:
    """Sorts enrolments by what they become."""

    def __init__(self, classes: Classes, people: People) -> None:
        self.sync = classes.sync
        self.placed = classes
        self.people = people
        self.left_out = self.sync.report["left_out"]
        self.sections = {section.source_id: section for section in classes.roster.sections}
        self.roles: dict[tuple[str, str, bool], list[Role]] = {}
        for role in classes.roster.roles:
            if is_student(role.role) or is_staff(role.role):
                self.roles.setdefault((role.person, role.org, is_student(role.role)), []).append(role)
        self.learners: list[WantedPeriod] = []
        self.teachers: list[WantedPeriod] = []
        self.heads: dict[str, _Head] = {}
        #: Enrolments that make no row, by section: far more than those that do, so they are kept together.
        self.others: dict[str, list[tuple[int, Enrolment]]] = {}

    def take(self, position: int, each: Enrolment) -> None:
        """Sort one enrolment."""
        placed, student = self.placed, is_student(each.role)
        if student and each.section in placed.classes:
            keys = {
                "student_id": self.people["student"][each.person],
                "school_class_id": placed.classes[each.section],
            }
            values = {"class_number": _number(each.extra.get(CLASS_NUMBER, ""))}
            self.learners.extend(self._periods("enrolment", position, each, keys, values))
            return
        if not student and is_staff(each.role) and each.section in placed.class_subjects:
            keys = {
                "class_subject_id": placed.class_subjects[each.section],
                "staff_id": self.people["staff"][each.person],
            }
            self.teachers.extend(self._periods("teaching", position, each, keys, {}))
            return
        # What is left makes no row of its own: learners of a section that is their homeroom class being
        # taught, teachers of a homeroom class (one of whom is appointed), and roles nobody knows.
        self.others.setdefault(each.section, []).append((position, each))
        if student:
            return
        if not is_staff(each.role):
            self.sync.report["unknown"][f"role {each.role} in a section"] += 1
            return
        keys = {
            "school_class_id": placed.classes[each.section],
            "staff_id": self.people["staff"][each.person],
        }
        self._take_head(each, list(self._periods("homeroom_teacher", position, each, keys, {})))

    def _take_head(self, each: Enrolment, periods: list[WantedPeriod]) -> None:
        """Of several teachers of a homeroom class at one time the primary one, else the first, is appointed."""
        if not periods:
            return
        head = self.heads.setdefault(each.section, _Head())
        pairs = [(one, other) for one in periods for other in head.periods]
        if not any(_meet(*pair) for pair in pairs) or all(one.joined == other.joined for one, other in pairs):
            head.primary = head.primary or bool(each.primary)
            head.periods += periods
            return
        self.left_out["further teachers of a homeroom class"] += 1
        if each.primary and not head.primary:
            self.heads[each.section] = _Head(primary=True, periods=periods)

    def _periods(
        self, noun: str, position: int, each: Enrolment, keys: Mapping[str, UUID], values: Mapping[str, Any]
    ) -> Iterable[WantedPeriod]:
        section = self.sections[each.section]
        year = self.placed.calendar.year_of(section)
        first, last = self.placed.calendar.days_of(section)
        source_id = each.source_id or f"{each.section}|{each.person}|{each.role}"
        roles = [] if each.starts_on or each.ends_on else self._role_periods(each, section.org, (first, last))
        spans = [(role.starts_on, role.ends_on) for role in roles] or [(each.starts_on, each.ends_on)]
        # A role's first day says when its only enrolment began; the enrolment itself may begin later.
        dated = not roles or len(spans) > 1
        for number, (starts_on, ends_on) in enumerate(spans, start=1):
            if starts_on is not None and ends_on is not None and ends_on < starts_on:
                self.left_out["enrolments without a day"] += 1
                self.others.setdefault(each.section, []).append((position, each))
                continue
            if (ends_on is not None and ends_on < first) or (starts_on is not None and starts_on > last):
                self.left_out["enrolments outside their class's school year"] += 1
                name = f"{each.person}: {section.title}"
                self.sync.report.name("left out", noun, name, None, "outside the school year")
                self.others.setdefault(each.section, []).append((position, each))
                continue
            begins = first if starts_on is None else min(max(starts_on, first), last)
            key = source_id if number == 1 else f"{source_id}#{number}"
            said = {"starts_on": _iso(starts_on) if dated else None, "ends_on": _iso(ends_on), **values}
            yield WantedPeriod(
                key,
                position,
                keys,
                begins if starts_on is not None and dated else None,
                ends_on,
                begins,
                origin=each,
                record={"part": number, SAID: said, "of": each} if roles else each,
                within=year,
                values=values,
                said=said,
                before=self._before(noun, key, year, values),
            )

    def _before(self, noun: str, key: str, year: UUID, values: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """What the last import's record said about the same columns, where the record was kept as it is."""
        record = self.sync.links.said(noun, key, year)
        if not isinstance(record, dict) or SAID in record:
            return None
        number = _number(record.get("extra", {}).get(CLASS_NUMBER, ""))
        days = {name: record.get(name) for name in ("starts_on", "ends_on")}
        return {**days, "class_number": number} if "class_number" in values else days

    def _role_periods(self, each: Enrolment, org: str, year: tuple[date, date]) -> list[Role]:
        """The dated times for which somebody is learner or teacher of the organisation, within a school year.

        Formats whose enrolments have no dates (School Data Sync) give those of roles. None where a role has no dates:
        it is for all times.
        """
        roles = self.roles.get((each.person, org, is_student(each.role)), [])
        dated = sorted(
            (role for role in roles if role.starts_on is not None or role.ends_on is not None),
            key=lambda role: role.starts_on or date.min,
        )
        if not dated or len(dated) < len(roles):
            return []
        found: list[Role] = []
        for role in dated:
            if (role.starts_on or date.min) > year[1] or (role.ends_on or date.max) < year[0]:
                continue
            last = found[-1] if found else None
            if last is not None and (last.ends_on is None or (role.starts_on or date.min) <= last.ends_on):
                ends_on = None if last.ends_on is None or role.ends_on is None else max(last.ends_on, role.ends_on)
                found[-1] = replace(last, ends_on=ends_on)
            else:
                found.append(role)
        return found


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text) < 1000 else None


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _meet(one: WantedPeriod, other: WantedPeriod) -> bool:
    return (one.starts_on or date.min) <= (other.ends_on or date.max) and (other.starts_on or date.min) <= (
        one.ends_on or date.max
    )


async def _nouns(sync: Sync) -> tuple[SyncedPeriods, ...]:
    """Learners, teachers of subjects, homeroom teachers and guardians, by the names that people call them."""
    names = {row["id"]: row["name"] for row in await sync.context.fetch(_NAMES)}
    classes = await sync.context.fetch(_CLASSES)
    sessions = _last_sessions(sync)
    closing = {row["id"]: min(row["ends_on"], sessions.get(row["id"], date.max)) for row in classes}
    for row in await sync.context.fetch("SELECT id, school_class_id FROM class_subject"):
        closing[row["id"]] = closing[row["school_class_id"]]
    homerooms = {row["id"] for row in classes if row["kind"] == "homeroom"}

    def synced(
        noun: str, table: type[SchoolTable], person: str, place: str, group: Callable[[Any], Hashable] | None = None
    ) -> SyncedPeriods:
        return SyncedPeriods(
            noun,
            table,
            group,
            closes_on=lambda row: closing.get(row[place]),
            title=lambda row: f"{names.get(row[person], '')}: {names.get(row[place], '')}",
        )

    def one_homeroom(row: Mapping[str, Any]) -> Hashable | None:
        """A student is in one homeroom class a day."""
        student: UUID = row["student_id"]
        return student if row["school_class_id"] in homerooms else None

    return (
        synced("enrolment", ClassEnrolment, "student_id", "school_class_id", one_homeroom),
        synced("teaching", TeachingAssignment, "staff_id", "class_subject_id"),
        synced(
            "homeroom_teacher", HomeroomAppointment, "staff_id", "school_class_id", lambda row: row["school_class_id"]
        ),
        synced("guardianship", Guardianship, "guardian_id", "student_id"),
    )


def _last_sessions(sync: Sync) -> dict[UUID, date]:
    """The last days of the sessions in which earlier rosters had classes, where all of them are known."""
    ends = {link.source_id: (link.said() or {}).get("ends_on") for link in sync.links.of("calendar").values()}
    found: dict[UUID, date] = {}
    for link in (*sync.links.of("homeroom").values(), *sync.links.of("section").values()):
        record = link.said() or {}
        days = [ends.get(name) for name in record.get("section", record).get("sessions", ())]
        if link.row is not None and days and all(days):
            found[link.row] = max(date.fromisoformat(day) for day in days if day)
    return found


async def settle_enrolments(classes: Classes, people: People) -> None:
    """Create, change and end enrolments, teaching assignments, appointments of homeroom teachers and guardianships."""
    sync, sorter = classes.sync, _Sorter(classes, people)
    for position, each in enumerate(classes.roster.enrolments):
        sorter.take(position, each)
    for section, others in sorter.others.items():
        year = classes.calendar.year_of(sorter.sections[section])
        sync.links.keep("attendance", section, others, others[0][0], within=year)
    heads = [period for head in sorter.heads.values() for period in head.periods]
    wanted = sorter.learners, sorter.teachers, heads, _guardianships(sync, classes.roster, people)
    for noun, periods in zip(await _nouns(sync), wanted, strict=True):
        await sync.periods(noun, periods)


def _guardianships(sync: Sync, roster: Roster, people: People) -> list[WantedPeriod]:
    """Who is responsible for whom. The relation that the school has recorded stays."""
    wanted: list[WantedPeriod] = []
    for position, each in enumerate(roster.guardianships):
        student = people["student"].get(each.child)
        source_id = f"{each.child}|{each.guardian}"
        if student is None:
            sync.report["left_out"]["guardians of people who are no students"] += 1
            sync.links.keep("other_guardianship", source_id, each, position)
            continue
        wanted.append(
            WantedPeriod(
                source_id,
                position,
                {"student_id": student, "guardian_id": people["guardian"][each.guardian]},
                origin=each,
                record=each,
                first={"relation": relation(each.relation).value},
                before={} if (source_id, None) in sync.links.of("guardianship") else None,
            )
        )
    return wanted


async def refuse_overlaps(sync: Sync, roster: Roster, students: Mapping[str, UUID]) -> None:
    """Refuse what would put a student into two homeroom classes on one day, also if one was entered by hand.

    Raises FileRefused naming each student, both classes and the student's last line.
    """
    source_ids = {row: source_id for source_id, row in students.items()}
    lines = {each.person: each for each in roster.enrolments if is_student(each.role)}
    problems = []
    for row in await sync.context.fetch(_OVERLAPS, list(students.values())):
        both = {"name": row["full_name"], "number": row["code"] or "–", "one": row["one"], "other": row["other"]}
        problems.append(sync.fault(lines.get(source_ids[row["id"]]), "section", TWO_CLASSES, **both))
    refuse(problems)
