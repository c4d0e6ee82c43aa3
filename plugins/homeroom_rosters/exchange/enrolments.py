"""The enrolments of a roster as dated rows: learners in classes, teachers of subjects and of homerooms."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from homeroom.context import Context
from homeroom.imports.report import Report
from homeroom.imports.stops import Stop
from homeroom_rosters.exchange.calendar import Calendar
from homeroom_rosters.exchange.links import Links
from homeroom_rosters.exchange.periods import PeriodNoun, WantedPeriod, settle_periods
from homeroom_rosters.exchange.words import is_staff, is_student, relation
from homeroom_rosters.refusals import TWO_CLASSES
from homeroom_rosters.roster import Enrolment, Problem, Role, Roster, RosterRejected, problem_at
from homeroom_school.tables import ClassEnrolment, Guardianship, HomeroomAppointment, TeachingAssignment

__all__ = ["CLASS_NUMBER", "Placed", "refuse_overlaps", "settle_enrolments"]

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

    def __init__(self, report: Report, links: Links, placed: Placed) -> None:
        self.report = report
        self.links = links
        self.placed = placed
        self.sections = {section.source_id: section for section in placed.roster.sections}
        self.roles: dict[tuple[str, str, bool], list[Role]] = {}
        for role in placed.roster.roles:
            if is_student(role.role) or is_staff(role.role):
                self.roles.setdefault((role.person, role.org, is_student(role.role)), []).append(role)
        self.learners: list[WantedPeriod] = []
        self.teachers: list[WantedPeriod] = []
        self.heads: dict[str, tuple[bool, list[WantedPeriod]]] = {}
        #: Enrolments that make no row, by section: far more than those that do, so they are kept together.
        self.others: dict[str, list[tuple[int, Enrolment]]] = {}

    def take(self, position: int, each: Enrolment) -> None:
        """Sort one enrolment."""
        placed = self.placed
        student = is_student(each.role)
        if student and each.section in placed.classes:
            keys = {
                "student_id": placed.people["student"][each.person],
                "school_class_id": placed.classes[each.section],
            }
            told = {"class_number": self._class_number(each)}
            self.learners.extend(self._periods("enrolment", position, each, keys, told))
            return
        if not student and is_staff(each.role) and each.section in placed.class_subjects:
            keys = {
                "class_subject_id": placed.class_subjects[each.section],
                "staff_id": placed.people["staff"][each.person],
            }
            self.teachers.extend(self._periods("teaching", position, each, keys, {}))
            return
        # What is left makes no row of its own: learners of a section that is their homeroom class being
        # taught, teachers of a homeroom class (one of whom is appointed), and roles nobody knows.
        self.others.setdefault(each.section, []).append((position, each))
        if student:
            return
        if not is_staff(each.role):
            self.report["unknown"][f"role {each.role} in a section"] += 1
            return
        keys = {
            "school_class_id": placed.classes[each.section],
            "staff_id": placed.people["staff"][each.person],
        }
        self._take_head(each, list(self._periods("homeroom_teacher", position, each, keys, {})))

    def _take_head(self, each: Enrolment, periods: list[WantedPeriod]) -> None:
        """Of several teachers of a homeroom class at one time the primary one, else the first, is appointed."""
        if not periods:
            return
        primary, heads = self.heads.get(each.section, (False, []))
        if not heads or not any(_meet(one, other) for one in periods for other in heads):
            self.heads[each.section] = (primary or bool(each.primary), [*heads, *periods])
            return
        if all(one.joined == other.joined for one in periods for other in heads):
            self.heads[each.section] = (primary or bool(each.primary), [*heads, *periods])
            return
        self.report["left_out"]["further teachers of a homeroom class"] += 1
        if each.primary and not primary:
            self.heads[each.section] = (True, periods)

    def _periods(
        self, noun: str, position: int, each: Enrolment, keys: Mapping[str, UUID], told: Mapping[str, Any]
    ) -> Iterable[WantedPeriod]:
        section = self.sections[each.section]
        year = self.placed.calendar.year_of(section)
        first, last = self.placed.calendar.days_of(section)
        source_id = each.source_id or f"{each.section}|{each.person}|{each.role}"

        def within(day: date) -> date:
            return min(max(day, first), last)

        roles = [] if each.starts_on or each.ends_on else self._role_periods(each, section.org, (first, last))
        spans = [(role.starts_on, role.ends_on) for role in roles] or [(each.starts_on, each.ends_on)]
        for number, (starts_on, ends_on) in enumerate(spans, start=1):
            if starts_on is not None and ends_on is not None and ends_on < starts_on:
                self.report["left_out"]["enrolments without a day"] += 1
                self.others.setdefault(each.section, []).append((position, each))
                continue
            if (ends_on is not None and ends_on < first) or (starts_on is not None and starts_on > last):
                self.report["left_out"]["enrolments outside their class's school year"] += 1
                self.report.name("left out", noun, f"{each.person}: {section.title}", None, "outside the school year")
                self.others.setdefault(each.section, []).append((position, each))
                continue
            # A role's first day tells when its only enrolment began; the enrolment itself may begin later.
            dated = not roles or len(spans) > 1
            key = source_id if number == 1 else f"{source_id}#{number}"
            said = {"starts_on": _iso(starts_on) if dated else None, "ends_on": _iso(ends_on), **told}
            yield WantedPeriod(
                key,
                position,
                each if number == 1 and len(spans) == 1 and not roles else {"part": number, "said": said, "of": each},
                each,
                keys,
                within(starts_on) if starts_on is not None and dated else None,
                within(starts_on) if starts_on is not None else first,
                ends_on,
                year,
                values=told,
                told=told,
                said=said,
                before=self._before(noun, key, year, told),
            )

    def _before(self, noun: str, key: str, year: UUID, told: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """What the last import's record said of the same columns."""
        link = self.links.of(noun).get((key, year))
        record = link.said() if link is not None else None
        if not isinstance(record, dict):
            return None
        if "said" in record:
            said: Mapping[str, Any] = record["said"]
            return said
        number = _number(record.get("extra", {}).get(CLASS_NUMBER, ""))
        return {
            "starts_on": record.get("starts_on"),
            "ends_on": record.get("ends_on"),
            **({"class_number": number} if "class_number" in told else {}),
        }

    def _role_periods(self, each: Enrolment, org: str, year: tuple[date, date]) -> list[Role]:
        """The dated times for which somebody is learner or teacher of the organisation, within a school year.

        Formats whose enrolments have no dates (School Data Sync) tell them of roles. None where a role has no dates:
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

    def _class_number(self, each: Enrolment) -> int | None:
        return _number(each.extra.get(CLASS_NUMBER, ""))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text) < 1000 else None


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _meet(one: WantedPeriod, other: WantedPeriod) -> bool:
    return (one.starts_on or date.min) <= (other.ends_on or date.max) and (other.starts_on or date.min) <= (
        one.ends_on or date.max
    )


class _Titles:
    """What people call the rows that an import settles, and until when their classes last."""

    def __init__(self, names: Mapping[UUID, str], closing: Mapping[UUID, date], homerooms: frozenset[UUID]) -> None:
        self.names = names
        self.closing = closing
        self.homerooms = homerooms

    @classmethod
    async def load(cls, context: Context, links: Links) -> _Titles:
        """Those of the school as it is now."""
        names = {
            row["id"]: row["name"]
            for row in await context.fetch(
                "SELECT id, full_name AS name FROM student UNION ALL SELECT id, full_name FROM staff"
                " UNION ALL SELECT id, full_name FROM guardian"
            )
        }
        classes = await context.fetch(
            "SELECT c.id, c.name, c.kind, y.ends_on FROM school_class c JOIN school_year y ON y.id = c.school_year_id"
        )
        names |= {row["id"]: row["name"] for row in classes}
        closing = {row["id"]: row["ends_on"] for row in classes}
        closing |= {row: min(day, closing[row]) for row, day in _last_sessions(links).items() if row in closing}
        for row in await context.fetch(
            "SELECT cs.id, cs.school_class_id, c.name || ' ' || s.title AS name FROM class_subject cs"
            " JOIN school_class c ON c.id = cs.school_class_id JOIN subject s ON s.id = cs.subject_id"
        ):
            names[row["id"]] = row["name"]
            closing[row["id"]] = closing[row["school_class_id"]]
        return cls(names, closing, frozenset(row["id"] for row in classes if row["kind"] == "homeroom"))

    def title(self, person: str, place: str) -> Callable[[Mapping[str, Any]], str]:
        """Names rows by the person and the class that two columns hold."""
        return lambda row: f"{self.names.get(row[person], '')}: {self.names.get(row[place], '')}"

    def closes_on(self, place: str) -> Callable[[Mapping[str, Any]], date | None]:
        """The last day of the class that a column holds."""
        return lambda row: self.closing.get(row[place])

    def one_homeroom(self, row: Mapping[str, Any]) -> Hashable | None:
        """A student is in one homeroom class a day."""
        student: UUID = row["student_id"]
        return student if row["school_class_id"] in self.homerooms else None


def _last_sessions(links: Links) -> dict[UUID, date]:
    """The last days of the sessions in which earlier rosters had classes, where all of them are known."""
    ends: dict[str, str | None] = {}
    for link in links.of("calendar").values():
        ends[link.source_id] = (link.said() or {}).get("ends_on")
    found: dict[UUID, date] = {}
    for noun in ("homeroom", "section"):
        for link in links.of(noun).values():
            record = link.said() or {}
            days = [ends.get(name) for name in record.get("section", record).get("sessions", ())]
            if link.row is not None and days and all(days):
                found[link.row] = max(date.fromisoformat(day) for day in days if day)
    return found


async def settle_enrolments(context: Context, links: Links, report: Report, endings: Stop, placed: Placed) -> None:
    """Make, change and end enrolments, teaching assignments, appointments of homeroom teachers and guardianships."""
    sorter = _Sorter(report, links, placed)
    for position, each in enumerate(placed.roster.enrolments):
        sorter.take(position, each)
    for section, others in sorter.others.items():
        year = placed.calendar.year_of(sorter.sections[section])
        links.keep("attendance", section, others, others[0][0], year=year)
    titles = await _Titles.load(context, links)
    heads = [head for _, periods in sorter.heads.values() for head in periods]
    nouns = (
        (
            PeriodNoun(
                "enrolment",
                ClassEnrolment,
                ("student_id", "school_class_id"),
                titles.one_homeroom,
                titles.closes_on("school_class_id"),
                titles.title("student_id", "school_class_id"),
            ),
            sorter.learners,
        ),
        (
            PeriodNoun(
                "teaching",
                TeachingAssignment,
                ("class_subject_id", "staff_id"),
                closes_on=titles.closes_on("class_subject_id"),
                title=titles.title("staff_id", "class_subject_id"),
            ),
            sorter.teachers,
        ),
        (
            PeriodNoun(
                "homeroom_teacher",
                HomeroomAppointment,
                ("school_class_id", "staff_id"),
                lambda row: row["school_class_id"],
                titles.closes_on("school_class_id"),
                titles.title("staff_id", "school_class_id"),
            ),
            heads,
        ),
        (
            PeriodNoun(
                "guardianship",
                Guardianship,
                ("student_id", "guardian_id"),
                title=titles.title("guardian_id", "student_id"),
            ),
            _guardianships(context, links, report, placed),
        ),
    )
    for noun, wanted in nouns:
        await settle_periods(context, links, report, endings, placed.roster, noun, wanted)


def _guardianships(context: Context, links: Links, report: Report, placed: Placed) -> list[WantedPeriod]:
    """Who stands for whom. What the school says of the relation stays."""
    wanted: list[WantedPeriod] = []
    for position, each in enumerate(placed.roster.guardianships):
        student = placed.people["student"].get(each.child)
        source_id = f"{each.child}|{each.guardian}"
        if student is None:
            report["left_out"]["guardians of people who are no students"] += 1
            links.keep("other_guardianship", source_id, each, position)
            continue
        keys = {"student_id": student, "guardian_id": placed.people["guardian"][each.guardian]}
        values = {"relation": relation(each.relation).value}
        before: Mapping[str, Any] | None = {} if (source_id, None) in links.of("guardianship") else None
        wanted.append(
            WantedPeriod(source_id, position, each, each, keys, None, context.today, values=values, before=before)
        )
    return wanted


async def refuse_overlaps(context: Context, roster: Roster, students: Mapping[str, UUID]) -> None:
    """Refuse what would put a student into two homeroom classes on one day, whoever entered the classes.

    Raises RosterRejected naming each student, both classes and the student's last line.
    """
    rows = await context.fetch(_OVERLAPS, list(students.values()))
    if not rows:
        return
    source_ids = {row: source_id for source_id, row in students.items()}
    lines = {each.person: each for each in roster.enrolments if is_student(each.role)}
    problems = []
    for row in rows:
        both = {"name": row["full_name"], "number": row["code"] or "–", "one": row["one"], "other": row["other"]}
        line = lines.get(source_ids[row["id"]])
        problems.append(
            Problem("", 0, "", TWO_CLASSES, **both)
            if line is None
            else problem_at(roster, line, "section", TWO_CLASSES, **both)
        )
    raise RosterRejected(problems)
