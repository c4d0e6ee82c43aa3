"""What a person sees when the demonstration runs: addresses, logins, and queries to paste."""

from __future__ import annotations

from collections.abc import Iterator

from homeroom_demo.plans import DISTRICT, SCHOOLS, SchoolPlan
from homeroom_demo.record import Record, SchoolRecord

__all__ = ["QUERIES", "lines"]

#: Region to what is worth asking there: a heading, the role that may, and a document.
QUERIES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "vn": (
        (
            "a class's books with their columns",
            "homeroom teacher",
            (
                "{ gradebooks(first: 5) { totalCount nodes { schoolClass { name } subject { title } schemeVersion "
                "assessments { nodes { title term { name } } } } } }"
            ),
        ),
        (
            "marks and averages",
            "teacher",
            (
                "{ subjectResults(first: 10, filter: {span: {eq: TERM}}) { nodes { student { fullName } "
                "gradebook { subject { title } } score marks { nodes { number assessment { title } } } } } }"
            ),
        ),
        (
            "a page of students with class and guardians",
            "registrar",
            (
                "{ students(first: 10) { totalCount pageInfo { endCursor hasNextPage } nodes { code fullName "
                "currentEnrolment { classNumber schoolClass { name } } guardianships { nodes { relation "
                "guardian { fullName } } } } } }"
            ),
        ),
    ),
    "hk": (
        (
            "students in the order of strokes, with their names in Latin letters",
            "registrar",
            "{ students(first: 10) { totalCount nodes { code fullName otherNames { nodes { script fullName } } } } }",
        ),
        (
            "classes and their homeroom teachers",
            "teacher",
            "{ schoolClasses { nodes { name currentHomeroomAppointment { staff { fullName } } } } }",
        ),
        (
            "the school year and its terms",
            "student",
            "{ schoolYears { nodes { name terms { nodes { name startsOn endsOn } } } } }",
        ),
    ),
    "cn": (
        (
            "students in the order of their pinyin",
            "registrar",
            "{ students(first: 10) { totalCount nodes { code fullName sortKey } } }",
        ),
        (
            "what a class is taught, and by whom",
            "teacher",
            (
                "{ schoolClasses { nodes { name subjects { nodes { subject { title } teachingAssignments "
                "{ nodes { staff { fullName } } } } } } } }"
            ),
        ),
        ("who am I", "guardian", "{ viewer { login roles space { name } } }"),
    ),
}


def lines(record: Record, port: int, base_domain: str) -> Iterator[str]:
    """The lines to print.

    Args:
        record: Who can sign in.
        port: Where the server listens.
        base_domain: Under which the schools have their host names.
    """
    yield ""
    yield "Open the address of a school in a browser, and sign in as one of its people."
    yield f"Everybody's password here:  {record.password}"
    for plan in SCHOOLS:
        yield from _school(plan, record.schools[plan.slug], port, base_domain)
    yield ""
    yield f"{DISTRICT.name}:  http://{DISTRICT.slug}.{base_domain}:{port}"
    for login in record.schools[DISTRICT.slug].logins:
        yield f"    {login.login:<36} {login.role}"
    slug = SCHOOLS[0].slug
    yield ""
    yield "Programs reach a school by a header, signed in or with an API token:"
    yield (
        f"    curl -s http://127.0.0.1:{port}/auth/login -H 'X-Homeroom-Tenant: {slug}'"
        f" -H 'Origin: http://127.0.0.1:{port}' -H 'Content-Type: application/json' \\"
    )
    teacher = record.schools[slug].login("teacher")
    yield f"""        -d '{{"login": "{teacher}", "password": "{record.password}"}}'"""


def _school(plan: SchoolPlan, school: SchoolRecord, port: int, base_domain: str) -> Iterator[str]:
    yield ""
    yield f"{plan.name}:  http://{plan.slug}.{base_domain}:{port}"
    for login in school.logins:
        yield f"    {login.login:<36} {login.role:<17} {login.who}"
    yield f"  For http://{plan.slug}.{base_domain}:{port}/graphiql, once you are signed in:"
    for heading, role, document in QUERIES[plan.region]:
        yield f"    # {heading} (as {school.login(role)})"
        yield f"    {document}"
