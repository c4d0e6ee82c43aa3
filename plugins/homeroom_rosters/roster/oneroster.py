"""1EdTech OneRoster 1.2, CSV binding (Final Release 1.2.1), bulk mode."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from homeroom.messages import Message
from homeroom.reading.faults import Fault, Faults, shown
from homeroom.reading.layouts import Kind
from homeroom.reading.records import Field, Way
from homeroom.reading.refusals import BAD_WORD
from homeroom_rosters.refusals import ANNOUNCED_FILE, BAD_VERSION, CLASS_OF_OTHER_ORG, DELTA, UNANNOUNCED_FILE
from homeroom_rosters.roster.files import File, day, file, ref, text
from homeroom_rosters.roster.format import RosterFormat, Rows, Tables, rows_of
from homeroom_rosters.roster.records import Guardianship, Roster

_VERSION: Final = "1.2"
_MANIFEST, _ORGS, _SESSIONS, _COURSES = "manifest.csv", "orgs.csv", "academicSessions.csv", "courses.csv"
_CLASSES, _USERS, _PROFILES, _ENROLLMENTS = "classes.csv", "users.csv", "userProfiles.csv", "enrollments.csv"
_DAY: Final = timedelta(days=1)
#: Roles that make an agent of a student a guardian, and nobody staff; the first that the agent holds is the relation.
GUARDIAN_ROLES: Final = ("parent", "guardian", "relative")
_ORG_TYPES: Final = ("department", "school", "district", "local", "state", "national")
_SESSION_TYPES: Final = ("gradingPeriod", "semester", "schoolYear", "term")
_ROLES: Final = (
    "aide",
    "counselor",
    "districtAdministrator",
    "guardian",
    "parent",
    "principal",
    "proctor",
    "relative",
    "siteAdministrator",
    "student",
    "systemAdministrator",
    "teacher",
)
_RACES: Final = (
    "americanIndianOrAlaskaNative",
    "asian",
    "blackOrAfricanAmerican",
    "nativeHawaiianOrOtherPacificIslander",
    "white",
    "demographicRaceTwoOrMoreRaces",
    "hispanicOrLatinoEthnicity",
)
#: The files that a manifest must name, in the order of the standard.
_MANIFEST_FILES: Final = (
    "academicSessions",
    "categories",
    "classes",
    "classResources",
    "courses",
    "courseResources",
    "demographics",
    "enrollments",
    "lineItemLearningObjectiveIds",
    "lineItems",
    "lineItemScoreScales",
    "orgs",
    "resources",
    "resultLearningObjectiveIds",
    "results",
    "resultScoreScales",
    "roles",
    "scoreScales",
    "userProfiles",
    "userResources",
    "users",
)


def _last_day(end: date | None) -> date | None:
    """The last day of a period.  The standard's end dates are exclusive: the day after the last one."""
    return None if end is None or end == date.min else end - _DAY


def _end_date(last: date | None) -> date | None:
    return None if last is None or last == date.max else last + _DAY


_EXCLUSIVE: Final = Way(_last_day, _end_date)
_ENABLED: Final = Way(read=lambda cell: cell is not False)
_CLASS_TYPE: Final = Way(write=lambda kind: kind or "scheduled")
_PRIMARY: Final = Way(lambda cell: cell == "primary", lambda primary: "secondary" if primary is False else "primary")


def _words(name: str, to: str, words: tuple[str, ...], way: Way | None = None) -> Field:
    """A column of the standard's words.  Words of other formats are written behind ``ext:``, as it allows."""

    def written(word: str) -> str:
        return word if word in words or word.startswith("ext:") else f"ext:{word}"

    return Field(name, required=True, words=words, open_words=True, to=to, way=way or Way(write=written))


def _many(name: str, to: str = "", **more: Any) -> Field:
    return Field(name, Kind.LIST, to=to, **more)


def _file(name: str, first: Field, *columns: Field) -> File:
    # In bulk mode both are to be blank; "active" is what many systems write there, and does no harm.
    state = (Field("status", words=("active",)), Field("dateLastModified"))
    return file(name, first, *state, *columns, extensions="metadata.")


_FILES = (
    file(_MANIFEST, text("propertyName", required=True), text("value"), key="propertyName", required=True),
    _file(
        _ORGS,
        text("sourcedId", "Org.source_id", required=True),
        text("name", "Org.name", required=True),
        _words("type", "Org.kind", _ORG_TYPES),
        text("identifier", "Org.identifier"),
        ref("parentSourcedId", _ORGS, "Org.parent"),
    ),
    _file(
        _SESSIONS,
        text("sourcedId", "Session.source_id", required=True),
        text("title", "Session.title", required=True),
        _words("type", "Session.kind", _SESSION_TYPES),
        day("startDate", "Session.starts_on", required=True),
        day("endDate", "Session.ends_on", required=True, way=_EXCLUSIVE),
        ref("parentSourcedId", _SESSIONS, "Session.parent"),
        text("schoolYear", "Session.school_year", required=True),
    ),
    _file(
        _COURSES,
        text("sourcedId", "Course.source_id", required=True),
        ref("schoolYearSourcedId", _SESSIONS, "Course.session"),
        text("title", "Course.title", required=True),
        text("courseCode", "Course.code"),
        _many("grades", "Course.grades"),
        ref("orgSourcedId", _ORGS, "Course.org", required=True),
        _many("subjects", "Course.subjects"),
        _many("subjectCodes"),
    ),
    _file(
        _CLASSES,
        text("sourcedId", "Section.source_id", required=True),
        text("title", "Section.title", required=True),
        _many("grades", "Section.grades"),
        ref("courseSourcedId", _COURSES, "Section.course", required=True),
        text("classCode", "Section.code"),
        _words("classType", "Section.kind", ("homeroom", "scheduled"), _CLASS_TYPE),
        text("location"),
        ref("schoolSourcedId", _ORGS, "Section.org", required=True),
        ref("termSourcedIds", _SESSIONS, "Section.sessions", required=True, kind=Kind.LIST),
        _many("subjects", "Section.subjects"),
        _many("subjectCodes"),
        _many("periods", "Section.periods"),
    ),
    _file(
        _USERS,
        text("sourcedId", "Person.source_id", required=True),
        Field("enabledUser", Kind.BOOLEAN, required=True, to="Person.enabled", way=_ENABLED),
        text("username", "Person.username", required=True),
        _many("userIds"),
        text("givenName", "Person.given", required=True),
        text("familyName", "Person.family", required=True),
        text("middleName", "Person.middle"),
        text("identifier", longest=60),
        text("email", "Person.email"),
        text("sms", "Person.sms"),
        text("phone", "Person.phone"),
        ref("agentSourcedIds", _USERS, "Guardianship.guardian Guardianship.relation", kind=Kind.LIST),
        _many("grades", "Person.grades"),
        Field("password", Kind.SECRET),
        *map(text, ("userMasterIdentifier", "preferredGivenName", "preferredMiddleName", "preferredFamilyName")),
        ref("primaryOrgSourcedId", _ORGS),
        text("pronouns"),
    ),
    _file(
        _PROFILES,
        text("sourcedId", "Profile.source_id", required=True),
        ref("userSourcedId", _USERS, "Profile.person", required=True),
        text("profileType", required=True),
        text("vendorId", required=True),
        *map(text, ("applicationId", "description", "credentialType", "username")),
        Field("password", Kind.SECRET),
    ),
    _file(
        "roles.csv",
        text("sourcedId", "Role.source_id", required=True),
        ref("userSourcedId", _USERS, "Role.person", required=True),
        Field("roleType", required=True, words=("primary", "secondary"), to="Role.primary", way=_PRIMARY),
        _words("role", "Role.role", _ROLES),
        day("beginDate", "Role.starts_on"),
        day("endDate", "Role.ends_on", way=_EXCLUSIVE),
        ref("orgSourcedId", _ORGS, "Role.org", required=True),
        ref("userProfileSourcedId", _PROFILES),
    ),
    _file(
        _ENROLLMENTS,
        text("sourcedId", "Enrolment.source_id", required=True),
        ref("classSourcedId", _CLASSES, "Enrolment.section", required=True),
        ref("schoolSourcedId", _ORGS, "Section.org", required=True),
        ref("userSourcedId", _USERS, "Enrolment.person", required=True),
        _words("role", "Enrolment.role", ("administrator", "proctor", "student", "teacher")),
        Field("primary", Kind.BOOLEAN, to="Enrolment.primary"),
        day("beginDate", "Enrolment.starts_on"),
        day("endDate", "Enrolment.ends_on", way=_EXCLUSIVE),
    ),
    _file(
        "demographics.csv",
        ref("sourcedId", _USERS, "Demographics.person", required=True),
        day("birthDate", "Demographics.born_on"),
        Field("sex", words=("male", "female", "unspecified", "other"), to="Demographics.sex"),
        *(Field(name, Kind.BOOLEAN) for name in _RACES),
        *map(text, ("countryOfBirthCode", "stateOfBirthAbbreviation", "cityOfBirth", "publicSchoolResidenceStatus")),
    ),
)


class _OneRoster(RosterFormat):
    def build(self, tables: Tables, problems: Faults) -> Roster:
        _check_manifest(tables, problems)
        _check_schools(tables, problems)
        roster = super().build(tables, problems)
        relation: dict[str, str] = {}
        for word in reversed(GUARDIAN_ROLES):
            relation |= {role.person: word for role in roster.roles if role.role == word}
        lines = {row.text("propertyName"): row.text("value") for row in rows_of(tables, _MANIFEST)}
        return replace(
            roster,
            guardianships=tuple(
                Guardianship(row.text("sourcedId"), agent, relation.get(agent, ""), place=row.place)
                for row in rows_of(tables, _USERS)
                for agent in row.many("agentSourcedIds")
            ),
            properties={name: value for name, value in lines.items() if name.startswith("source.")},
        )

    def rows(self, roster: Roster) -> Rows:
        """The rows of each file; roles and enrolments without ids get ids made of the ids that they join."""
        school = {section.source_id: section.org for section in roster.sections}
        agents: dict[str, tuple[str, ...]] = {}
        for each in roster.guardianships:
            agents[each.child] = (*agents.get(each.child, ()), each.guardian)
        roles = (
            replace(each, source_id=each.source_id or _joined(each.person, each.role, each.org, each.session))
            for each in roster.roles
        )
        enrolments = (
            replace(each, source_id=each.source_id or _joined(each.section, each.person, each.role))
            for each in roster.enrolments
        )
        files = super().rows(replace(roster, roles=tuple(roles), enrolments=tuple(enrolments)))
        for person, cells in zip(roster.people, files[_USERS], strict=True):
            cells["agentSourcedIds"] = agents.get(person.source_id, ())
        for enrolment, cells in zip(roster.enrolments, files[_ENROLLMENTS], strict=True):
            cells["schoolSourcedId"] = school.get(enrolment.section, "")
        properties = {
            "manifest.version": "1.0",
            "oneroster.version": _VERSION,
            **{f"file.{name}": "bulk" if files.get(f"{name}.csv") else "absent" for name in _MANIFEST_FILES},
            **dict(sorted(roster.properties.items())),
        }
        return {_MANIFEST: [{"propertyName": name, "value": value} for name, value in properties.items()], **files}


def _joined(*parts: str) -> str:
    return "-".join(part for part in parts if part)


def _check_manifest(tables: Tables, problems: Faults) -> None:
    """The version must be 1.2 and every file that is there must be a bulk file, as announced."""
    if _MANIFEST not in tables or any(problem.file == _MANIFEST for problem in problems):
        return
    lines = {row.text("propertyName"): row for row in tables[_MANIFEST].rows}
    version = lines.get("oneroster.version")
    if version is None or version.text("value") != _VERSION:
        problems.append(Fault(_MANIFEST, version.line if version else 0, "value", BAD_VERSION, version=_VERSION))
    for each in _FILES[1:]:
        row = lines.get("file." + each.file.removesuffix(".csv"))
        word = row.text("value") if row else "absent"
        fault = _announcement_fault(each.file, word, present=each.file in tables)
        if fault is not None:
            problems.append(Fault.of(_MANIFEST, row.line if row else 0, "value", fault))


def _announcement_fault(name: str, word: str, *, present: bool) -> Message | None:
    if word == "delta":
        return Message(DELTA, {"name": name})
    if word not in ("bulk", "absent"):
        return Message(BAD_WORD, {"value": shown(word), "options": ["bulk", "delta", "absent"]})
    if (word == "bulk") is present:
        return None
    return Message(UNANNOUNCED_FILE if present else ANNOUNCED_FILE, {"name": name})


def _check_schools(tables: Tables, problems: Faults) -> None:
    """An enrolment names the class's school once more; both must agree."""
    school = {row.text("sourcedId"): row.text("schoolSourcedId") for row in rows_of(tables, _CLASSES)}
    for row in rows_of(tables, _ENROLLMENTS):
        expected = school.get(row.text("classSourcedId"))
        if expected is not None and row.text("schoolSourcedId") not in ("", expected):
            named = {"value": shown(expected)}
            problems.append(Fault(_ENROLLMENTS, row.line, "schoolSourcedId", CLASS_OF_OTHER_ORG, **named))


ONEROSTER_1_2 = _OneRoster(
    "oneroster-1.2",
    "1EdTech OneRoster 1.2",
    _FILES,
    frozenset({"manifest.csv"}),
)
