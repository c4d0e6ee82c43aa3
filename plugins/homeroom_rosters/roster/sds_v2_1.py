"""Microsoft School Data Sync, format v2.1 (learn.microsoft.com, "SDS V2.1 CSV file format")."""

from __future__ import annotations

from homeroom.reading.layouts import Kind
from homeroom.reading.records import Field
from homeroom_rosters.roster.files import day, file, ref, text
from homeroom_rosters.roster.format import RosterFormat

_ORGS, _USERS, _SESSIONS, _COURSES, _CLASSES = "orgs.csv users.csv academicSessions.csv courses.csv classes.csv".split()

_FILES = (
    file(
        _ORGS,
        text("sourcedId", "Org.source_id", required=True),
        text("name", "Org.name", required=True),
        text("type", "Org.kind", required=True),
        ref("parentSourcedId", _ORGS, "Org.parent"),
        required=True,
    ),
    file(
        _USERS,
        text("sourcedId", "Person.source_id", required=True),
        text("username", "Person.username", required=True),
        text("givenName", "Person.given", required=True),
        text("familyName", "Person.family"),
        Field("password", Kind.SECRET),
        text("activeDirectoryMatchId"),
        text("email", "Person.email"),
        text("phone", "Person.phone"),
        text("sms", "Person.sms"),
        required=True,
    ),
    file(
        "roles.csv",
        ref("userSourcedId", _USERS, "Role.person", required=True),
        ref("orgSourcedId", _ORGS, "Role.org", required=True),
        text("role", "Role.role", required=True),
        ref("sessionSourcedId", _SESSIONS, "Role.session"),
        text("grade", "Role.grade"),
        Field("isPrimary", Kind.BOOLEAN, to="Role.primary"),
        day("roleStartDate", "Role.starts_on"),
        day("roleEndDate", "Role.ends_on"),
        key="userSourcedId, orgSourcedId, role, sessionSourcedId, grade",
        required=True,
    ),
    file(
        _SESSIONS,
        text("sourcedId", "Session.source_id", required=True),
        text("title", "Session.title", required=True),
        text("type", "Session.kind", required=True),
        text("schoolYear", "Session.school_year"),
        day("startDate", "Session.starts_on", required=True),
        day("endDate", "Session.ends_on", required=True),
    ),
    file(
        _COURSES,
        text("sourcedId", "Course.source_id", required=True),
        ref("orgSourcedId", _ORGS, "Course.org", required=True),
        text("title", "Course.title", required=True),
        text("code", "Course.code"),
        ref("schoolYearSourcedId", _SESSIONS, "Course.session"),
        text("subject", "Course.subjects"),
        text("grade", "Course.grades"),
    ),
    file(
        _CLASSES,
        text("sourcedId", "Section.source_id", required=True),
        ref("orgSourcedId", _ORGS, "Section.org", required=True),
        text("title", "Section.title", required=True),
        ref("sessionSourcedIds", _SESSIONS, "Section.sessions", kind=Kind.LIST),
        ref("courseSourcedId", _COURSES, "Section.course"),
        text("code", "Section.code", when_used=True),
    ),
    file(
        "enrollments.csv",
        ref("classSourcedId", _CLASSES, "Enrolment.section", required=True),
        ref("userSourcedId", _USERS, "Enrolment.person", required=True),
        text("role", "Enrolment.role", required=True),
        key="classSourcedId, userSourcedId, role",
    ),
    file(
        "demographics.csv",
        ref("userSourcedId", _USERS, "Demographics.person", required=True),
        text("sex", "Demographics.sex"),
        day("birthDate", "Demographics.born_on"),
        *map(text, ("birthCity", "birthState", "birthCountry", "ethnicityCodes", "raceCodes")),
        key="userSourcedId",
    ),
    file(
        "userFlags.csv",
        ref("userSourcedId", _USERS, "Flag.person", required=True),
        text("flag", "Flag.flag", required=True),
        key="userSourcedId, flag",
    ),
    file(
        "relationships.csv",
        ref("userSourcedId", _USERS, "Guardianship.child", required=True),
        ref("relationshipUserSourcedId", _USERS, "Guardianship.guardian", required=True),
        text("relationshipRole", "Guardianship.relation", required=True),
        key="userSourcedId, relationshipUserSourcedId",
    ),
)

SDS_V2_1 = RosterFormat("sds-v2.1", "Microsoft School Data Sync v2.1", _FILES, frozenset({"orgs.csv", "users.csv"}))
