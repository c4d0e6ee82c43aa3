"""A book as commands see it: what it was opened under, and its columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from homeroom.errors import ConfigurationError
from homeroom_gradebook.installed import schemes_of
from homeroom_gradebook.schemes import SubjectPlan

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from homeroom.context import Context
    from homeroom_gradebook.scales import Scale
    from homeroom_gradebook.schemes import GradingScheme

__all__ = ["Book", "Column", "book_of", "load_book", "scheme_named"]

_LOAD = """
SELECT g.id, g.scheme, g.grade, g.measure, g.subject_key, g.periods_per_year,
       a.ids, a.terms, a.numbers, a.kinds, a.ordinals
FROM gradebook g LEFT JOIN LATERAL (
    SELECT array_agg(a.id) AS ids, array_agg(a.term_id) AS terms, array_agg(t.number::int) AS numbers,
           array_agg(a.kind::text) AS kinds, array_agg(a.ordinal::int) AS ordinals
    FROM assessment a JOIN term t ON t.id = a.term_id WHERE a.gradebook_id = g.id) a ON true
WHERE g.id = $1
"""


@dataclass(frozen=True, slots=True)
class Column:
    """One assessment.

    Args:
        term: Its term.
        number: The term's number.
        kind: The scheme's kind.
        ordinal: Its number among those of its kind.
        scale: What may be written.
    """

    term: UUID
    number: int
    kind: str
    ordinal: int
    scale: Scale


@dataclass(frozen=True, slots=True)
class Book:
    """One class's book of one subject.

    Args:
        id: The gradebook.
        scheme: What governs it.
        grade: Grade level of the class.
        plan: The subject as the scheme sees it.
        assessments: Its columns by id.
        terms: Number of each term that has columns, by the term's id.
    """

    id: UUID
    scheme: GradingScheme
    grade: int
    plan: SubjectPlan
    assessments: Mapping[UUID, Column]
    terms: Mapping[UUID, int]


async def load_book(context: Context, gradebook: UUID) -> Book:
    """A book that is there. The caller has checked that it may be used."""
    row = await context.fetchrow(_LOAD, gradebook)
    if row is None:
        raise ConfigurationError(f"gradebook {gradebook} was permitted and is not there")
    return book_of(context, row)


def book_of(context: Context, row: Any) -> Book:
    """A book from a row with the columns of the gradebook and the arrays of its assessments."""
    scheme = scheme_named(context, row["scheme"])
    ids = row["ids"] or ()
    numbers = row["numbers"] or ()
    terms = dict(zip(row["terms"] or (), numbers, strict=True))
    taught = tuple(sorted(set(numbers)))
    plan = SubjectPlan(str(row["id"]), row["measure"], row["periods_per_year"], key=row["subject_key"], terms=taught)
    scales = {
        (number, needed.kind.code): needed.scale
        for number in taught
        for needed in scheme.assessments(plan, row["grade"], number)
    }
    columns = {
        each: Column(term, number, kind, ordinal, scales[number, kind])
        for each, term, number, kind, ordinal in zip(
            ids, row["terms"] or (), numbers, row["kinds"] or (), row["ordinals"] or (), strict=True
        )
    }
    return Book(row["id"], scheme, row["grade"], plan, columns, terms)


def scheme_named(context: Context, name: str) -> GradingScheme:
    """A scheme of the space by name. Raises ConfigurationError if its plugin is off or gone."""
    for scheme in schemes_of(context.host, context.variant):
        if scheme.name == name:
            return scheme
    raise ConfigurationError(f"the gradebook needs the grading scheme {name}, which no plugin of this space brings")
