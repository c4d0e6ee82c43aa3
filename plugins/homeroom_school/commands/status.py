"""Changing a student's status: applying, correcting, annulling. Other people decide, by the flow :data:`STATUS`.

While a change is pending, plugins can already act on it; :func:`settle_change` is the one place where it takes effect
or comes to nothing, for every way to decide it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec

from homeroom.code_tables import titles
from homeroom.commands import Event, Ref, command
from homeroom.context import Context
from homeroom.database.dated import refuse_overlaps
from homeroom.errors import Refusal
from homeroom.nouns import Draft, Noun
from homeroom.recipients import holders_of
from homeroom.refusals import NOT_IN_STATE
from homeroom.texts import plain_text
from homeroom_approvals import RequestState, Settled, flow, step
from homeroom_approvals.opening import open_requests
from homeroom_school.refusals import (
    ENROLMENT_OVERLAPS,
    LATER_CHANGE,
    LONG_AGO,
    NOT_ALLOWED_FROM_HERE,
    NOT_LAST,
    PENDING_CHANGE,
    UNKNOWN_CHANGE_TYPE,
)
from homeroom_school.rules.status import CHANGE_TYPES, LEFT, ChangeState, Status, status_after
from homeroom_school.tables import ClassEnrolment, StudentStatus, StudentStatusChange

_PENDING: Final = "SELECT id FROM student_status_change WHERE student_id = $1 AND state = 'pending'"
_ASKED: Final = (
    "SELECT true FROM approval_request WHERE flow = 'school.status' AND subject_id = $1"
    " AND state IN ('pending', 'returned')"
)


#: What a student ($1) is until a day ($2), whether a change takes effect on or after it, whether it lies before the
#: first enrolment or within one of a past school year, and the code of a type of change ($3).
_BEFORE: Final = """
SELECT v.code,
    coalesce((SELECT status FROM student_status WHERE student_id = $1 AND starts_on < $2::date
        AND (ends_on IS NULL OR ends_on >= $2::date - 1)), 'enrolled') AS status,
    (SELECT max(starts_on) >= $2 FROM student_status WHERE student_id = $1 AND change_id IS NOT NULL) AS later,
    (SELECT min(e.starts_on) > $2 OR bool_or(y.status = 'past' AND $2 <= coalesce(e.ends_on, y.ends_on))
        FROM class_enrolment e JOIN school_class c ON c.id = e.school_class_id
        JOIN school_year y ON y.id = c.school_year_id WHERE e.student_id = $1) AS long_ago
FROM code_value v WHERE v.id = $3
"""


async def _lock(context: Context, student: UUID) -> None:
    # The student's row stands for all changes: two offices decide one after the other.
    await context.fetch("SELECT id FROM student WHERE id = $1 FOR UPDATE", student)


async def _lead(context: Context, draft: Draft) -> None:
    """Refuse changes that do not lead from what the student is, and note where each leads."""
    for place, row in draft.rows():
        await _lock(context, row["student_id"])
        if not draft.stored and await context.fetchval(_PENDING, row["student_id"]):
            draft.problem(place, PENDING_CHANGE, "student")
        elif not draft.stored or await context.fetchval(_ASKED, row["id"]):
            await _lead_one(context, draft, place, row)
        else:  # what is settled, or decided elsewhere, keeps its days; a document often gets its number afterwards
            for argument in sorted(draft.values[place].keys() - {"document_number"}):
                draft.problem(place, NOT_IN_STATE, argument, state=ChangeState(row["state"]))


async def _lead_one(context: Context, draft: Draft, place: int, row: Mapping[str, Any]) -> None:
    on = row["effective_on"]
    found = await context.fetchrow(_BEFORE, row["student_id"], on, row["change_type_id"])
    assert found is not None
    before = Status(found["status"])
    after = status_after(found["code"], before) if found["code"] in CHANGE_TYPES else None
    if found["code"] not in CHANGE_TYPES:
        draft.problem(place, UNKNOWN_CHANGE_TYPE, "change_type")
    elif found["long_ago"] and "effective_on" in draft.values[place] and not draft.given[place].get("confirmed"):
        draft.problem(place, LONG_AGO, "effective_on", day=on)
    elif found["later"]:
        draft.problem(place, LATER_CHANGE, "effective_on")
    elif after is None:
        draft.problem(place, NOT_ALLOWED_FROM_HERE, "change_type", status=before)
    else:
        draft.values[place] |= {"from_status": before.value, "to_status": after.value}


_CHANGE: Final = Noun(StudentStatusChange, "school.status", check=_lead, singular="status_change", argument="change")

change_status_change = _CHANGE.change(
    "Correct a change of a student's status that is not decided; its request returns to the person who asked. Of a"
    " decided change, only the number of the document can be corrected. A day so long ago that it must be confirmed"
    " (LONG_AGO) needs a new application.",
    fixed=("student", "change_type"),
)


_SETTLED: Final = {
    RequestState.APPROVED: ChangeState.EFFECTIVE,
    RequestState.REFUSED: ChangeState.REFUSED,
    RequestState.WITHDRAWN: ChangeState.WITHDRAWN,
    RequestState.EXPIRED: ChangeState.WITHDRAWN,
}


async def _settled(context: Context, outcome: Settled) -> None:
    await settle_change(context, outcome.row, _SETTLED[outcome.state], outcome.note)


#: Another person of the office than the one who applied decides. A school may set other roles.
STATUS: Final = flow(
    StudentStatusChange,
    "school.status",
    titles("Change of status", "學籍異動", "学籍异动", "Thay đổi trạng thái"),
    step("decision", titles("Decision", "審批", "审批", "Quyết định"), holders_of("principal", "registrar")),
    settled=_settled,
    called="(SELECT st.full_name FROM student st WHERE st.id = {row}.student_id)",
    closes=False,  # the number of its document often comes afterwards
)


@command("school.status.apply", returns="StudentStatusChange")
async def apply_for_status_change(
    context: Context,
    *,
    student: Annotated[UUID, Ref("Student")],
    change_type: str,
    effective_on: date | None = None,
    return_by: date | None = None,
    reason: str = "",
    document_number: str = "",
    confirmed: bool = False,
) -> UUID:
    """Apply for a change of a student's status, by default from today on.

    The type is a code of school.status_change. Most types wait for the decision of another person; graduation and the
    like take effect at once. A student has one pending change at most. A day before the student's first enrolment, or
    within an enrolment of a past school year, is refused with LONG_AGO unless it is confirmed.

    Who leaves the school leaves the classes with the day before; classes of past school years stay as they were.

    Args:
        change_type: The code of the kind of change.
        confirmed: Whether a day so long ago is meant.
    """
    approval = change_type not in CHANGE_TYPES or CHANGE_TYPES[change_type].approval
    change = await open_change(
        context,
        ChangeState.PENDING if approval else ChangeState.EFFECTIVE,
        student=student,
        change_type=change_type,
        effective_on=effective_on,
        return_by=return_by,
        reason=reason,
        document_number=document_number,
        confirmed=confirmed,
    )
    if approval:
        await open_requests(context, STATUS, [change], note=reason, field="student")
    return change


async def open_change(context: Context, state: ChangeState, **given: Any) -> UUID:
    """Write a change of a student's status, pending or with its effect.

    Args:
        state: Pending or effective.
        given: Arguments of :data:`apply_for_status_change`.

    Raises:
        Refusal: The day is long ago, there is no such type here, another change is in the way, or this one does not
            lead from there.
    """
    decided_on = None if state is ChangeState.PENDING else context.today
    (values,) = await _CHANGE.checked(context, [given])
    values |= {"state": state.value, "applied_on": context.today, "decided_on": decided_on}
    (made,) = await _CHANGE.insert(context, [values])
    if state is ChangeState.EFFECTIVE:
        await _take_effect(context, {**values, "id": made})
    return made


async def settle_change(context: Context, change: UUID, state: ChangeState, note: str) -> None:
    """Settle a pending change: it takes effect on its day, or leaves no trace on the student.

    Nothing else changes the status while it is pending, so that it leads to where it led when it was applied for.

    Args:
        change: The change.
        state: What it comes to: effective, refused or withdrawn.
        note: What was said with it.
    """
    row = await context.fetchrow("SELECT * FROM student_status_change WHERE id = $1", change)
    if row is None:  # it was removed, such as with an erased student
        return
    await _lock(context, row["student_id"])
    settled = {"state": state.value, "decided_on": context.today, "decision_note": note}
    await context.rows(StudentStatusChange).update(change, settled)
    if state is ChangeState.EFFECTIVE:
        await _take_effect(context, row)


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
    await context.permit("StudentStatusChange", [change], field="change")
    row = await context.fetchrow("SELECT * FROM student_status_change WHERE id = $1", change)
    assert row is not None
    await _lock(context, row["student_id"])
    if row["state"] != ChangeState.EFFECTIVE:
        raise Refusal(NOT_IN_STATE, "change", state=ChangeState(row["state"]))
    if await context.fetchval(_PENDING, row["student_id"]):
        raise Refusal(PENDING_CHANGE, "change")
    annulled = {"state": "annulled", "decided_on": context.today, "decision_note": plain_text(note, 2000, "note")}
    await context.rows(StudentStatusChange).update(change, annulled)
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


async def _take_effect(context: Context, change: Mapping[str, Any]) -> None:
    student, before, after = change["student_id"], Status(change["from_status"]), Status(change["to_status"])
    if after is not before:
        table = context.rows(StudentStatus)
        last = change["effective_on"] - timedelta(days=1)
        current = await context.fetchval(
            "SELECT id FROM student_status WHERE student_id = $1 AND ends_on IS NULL", student
        )
        if current is not None:
            await table.update(current, {"ends_on": last})
        made = {"student_id": student, "status": after.value, "starts_on": change["effective_on"], "ends_on": None}
        await table.insert([{**made, "change_id": change["id"]}])
        if after in LEFT:
            await _leave_classes(context, change["id"], student, last)
    await context.emit(
        Event("school.status.changed", {"student": student, "change": change["id"], "from": before, "to": after})
    )


#: Enrolments of a student ($1) that go on after a day ($2), in the current school year or beyond today ($3).
_GOING_ON: Final = """
SELECT e.id, e.starts_on, e.ends_on, y.ends_on AS closes_on FROM class_enrolment e
JOIN school_class c ON c.id = e.school_class_id JOIN school_year y ON y.id = c.school_year_id
WHERE e.student_id = $1 AND (e.ends_on IS NULL OR e.ends_on > $2 AND (y.status = 'current' OR e.ends_on >= $3))
ORDER BY e.id
"""


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
