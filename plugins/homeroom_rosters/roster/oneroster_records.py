"""OneRoster 1.2: how its rows become records and records its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from homeroom_rosters.roster.format import Cells
from homeroom_rosters.roster.layout import Row, Table
from homeroom_rosters.roster.records import (
    Course,
    Demographics,
    Enrolment,
    Guardianship,
    Org,
    Person,
    Profile,
    Role,
    Roster,
    Section,
    Session,
)

__all__ = [
    "CLASSES",
    "CLASS_TYPES",
    "COLUMNS",
    "COURSES",
    "DEMOGRAPHICS",
    "ENROLLMENTS",
    "ENROLLMENT_ROLES",
    "MANIFEST",
    "ORGS",
    "ORG_TYPES",
    "PROFILES",
    "ROLES",
    "ROLE_WORDS",
    "SESSIONS",
    "SESSION_TYPES",
    "USERS",
    "records_of",
    "rows_of",
]

MANIFEST: Final = "manifest.csv"
ORGS: Final = "orgs.csv"
SESSIONS: Final = "academicSessions.csv"
COURSES: Final = "courses.csv"
CLASSES: Final = "classes.csv"
USERS: Final = "users.csv"
PROFILES: Final = "userProfiles.csv"
ROLES: Final = "roles.csv"
ENROLLMENTS: Final = "enrollments.csv"
DEMOGRAPHICS: Final = "demographics.csv"

ORG_TYPES: Final = ("department", "school", "district", "local", "state", "national")
SESSION_TYPES: Final = ("gradingPeriod", "semester", "schoolYear", "term")
CLASS_TYPES: Final = ("homeroom", "scheduled")
ROLE_WORDS: Final = (
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
ENROLLMENT_ROLES: Final = ("administrator", "proctor", "student", "teacher")

#: The files that a manifest must speak of, in the order of the standard.
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
_DAY: Final = timedelta(days=1)
#: Roles that make an agent of a pupil a guardian; the first that the agent holds becomes the relation.
_GUARDIAN_ROLES: Final = ("parent", "guardian", "relative")

#: Attribute of a record to the header that a fault of it names.
COLUMNS: Final = {
    "Org.name": "name",
    "Session.title": "title",
    "Session.starts_on": "startDate",
    "Session.ends_on": "endDate",
    "Session.school_year": "schoolYear",
    "Session.parent": "parentSourcedId",
    "Course.title": "title",
    "Course.code": "courseCode",
    "Course.grades": "grades",
    "Course.subjects": "subjects",
    "Section.title": "title",
    "Section.code": "classCode",
    "Section.course": "courseSourcedId",
    "Section.sessions": "termSourcedIds",
    "Section.grades": "grades",
    "Person.source_id": "sourcedId",
    "Person.given": "givenName",
    "Person.middle": "middleName",
    "Person.family": "familyName",
    "Person.username": "username",
    "Person.email": "email",
    "Person.phone": "phone",
    "Person.sms": "sms",
    "Person.grades": "grades",
    "Person.identifier": "identifier",
    "Role.role": "role",
    "Role.starts_on": "beginDate",
    "Role.ends_on": "endDate",
    "Enrolment.person": "userSourcedId",
    "Enrolment.section": "classSourcedId",
    "Enrolment.role": "role",
    "Enrolment.starts_on": "beginDate",
    "Enrolment.ends_on": "endDate",
    "Guardianship.guardian": "agentSourcedIds",
    "Guardianship.relation": "agentSourcedIds",
    "Demographics.sex": "sex",
    "Demographics.born_on": "birthDate",
}


def records_of(tables: Mapping[str, Table]) -> Roster:
    """The roster of the files.  Cells with a fault read as empty: the caller refuses such a bundle."""

    def rows(file: str) -> Sequence[Row]:
        return tables[file].rows if file in tables else ()

    roles = tuple(map(_role, rows(ROLES)))
    relation: dict[str, str] = {}
    for word in reversed(_GUARDIAN_ROLES):
        relation |= {role.person: word for role in roles if role.role == word}
    return Roster(
        "oneroster-1.2",
        orgs=tuple(map(_org, rows(ORGS))),
        sessions=tuple(map(_session, rows(SESSIONS))),
        courses=tuple(map(_course, rows(COURSES))),
        sections=tuple(map(_section, rows(CLASSES))),
        people=tuple(map(_person, rows(USERS))),
        roles=roles,
        enrolments=tuple(map(_enrolment, rows(ENROLLMENTS))),
        guardianships=tuple(
            Guardianship(row.text("sourcedId"), agent, relation.get(agent, ""), place=row.place)
            for row in rows(USERS)
            for agent in row.many("agentSourcedIds")
        ),
        demographics=tuple(
            Demographics(
                row.text("sourcedId"),
                row.text("sex"),
                row.day("birthDate"),
                row.rest("sourcedId", "sex", "birthDate"),
                place=row.place,
            )
            for row in rows(DEMOGRAPHICS)
        ),
        profiles=tuple(
            Profile(
                row.text("sourcedId"),
                row.text("userSourcedId"),
                row.rest("sourcedId", "userSourcedId"),
                place=row.place,
            )
            for row in rows(PROFILES)
        ),
        properties={
            row.text("propertyName"): row.text("value")
            for row in rows(MANIFEST)
            if row.text("propertyName").startswith("source.")
        },
    )


def _last_day(row: Row, column: str) -> date | None:
    """The last day of a period.  The standard's end dates are exclusive: the day after the last one."""
    day = row.day(column)
    return None if day is None or day == date.min else day - _DAY


def _end_date(last: date | None) -> date | None:
    """The end date of a period with that last day."""
    return None if last is None or last == date.max else last + _DAY


def _org(row: Row) -> Org:
    return Org(
        row.text("sourcedId"),
        row.text("name"),
        row.text("type"),
        row.text("parentSourcedId"),
        row.text("identifier"),
        row.rest("sourcedId", "name", "type", "parentSourcedId", "identifier"),
        place=row.place,
    )


def _session(row: Row) -> Session:
    return Session(
        row.text("sourcedId"),
        row.text("title"),
        row.text("type"),
        row.day("startDate"),
        _last_day(row, "endDate"),
        row.text("schoolYear"),
        row.text("parentSourcedId"),
        row.rest("sourcedId", "title", "type", "startDate", "endDate", "schoolYear", "parentSourcedId"),
        place=row.place,
    )


def _course(row: Row) -> Course:
    used = ("sourcedId", "title", "courseCode", "orgSourcedId", "schoolYearSourcedId", "subjects", "grades")
    return Course(
        row.text("sourcedId"),
        row.text("title"),
        row.text("courseCode"),
        row.text("orgSourcedId"),
        row.text("schoolYearSourcedId"),
        row.many("subjects"),
        row.many("grades"),
        row.rest(*used),
        place=row.place,
    )


def _section(row: Row) -> Section:
    used = (
        "sourcedId",
        "title",
        "schoolSourcedId",
        "classType",
        "courseSourcedId",
        "termSourcedIds",
        "classCode",
    )
    return Section(
        row.text("sourcedId"),
        row.text("title"),
        row.text("schoolSourcedId"),
        row.text("classType"),
        row.text("courseSourcedId"),
        row.many("termSourcedIds"),
        row.text("classCode"),
        row.many("grades"),
        row.many("subjects"),
        row.many("periods"),
        row.rest(*used, "grades", "subjects", "periods"),
        place=row.place,
    )


def _person(row: Row) -> Person:
    used = ("sourcedId", "givenName", "familyName", "username", "middleName", "email", "phone", "sms")
    return Person(
        row.text("sourcedId"),
        row.text("givenName"),
        row.text("familyName"),
        row.text("username"),
        row.text("middleName"),
        row.text("email"),
        row.text("phone"),
        row.text("sms"),
        row.flag("enabledUser") is not False,
        row.many("grades"),
        row.rest(*used, "enabledUser", "grades", "agentSourcedIds"),
        place=row.place,
    )


def _role(row: Row) -> Role:
    return Role(
        row.text("userSourcedId"),
        row.text("orgSourcedId"),
        row.text("role"),
        row.text("sourcedId"),
        primary=row.text("roleType") == "primary",
        starts_on=row.day("beginDate"),
        ends_on=_last_day(row, "endDate"),
        extra=row.rest("userSourcedId", "orgSourcedId", "role", "sourcedId", "roleType", "beginDate", "endDate"),
        place=row.place,
    )


def _enrolment(row: Row) -> Enrolment:
    used = ("classSourcedId", "userSourcedId", "role", "sourcedId", "primary", "beginDate", "endDate")
    return Enrolment(
        row.text("classSourcedId"),
        row.text("userSourcedId"),
        row.text("role"),
        row.text("sourcedId"),
        row.flag("primary"),
        row.day("beginDate"),
        _last_day(row, "endDate"),
        row.rest(*used, "schoolSourcedId"),
        place=row.place,
    )


def _word(word: str, known: tuple[str, ...]) -> str:
    """A word of another format, as the standard lets it be written: behind ``ext:``."""
    return word if word in known or word.startswith("ext:") else f"ext:{word}"


def _joined(*parts: str) -> str:
    return "-".join(part for part in parts if part)


def rows_of(roster: Roster) -> dict[str, list[Cells]]:
    """The rows of each file, the manifest included.

    A roster that came from a format without ids for roles and enrolments gets ids made of the ids they join.
    """
    school = {section.source_id: section.org for section in roster.sections}
    agents: dict[str, list[str]] = {}
    for each in roster.guardianships:
        agents.setdefault(each.child, []).append(each.guardian)
    files: dict[str, list[Cells]] = {
        ORGS: [
            {
                "sourcedId": org.source_id,
                "name": org.name,
                "type": _word(org.kind, ORG_TYPES),
                "identifier": org.identifier,
                "parentSourcedId": org.parent,
                **org.extra,
            }
            for org in roster.orgs
        ],
        SESSIONS: [
            {
                "sourcedId": session.source_id,
                "title": session.title,
                "type": _word(session.kind, SESSION_TYPES),
                "startDate": session.starts_on,
                "endDate": _end_date(session.ends_on),
                "parentSourcedId": session.parent,
                "schoolYear": session.school_year,
                **session.extra,
            }
            for session in roster.sessions
        ],
        COURSES: [
            {
                "sourcedId": course.source_id,
                "schoolYearSourcedId": course.session,
                "title": course.title,
                "courseCode": course.code,
                "grades": course.grades,
                "orgSourcedId": course.org,
                "subjects": course.subjects,
                **course.extra,
            }
            for course in roster.courses
        ],
        CLASSES: [
            {
                "sourcedId": section.source_id,
                "title": section.title,
                "grades": section.grades,
                "courseSourcedId": section.course,
                "classCode": section.code,
                "classType": section.kind or "scheduled",
                "schoolSourcedId": section.org,
                "termSourcedIds": section.sessions,
                "subjects": section.subjects,
                "periods": section.periods,
                **section.extra,
            }
            for section in roster.sections
        ],
        USERS: [
            {
                "sourcedId": person.source_id,
                "enabledUser": person.enabled,
                "username": person.username,
                "givenName": person.given,
                "familyName": person.family,
                "middleName": person.middle,
                "email": person.email,
                "sms": person.sms,
                "phone": person.phone,
                "agentSourcedIds": tuple(agents.get(person.source_id, ())),
                "grades": person.grades,
                **person.extra,
            }
            for person in roster.people
        ],
        PROFILES: [
            {"sourcedId": each.source_id, "userSourcedId": each.person, **each.extra} for each in roster.profiles
        ],
        ROLES: [
            {
                "sourcedId": role.source_id or _joined(role.person, role.role, role.org, role.session),
                "userSourcedId": role.person,
                "roleType": "secondary" if role.primary is False else "primary",
                "role": _word(role.role, ROLE_WORDS),
                "beginDate": role.starts_on,
                "endDate": _end_date(role.ends_on),
                "orgSourcedId": role.org,
                **role.extra,
            }
            for role in roster.roles
        ],
        ENROLLMENTS: [
            {
                "sourcedId": each.source_id or _joined(each.section, each.person, each.role),
                "classSourcedId": each.section,
                "schoolSourcedId": school.get(each.section, ""),
                "userSourcedId": each.person,
                "role": _word(each.role, ENROLLMENT_ROLES),
                "primary": each.primary,
                "beginDate": each.starts_on,
                "endDate": _end_date(each.ends_on),
                **each.extra,
            }
            for each in roster.enrolments
        ],
        DEMOGRAPHICS: [
            {"sourcedId": each.person, "birthDate": each.born_on, "sex": each.sex, **each.extra}
            for each in roster.demographics
        ],
    }
    files[MANIFEST] = [
        {"propertyName": "manifest.version", "value": "1.0"},
        {"propertyName": "oneroster.version", "value": "1.2"},
        *(
            {"propertyName": f"file.{name}", "value": "bulk" if files.get(f"{name}.csv") else "absent"}
            for name in _MANIFEST_FILES
        ),
        *({"propertyName": name, "value": value} for name, value in sorted(roster.properties.items())),
    ]
    return files
