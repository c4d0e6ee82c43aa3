"""What a person sees when the demonstration stands: addresses, logins, and queries to paste."""

from __future__ import annotations

from collections.abc import Iterator

from homeroom_demo.plans import DISTRICT, SCHOOLS, SchoolPlan
from homeroom_demo.record import Record, SchoolRecord

__all__ = ["QUERIES", "lines"]

#: Region to what is worth asking there: a caption and a document.
QUERIES: dict[str, tuple[tuple[str, str], ...]] = {
    "vn": (
        (
            "the classes with their homeroom teachers",
            "{ schoolClasses(first: 20) { totalCount nodes { name homeroomAppointments { nodes"
            " { staff { fullName } } } } } }",
        ),
        (
            "a class's book, subject by subject (as homeroom teacher or teacher)",
            "{ gradebooks(first: 20) { nodes { subject { title } schemeVersion"
            " assessments { nodes { title term { name } } } } } }",
        ),
        (
            "a page of students",
            "{ students(first: 10, orderBy: [{field: SORT_KEY, direction: ASC}])"
            " { totalCount nodes { code fullName birthDate } } }",
        ),
    ),
    "hk": (
        (
            "the students of a page, with their names in Latin letters",
            "{ students(first: 10, orderBy: [{field: SORT_KEY, direction: ASC}])"
            " { totalCount nodes { code fullName names { nodes { fullName } } } } }",
        ),
        ("the classes", "{ schoolClasses(first: 20) { nodes { name gradeLevel { title } } } }"),
        (
            "the school year and its terms",
            "{ schoolYears { nodes { name terms { nodes { name startsOn endsOn } } } } }",
        ),
    ),
    "cn": (
        (
            "a page of students, in the order of their pinyin",
            "{ students(first: 10, orderBy: [{field: SORT_KEY, direction: ASC}]) { totalCount nodes { code fullName } } }",
        ),
        ("the classes", "{ schoolClasses(first: 20) { nodes { name gradeLevel { title } } } }"),
        ("who am I", "{ viewer { login roles space { name } } }"),
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
    yield f"Everybody's password here:  {record.password}"
    for plan in SCHOOLS:
        yield from _school(plan, record.schools[plan.slug], port, base_domain)
    yield ""
    yield f"{DISTRICT.name}:  http://{DISTRICT.slug}.{base_domain}:{port}/graphiql"
    for login in record.schools[DISTRICT.slug].logins:
        yield f"    {login.login:<36} {login.role}"
    slug = SCHOOLS[0].slug
    yield ""
    yield "Programs reach a school by a header:"
    yield (
        f"    curl -s -H 'X-Homeroom-Tenant: {slug}' -H 'Origin: http://127.0.0.1:{port}' -H 'Content-Type: application/json'"
        f' http://127.0.0.1:{port}/auth/login -d \'{{"login": "...", "password": "..."}}\''
    )


def _school(plan: SchoolPlan, school: SchoolRecord, port: int, base_domain: str) -> Iterator[str]:
    yield ""
    yield f"{plan.name}:  http://{plan.slug}.{base_domain}:{port}/graphiql"
    for login in school.logins:
        yield f"    {login.login:<36} {login.role:<17} {login.who}"
    yield "  Paste into GraphiQL:"
    for caption, document in QUERIES[plan.region]:
        yield f"    # {caption}"
        yield f"    {document}"
