"""Two records of one student with lines in the same book: their marks come together in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from homeroom.errors import refuse_all
from homeroom_gradebook.averages import average_again
from homeroom_gradebook.following import move_marks
from homeroom_gradebook.refusals import MARKS_DIFFER
from homeroom_gradebook.tables import StudentResult, SubjectResult, TraitMark

if TYPE_CHECKING:
    from uuid import UUID

    from homeroom.context import Context

#: The lines that both have: that of the duplicate ($2) and that of the kept record ($1).
_LINES: Final = """
SELECT d.id AS duplicate, k.id AS kept, d.gradebook_id FROM subject_result d
JOIN subject_result k ON k.gradebook_id = d.gradebook_id AND k.student_id = $1
     AND k.term_id IS NOT DISTINCT FROM d.term_id
WHERE d.student_id = $2 ORDER BY d.id
"""
#: The marks in lines ($2), and what the kept record ($1) has in the same places.
_MARKS: Final = """
SELECT d.id, d.subject_result_id AS line, d.number, d.code, a.title, s.title AS subject,
       k.id AS other, k.number AS other_number, k.code AS other_code
FROM mark d JOIN assessment a ON a.id = d.assessment_id JOIN gradebook g ON g.id = d.gradebook_id
JOIN subject s ON s.id = g.subject_id
LEFT JOIN mark k ON k.assessment_id = d.assessment_id AND k.student_id = $1
WHERE d.subject_result_id = ANY($2::uuid[]) ORDER BY d.id
"""


async def student_merging(context: Context, keep: UUID, duplicate: UUID) -> None:
    """Join the lines that both records have in a book. Everything else is moved by the registry.

    Raises:
        Refusal: MERGE_CONFLICT for each place in which both have another mark.
    """
    lines = await context.fetch(_LINES, keep, duplicate)
    kept = {line["duplicate"]: line["kept"] for line in lines}
    marks = await context.fetch(_MARKS, keep, list(kept))
    to = {mark["id"]: {"student_id": keep, "subject_result_id": kept[mark["line"]]} for mark in marks}
    refuse_all(await move_marks(context, marks, to, MARKS_DIFFER, "duplicate"))
    await context.rows(SubjectResult).delete_many(list(kept))
    for book in dict.fromkeys(line["gradebook_id"] for line in lines):
        await average_again(context, book, [keep])
    await _drop_doubles(context, keep, duplicate)


async def _drop_doubles(context: Context, keep: UUID, duplicate: UUID) -> None:
    """What was judged or concluded of both counts as it is with the kept record."""
    for table, same in ((TraitMark, "k.trait = d.trait AND "), (StudentResult, "")):
        name = table._meta.tablename
        rows = await context.fetch(
            f"SELECT d.id FROM {name} d JOIN {name} k ON k.student_id = $1 AND {same}"
            " k.school_class_id = d.school_class_id AND k.term_id IS NOT DISTINCT FROM d.term_id"
            " WHERE d.student_id = $2",
            keep,
            duplicate,
        )
        await context.rows(table).delete_many([row["id"] for row in rows])
