"""What a student has in a class follows into another class of the same year: marks, exemptions, conduct, results.

A student is in one homeroom class a day, and the term's average is made in one book. So after a move the marks of the
same subject belong to the book of the new class, in the column of the same term, kind and number. They are moved, not
copied: the row of a mark stays the same, and the audit shows both books.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from homeroom.errors import Problem, Refusal
from homeroom_gradebook.averages import average_again
from homeroom_gradebook.conclusion import refresh_results, rest_results_on_books
from homeroom_gradebook.lines import lines_of
from homeroom_gradebook.refusals import MARK_EXISTS, NO_COLUMN
from homeroom_gradebook.tables import Mark, StudentResult, SubjectResult, TraitMark

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from homeroom.context import Context
    from homeroom.refusals import Code

#: The number and the code of a mark that was taken back.
_NOTHING: Final = (None, None)

#: Of students ($1, all if null) on a day ($2): who has something in a class in which they are not, and the homeroom
#: class of the same year in which they are.
_MOVED: Final = """
WITH present AS (
    SELECT e.student_id, c.id AS school_class, c.school_year_id
    FROM class_enrolment e JOIN school_class c ON c.id = e.school_class_id
    JOIN school_year y ON y.id = c.school_year_id
    WHERE c.kind = 'homeroom' AND ($1::uuid[] IS NULL OR e.student_id = ANY($1)) AND e.starts_on <= $2
      AND (e.ends_on IS NULL OR e.ends_on >= least($2, y.ends_on)) AND y.ends_on >= $2 - 92
      AND ($1 IS NOT NULL OR EXISTS (SELECT FROM class_enrolment o WHERE o.student_id = e.student_id
                                     AND o.school_class_id <> c.id AND o.ends_on < $2)))
SELECT DISTINCT p.student_id, o.id AS from_class, p.school_class AS to_class
FROM present p
JOIN school_class o ON o.school_year_id = p.school_year_id AND o.kind = 'homeroom' AND o.id <> p.school_class
WHERE NOT EXISTS (SELECT FROM present q WHERE q.student_id = p.student_id AND q.school_class = o.id)
  AND (EXISTS (SELECT FROM mark m JOIN gradebook g ON g.id = m.gradebook_id
               WHERE m.student_id = p.student_id AND g.school_class_id = o.id)
       OR EXISTS (SELECT FROM subject_result r JOIN gradebook g ON g.id = r.gradebook_id
                  WHERE r.student_id = p.student_id AND g.school_class_id = o.id
                    AND (r.exempt OR r.taken_from IS NOT NULL))
       OR EXISTS (SELECT FROM trait_mark t WHERE t.student_id = p.student_id AND t.school_class_id = o.id)
       OR EXISTS (SELECT FROM student_result s WHERE s.student_id = p.student_id AND s.school_class_id = o.id))
ORDER BY from_class, to_class, p.student_id
"""
#: The books of a class ($1) with those of the same subject and rules in another ($2).
_BOOKS: Final = """
SELECT o.id AS old, n.id AS new
FROM gradebook o JOIN gradebook n ON n.subject_id = o.subject_id AND n.school_class_id = $2
JOIN subject s ON s.id = o.subject_id
WHERE o.school_class_id = $1 AND o.scheme = n.scheme AND o.measure = n.measure
ORDER BY s.position, s.code
"""
_LOCK: Final = "SELECT id FROM gradebook WHERE school_class_id = ANY($1::uuid[]) ORDER BY id FOR UPDATE"
#: The marks of students ($3) in a book ($1), and what there is in the same place of another book ($2).
_MARKS: Final = """
SELECT m.id, m.student_id, m.number, m.code, s.title AS subject, a.title, a.term_id, b.id AS place,
       w.id AS other, w.number AS other_number, w.code AS other_code
FROM mark m JOIN assessment a ON a.id = m.assessment_id
JOIN gradebook g ON g.id = m.gradebook_id JOIN subject s ON s.id = g.subject_id
LEFT JOIN assessment b ON b.gradebook_id = $2 AND b.term_id = a.term_id AND b.kind = a.kind AND b.ordinal = a.ordinal
LEFT JOIN mark w ON w.assessment_id = b.id AND w.student_id = m.student_id
WHERE m.gradebook_id = $1 AND m.student_id = ANY($3::uuid[])
ORDER BY m.student_id, a.position, m.id
"""
_EMPTY_LINES: Final = """
SELECT r.id FROM subject_result r WHERE r.gradebook_id = $1 AND r.student_id = ANY($2::uuid[])
  AND NOT EXISTS (SELECT FROM mark m WHERE m.gradebook_id = $1 AND m.student_id = r.student_id)
"""
_TRAITS: Final = """
SELECT t.id FROM trait_mark t WHERE t.school_class_id = $1 AND t.student_id = ANY($3::uuid[]) AND NOT EXISTS (
    SELECT FROM trait_mark n WHERE n.school_class_id = $2 AND n.student_id = t.student_id AND n.trait = t.trait
    AND n.term_id IS NOT DISTINCT FROM t.term_id)
"""
#: Absences that both classes counted are added.
_RESULTS: Final = """
SELECT o.id, n.id AS other, coalesce(o.absences + n.absences, o.absences, n.absences) AS absences,
       o.commended OR n.commended AS commended
FROM student_result o
LEFT JOIN student_result n ON n.school_class_id = $2 AND n.student_id = o.student_id
     AND n.term_id IS NOT DISTINCT FROM o.term_id
WHERE o.school_class_id = $1 AND o.student_id = ANY($3::uuid[]) ORDER BY o.id
"""


async def some_moved(context: Context) -> bool:
    """Whether a student moved within a running year and still has something in a class that was left."""
    return bool(await context.fetch(_MOVED, None, context.today))


async def follow(context: Context, students: Sequence[UUID] | None = None, *, strict: bool = False) -> int:
    """Move what students have in classes of the year that they left to the class in which they are.

    Args:
        context: A command's or a job's. The caller's scopes do not matter: what follows from a move needs no right of
            its own.
        students: Whose; by default everybody's.
        strict: Whether a mark that finds no place refuses the command; otherwise it stays where it is.

    Returns:
        How many students had something in a class that they left.

    Raises:
        Refusal: See :func:`carry`.
    """
    moved = await context.fetch(_MOVED, students, context.today)
    ways: dict[tuple[UUID, UUID], list[UUID]] = {}
    for row in moved:
        ways.setdefault((row["from_class"], row["to_class"]), []).append(row["student_id"])
    for (from_class, to_class), each in ways.items():
        await carry(context, each, from_class, to_class, strict=strict)
    return len({row["student_id"] for row in moved})


async def carry(
    context: Context, students: Sequence[UUID], from_class: UUID, to_class: UUID, *, strict: bool
) -> list[UUID]:
    """Move what students have in one class to another of the same year, into the books of the same subjects.

    Where a subject has no book there, or one under other rules, its marks stay where they are.

    Args:
        students: Whose marks are moved.
        from_class: The class that they left.
        to_class: The class that they are in.
        strict: Whether a mark that finds no place refuses everything; otherwise it stays where it is.

    Returns:
        The lines of books that changed.

    Raises:
        Refusal: NO_COLUMN where the other book lacks a column, MARK_EXISTS where it has another mark in that place;
            each such mark is named.
    """
    await context.fetch(_LOCK, [from_class, to_class])
    problems: list[Problem] = []
    lines: list[UUID] = []
    books = await context.fetch(_BOOKS, from_class, to_class)
    for each in books:
        lines += await _carry_book(context, students, each, problems)
    if problems and strict:
        raise Refusal.of(problems)
    # What the new homeroom teacher has judged already stays.
    traits = await context.fetch(_TRAITS, from_class, to_class, students)
    await context.rows(TraitMark).update_many([{"id": row["id"], "school_class_id": to_class} for row in traits])
    had_results = await _carry_results(context, students, from_class, to_class)
    if had_results:
        await rest_results_on_books(context, to_class)
    if had_results or books:
        await refresh_results(context, to_class, students)
    return lines


async def _carry_book(context: Context, students: Sequence[UUID], books: Any, problems: list[Problem]) -> list[UUID]:
    old, new = books["old"], books["new"]
    marks = await context.fetch(_MARKS, old, new, students)
    # Exemptions move too, and so do results that another school gave.
    lines = (await lines_of(context, old, students, opened=False)).values()
    special = [row for row in lines if row["exempt"] or row["taken_from"] is not None]
    concerned = list({row["student_id"]: None for row in (*marks, *special)})
    if not concerned:
        return []
    places = await lines_of(context, new, concerned)
    moving = [row for row in marks if row["place"] is not None]
    to = {
        row["id"]: {"gradebook_id": new, "assessment_id": row["place"], "subject_result_id": places[_key(row)]["id"]}
        for row in moving
    }
    problems += await move_marks(context, marks, to, MARK_EXISTS, "students")
    special = [row for row in special if _key(row) in places]
    for row in special:
        place = places[_key(row)]
        changes: dict[str, Any] = {"exempt": row["exempt"] or place["exempt"]}
        if row["taken_from"] is not None and place["taken_from"] is None:
            changes |= {name: row[name] for name in ("score", "code", "taken_from")}
        await context.rows(SubjectResult).update(place["id"], changes)
    for book in (old, new):
        await average_again(context, book, concerned)
    empty = await context.fetch(_EMPTY_LINES, old, concerned)
    await context.rows(SubjectResult).delete_many([row["id"] for row in empty])
    return [places[key]["id"] for key in dict.fromkeys(map(_key, (*moving, *special)))]


def _key(row: Any) -> tuple[UUID, UUID | None]:
    return row["student_id"], row["term_id"]


async def move_marks(
    context: Context, marks: Sequence[Any], to: Mapping[UUID, Mapping[str, Any]], differs: Code, field: str
) -> list[Problem]:
    """Move marks to other places; the row of a mark stays the same.

    Args:
        marks: Marks with ``subject`` and ``title``, and ``other``, ``other_number`` and ``other_code``: what is in the
            new place.
        to: The columns of the new place by mark; a mark without one stays.
        differs: What is wrong with a mark that meets another one.
        field: The input field to name for it.

    Returns:
        What is wrong with the marks that count and stay where they are.
    """
    problems, moving, gone = [], [], []
    for row in marks:
        value, other = (row["number"], row["code"]), (row["other_number"], row["other_code"])
        if row["id"] in to and other in (_NOTHING, value):
            moving.append({"id": row["id"], **to[row["id"]]})
            gone.append(row["other"])
        elif value != _NOTHING:
            why = differs if row["id"] in to else NO_COLUMN
            problems.append(Problem(why, field, subject=row["subject"], title=row["title"]))
        elif row["other"] is not None:
            # A mark that was taken back does not push out one that counts.
            gone.append(row["id"])
    await context.rows(Mark).delete_many([mark for mark in gone if mark is not None])
    await context.rows(Mark).update_many(moving)
    return problems


async def _carry_results(context: Context, students: Sequence[UUID], from_class: UUID, to_class: UUID) -> bool:
    """Move concluded terms and years; gives whether there were any."""
    rows = await context.fetch(_RESULTS, from_class, to_class, students)
    table = context.rows(StudentResult)
    await table.update_many([{"id": row["id"], "school_class_id": to_class} for row in rows if row["other"] is None])
    doubled = [row for row in rows if row["other"] is not None]
    await table.update_many(
        [{"id": row["other"], "absences": row["absences"], "commended": row["commended"]} for row in doubled]
    )
    await table.delete_many([row["id"] for row in doubled])
    return bool(rows)
