"""The notices of the gradebook to teachers."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from homeroom.notices import NoticeKind, is_to_do, notify

if TYPE_CHECKING:
    from uuid import UUID

    from homeroom.context import Context

ROUND_OPENED: Final = NoticeKind(
    "gradebook.round_opened",
    title="Marks to be entered",
    subject="Enter marks: {title}",
    body="The entry round {title} is open from {opens}. Please enter the marks of your classes.",
    values={"title": "What the round is called.", "opens": "The day from which marks may be entered."},
    locale=Path(__file__).parent / "locale",
    todo=True,
)
NOTICE_KINDS: Final = (ROUND_OPENED,)

_ROUND: Final = "SELECT title, opens_at, closes_at FROM entry_round WHERE id = $1"
_TEACHERS: Final = """
SELECT DISTINCT ta.staff_id
FROM entry_round r JOIN term t ON t.id = r.term_id
JOIN school_class sc ON sc.school_year_id = t.school_year_id
    AND (r.school_class_id IS NULL OR sc.id = r.school_class_id)
JOIN class_subject cs ON cs.school_class_id = sc.id
JOIN teaching_assignment ta ON ta.class_subject_id = cs.id
WHERE r.id = $1 AND ta.starts_on <= t.ends_on AND (ta.ends_on IS NULL OR ta.ends_on >= $2)
"""
_OVER: Final = "SELECT id FROM entry_round WHERE closes_at <= $1 AND closes_at > $2"


async def ask_for_marks(context: Context, entry_round: UUID) -> None:
    """Put a round on the to-do list of each teacher who teaches in it, now or until its term ends."""
    row = await context.fetchrow(_ROUND, entry_round)
    assert row is not None
    zone, closes = context.space.time_zone, row["closes_at"]
    await notify(
        context,
        ROUND_OPENED,
        persons=[each["staff_id"] for each in await context.fetch(_TEACHERS, entry_round, context.today)],
        values={"title": row["title"], "opens": row["opens_at"].astimezone(zone).date()},
        about=f"EntryRound_{entry_round}",
        key=str(entry_round),
        due=closes.astimezone(zone).date() if closes is not None else None,
    )


async def rounds_to_settle(context: Context) -> list[str]:
    """The rounds that have ended and are still on somebody's list. Those of last week were removed before."""
    over = await context.fetch(_OVER, context.now, context.now - timedelta(days=7))
    keys = [str(each["id"]) for each in over]
    return keys if keys and await is_to_do(context, ROUND_OPENED, keys) else []
