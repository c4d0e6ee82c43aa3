"""A small roster in the form that other systems hand over: School Data Sync v2.1, zipped."""

from __future__ import annotations

import base64
import io
import zipfile
from datetime import date

__all__ = ["ORGANISATION", "roster_bundle"]

#: The id that the other system gives the school.
ORGANISATION = "DEMO-ORG"


def roster_bundle(*, starts_on: date, ends_on: date, students: int, broken_line: int | None = None) -> str:
    """A bundle with one course of some students, in Base64.

    Args:
        starts_on: First day of the school year.
        ends_on: Last day of the school year.
        students: How many.
        broken_line: The line of ``enrollments.csv`` that names a user who is not there, or none.
    """
    year = f"{starts_on},{ends_on}"
    people = [f"DEMO-S{number:03d}" for number in range(1, students + 1)]
    enrolments = [f"DEMO-CLASS,{person},student" for person in people]
    if broken_line is not None:
        enrolments[broken_line - 2] = "DEMO-CLASS,DEMO-NOBODY,student"
    files = {
        "academicSessions.csv": ["sourcedId,title,type,schoolYear,startDate,endDate",
                                 f"DEMO-YEAR,Roster year,schoolYear,{starts_on.year},{year}"],
        "orgs.csv": ["sourcedId,name,type,parentSourcedId", f"{ORGANISATION},Roster school,school,"],
        "users.csv": ["sourcedId,username,givenName,familyName,password,activeDirectoryMatchId,email,phone,sms",
                      *(f"{person},{person.lower()}@demo.invalid,Roster{number:03d},Demo,,,,,"
                        for number, person in enumerate(people, start=1))],
        "roles.csv": ["userSourcedId,orgSourcedId,role,sessionSourcedId,grade,isPrimary,roleStartDate,roleEndDate",
                      *(f"{person},{ORGANISATION},student,DEMO-YEAR,6,TRUE,{year}" for person in people)],
        "classes.csv": ["sourcedId,orgSourcedId,title,sessionSourcedIds,courseSourcedId",
                        f"DEMO-CLASS,{ORGANISATION},Reading circle,DEMO-YEAR,"],
        "enrollments.csv": ["classSourcedId,userSourcedId,role", *enrolments],
    }  # fmt: skip
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in files.items():
            archive.writestr(name, "\r\n".join(rows) + "\r\n")
    return base64.b64encode(target.getvalue()).decode()
