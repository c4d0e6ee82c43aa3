"""1EdTech OneRoster 1.2, CSV binding (Final Release 1.2.1), bulk mode: files, columns and words."""

from __future__ import annotations

from collections.abc import Mapping

from homeroom.messages import (
    Message,
)
from homeroom.reading.faults import (
    Faults,
    shown,
)
from homeroom.reading.refusals import (
    BAD_WORD,
)
from homeroom_rosters.refusals import ANNOUNCED_FILE, BAD_VERSION, CLASS_OF_OTHER_ORG, DELTA, UNANNOUNCED_FILE
from homeroom_rosters.roster import lengths
from homeroom_rosters.roster.checks import check_periods, check_tree, check_year_titles
from homeroom_rosters.roster.format import RosterFormat
from homeroom_rosters.roster.layout import Column, Kind, Layout, Table
from homeroom_rosters.roster.oneroster_records import (
    CLASS_TYPES,
    CLASSES,
    COLUMNS,
    COURSES,
    DEMOGRAPHICS,
    ENROLLMENT_ROLES,
    ENROLLMENTS,
    MANIFEST,
    ORG_TYPES,
    ORGS,
    PROFILES,
    ROLE_WORDS,
    ROLES,
    SESSION_TYPES,
    SESSIONS,
    USERS,
    records_of,
    rows_of,
)
from homeroom_rosters.roster.problems import Problem
from homeroom_rosters.roster.records import Roster

__all__ = ["ONEROSTER_1_2"]

_VERSION = "1.2"
_METADATA = "metadata."
# In bulk mode both are to be blank; "active" is what many systems write there, and does no harm.
_STATE = (Column("status", words=("active",)), Column("dateLastModified"))


def _text(name: str, longest: int | None = None, *, required: bool = False) -> Column:
    return Column(name, required=required, longest=longest)


def _list(name: str) -> Column:
    return Column(name, Kind.LIST)


def _day(name: str, *, required: bool = False) -> Column:
    return Column(name, Kind.DATE, required=required)


def _ref(name: str, file: str, *, required: bool = False, kind: Kind = Kind.TEXT) -> Column:
    return Column(name, kind, required=required, refers=(file,))


def _words(name: str, words: tuple[str, ...], *, closed: bool = False) -> Column:
    return Column(name, required=True, words=words, open_words=not closed)


def _file(name: str, *columns: Column, required: bool = False, head: bool = True) -> Layout:
    first = (_text("sourcedId", lengths.SOURCE_ID, required=True), *_STATE) if head else ()
    key = "sourcedId" if head else columns[0].name
    return Layout(name, (*first, *columns), key=(key,), required=required, extensions=_METADATA if head else None)


_RACES = (
    "americanIndianOrAlaskaNative",
    "asian",
    "blackOrAfricanAmerican",
    "nativeHawaiianOrOtherPacificIslander",
    "white",
    "demographicRaceTwoOrMoreRaces",
    "hispanicOrLatinoEthnicity",
)

_LAYOUTS = (
    _file(MANIFEST, _text("propertyName", required=True), _text("value"), required=True, head=False),
    _file(
        ORGS,
        _text("name", required=True),
        _words("type", ORG_TYPES),
        _text("identifier"),
        _ref("parentSourcedId", ORGS),
    ),
    _file(
        SESSIONS,
        _text("title", lengths.TERM, required=True),
        _words("type", SESSION_TYPES),
        _day("startDate", required=True),
        _day("endDate", required=True),
        _ref("parentSourcedId", SESSIONS),
        _text("schoolYear", required=True),
    ),
    _file(
        COURSES,
        _ref("schoolYearSourcedId", SESSIONS),
        _text("title", lengths.TITLE, required=True),
        _text("courseCode", lengths.SUBJECT_CODE),
        _list("grades"),
        _ref("orgSourcedId", ORGS, required=True),
        _list("subjects"),
        _list("subjectCodes"),
    ),
    _file(
        CLASSES,
        _text("title", lengths.TITLE, required=True),
        _list("grades"),
        _ref("courseSourcedId", COURSES, required=True),
        _text("classCode", lengths.CODE),
        _words("classType", CLASS_TYPES),
        _text("location"),
        _ref("schoolSourcedId", ORGS, required=True),
        _ref("termSourcedIds", SESSIONS, required=True, kind=Kind.LIST),
        _list("subjects"),
        _list("subjectCodes"),
        _list("periods"),
    ),
    _file(
        USERS,
        Column("enabledUser", Kind.BOOLEAN, required=True),
        _text("username", required=True),
        _list("userIds"),
        _text("givenName", lengths.NAME, required=True),
        _text("familyName", lengths.NAME, required=True),
        _text("middleName", lengths.NAME),
        _text("identifier", lengths.CODE),
        _text("email", lengths.EMAIL),
        _text("sms", lengths.PHONE),
        _text("phone", lengths.PHONE),
        _ref("agentSourcedIds", USERS, kind=Kind.LIST),
        _list("grades"),
        Column("password", Kind.SECRET),
        *map(
            _text,
            ("userMasterIdentifier", "preferredGivenName", "preferredMiddleName", "preferredFamilyName"),
        ),
        _ref("primaryOrgSourcedId", ORGS),
        _text("pronouns"),
    ),
    _file(
        PROFILES,
        _ref("userSourcedId", USERS, required=True),
        _text("profileType", required=True),
        _text("vendorId", required=True),
        *map(_text, ("applicationId", "description", "credentialType", "username")),
        Column("password", Kind.SECRET),
    ),
    _file(
        ROLES,
        _ref("userSourcedId", USERS, required=True),
        _words("roleType", ("primary", "secondary"), closed=True),
        _words("role", ROLE_WORDS),
        _day("beginDate"),
        _day("endDate"),
        _ref("orgSourcedId", ORGS, required=True),
        _ref("userProfileSourcedId", PROFILES),
    ),
    _file(
        ENROLLMENTS,
        _ref("classSourcedId", CLASSES, required=True),
        _ref("schoolSourcedId", ORGS, required=True),
        _ref("userSourcedId", USERS, required=True),
        _words("role", ENROLLMENT_ROLES),
        Column("primary", Kind.BOOLEAN),
        _day("beginDate"),
        _day("endDate"),
    ),
    Layout(
        DEMOGRAPHICS,
        (
            _ref("sourcedId", USERS, required=True),
            *_STATE,
            _day("birthDate"),
            Column("sex", words=("male", "female", "unspecified", "other")),
            *(Column(name, Kind.BOOLEAN) for name in _RACES),
            *map(_text, ("countryOfBirthCode", "stateOfBirthAbbreviation", "cityOfBirth")),
            _text("publicSchoolResidenceStatus"),
        ),
        key=("sourcedId",),
        extensions=_METADATA,
    ),
)


def _check_manifest(tables: Mapping[str, Table], problems: Faults) -> None:
    """The version must be 1.2 and every file that is there must be a bulk file, as announced."""
    if MANIFEST not in tables or any(problem.file == MANIFEST for problem in problems):
        return
    lines = {row.text("propertyName"): row for row in tables[MANIFEST].rows}
    version = lines.get("oneroster.version")
    if version is None or version.text("value") != _VERSION:
        problems.append(Problem(MANIFEST, version.line if version else 0, "value", BAD_VERSION, version=_VERSION))
    for layout in _LAYOUTS[1:]:
        row = lines.get("file." + layout.file.removesuffix(".csv"))
        word = row.text("value") if row else "absent"
        fault = _announcement_fault(layout.file, word, present=layout.file in tables)
        if fault is not None:
            problems.append(Problem.of(MANIFEST, row.line if row else 0, "value", fault))


def _announcement_fault(file: str, word: str, *, present: bool) -> Message | None:
    if word == "delta":
        return Message(DELTA, {"name": file})
    if word not in ("bulk", "absent"):
        return Message(BAD_WORD, {"value": shown(word), "options": ["bulk", "delta", "absent"]})
    if word == "bulk" and not present:
        return Message(ANNOUNCED_FILE, {"name": file})
    if word == "absent" and present:
        return Message(UNANNOUNCED_FILE, {"name": file})
    return None


def _build(tables: Mapping[str, Table], problems: Faults) -> Roster:
    _check_manifest(tables, problems)
    check_tree(tables.get(ORGS), "parentSourcedId", problems)
    check_tree(tables.get(SESSIONS), "parentSourcedId", problems)
    check_year_titles(tables.get(SESSIONS), problems)
    for file, start, end in (
        (SESSIONS, "startDate", "endDate"),
        (ROLES, "beginDate", "endDate"),
        (ENROLLMENTS, "beginDate", "endDate"),
    ):
        check_periods(tables.get(file), start, end, problems)
    _check_schools(tables, problems)
    return records_of(tables)


def _check_schools(tables: Mapping[str, Table], problems: Faults) -> None:
    """An enrolment names the class's school once more; both must agree."""
    if CLASSES not in tables or ENROLLMENTS not in tables:
        return
    school = {row.text("sourcedId"): row.text("schoolSourcedId") for row in tables[CLASSES].rows}
    for row in tables[ENROLLMENTS].rows:
        expected = school.get(row.text("classSourcedId"))
        if expected is not None and row.text("schoolSourcedId") not in ("", expected):
            problems.append(
                Problem(ENROLLMENTS, row.line, "schoolSourcedId", CLASS_OF_OTHER_ORG, value=shown(expected))
            )


def _recognises(names: set[str]) -> bool:
    return "manifest.csv" in names


ONEROSTER_1_2 = RosterFormat("oneroster-1.2", "1EdTech OneRoster 1.2", _LAYOUTS, _recognises, _build, rows_of, COLUMNS)
