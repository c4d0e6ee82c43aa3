"""What people who enter marks need to know beside the rows: what may be written where, and what is still missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final
from uuid import UUID

from homeroom import query
from homeroom.commands import Ref
from homeroom.context import Context
from homeroom_gradebook.commands.marks import enter_marks
from homeroom_gradebook.entry import load_sheet
from homeroom_gradebook.scales import NumberScale

# $1 now, $2 today, $3 a round or none, $4 a book or none. Cells of students who are excused, whose result was taken
# over, or who are not in the class today are not waited for.
_PROGRESS: Final = """
SELECT r.id AS entry_round, r.title, r.closes_at, g.id AS gradebook, c.name AS school_class, s.title AS subject,
       count(*)::int AS cells, count(*) FILTER (WHERE m.id IS NULL)::int AS missing,
       (SELECT coalesce(string_agg(DISTINCT f.full_name, ', '), '') FROM teaching_assignment t
        JOIN staff f ON f.id = t.staff_id
        WHERE t.class_subject_id = g.class_subject_id AND t.starts_on <= $2
          AND (t.ends_on IS NULL OR t.ends_on >= $2)) AS teachers
FROM entry_round r
JOIN assessment a ON a.term_id = r.term_id AND (r.kind IS NULL OR r.kind = a.kind)
JOIN gradebook g ON g.id = a.gradebook_id AND (r.school_class_id IS NULL OR r.school_class_id = g.school_class_id)
JOIN school_class c ON c.id = g.school_class_id
JOIN subject s ON s.id = g.subject_id
JOIN subject_result l ON l.gradebook_id = g.id AND l.term_id = a.term_id AND NOT l.exempt AND l.taken_from IS NULL
LEFT JOIN mark m ON m.subject_result_id = l.id AND m.assessment_id = a.id
    AND (m.number IS NOT NULL OR m.code IS NOT NULL)
WHERE r.status = 'open' AND r.opens_at <= $1 AND (r.closes_at IS NULL OR r.closes_at > $1)
  AND ($3::uuid IS NULL OR r.id = $3) AND ($4::uuid IS NULL OR g.id = $4)
  AND EXISTS (SELECT FROM class_enrolment e WHERE e.student_id = l.student_id
              AND e.school_class_id = g.school_class_id AND e.starts_on <= $2
              AND (e.ends_on IS NULL OR e.ends_on >= least($2, g.ends_on)))
  AND {within}
GROUP BY r.id, r.title, r.opens_at, r.closes_at, g.id, g.class_subject_id, c.name, s.title
ORDER BY r.opens_at, r.title, r.id, missing DESC, c.name, s.title
"""


@dataclass(frozen=True)
class MarkChoice:
    """What may be written in a column without numbers.

    Args:
        code: What is stored.
        sign: What is written in narrow columns.
        label: The words of the regulation.
    """

    code: str
    sign: str
    label: str


@dataclass(frozen=True)
class MarkColumn:
    """A column of a book, as the reader may write in it now.

    Args:
        assessment: The column.
        open: Whether an entry round is open for it.
        allowed: Whether the reader may enter marks in this book at all.
        correctable: Whether the reader may also change the marks that are there: not in a round that the reader opened
            for corrections.
        choices: What may be written; empty where marks are numbers.
        least: The lowest number; none where there are choices.
        most: The highest number.
        step: The distance between two numbers.
    """

    assessment: Annotated[UUID, Ref("Assessment")]
    open: bool
    allowed: bool
    correctable: bool
    choices: list[MarkChoice]
    least: Decimal | None
    most: Decimal | None
    step: Decimal | None


@query("gradebook.mark.columns")
async def mark_columns(context: Context, *, gradebook: Annotated[UUID, Ref("Gradebook")]) -> list[MarkColumn]:
    """What may be written in the columns of a book, and in which of them a round is open.

    Args:
        gradebook: The book.
    """
    sheet = await load_sheet(context, gradebook, [], None)
    allowed = await _may_enter(context, gradebook)
    columns = []
    for each in sheet.book.columns:
        numbers = each.scale if isinstance(each.scale, NumberScale) else None
        choices = () if isinstance(each.scale, NumberScale) else each.scale.codes
        columns.append(
            MarkColumn(
                assessment=each.id,
                open=not sheet.rounds.isdisjoint({(each.term, None), (each.term, each.kind)}),
                allowed=allowed,
                correctable=not sheet.corrected.isdisjoint({(each.term, None), (each.term, each.kind)}),
                choices=[MarkChoice(one.code, one.sign, one.label) for one in choices],
                least=None if numbers is None else numbers.minimum,
                most=None if numbers is None else numbers.maximum,
                step=None if numbers is None else numbers.step,
            )
        )
    return columns


async def _may_enter(context: Context, gradebook: UUID) -> bool:
    if enter_marks.name not in context.caller.access.commands:
        return False
    within, values = context.within_scopes("Gradebook", "g", 2, command=enter_marks.name)
    statement = f"SELECT EXISTS (SELECT FROM gradebook g WHERE g.id = $1 AND {within})"
    return bool(await context.fetchval(statement, gradebook, *values))


@dataclass(frozen=True)
class EntryProgress:
    """How far the marks of a book have been entered in a round that is open.

    Args:
        entry_round: The round.
        title: What people call it.
        closes_at: When it ends by itself; none: when somebody closes it.
        gradebook: The book.
        school_class: The name of its class.
        subject: The title of its subject.
        teachers: Who teaches it today.
        cells: How many marks the round asks for.
        missing: How many of them are not there.
    """

    entry_round: Annotated[UUID, Ref("EntryRound")]
    title: str
    closes_at: datetime | None
    gradebook: Annotated[UUID, Ref("Gradebook")]
    school_class: str
    subject: str
    teachers: str
    cells: int
    missing: int


@query("gradebook.mark.progress")
async def entry_progress(
    context: Context,
    *,
    entry_round: Annotated[UUID, Ref("EntryRound")] | None = None,
    gradebook: Annotated[UUID, Ref("Gradebook")] | None = None,
) -> list[EntryProgress]:
    """How many marks are missing in the rounds that are open, by round and book, those that lack most first.

    Args:
        entry_round: Of this round alone.
        gradebook: Of this book alone.
    """
    within, values = context.within_scopes("Gradebook", "g", 5)
    statement = _PROGRESS.replace("{within}", within)
    rows = await context.fetch(statement, context.now, context.today, entry_round, gradebook, *values)
    return [EntryProgress(**row) for row in rows]


QUERIES: Final = (mark_columns, entry_progress)
