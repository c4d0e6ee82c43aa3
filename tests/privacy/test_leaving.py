"""When staff and guardians have left: by the end of employment, and by the last of the children."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import pytest
from data_office import Office, plain

from homeroom.privacy.retention import find_due
from homeroom.testing import Client, People

STAFF: Final = """mutation Staff($name: String!) {
  createStaff(input: {name: {givenName: $name}}) { staff { id } errors { code field } } }"""
GUARDIAN: Final = """mutation Guardian($name: String!) {
  createGuardian(input: {name: {givenName: $name}}) { guardian { id } errors { code field } } }"""
BEGIN_GUARDIANSHIP: Final = """mutation Begin($student: ID!, $guardian: ID!, $from: Date) {
  startGuardianship(input: {student: $student, guardian: $guardian, startsOn: $from}) {
    guardianship { id } errors { code field } } }"""
END_GUARDIANSHIP: Final = """mutation End($guardianship: ID!, $day: Date) {
  endGuardianship(input: {guardianship: $guardianship, endsOn: $day}) { errors { code field } } }"""
START: Final = """mutation Start($staff: ID!, $day: Date) {
  startEmployment(input: {staff: $staff, startsOn: $day}) {
    employment { id startsOn endsOn version } errors { code field } } }"""
END: Final = """mutation End($staff: ID!, $day: Date) {
  endEmployment(input: {staff: $staff, endsOn: $day}) {
    employment { id startsOn endsOn version } errors { code field } } }"""
CHANGE: Final = """mutation Change($employment: ID!, $from: Date, $to: Date, $version: Int) {
  changeEmployment(input: {employment: $employment, startsOn: $from, endsOn: $to, expectedVersion: $version}) {
    employment { startsOn endsOn } errors { code field } } }"""
EMPLOYMENTS: Final = "{ employments { nodes { staff { id } startsOn endsOn } } }"
KEEP: Final = """mutation Keep($kind: PersonKind!) {
  setRetention(input: {personKind: $kind, months: 12, legalBasis: "the school's own rule"}) {
    errors { code field } } }"""
DUE: Final = """{ personErasures(filter: {state: {eq: ASKED}}) { nodes { id personKind personId leftOn } } }"""
APPROVE: Final = """mutation Approve($erasure: ID!) {
  approveErasure(input: {personErasure: $erasure}) { errors { code field } } }"""


async def done(client: Client, document: str, **variables: Any) -> dict[str, Any]:
    """What a mutation gives, if nothing is wrong."""
    (payload,) = (await client.gql(document, **variables)).values()
    assert [] == payload["errors"]
    return next((value for name, value in payload.items() if name != "errors"), {})


async def wrong(client: Client, document: str, **variables: Any) -> list[tuple[str, str]]:
    """What is wrong with a mutation."""
    (payload,) = (await client.gql(document, **variables)).values()
    return [(each["code"], each["field"]) for each in payload["errors"]]


async def due(office: Office) -> dict[str, tuple[str, str]]:
    """Let the calendar look; the ids of those asked for, with kind and day of leaving."""
    await office.enqueue(find_due)
    assert [] == await office.work()
    nodes = (await office.officer.gql(DUE))["personErasures"]["nodes"]
    return {each["personId"]: (each["personKind"], each["leftOn"]) for each in nodes}


@pytest.fixture
def today(office: Office) -> date:
    """The day of the office."""
    return office.host.clock().date()


async def test_staff_are_due_by_the_day_after_their_last(
    office: Office, other: Office, as_role: People, today: date
) -> None:
    registrar = await as_role(office.space, "registrar")
    staff = {
        name: (await done(registrar, STAFF, name=name))["id"] for name in ("Old", "Back", "Here", "Untold", "Recent")
    }
    last = today - timedelta(days=500)
    began = (today - timedelta(days=900)).isoformat()
    made = await done(registrar, START, staff=staff["Old"], day=began)
    assert (began, None) == (made["startsOn"], made["endsOn"])
    ended = await done(registrar, END, staff=staff["Old"], day=last.isoformat())
    assert (made["id"], began, last.isoformat()) == (ended["id"], ended["startsOn"], ended["endsOn"])
    # Of whom no first day was reported.
    await done(registrar, END, staff=staff["Back"], day=last.isoformat())
    await done(registrar, START, staff=staff["Back"], day=(today - timedelta(days=30)).isoformat())
    await done(registrar, START, staff=staff["Here"])
    await done(registrar, END, staff=staff["Recent"], day=(today - timedelta(days=100)).isoformat())
    await done(office.officer, KEEP, kind="Staff")
    left = ("Staff", (last + timedelta(days=1)).isoformat())
    assert {staff["Old"]: left} == await due(office)
    assert {} == await due(other)

    (asked,) = (await office.officer.gql(DUE))["personErasures"]["nodes"]
    await done(office.admin, APPROVE, erasure=asked["id"])
    assert [] == await office.work()
    assert [("-", 0)] == [
        tuple(row)
        for row in await office.sql(
            "SELECT full_name, (SELECT count(*) FROM employment WHERE staff_id = $1) FROM staff WHERE id = $1",
            plain(staff["Old"]),
        )
    ]
    assert {} == await due(office)


async def test_an_employment_is_refused_where_it_makes_no_sense(
    office: Office, other: Office, as_role: People, today: date
) -> None:
    registrar, stranger = await as_role(office.space, "registrar"), await as_role(other.space, "registrar")
    staff = (await done(registrar, STAFF, name="Old"))["id"]
    first, last, next_day = "2024-09-01", "2025-08-31", "2025-09-01"
    made = await done(registrar, START, staff=staff, day=first)
    assert [("DUPLICATE", "staff")] == await wrong(registrar, START, staff=staff, day=last)
    assert [("ENDS_BEFORE_START", "endsOn")] == await wrong(registrar, END, staff=staff, day="2024-08-31")
    assert [("NOT_FOUND", "staff")] == await wrong(stranger, END, staff=staff, day=last)
    assert [("NOT_FOUND", "employment")] == await wrong(stranger, CHANGE, employment=made["id"], to=last)
    await done(registrar, END, staff=staff, day=last)
    assert [("INVALID", "staff")] == await wrong(registrar, END, staff=staff, day=last)
    assert [("DUPLICATE", "staff")] == await wrong(registrar, START, staff=staff, day=last)
    second = await done(registrar, START, staff=staff, day=next_day)
    changed = {"employment": made["id"], "from": first}
    assert [("DUPLICATE", "startsOn")] == await wrong(registrar, CHANGE, **changed, to=None)
    assert [("REQUIRED", "startsOn")] == await wrong(registrar, CHANGE, **{**changed, "from": None}, to=None)
    assert {"startsOn": first, "endsOn": last} == await done(registrar, CHANGE, employment=made["id"])
    assert [("CONFLICT", "employment")] == await wrong(registrar, CHANGE, **changed, to=last, version=1)
    assert {"startsOn": first, "endsOn": "2025-06-30"} == await done(registrar, CHANGE, **changed, to="2025-06-30")
    reported = (await registrar.gql(EMPLOYMENTS))["employments"]["nodes"]
    assert [(next_day, None), (first, "2025-06-30")] == [(each["startsOn"], each["endsOn"]) for each in reported]
    assert second["id"] != made["id"]
    assert [] == (await stranger.gql(EMPLOYMENTS))["employments"]["nodes"]


async def test_of_employments_a_teacher_sees_the_own_and_nobody_else_any(office: Office, as_role: People) -> None:
    registrar = await as_role(office.space, "registrar")
    mine, colleague = [(await done(registrar, STAFF, name=name))["id"] for name in ("Me", "You")]
    for staff in (mine, colleague):
        await done(registrar, START, staff=staff, day="2024-09-01")
    teacher = await as_role(office.space, "teacher", person=plain(mine))
    seen = (await teacher.gql(EMPLOYMENTS))["employments"]["nodes"]
    assert [mine] == [each["staff"]["id"] for each in seen]
    assert ["FORBIDDEN"] == await teacher.refused(END, staff=mine)
    assert ["FORBIDDEN"] == await (await as_role(office.space, "guardian")).refused(EMPLOYMENTS)


async def test_guardians_are_due_once_the_last_of_their_children_has_left(
    office: Office, other: Office, as_role: People, today: date
) -> None:
    registrar = await as_role(office.space, "registrar")
    early, late, here = [await office.student(as_role, name) for name in ("Early", "Late", "Here")]
    await office.leave(early, today - timedelta(days=900))
    await office.leave(late, today - timedelta(days=500))
    start = (today - timedelta(days=1500)).isoformat()
    children = {
        "Both": (early, late),
        "One": (early,),
        "Still": (early, here),
        "Ended": (here,),
        "Childless": (),
    }
    guardians = {name: (await done(registrar, GUARDIAN, name=name))["id"] for name in children}
    for name, theirs in children.items():
        for child in theirs:
            row = {"student": child, "guardian": guardians[name], "from": start}
            made = await done(registrar, BEGIN_GUARDIANSHIP, **row)
            if name == "Ended":
                ended = (today - timedelta(days=400)).isoformat()
                await done(registrar, END_GUARDIANSHIP, guardianship=made["id"], day=ended)
    await done(office.officer, KEEP, kind="Guardian")

    def day(days: int) -> tuple[str, str]:
        return "Guardian", (today - timedelta(days=days)).isoformat()

    expected = {"Both": day(500), "One": day(900), "Ended": day(399)}
    assert {guardians[name]: left for name, left in expected.items()} == await due(office)
    assert {} == await due(other)


async def test_a_guardian_of_nobody_counts_from_the_day_of_being_written_down(
    office: Office, as_role: People, today: date
) -> None:
    registrar = await as_role(office.space, "registrar")
    written = "0190a000-0000-7000-8000-00000000000a"  # at 11 July 2024
    await done(registrar, GUARDIAN, name="New")
    await office.sql(
        "INSERT INTO guardian (id, given_name, full_name, name_script, sort_key)"
        " VALUES ($1::uuid, 'Old', 'Old', 'latin', ''), (gen_random_uuid(), 'Older', 'Older', 'latin', '')",
        written,
    )
    await done(office.officer, KEEP, kind="Guardian")
    assert {f"Guardian_{written}": ("Guardian", "2024-07-11")} == await due(office)
