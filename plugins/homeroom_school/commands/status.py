"""Changing a student's status: applying, deciding, withdrawing, annulling.

A change that needs a decision stays pending until :data:`decide_status_change` is run on it; that command is the one
place where a change takes effect, for every way to decide it.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec

from homeroom.code_tables import code_id
from homeroom.commands import Event, Ref, command
from homeroom.context import Context
from homeroom.database.dated import refuse_overlaps
from homeroom.errors import Refusal
from homeroom.refusals import NOT_IN_STATE
from homeroom_school.code_tables import STATUS_CHANGE
from homeroom_school.commands.checks import plain_text
from homeroom_school.refusals import (
    ENROLMENT_OVERLAPS,
    LATER_CHANGE,
    LONG_AGO,
    NOT_ALLOWED_FROM_HERE,
    NOT_LAST,
    PENDING_CHANGE,
    RETURN_TOO_EARLY,
    UNKNOWN_CHANGE_TYPE,
)
from homeroom_school.rules.status import CHANGE_TYPES, LEFT, ChangeState, Status, next_states, status_after
from homeroom_school.tables import ClassEnrolment, StudentStatus, StudentStatusChange

__all__ = [
    "annul_status_change",
    "apply_for_status_change",
    "decide_status_change",
    "open_change",
    "settle_change",
    "withdraw_status_change",
]


async def _status_on(context: Context, student: UUID, on: date) -> Status:
    found = await context.fetchval(
        "SELECT status FROM student_status WHERE student_id = $1 AND starts_on <= $2"
        " AND (ends_on IS NULL OR ends_on >= $2)",
        student,
        on,
    )
    return Status(found) if found else Status.ENROLLED


async def _lock(context: Context, student: UUID) -> None:
    # The student's row stands for all changes: two offices decide one after the other.
    await context.fetch("SELECT id FROM student WHERE id = $1 FOR UPDATE", student)


async def _target(context: Context, student: UUID, change_type: str, effective_on: date) -> tuple[Status, Status]:
    """The statuses before and after a change. Raises Refusal where it does not lead from there."""
    later = await context.fetchval(
        "SELECT max(starts_on) FROM student_status WHERE student_id = $1 AND change_id IS NOT NULL", student
    )
    if later is not None and later >= effective_on:
        raise Refusal(LATER_CHANGE, "effective_on")
    before = await _status_on(context, student, effective_on - timedelta(days=1))
    after = status_after(change_type, before)
    if after is None:
        raise Refusal(NOT_ALLOWED_FROM_HERE, "change_type", status=before)
    return before, after


@command("school.status.apply", returns="StudentStatusChange")
async def apply_for_status_change(
    context: Context,
    *,
    student: Annotated[UUID, Ref("Student")],
    change_type: str,
    effective_on: date | None = None,
    return_by: date | None = None,
    explanation: str = "",
    document_number: str = "",
    confirmed: bool = False,
) -> UUID:
    """Apply for a change of a student's status, by default from today on.

    The type is a code of school.status_change. Most types wait for a decision; graduation and the like take effect at
    once. A student has one pending change at most. A day before the student's first enrolment, or within an
    enrolment of a past school year, is refused with LONG_AGO unless it is confirmed.

    Args:
        change_type: The code of the kind of change.
        explanation: Why, in words.
        confirmed: Whether a day so long ago is meant.
    """
    await context.permit("Student", [student], field="student")
    if change_type not in CHANGE_TYPES:
        raise Refusal(UNKNOWN_CHANGE_TYPE, "change_type")
    approval = CHANGE_TYPES[change_type].approval
    return await open_change(
        context,
        student,
        change_type,
        effective_on or context.today,
        ChangeState.PENDING if approval else ChangeState.EFFECTIVE,
        return_by=return_by,
        reason=plain_text(explanation, 2000, "explanation"),
        document_number=plain_text(document_number, 60, "documentNumber"),
        confirmed=confirmed,
    )


async def open_change(
    context: Context,
    student: UUID,
    change_type: str,
    effective_on: date,
    state: ChangeState,
    *,
    return_by: date | None = None,
    reason: str = "",
    document_number: str = "",
    confirmed: bool = False,
) -> UUID:
    """Write a change of a student's status, pending or with its effect.

    Args:
        context: The command's.
        student: The student.
        change_type: A key of :data:`homeroom_school.rules.status.CHANGE_TYPES`.
        effective_on: The first day of the new status.
        state: Pending or effective.
        return_by: Until when to come back.
        reason: Why.
        document_number: Of the paper that is kept of it.
        confirmed: Whether a day before the first enrolment or in a past school year is meant.

    Raises:
        Refusal: The day is long ago, there is no such type here, another change is in the way, or this one does not
            lead from there.
    """
    type_id = await code_id(context, STATUS_CHANGE.name, change_type, field="changeType")
    if type_id is None:
        raise Refusal(UNKNOWN_CHANGE_TYPE, "change_type")
    await _lock(context, student)
    if return_by is not None and return_by <= effective_on:
        raise Refusal(RETURN_TOO_EARLY, "return_by")
    if await context.fetchval(
        "SELECT true FROM student_status_change WHERE student_id = $1 AND state = 'pending'", student
    ):
        raise Refusal(PENDING_CHANGE, "student")
    if not confirmed:
        await _refuse_long_ago(context, student, effective_on)
    before, after = await _target(context, student, change_type, effective_on)
    pending = state is ChangeState.PENDING
    (made,) = await context.rows(StudentStatusChange).insert(
        [
            {
                "student_id": student,
                "change_type_id": type_id,
                "from_status": before.value,
                "to_status": after.value,
                "state": state.value,
                "applied_on": context.today,
                "effective_on": effective_on,
                "return_by": return_by,
                "reason": reason,
                "document_number": document_number,
                "decided_on": None if pending else context.today,
                "decision_note": "",
                "ended_enrolments": None,
            }
        ]
    )
    if not pending:
        await _take_effect(context, made, student, before, after, effective_on)
    return made


async def settle_change(context: Context, change: UUID, state: ChangeState, note: str) -> None:
    """Settle a pending change that somebody else decides on, such as another school.

    Args:
        context: The command's.
        change: The change.
        state: What it comes to.
        note: What was said.
    """
    row = await context.fetchrow("SELECT * FROM student_status_change WHERE id = $1", change)
    assert row is not None
    await _lock(context, row["student_id"])
    await _settle(context, row, state, {"decision_note": note}, None)
    if state is ChangeState.EFFECTIVE:
        before, after = Status(row["from_status"]), Status(row["to_status"])
        await _take_effect(context, change, row["student_id"], before, after, row["effective_on"])


@command("school.status.decide", returns="StudentStatusChange")
async def decide_status_change(
    context: Context,
    *,
    change: Annotated[UUID, Ref("StudentStatusChange")],
    approve: bool,
    effective_on: date | None = None,
    document_number: str | None = None,
    note: str = "",
    confirmed: bool = False,
    expected_version: int | None = None,
) -> UUID:
    """Decide on a pending change: it takes effect on its day, or is refused and leaves no trace on the student.

    Who leaves the school leaves the classes with the day before; classes of past school years stay as they were.

    Args:
        approve: Whether it is granted.
        note: What is said with the decision.
        confirmed: Whether another day, before the first enrolment or in a past school year, is meant.
    """
    row = await _change(context, change)
    if approve and not confirmed and effective_on is not None and effective_on != row["effective_on"]:
        await _refuse_long_ago(context, row["student_id"], effective_on)
    effective_on = effective_on or row["effective_on"]
    changes: dict[str, Any] = {"effective_on": effective_on, "decision_note": plain_text(note, 2000, "note")}
    if document_number is not None:
        changes["document_number"] = plain_text(document_number, 60, "documentNumber")
    if not approve:
        await _settle(context, row, ChangeState.REFUSED, changes, expected_version)
        return change
    if row["return_by"] is not None and row["return_by"] <= effective_on:
        raise Refusal(RETURN_TOO_EARLY, "effective_on")
    before, after = await _target(context, row["student_id"], row["code"], effective_on)
    changes |= {"from_status": before.value, "to_status": after.value}
    await _settle(context, row, ChangeState.EFFECTIVE, changes, expected_version)
    await _take_effect(context, change, row["student_id"], before, after, effective_on)
    return change


@command("school.status.withdraw", returns="StudentStatusChange")
async def withdraw_status_change(
    context: Context, *, change: Annotated[UUID, Ref("StudentStatusChange")], note: str = ""
) -> UUID:
    """Take back an application that is not decided yet.

    Args:
        note: Why it is withdrawn.
    """
    row = await _change(context, change)
    await _settle(context, row, ChangeState.WITHDRAWN, {"decision_note": plain_text(note, 2000, "note")}, None)
    return change


@command("school.status.annul", returns="StudentStatusChange")
async def annul_status_change(
    context: Context, *, change: Annotated[UUID, Ref("StudentStatusChange")], note: str
) -> UUID:
    """Annul the last change that took effect, such as on appeal: the status before it continues as if the change had
    not been.

    Enrolments that the change ended get back the last days that they had, unless somebody has changed them since.

    Args:
        note: Why it is annulled.
    """
    row = await _change(context, change)
    note = plain_text(note, 2000, "note")
    await _settle(context, row, ChangeState.ANNULLED, {"decision_note": note}, None)
    table = context.rows(StudentStatus)
    made = await context.fetchrow("SELECT id, starts_on FROM student_status WHERE change_id = $1", change)
    if made is None:
        return change  # the status stayed
    if await context.fetchval(
        "SELECT true FROM student_status WHERE student_id = $1 AND starts_on > $2 LIMIT 1",
        row["student_id"],
        made["starts_on"],
    ):
        raise Refusal(NOT_LAST, "change")
    await table.delete(made["id"])
    await _enter_classes_again(context, row["ended_enrolments"])
    previous = await context.fetchval(
        "SELECT id FROM student_status WHERE student_id = $1 AND ends_on = $2",
        row["student_id"],
        made["starts_on"] - timedelta(days=1),
    )
    if previous is not None:
        await table.update(previous, {"ends_on": None})
    return change


async def _change(context: Context, change: UUID) -> Any:
    await context.permit("StudentStatusChange", [change], field="change")
    student = await context.fetchval("SELECT student_id FROM student_status_change WHERE id = $1", change)
    await _lock(context, student)
    hooks = context.host.hooks
    await hooks.each("status_change_deciding", only=context.variant.plugins, context=context, student=student)
    return await context.fetchrow(
        "SELECT c.*, v.code FROM student_status_change c JOIN code_value v ON v.id = c.change_type_id WHERE c.id = $1",
        change,
    )


async def _settle(
    context: Context, row: Any, state: ChangeState, changes: dict[str, Any], expected_version: int | None
) -> None:
    if state not in next_states(ChangeState(row["state"])):
        raise Refusal(NOT_IN_STATE, "change", state=row["state"])
    changes |= {"state": state.value, "decided_on": context.today}
    await context.rows(StudentStatusChange).update(
        row["id"], changes, expected_version=expected_version, field="change"
    )


async def _take_effect(
    context: Context, change: UUID, student: UUID, before: Status, after: Status, effective_on: date
) -> None:
    if after is not before:
        table = context.rows(StudentStatus)
        last = effective_on - timedelta(days=1)
        current = await context.fetchval(
            "SELECT id FROM student_status WHERE student_id = $1 AND ends_on IS NULL", student
        )
        if current is not None:
            await table.update(current, {"ends_on": last})
        await table.insert(
            [
                {
                    "student_id": student,
                    "status": after.value,
                    "starts_on": effective_on,
                    "ends_on": None,
                    "change_id": change,
                }
            ]
        )
        if after in LEFT:
            await _leave_classes(context, change, student, last)
    await context.emit(
        Event("school.status.changed", {"student": student, "change": change, "from": before, "to": after})
    )


#: Enrolments of a student ($1) that go on after a day ($2), in the current school year or beyond today ($3).
_GOING_ON: Final = """
SELECT e.id, e.starts_on, e.ends_on, y.ends_on AS closes_on FROM class_enrolment e
JOIN school_class c ON c.id = e.school_class_id JOIN school_year y ON y.id = c.school_year_id
WHERE e.student_id = $1 AND (e.ends_on IS NULL OR e.ends_on > $2 AND (y.status = 'current' OR e.ends_on >= $3))
ORDER BY e.id
"""
#: Whether a day ($2) lies before the first enrolment of a student ($1), or within one of a past school year.
_LONG_AGO: Final = """
SELECT min(e.starts_on) > $2 OR bool_or(y.status = 'past' AND $2 <= COALESCE(e.ends_on, y.ends_on))
FROM class_enrolment e JOIN school_class c ON c.id = e.school_class_id JOIN school_year y ON y.id = c.school_year_id
WHERE e.student_id = $1
"""


async def _refuse_long_ago(context: Context, student: UUID, effective_on: date) -> None:
    if await context.fetchval(_LONG_AGO, student, effective_on):
        raise Refusal(LONG_AGO, "effective_on", day=effective_on)


async def _leave_classes(context: Context, change: UUID, student: UUID, last: date) -> None:
    """End what has no end, and keep with the change which last days it moved."""
    ended = []
    for each in await context.fetch(_GOING_ON, student, last, context.today):
        # An enrolment that would have begun later is kept for its history, as one day.
        ends_on = max(min(last, each["closes_on"]), each["starts_on"])
        if ends_on == each["ends_on"]:
            continue
        ended.append({"enrolment": each["id"], "from": each["ends_on"], "to": ends_on})
    table = context.rows(ClassEnrolment)
    await table.update_many([{"id": each["enrolment"], "ends_on": each["to"]} for each in ended])
    if ended:
        kept = msgspec.json.encode(ended).decode()
        await context.rows(StudentStatusChange).update(change, {"ended_enrolments": kept})


async def _enter_classes_again(context: Context, ended: str | None) -> None:
    """Give enrolments back the last days that a change moved. Raises OVERLAP where the student is elsewhere then."""
    moved = msgspec.json.decode(ended, type=list[_Ended]) if ended else []
    now = {
        each["id"]: each["ends_on"]
        for each in await context.fetch(
            "SELECT id, ends_on FROM class_enrolment WHERE id = ANY($1::uuid[])", [each.enrolment for each in moved]
        )
    }
    untouched = [each for each in moved if each.enrolment in now and now[each.enrolment] == each.to]
    await context.rows(ClassEnrolment).update_many(
        [{"id": each.enrolment, "ends_on": each.before} for each in untouched]
    )
    ids = [each.enrolment for each in untouched]
    await refuse_overlaps(context, ClassEnrolment, ids, field="change", code=ENROLMENT_OVERLAPS, listed=False)


class _Ended(msgspec.Struct, rename={"before": "from"}):
    """An enrolment that a change ended: its last day before and after."""

    enrolment: UUID
    to: date
    before: date | None
