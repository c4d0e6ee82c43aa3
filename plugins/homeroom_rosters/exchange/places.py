"""Where a roster's sections belong in the school: which year, which grade level, which class.

Rosters know sections of courses; schools know classes of pupils.  A section without a course, or one that its
format calls a homeroom, is a homeroom class.  A section of a course whose students all sit in one homeroom
class, and are most of it, is that class being taught a subject.  Every other section becomes a class of the
kind *course*.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from homeroom_rosters.exchange.words import is_student
from homeroom_rosters.roster.records import Roster, Section, Session

#: The part of a homeroom class that must sit in a section for the section to be the class itself: pupils who
#: are exempt from a subject do not split their class.
_MOST: Final = Fraction(4, 5)


@dataclass(frozen=True, slots=True)
class Places:
    """Where sections belong.

    Args:
        homerooms: Sections that are homeroom classes.
        courses: Sections that become classes of the kind course.
        taught: Section to the homeroom section whose class it is.
    """

    homerooms: tuple[Section, ...]
    courses: tuple[Section, ...]
    taught: Mapping[str, str]


def place_sections(roster: Roster, known: Mapping[str, str]) -> Places:
    """Decide for each section.

    Args:
        known: What earlier imports decided: section to ``course`` or to its homeroom section.  It is kept,
            so that a class does not change its kind when one student leaves.
    """
    students: dict[str, set[str]] = {}
    for each in roster.enrolments:
        if is_student(each.role):
            students.setdefault(each.section, set()).add(each.person)
    homerooms = tuple(each for each in roster.sections if each.kind == "homeroom" or not each.course)
    homeroom_ids = {each.source_id for each in homerooms}
    classes_of: dict[str, set[str]] = {}
    for homeroom in homerooms:
        for student in students.get(homeroom.source_id, ()):
            classes_of.setdefault(student, set()).add(homeroom.source_id)
    taught: dict[str, str] = {}
    courses: list[Section] = []
    for section in roster.sections:
        if section.source_id in homeroom_ids:
            continue
        decided = known.get(section.source_id)
        if decided in homeroom_ids:
            taught[section.source_id] = decided
        elif decided is not None:
            courses.append(section)
        elif (found := _homeroom_of(students, section.source_id, classes_of)) is not None:
            taught[section.source_id] = found
        else:
            courses.append(section)
    return Places(homerooms, tuple(courses), taught)


def _homeroom_of(students: Mapping[str, set[str]], section: str, classes_of: Mapping[str, set[str]]) -> str | None:
    members = students.get(section, set())
    if not members:
        return None
    counts = Counter(homeroom for student in members for homeroom in classes_of.get(student, ()))
    for homeroom, number in counts.most_common(1):
        if number == len(members) and number >= _MOST * len(students[homeroom]):
            return homeroom
    return None


def year_session(sessions: Mapping[str, Session], names: Iterable[str]) -> Session | None:
    """The school year that one of the named sessions is or lies in; else the first of the named.

    A session lies in a school year that is its ancestor, or whose days hold its own.
    """
    found: Session | None = None
    for name in names:
        session = sessions.get(name)
        found = found or session
        step = session
        while step is not None:
            if step.is_year:
                return step
            step = sessions.get(step.parent)
    return found and next((each for each in sessions.values() if each.is_year_of(found)), found)
