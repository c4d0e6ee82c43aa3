"""A book as commands see it: what it was opened under, and its columns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from homeroom.errors import ConfigurationError
from homeroom_gradebook.installed import schemes_of
from homeroom_gradebook.schemes import SubjectPlan

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from homeroom.context import Context
    from homeroom_gradebook.scales import Scale
    from homeroom_gradebook.schemes import GradingScheme

__all__ = ["BOOK_COLUMNS", "Book", "Column", "book_of", "load_book", "scheme_named"]

#: What :func:`book_of` reads, of the gradebook ``g``.
BOOK_COLUMNS = """g.id, g.scheme, g.grade, g.measure, g.subject_key, g.periods_per_year,
       a.ids, a.terms, a.numbers, a.kinds, a.ordinals"""
_LOAD = f"""
SELECT {BOOK_COLUMNS}
FROM gradebook g LEFT JOIN LATERAL (
    SELECT array_agg(a.id ORDER BY a.position, a.id) AS ids,
           array_agg(a.term_id ORDER BY a.position, a.id) AS terms,
           array_agg(a.term_number::int ORDER BY a.position, a.id) AS numbers,
           array_agg(a.kind::text ORDER BY a.position, a.id) AS kinds,
           array_agg(a.ordinal::int ORDER BY a.position, a.id) AS ordinals
    FROM assessment a WHERE a.gradebook_id = g.id) a ON true
WHERE g.id = $1
"""


@dataclass(frozen=True, slots=True)
class Column:
    """One assessment.

    Args:
        id: The assessment.
        term: Its term.
        number: The term's number.
        kind: The scheme's kind.
        ordinal: Its number among those of its kind.
        scale: What may be written.
    """

    id: UUID
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
        columns: Its assessments, in order.
        places: The place of each assessment among the columns.
        terms: Number of each term that has columns, by the term's id.
        kinds: By number of term: each kind with the places of its columns.
    """

    id: UUID
    scheme: GradingScheme
    grade: int
    plan: SubjectPlan
    columns: tuple[Column, ...]
    places: Mapping[UUID, int]
    terms: Mapping[UUID, int]
    kinds: Mapping[int, tuple[tuple[str, tuple[int, ...]], ...]]


async def load_book(context: Context, gradebook: UUID) -> Book:
    """A book that is there. The caller has checked that it may be used."""
    row = await context.fetchrow(_LOAD, gradebook)
    if row is None:
        raise ConfigurationError(f"gradebook {gradebook} was permitted and is not there")
    return book_of(context, row)


def book_of(context: Context, row: Any) -> Book:
    """A book from a row with BOOK_COLUMNS."""
    columns = tuple(
        zip(
            row["ids"] or (), row["terms"] or (), row["numbers"] or (), row["kinds"] or (), row["ordinals"] or (),
            strict=True,
        )
    )  # fmt: skip
    return _book(
        scheme_named(context, row["scheme"]),
        row["id"],
        row["grade"],
        row["measure"],
        row["subject_key"],
        row["periods_per_year"],
        columns,
    )


# A book's shape changes a few times a year and is asked for with every mark.
@lru_cache(maxsize=4096)
def _book(
    scheme: GradingScheme,
    gradebook: UUID,
    grade: int,
    measure: Literal["scored", "commented"],
    key: str | None,
    periods: int,
    given: tuple[tuple[UUID, UUID, int, str, int], ...],
) -> Book:
    taught = tuple(sorted({number for _, _, number, _, _ in given}))
    plan = SubjectPlan(str(gradebook), measure, periods, key=key, terms=taught)
    scales = {
        (number, needed.kind.code): needed.scale
        for number in taught
        for needed in scheme.assessments(plan, grade, number)
    }
    columns = tuple(
        Column(each, term, number, kind, ordinal, scales[number, kind]) for each, term, number, kind, ordinal in given
    )
    kinds: dict[int, dict[str, list[int]]] = {number: {} for number in taught}
    for place, column in enumerate(columns):
        kinds[column.number].setdefault(column.kind, []).append(place)
    return Book(
        id=gradebook,
        scheme=scheme,
        grade=grade,
        plan=plan,
        columns=columns,
        places={column.id: place for place, column in enumerate(columns)},
        terms={column.term: column.number for column in columns},
        kinds={
            number: tuple((kind, tuple(places)) for kind, places in of_term.items())
            for number, of_term in kinds.items()
        },
    )


def scheme_named(context: Context, name: str) -> GradingScheme:
    """A scheme of the space by name. Raises ConfigurationError if its plugin is off or gone."""
    for scheme in schemes_of(context.host, context.variant):
        if scheme.name == name:
            return scheme
    raise ConfigurationError(f"the gradebook needs the grading scheme {name}, which no plugin of this space brings")
