"""The formats that are known, and the two functions that everybody calls: read and write."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from homeroom.reading.faults import Fault, FileRefused
from homeroom.reading.layouts import Place, ReadOptions
from homeroom.refusals import Code
from homeroom_rosters.refusals import NO_SUCH_FORMAT, UNKNOWN_FORMAT
from homeroom_rosters.roster.bundle import Bundle, open_bundle
from homeroom_rosters.roster.format import RosterFormat
from homeroom_rosters.roster.oneroster import ONEROSTER_1_2
from homeroom_rosters.roster.records import Course, Roster, Section
from homeroom_rosters.roster.sds_v1 import SDS_V1
from homeroom_rosters.roster.sds_v2_1 import SDS_V2_1

_BY_ITSELF: Final = ReadOptions()
FORMATS: Final = {each.name: each for each in (ONEROSTER_1_2, SDS_V2_1, SDS_V1)}


def roster_format(name: str) -> RosterFormat:
    """The format of that name.  Raises `FileRefused` that names the known ones."""
    try:
        return FORMATS[name]
    except KeyError:
        raise FileRefused([Fault("", 0, "", NO_SUCH_FORMAT, value=name, options=sorted(FORMATS))]) from None


def read_roster(source: Path | bytes | Bundle, form: str | None = None, options: ReadOptions = _BY_ITSELF) -> Roster:
    """Read a bundle.

    Args:
        source: a folder, a zip file or its bytes, or the files by name.
        form: name of the format; None recognises it by the names of the files.
        options: what the sender states about encoding and dates.

    Raises `FileRefused` with every fault of every file; nothing is read by halves.
    """
    files = open_bundle(source)
    if form is not None:
        return roster_format(form).read(files, options)
    names = {name.casefold() for name in files}
    for each in FORMATS.values():
        if each.known_by <= names:
            return each.read(files, options)
    raise FileRefused([Fault("", 0, "", UNKNOWN_FORMAT)])


def problem_at(roster: Roster, record: Any, attribute: str, code: Code, /, **values: Any) -> Fault:
    """A fault of a record that was read, with the file, the line and the column that it was read from.

    Args:
        attribute: The attribute that is wrong, such as ``starts_on``; empty for the record as a whole.
    """
    place: Place = record.place
    return Fault(place.file, place.line, _header(roster, record, attribute), code, **values)


def is_given(roster: Roster, record: Any, attribute: str) -> bool:
    """Whether the file of a record has the column of an attribute. A file takes nothing away that it has no column for.

    Args:
        roster: The roster that the record belongs to; one that was not read from files has all columns.
        record: Any of its records; none where the roster has no such record.
    """
    if record is None or not roster.headers or not record.place.file:
        return record is not None
    return _header(roster, record, attribute) in roster.headers.get(record.place.file, ())


def _header(roster: Roster, record: Any, attribute: str) -> str:
    """The column of an attribute; empty if it has none."""
    form = FORMATS.get(roster.format)
    return form.columns.get(f"{type(record).__name__}.{attribute}", "") if form is not None else ""


def write_roster(roster: Roster, form: str | None = None) -> dict[str, bytes]:
    """The files of a roster in the format `form`, by default the one it was read from.

    Passwords are never in them.  Another format than its own loses what only the own one can say.
    """
    if form is None or form == roster.format:
        return roster_format(roster.format).write(roster)
    return roster_format(form).write(_as_another(roster, courses_for_homerooms=form == ONEROSTER_1_2.name))


def _as_another(roster: Roster, *, courses_for_homerooms: bool) -> Roster:
    """What another format demands and the roster's own lacks.

    A course gets the organisation of its first section, a session the year of its end, a person without a
    user name the id.  A section without a course is a homeroom class; OneRoster wants it to say so and to
    have a course all the same, the other formats want it to have none.
    """
    org_of: dict[str, str] = {}
    for section in roster.sections:
        org_of.setdefault(section.course, section.org)
    sections: list[Section] = []
    homerooms: dict[str, Course] = {}
    for section in roster.sections:
        if section.course and (courses_for_homerooms or section.kind != "homeroom"):
            sections.append(section)
        elif not courses_for_homerooms:
            sections.append(replace(section, course=""))
        else:
            course = Course(f"homeroom-{section.org}", "Homeroom", "homeroom", section.org)
            homerooms[course.source_id] = course
            sections.append(replace(section, kind="homeroom", course=course.source_id))
    return replace(
        roster,
        sections=tuple(sections),
        courses=(
            *(replace(each, org=each.org or org_of.get(each.source_id, "")) for each in roster.courses),
            *homerooms.values(),
        ),
        people=tuple(replace(each, username=each.username or each.source_id) for each in roster.people),
        sessions=tuple(
            replace(each, school_year=each.school_year or (str(each.ends_on.year) if each.ends_on else ""))
            for each in roster.sessions
        ),
    )
