"""Opening and closing entry rounds."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from homeroom.commands import UNSET, Ref, Unset, command, given_or
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.notices import settle
from homeroom.nouns import Noun
from homeroom.texts import required_text
from homeroom_gradebook.notices import ROUND_OPENED, ask_for_marks
from homeroom_gradebook.refusals import ROUND_END, ROUND_OPEN
from homeroom_gradebook.tables import EntryRound, RoundStatus

_ROUND: Final = Noun(EntryRound, "gradebook.round")
_ENDED: Final = """
SELECT EXISTS (
    SELECT FROM entry_round r WHERE r.term_id = $1 AND (r.status = 'closed' OR r.closes_at <= $4)
        AND (r.kind IS NULL OR $2::text IS NULL OR r.kind = $2)
        AND (r.school_class_id IS NULL OR $3::uuid IS NULL OR r.school_class_id = $3))
"""


@command("gradebook.round.open", returns="EntryRound")
async def open_entry_round(
    context: Context,
    *,
    title: str,
    term: Annotated[UUID, Ref("Term")],
    kind: str | None = None,
    school_class: Annotated[UUID, Ref("SchoolClass")] | None = None,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
) -> UUID:
    """Open a round in which the marks of a term may be entered.

    Where a round for the same marks has ended before, it is one for corrections: the person who opens it cannot change
    marks in it.

    Args:
        title: As people call it.
        term: Whose marks.
        kind: Only assessments of this kind; by default every kind.
        school_class: Only this class; by default every class.
        opens_at: From when; by default from now.
        closes_at: Until when; by default until somebody closes it.
    """
    given = {"title": title, "term": term, "kind": kind, "school_class": school_class}
    (about,) = await _ROUND.checked(context, [given])
    again: bool = await context.fetchval(_ENDED, term, about["kind"], school_class, context.now)
    opened = _opened(context, opens_at or context.now, closes_at, corrects=again)
    (made,) = await context.rows(EntryRound).insert([{**about, **opened}])
    await ask_for_marks(context, made)
    return made


@command("gradebook.round.close", returns="EntryRound")
async def close_entry_round(
    context: Context, *, entry_round: Annotated[UUID, Ref("EntryRound")], expected_version: int | None = None
) -> UUID:
    """Close a round: from now on its marks are refused."""
    await context.permit("EntryRound", [entry_round], field="entryRound")
    changes = {"status": RoundStatus.CLOSED.value}
    await context.rows(EntryRound).update(
        entry_round, changes, expected_version=expected_version, field="expectedVersion"
    )
    await settle(context, ROUND_OPENED, str(entry_round))
    return entry_round


@command("gradebook.round.reopen", returns="EntryRound")
async def reopen_entry_round(
    context: Context,
    *,
    entry_round: Annotated[UUID, Ref("EntryRound")],
    reason: str,
    closes_at: datetime | Unset | None = UNSET,
    expected_version: int | None = None,
) -> UUID:
    """Open a closed round again, for a reason that stays with it.

    Its end stays unless it has passed, or another one is given. The person who opens it cannot change marks in it: a
    correction takes two persons.
    """
    await context.permit("EntryRound", [entry_round], field="entryRound")
    reason = required_text(reason, 500, "reason")
    row = await context.rows(EntryRound).locked(entry_round)
    over = row["closes_at"] is not None and row["closes_at"] <= context.now
    if row["status"] == RoundStatus.OPEN and not over:
        raise Refusal(ROUND_OPEN, "entry_round")
    ends = given_or(closes_at, None if over else row["closes_at"])
    changes = _opened(context, row["opens_at"], ends, corrects=True) | {"reason": reason}
    await context.rows(EntryRound).update(
        entry_round, changes, expected_version=expected_version, field="expectedVersion"
    )
    await ask_for_marks(context, entry_round)
    return entry_round


def _opened(context: Context, begins: datetime, ends: datetime | None, *, corrects: bool) -> dict[str, Any]:
    """The columns of a round that is opened. Raises Refusal if it ends before it begins, or in the past."""
    if ends is not None and (ends <= begins or ends <= context.now):
        raise Refusal(ROUND_END, "closes_at")
    # One person may have several accounts.
    caller = [each for each in (context.caller.account, *context.caller.persons) if each is not None]
    status = RoundStatus.OPEN.value
    return {"opens_at": begins, "closes_at": ends, "status": status, "opened_by": caller if corrects else []}
