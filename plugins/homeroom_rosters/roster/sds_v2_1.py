"""Microsoft School Data Sync, format v2.1 (learn.microsoft.com, "SDS V2.1 CSV file format")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from homeroom.reading.faults import Faults
from homeroom_rosters.roster import lengths
from homeroom_rosters.roster.checks import check_periods, check_tree, check_year_titles
from homeroom_rosters.roster.format import Cells, RosterFormat
from homeroom_rosters.roster.layout import Column, Kind, Layout, Row, Table
from homeroom_rosters.roster.records import (
    Course,
    Demographics,
    Enrolment,
    Flag,
    Guardianship,
    Org,
    Person,
    Role,
    Roster,
    Section,
    Session,
)

__all__ = ["SDS_V2_1"]

_ORGS, _USERS, _ROLES, _CLASSES = "orgs.csv", "users.csv", "roles.csv", "classes.csv"
_ENROLLMENTS, _SESSIONS, _COURSES = "enrollments.csv", "academicSessions.csv", "courses.csv"
_DEMOGRAPHICS, _FLAGS, _RELATIONSHIPS = "demographics.csv", "userFlags.csv", "relationships.csv"


def _id(name: str = "sourcedId") -> Column:
    return Column(name, required=True, longest=lengths.SOURCE_ID)


def _ref(name: str, file: str, *, required: bool = False, kind: Kind = Kind.TEXT) -> Column:
    return Column(name, kind=kind, required=required, refers=(file,))


_LAYOUTS = (
    Layout(
        _ORGS,
        (_id(), Column("name", required=True), Column("type", required=True), _ref("parentSourcedId", _ORGS)),
        key=("sourcedId",),
        required=True,
    ),
    Layout(
        _USERS,
        (
            _id(),
            Column("username", required=True),
            Column("givenName", required=True, longest=lengths.NAME),
            Column("familyName", longest=lengths.NAME),
            Column("password", Kind.SECRET),
            Column("activeDirectoryMatchId"),
            Column("email", longest=lengths.EMAIL),
            Column("phone", longest=lengths.PHONE),
            Column("sms", longest=lengths.PHONE),
        ),
        key=("sourcedId",),
        required=True,
    ),
    Layout(
        _ROLES,
        (
            _ref("userSourcedId", _USERS, required=True),
            _ref("orgSourcedId", _ORGS, required=True),
            Column("role", required=True),
            _ref("sessionSourcedId", _SESSIONS),
            Column("grade"),
            Column("isPrimary", Kind.BOOLEAN),
            Column("roleStartDate", Kind.DATE),
            Column("roleEndDate", Kind.DATE),
        ),
        key=("userSourcedId", "orgSourcedId", "role", "sessionSourcedId", "grade"),
        required=True,
    ),
    Layout(
        _SESSIONS,
        (
            _id(),
            Column("title", required=True, longest=lengths.TERM),
            Column("type", required=True),
            Column("schoolYear"),
            Column("startDate", Kind.DATE, required=True),
            Column("endDate", Kind.DATE, required=True),
        ),
        key=("sourcedId",),
    ),
    Layout(
        _COURSES,
        (
            _id(),
            _ref("orgSourcedId", _ORGS, required=True),
            Column("title", required=True, longest=lengths.TITLE),
            Column("code", longest=lengths.SUBJECT_CODE),
            _ref("schoolYearSourcedId", _SESSIONS),
            Column("subject"),
            Column("grade"),
        ),
        key=("sourcedId",),
    ),
    Layout(
        _CLASSES,
        (
            _id(),
            _ref("orgSourcedId", _ORGS, required=True),
            Column("title", required=True, longest=lengths.TITLE),
            _ref("sessionSourcedIds", _SESSIONS, kind=Kind.LIST),
            _ref("courseSourcedId", _COURSES),
            Column("code", when_used=True),
        ),
        key=("sourcedId",),
    ),
    Layout(
        _ENROLLMENTS,
        (
            _ref("classSourcedId", _CLASSES, required=True),
            _ref("userSourcedId", _USERS, required=True),
            Column("role", required=True),
        ),
        key=("classSourcedId", "userSourcedId", "role"),
    ),
    Layout(
        _DEMOGRAPHICS,
        (
            _ref("userSourcedId", _USERS, required=True),
            Column("sex"),
            Column("birthDate", Kind.DATE),
            Column("birthCity"),
            Column("birthState"),
            Column("birthCountry"),
            Column("ethnicityCodes"),
            Column("raceCodes"),
        ),
        key=("userSourcedId",),
    ),
    Layout(
        _FLAGS,
        (_ref("userSourcedId", _USERS, required=True), Column("flag", required=True)),
        key=("userSourcedId", "flag"),
    ),
    Layout(
        _RELATIONSHIPS,
        (
            _ref("userSourcedId", _USERS, required=True),
            _ref("relationshipUserSourcedId", _USERS, required=True),
            Column("relationshipRole", required=True),
        ),
        key=("userSourcedId", "relationshipUserSourcedId"),
    ),
)


def _one(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


def _build(tables: Mapping[str, Table], problems: Faults) -> Roster:
    def rows(file: str) -> Sequence[Row]:
        return tables[file].rows if file in tables else ()

    check_tree(tables.get(_ORGS), "parentSourcedId", problems)
    check_periods(tables.get(_SESSIONS), "startDate", "endDate", problems)
    check_year_titles(tables.get(_SESSIONS), problems)
    check_periods(tables.get(_ROLES), "roleStartDate", "roleEndDate", problems)
    return Roster(
        "sds-v2.1",
        orgs=tuple(
            Org(row.text("sourcedId"), row.text("name"), row.text("type"), row.text("parentSourcedId"), place=row.place)
            for row in rows(_ORGS)
        ),
        sessions=tuple(
            Session(
                row.text("sourcedId"),
                row.text("title"),
                row.text("type"),
                row.day("startDate"),
                row.day("endDate"),
                row.text("schoolYear"),
                place=row.place,
            )
            for row in rows(_SESSIONS)
        ),
        courses=tuple(
            Course(
                row.text("sourcedId"),
                row.text("title"),
                row.text("code"),
                row.text("orgSourcedId"),
                row.text("schoolYearSourcedId"),
                _one(row.text("subject")),
                _one(row.text("grade")),
                place=row.place,
            )
            for row in rows(_COURSES)
        ),
        sections=tuple(
            Section(
                row.text("sourcedId"),
                row.text("title"),
                row.text("orgSourcedId"),
                course=row.text("courseSourcedId"),
                sessions=row.many("sessionSourcedIds"),
                code=row.text("code"),
                place=row.place,
            )
            for row in rows(_CLASSES)
        ),
        people=tuple(
            Person(
                row.text("sourcedId"),
                row.text("givenName"),
                row.text("familyName"),
                row.text("username"),
                email=row.text("email"),
                phone=row.text("phone"),
                sms=row.text("sms"),
                extra={k: v for k, v in row.written.items() if k == "activeDirectoryMatchId"},
                place=row.place,
            )
            for row in rows(_USERS)
        ),
        roles=tuple(
            Role(
                row.text("userSourcedId"),
                row.text("orgSourcedId"),
                row.text("role"),
                session=row.text("sessionSourcedId"),
                grade=row.text("grade"),
                primary=row.flag("isPrimary"),
                starts_on=row.day("roleStartDate"),
                ends_on=row.day("roleEndDate"),
                place=row.place,
            )
            for row in rows(_ROLES)
        ),
        enrolments=tuple(
            Enrolment(row.text("classSourcedId"), row.text("userSourcedId"), row.text("role"), place=row.place)
            for row in rows(_ENROLLMENTS)
        ),
        guardianships=tuple(
            Guardianship(
                row.text("userSourcedId"),
                row.text("relationshipUserSourcedId"),
                row.text("relationshipRole"),
                place=row.place,
            )
            for row in rows(_RELATIONSHIPS)
        ),
        demographics=tuple(
            Demographics(
                row.text("userSourcedId"),
                row.text("sex"),
                row.day("birthDate"),
                row.rest("userSourcedId", "sex", "birthDate"),
                place=row.place,
            )
            for row in rows(_DEMOGRAPHICS)
        ),
        flags=tuple(Flag(row.text("userSourcedId"), row.text("flag"), place=row.place) for row in rows(_FLAGS)),
    )


def _rows(roster: Roster) -> dict[str, list[Cells]]:
    return {
        _ORGS: [
            {"sourcedId": org.source_id, "name": org.name, "type": org.kind, "parentSourcedId": org.parent}
            for org in roster.orgs
        ],
        _USERS: [
            {
                "sourcedId": person.source_id,
                "username": person.username,
                "givenName": person.given,
                "familyName": person.family,
                "email": person.email,
                "phone": person.phone,
                "sms": person.sms,
                **person.extra,
            }
            for person in roster.people
        ],
        _ROLES: [
            {
                "userSourcedId": role.person,
                "orgSourcedId": role.org,
                "role": role.role,
                "sessionSourcedId": role.session,
                "grade": role.grade,
                "isPrimary": role.primary,
                "roleStartDate": role.starts_on,
                "roleEndDate": role.ends_on,
            }
            for role in roster.roles
        ],
        _SESSIONS: [
            {
                "sourcedId": session.source_id,
                "title": session.title,
                "type": session.kind,
                "schoolYear": session.school_year,
                "startDate": session.starts_on,
                "endDate": session.ends_on,
            }
            for session in roster.sessions
        ],
        _COURSES: [
            {
                "sourcedId": course.source_id,
                "orgSourcedId": course.org,
                "title": course.title,
                "code": course.code,
                "schoolYearSourcedId": course.session,
                "subject": course.subjects[0] if course.subjects else "",
                "grade": course.grades[0] if course.grades else "",
            }
            for course in roster.courses
        ],
        _CLASSES: [
            {
                "sourcedId": section.source_id,
                "orgSourcedId": section.org,
                "title": section.title,
                "sessionSourcedIds": section.sessions,
                "courseSourcedId": section.course,
                "code": section.code,
            }
            for section in roster.sections
        ],
        _ENROLLMENTS: [
            {"classSourcedId": each.section, "userSourcedId": each.person, "role": each.role}
            for each in roster.enrolments
        ],
        _DEMOGRAPHICS: [
            {"userSourcedId": each.person, "sex": each.sex, "birthDate": each.born_on, **each.extra}
            for each in roster.demographics
        ],
        _FLAGS: [{"userSourcedId": each.person, "flag": each.flag} for each in roster.flags],
        _RELATIONSHIPS: [
            {
                "userSourcedId": each.child,
                "relationshipUserSourcedId": each.guardian,
                "relationshipRole": each.relation,
            }
            for each in roster.guardianships
        ],
    }


def _recognises(names: set[str]) -> bool:
    return {"orgs.csv", "users.csv"} <= names and "manifest.csv" not in names


#: Attribute of a record to the header that a fault of it names.
_COLUMNS = {
    "Org.name": "name",
    "Session.title": "title",
    "Session.starts_on": "startDate",
    "Session.ends_on": "endDate",
    "Session.school_year": "schoolYear",
    "Course.title": "title",
    "Course.code": "code",
    "Course.grades": "grade",
    "Course.subjects": "subject",
    "Section.title": "title",
    "Section.code": "code",
    "Section.course": "courseSourcedId",
    "Section.sessions": "sessionSourcedIds",
    "Person.source_id": "sourcedId",
    "Person.given": "givenName",
    "Person.family": "familyName",
    "Person.username": "username",
    "Person.email": "email",
    "Person.phone": "phone",
    "Person.sms": "sms",
    "Role.role": "role",
    "Role.grade": "grade",
    "Role.starts_on": "roleStartDate",
    "Role.ends_on": "roleEndDate",
    "Enrolment.person": "userSourcedId",
    "Enrolment.section": "classSourcedId",
    "Enrolment.role": "role",
    "Guardianship.guardian": "relationshipUserSourcedId",
    "Guardianship.relation": "relationshipRole",
    "Demographics.sex": "sex",
    "Demographics.born_on": "birthDate",
}

SDS_V2_1 = RosterFormat("sds-v2.1", "Microsoft School Data Sync v2.1", _LAYOUTS, _recognises, _build, _rows, _COLUMNS)
