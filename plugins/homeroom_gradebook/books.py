"""A book as commands see it: what it was opened under, and its columns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from homeroom_gradebook.installed import scheme_named
from homeroom_gradebook.schemes import SubjectPlan

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from homeroom.context import Context
    from homeroom_gradebook.scales import Scale
    from homeroom_gradebook.schemes import GradingScheme

#: What :func:`book_of` reads, of the gradebook ``g``.
BOOK_COLUMNS = """g.id, g.scheme, g.grade, g.measure, g.subject_key, g.periods_per_year,
       a.ids, a.terms, a.numbers, a.kinds, a.ordinals"""


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


def book_of(context: Context, row: Any) -> Book:
    """A book from a row with BOOK_COLUMNS."""
    columns = (row[each] or () for each in ("ids", "terms", "numbers", "kinds", "ordinals"))
    return _book(
        scheme_named(context, row["scheme"]),
        row["id"],
        row["grade"],
        row["measure"],
        row["subject_key"],
        row["periods_per_year"],
        tuple(zip(*columns, strict=True)),
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
