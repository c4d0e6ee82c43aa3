"""Student status: the transitions, what applying and deciding write, and who sees it; and destinations."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from homeroom.errors import Refusal
from homeroom.messages import spelt
from homeroom_approvals import ApprovalOutcome
from homeroom_approvals.commands import withdraw_approval
from homeroom_school.code_tables import STATUS_CHANGE
from homeroom_school.commands.calendar import create_school_year, make_school_year_current
from homeroom_school.commands.classes import create_school_class
from homeroom_school.commands.destinations import DestinationRow, record_destinations
from homeroom_school.commands.enrolment import EnrolmentRow, end_enrolments, enrol_students
from homeroom_school.commands.enrolment_corrections import correct_enrolment
from homeroom_school.commands.groups import GroupMemberRow, create_group, join_group
from homeroom_school.commands.people import NameInput, create_staff, create_student
from homeroom_school.commands.status import (
    annul_status_change,
    apply_for_status_change,
    change_status_change,
)
from homeroom_school.rules.status import CHANGE_TYPES, LEFT, Status, status_after
from homeroom_school.tables import GroupKind

FIRST = date(2025, 9, 5)
LATER = date(2025, 11, 3)
REQUEST = "SELECT id FROM approval_request WHERE subject_id = $1 ORDER BY asked_at DESC LIMIT 1"


async def refused(school: Any, command: Any, **arguments: Any) -> list[tuple[str, str | None, int | None]]:
    """The problems for which a command is refused."""
    with pytest.raises(Refusal) as refusal:
        await school.run(command, **arguments)
    return [(each.code, spelt(each.field), each.row) for each in refusal.value.problems]


@pytest_asyncio.fixture(loop_scope="session")
async def student(school: Any, make_school: Any) -> UUID:
    """A student in class 6A; another school has the same."""
    for each in (await make_school(), school):
        made = await each.run(create_student, name=NameInput("An", "Lê"))
        year = await each.one("SELECT id FROM school_year")
        level = await each.one("SELECT id FROM grade_level WHERE code = '6'")
        room = await each.run(create_school_class, school_year=year, name="6A", grade_level=level)
        await each.run(enrol_students, school_class=room, rows=[EnrolmentRow(made)], starts_on=FIRST)
    found: UUID = made
    return found


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        ("suspend", Status.ENROLLED, Status.SUSPENDED),
        ("resume", Status.SUSPENDED, Status.ENROLLED),
        ("resume", Status.RETAINED, Status.ENROLLED),
        ("resume", Status.ENROLLED, None),
        ("withdraw", Status.SUSPENDED, Status.WITHDRAWN),
        ("expel", Status.SUSPENDED, None),
        ("take_up_admission", Status.ADMISSION_HELD, Status.ENROLLED),
        ("cancel_admission", Status.ADMISSION_HELD, Status.ADMISSION_CANCELLED),
        ("graduate_after_completion", Status.COMPLETED, Status.GRADUATED),
        ("graduate", Status.WITHDRAWN, None),
        ("repeat_grade", Status.ENROLLED, Status.ENROLLED),
        ("transfer_in", Status.ENROLLED, Status.ENROLLED),
        ("transfer_in", Status.TRANSFERRED_OUT, Status.ENROLLED),
        ("transfer_in", Status.WITHDRAWN, None),
        ("transfer_out", Status.SUSPENDED, None),
        ("readmit", Status.WITHDRAWN, Status.ENROLLED),
        ("readmit", Status.GRADUATED, Status.ENROLLED),
        ("readmit", Status.EXPELLED, None),
        ("readmit", Status.DECEASED, None),
        ("readmit", Status.ENROLLED, None),
    ],
)
async def test_where_a_change_leads(change: str, before: Status, after: Status | None) -> None:
    assert after is status_after(change, before)


@given(st.lists(st.sampled_from(sorted(CHANGE_TYPES)), max_size=12))
def test_who_has_left_comes_back_from_another_school_or_by_a_completion_made_good(changes: list[str]) -> None:
    status = Status.ENROLLED
    for change in changes:
        following = status_after(change, status)
        if following is None:
            continue
        if status in LEFT:
            assert (status, change, following) in {
                (Status.COMPLETED, "graduate_after_completion", Status.GRADUATED),
                (Status.TRANSFERRED_OUT, "transfer_in", Status.ENROLLED),
            }
        status = following


def test_every_type_has_a_title() -> None:
    assert set(CHANGE_TYPES) == set(STATUS_CHANGE.codes)


async def statuses(school: Any) -> list[tuple[str, date, date | None]]:
    rows = await school.sql("SELECT status, starts_on, ends_on FROM student_status ORDER BY starts_on")
    return [(each["status"], each["starts_on"], each["ends_on"]) for each in rows]


async def test_a_change_takes_effect_when_it_is_approved(school: Any, student: UUID) -> None:
    change = await school.run(
        apply_for_status_change,
        student=student,
        change_type="suspend",
        effective_on=LATER,
        return_by=date(2026, 9, 1),
        reason="Bệnh",
    )
    assert [] == await statuses(school)
    assert [("PENDING_CHANGE", "student", None)] == await refused(
        school, apply_for_status_change, student=student, change_type="withdraw"
    )
    await school.decide(change)
    await school.run(change_status_change, change=change, document_number="12/QĐ")
    assert [("suspended", LATER, None)] == await statuses(school)
    assert [("NOT_IN_STATE", "effectiveOn", None)] == await refused(
        school, change_status_change, change=change, effective_on=FIRST
    )
    with pytest.raises(Refusal, match="approved"):
        await school.decide(change)
    back = await school.run(
        apply_for_status_change, student=student, change_type="resume", effective_on=date(2026, 2, 2)
    )
    await school.decide(back)
    assert [("suspended", LATER, date(2026, 2, 1)), ("enrolled", date(2026, 2, 2), None)] == await statuses(school)
    # A suspension leaves the place in the class.
    assert await school.one("SELECT ends_on IS NULL FROM class_enrolment")


async def test_who_leaves_leaves_the_classes(school: Any, student: UUID) -> None:
    change = await school.run(apply_for_status_change, student=student, change_type="transfer_out", effective_on=LATER)
    await school.decide(change)
    assert date(2025, 11, 2) == await school.one("SELECT ends_on FROM class_enrolment")
    assert [("NOT_ALLOWED_FROM_HERE", "changeType", None)] == await refused(
        school, apply_for_status_change, student=student, change_type="graduate", effective_on=date(2026, 5, 31)
    )


async def test_who_went_to_another_school_may_come_back_from_there(school: Any, student: UUID) -> None:
    for change_type, on in (("transfer_out", LATER), ("transfer_in", date(2026, 1, 5))):
        change = await school.run(apply_for_status_change, student=student, change_type=change_type, effective_on=on)
        await school.decide(change)
    assert [("transferred_out", LATER, date(2026, 1, 4)), ("enrolled", date(2026, 1, 5), None)] == await statuses(
        school
    )


async def test_who_arrives_from_another_school_is_enrolled_and_the_change_tells_it(school: Any, student: UUID) -> None:
    change = await school.run(apply_for_status_change, student=student, change_type="transfer_in", effective_on=FIRST)
    await school.decide(change)
    assert [] == await statuses(school)
    assert [{"state": "effective", "from_status": "enrolled", "to_status": "enrolled"}] == await school.sql(
        "SELECT state, from_status, to_status FROM student_status_change"
    )


async def test_refused_and_withdrawn_changes_leave_no_trace_on_the_student(school: Any, student: UUID) -> None:
    for finish in ("refuse", "withdraw"):
        change = await school.run(apply_for_status_change, student=student, change_type="withdraw")
        if finish == "refuse":
            await school.decide(change, ApprovalOutcome.REFUSE, note="Thiếu giấy tờ")
        else:
            await school.run(withdraw_approval, approval=await school.one(REQUEST, change))
    assert [] == await statuses(school)
    assert {"refused", "withdrawn"} == {
        each["state"] for each in await school.sql("SELECT state FROM student_status_change")
    }


async def test_an_annulled_change_gives_back_the_status_before(school: Any, student: UUID) -> None:
    for change_type, on in (("suspend", LATER), ("withdraw", date(2026, 1, 5))):
        change = await school.run(apply_for_status_change, student=student, change_type=change_type, effective_on=on)
        await school.decide(change)
    first = await school.one("SELECT id FROM student_status_change WHERE to_status = 'suspended'")
    back = await school.run(
        apply_for_status_change, student=student, change_type="readmit", effective_on=date(2026, 2, 2)
    )
    assert [("PENDING_CHANGE", "change", None)] == await refused(school, annul_status_change, change=change, note="x")
    await school.run(withdraw_approval, approval=await school.one(REQUEST, back))
    assert [("NOT_LAST", "change", None)] == await refused(school, annul_status_change, change=first, note="x")
    await school.run(annul_status_change, change=change, note="Khiếu nại")
    assert [("suspended", LATER, None)] == await statuses(school)
    await school.run(annul_status_change, change=first, note="Khiếu nại")
    assert [] == await statuses(school)


async def test_changes_that_cannot_be_are_refused_by_name(school: Any, student: UUID) -> None:
    assert [("UNKNOWN_CODE", "changeType", None)] == await refused(
        school, apply_for_status_change, student=student, change_type="vanish"
    )
    assert [("NOT_ALLOWED_FROM_HERE", "changeType", None)] == await refused(
        school, apply_for_status_change, student=student, change_type="resume"
    )
    assert [("INVALID", "returnBy", None)] == await refused(
        school, apply_for_status_change, student=student, change_type="suspend", return_by=FIRST
    )
    await school.run(apply_for_status_change, student=student, change_type="graduate", effective_on=LATER)
    assert [("OVERLAP", "effectiveOn", None)] == await refused(
        school, apply_for_status_change, student=student, change_type="graduate", effective_on=LATER
    )


async def test_who_sees_and_decides(school: Any, student: UUID) -> None:
    change = await school.run(
        apply_for_status_change, student=student, change_type="suspend", effective_on=FIRST, reason="Bệnh"
    )
    for role in ("teacher", "student", "guardian", "admin"):
        with pytest.raises(Refusal):
            await school.decide(change, caller=school.caller(role, persons=[student]))
    head = await school.run(create_staff, name=NameInput("Bình", "Lê"))
    await school.decide(change, caller=school.caller("principal", persons=[head]))
    document = "{ students { nodes { currentStatus { status } statusChanges { nodes { state reason } } } } }"
    for caller, reason in (
        (school.caller("registrar"), "Bệnh"),
        (school.caller("student", persons=[student]), None),
    ):
        (node,) = (await school.ask(document, caller=caller))["data"]["students"]["nodes"]
        assert {
            "currentStatus": {"status": "SUSPENDED"},
            "statusChanges": {"nodes": [{"state": "EFFECTIVE", "reason": reason}]},
        } == node
    suspended = "{ students(filter: {currentStatus: {status: {eq: SUSPENDED}}}) { totalCount } }"
    assert 1 == (await school.ask(suspended))["data"]["students"]["totalCount"]


async def test_destinations_are_recorded_in_one_go(school: Any, student: UUID, make_school: Any) -> None:
    rows = [DestinationRow(student, "university", "Đại học Huế", "Toán", "Huế")]
    await school.run(record_destinations, left_on=LATER, rows=rows)
    await school.run(record_destinations, left_on=LATER, rows=[DestinationRow(student, "abroad")])
    (row,) = await school.sql("SELECT c.code, d.name FROM graduate_destination d JOIN code_value c ON c.id = d.kind_id")
    assert {"code": "abroad", "name": ""} == row
    theirs = await (await make_school()).run(create_student, name=NameInput("An", "Lê"))
    assert [("NOT_FOUND", "rows.student", 1)] == await refused(
        school,
        record_destinations,
        left_on=LATER,
        rows=[DestinationRow(student, "school"), DestinationRow(theirs, "school")],
    )
    assert [("UNKNOWN_CODE", "rows.kind", 0)] == await refused(
        school, record_destinations, left_on=LATER, rows=[DestinationRow(student, "moon")]
    )


async def test_who_left_is_readmitted_before_coming_into_a_class(school: Any, student: UUID) -> None:
    left = await school.run(apply_for_status_change, student=student, change_type="withdraw", effective_on=LATER)
    await school.decide(left)
    room = await school.one("SELECT id FROM school_class")
    group = await school.run(create_group, code="chess", name="Chess", kind=GroupKind.CLUB)
    back = date(2026, 1, 5)
    enrol = {"school_class": room, "rows": [EnrolmentRow(student)], "starts_on": back}
    assert [("LEFT_SCHOOL", "rows.student", 0)] == await refused(school, enrol_students, **enrol)
    join = {"student_group": group, "rows": [GroupMemberRow(student)], "starts_on": back}
    assert [("LEFT_SCHOOL", "rows.student", 0)] == await refused(school, join_group, **join)

    again = await school.run(apply_for_status_change, student=student, change_type="readmit", effective_on=back)
    await school.decide(again)
    await school.run(enrol_students, **enrol)
    await school.run(join_group, **join)
    assert [("withdrawn", date(2026, 1, 4)), ("enrolled", None)] == [
        (row["status"], row["ends_on"])
        for row in await school.sql("SELECT status, ends_on FROM student_status ORDER BY starts_on OFFSET 0")
        if row["status"] != "enrolled" or row["ends_on"] is None
    ]


_ENROLMENTS = "SELECT starts_on, ends_on FROM class_enrolment WHERE student_id = $1 ORDER BY starts_on"


@pytest_asyncio.fixture(loop_scope="session")
async def older(school: Any, student: UUID) -> UUID:
    """The student, who was in class 5A in the year before."""
    past = {"name": "2024-2025", "starts_on": date(2024, 9, 5), "ends_on": date(2025, 5, 31)}
    year = await school.run(create_school_year, **past)
    current = await school.one("SELECT id FROM school_year WHERE name <> '2024-2025'")
    level = await school.one("SELECT id FROM grade_level WHERE code = '6'")
    await school.run(make_school_year_current, school_year=year)
    await school.run(make_school_year_current, school_year=current)
    room = await school.run(create_school_class, school_year=year, name="5A", grade_level=level)
    rows = [EnrolmentRow(student)]
    days = {"starts_on": past["starts_on"], "ends_on": past["ends_on"]}
    await school.run(enrol_students, school_class=room, rows=rows, **days)
    return student


async def test_a_mistyped_year_is_refused_unless_it_is_meant(school: Any, older: UUID) -> None:
    before = await school.sql(_ENROLMENTS, older)
    for day in (date(2016, 11, 30), date(2025, 1, 10)):
        for change_type in ("withdraw", "graduate"):
            arguments = {"student": older, "change_type": change_type, "effective_on": day}
            problems = await refused(school, apply_for_status_change, **arguments)
            assert [("LONG_AGO", "effectiveOn", None)] == problems
    change = await school.run(apply_for_status_change, student=older, change_type="withdraw", effective_on=LATER)
    wrong = {"effective_on": date(2016, 11, 30)}
    assert [("LONG_AGO", "effectiveOn", None)] == await refused(school, change_status_change, change=change, **wrong)
    assert before == await school.sql(_ENROLMENTS, older)
    await school.decide(change, ApprovalOutcome.REFUSE, note="The year is mistyped.")
    # Where it is meant, the class of the past year stays as it was; the present one keeps its first day alone.
    again = {"student": older, "change_type": "withdraw", "confirmed": True}
    change = await school.run(apply_for_status_change, **again, **wrong)
    await school.decide(change)
    past, present = await school.sql(_ENROLMENTS, older)
    assert before[0] == past
    assert {"starts_on": FIRST, "ends_on": FIRST} == present
    await school.run(annul_status_change, change=change, note="the year was mistyped")
    assert before == await school.sql(_ENROLMENTS, older)


async def test_annulling_gives_classes_their_last_days_back(school: Any, student: UUID) -> None:
    await school.run(
        end_enrolments, enrolments=[await school.one("SELECT id FROM class_enrolment")], ends_on=date(2026, 5, 31)
    )
    change = await school.run(apply_for_status_change, student=student, change_type="graduate", effective_on=LATER)
    assert [{"starts_on": FIRST, "ends_on": date(2025, 11, 2)}] == await school.sql(_ENROLMENTS, student)
    await school.run(annul_status_change, change=change, note="another student was meant")
    assert [{"starts_on": FIRST, "ends_on": date(2026, 5, 31)}] == await school.sql(_ENROLMENTS, student)
    # What the office has changed since stays.
    change = await school.run(apply_for_status_change, student=student, change_type="graduate", effective_on=LATER)
    enrolment = await school.one("SELECT id FROM class_enrolment")
    await school.run(correct_enrolment, enrolment=enrolment, ends_on=date(2025, 10, 31))
    await school.run(annul_status_change, change=change, note="another student was meant")
    assert [{"starts_on": FIRST, "ends_on": date(2025, 10, 31)}] == await school.sql(_ENROLMENTS, student)
