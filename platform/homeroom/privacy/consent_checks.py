"""Whether people have given their consent: one person, many at once, and as a scope of a resource."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from homeroom.database.tables import reference_of
from homeroom.errors import ConfigurationError
from homeroom.privacy.finding import declared_by
from homeroom.privacy.rules import who_answers

if TYPE_CHECKING:
    from datetime import date

    import asyncpg

    from homeroom.context import Context

__all__ = ["births", "consented", "consented_to", "who_consented"]


def _latest(person: str, sides: str = "") -> str:
    """SQL: whether the latest answer of a person, or of one side, gives consent to the present text."""
    return (
        "(SELECT a.answer = 'given' AND a.edition = p.edition FROM consent_answer a"
        f" WHERE a.purpose_id = p.id AND a.person_id = {person}{sides} ORDER BY a.answered_at DESC, a.id DESC LIMIT 1)"
    )


def _answers(person: str) -> str:
    return (
        f"{_latest(person)} AS latest, {_latest(person, _OF_PERSON)} AS person,"
        f" {_latest(person, _OF_GUARDIAN)} AS guardian"
    )


_OF_PERSON: Final = " AND a.side <> 'guardian'"
_OF_GUARDIAN: Final = " AND a.side <> 'person'"
_GIVEN: Final = f"""
SELECT n.id, p.guardian_below_age, p.person_from_age, {_answers("n.id")},
    (SELECT a.person_kind FROM consent_answer a WHERE a.purpose_id = p.id AND a.person_id = n.id LIMIT 1) AS kind
FROM unnest($2::uuid[]) AS n (id) CROSS JOIN consent_purpose p WHERE p.code = $1
"""


async def consented(context: Context, person: UUID, purpose: str) -> bool:
    """Whether a person's latest answer gives consent to the present text of a purpose.

    Where a child has to agree beside the guardian, the latest answer of each has to.

    Args:
        context: A command's or a job's.
        person: The person.
        purpose: The purpose's code.

    Example:
        if await consented(context, student, "photos"):
            await publish(context, photo)
    """
    return person in await who_consented(context, [person], purpose)


async def who_consented(context: Context, persons: Collection[UUID], purpose: str) -> frozenset[UUID]:
    """Those of some persons who have given consent to a purpose; see :func:`consented`.

    It asks the database once, and once more for each kind of person if the purpose needs the child's answer, too.

    Args:
        context: A command's or a job's.
        persons: The persons.
        purpose: The purpose's code.
    """
    rows = await context.fetch(_GIVEN, purpose, list(dict.fromkeys(persons))) if persons else []
    # Only where both may have to answer, the age decides who does.
    by_kind: dict[str, list[UUID]] = defaultdict(list)
    for row in rows:
        if row["person_from_age"] is not None and row["kind"] is not None:
            by_kind[row["kind"]].append(row["id"])
    born: dict[UUID, date | None] = {}
    for kind, ids in by_kind.items():
        born |= await births(context, kind, ids)
    return frozenset(row["id"] for row in rows if _counts(context, row, born))


def _counts(context: Context, row: asyncpg.Record, born: dict[UUID, date | None]) -> bool:
    if row["id"] not in born:
        return bool(row["latest"])
    ages = (row["guardian_below_age"], row["person_from_age"])
    own, guardian = who_answers(born[row["id"]], *ages, context.today)
    return (bool(row["person"]) or not own) and (bool(row["guardian"]) or not guardian)


async def births(context: Context, kind: str, persons: Collection[UUID]) -> dict[UUID, date | None]:
    """Days of birth of persons of a kind for whom guardians can answer; empty for other kinds.

    Args:
        context: A command's or a job's.
        kind: The resource, such as Student.
        persons: Their ids.
    """
    resource = context.variant.resources.get(kind)
    subject = None if resource is None else declared_by(context.host).get(resource.table)
    if subject is None or not subject.stand_in:
        return {}
    if subject.born is None:
        return dict.fromkeys(persons)
    rows = await context.fetch(
        f"SELECT id, {subject.born} AS born FROM {subject.name} WHERE id = ANY($1::uuid[])", list(persons)
    )
    return {row["id"]: row["born"] for row in rows}


def consented_to(purpose: str, reference: Any, *, born: Any = None) -> str:
    """The rows whose person has given consent to a purpose, as a scope of a resource.

    Example: what the family agreed to show is ``consented_to("talents", Talent.student_id, born=Student.birth_date)``.

    Args:
        purpose: The purpose's code.
        reference: The ``belongs_to`` column that leads to the person.
        born: The person's column with the day of birth, for those for whom guardians can answer; without it, the
            latest answer counts, from any of them.

    Raises:
        ConfigurationError: The column leads nowhere, or the code has a quote.
    """
    table = reference_of(reference)
    if table is None or "'" in purpose:
        raise ConfigurationError(f"consented_to({purpose!r}): expected a code and a belongs_to column")
    person = f"{{row}}.{reference._meta.db_column_name}"
    counts = "g.latest"
    birth = "NULL"
    if born is not None:
        birth = f"(SELECT s.{born._meta.db_column_name} FROM {table} s WHERE s.id = {person})"
        # As `who_answers` decides.
        needed = "(p.guardian_below_age IS NOT NULL AND (g.age IS NULL OR g.age < p.guardian_below_age))"
        own = f"(NOT {needed} OR (g.age IS NOT NULL AND g.age >= p.person_from_age))"
        both = f"(coalesce(g.person, false) OR NOT {own}) AND (coalesce(g.guardian, false) OR NOT {needed})"
        counts = f"CASE WHEN p.person_from_age IS NULL THEN g.latest ELSE {both} END"
    day = "CAST(to_char(CAST({} AS date), 'YYYYMMDD') AS integer)"
    age = f"({day.format(':today')} - {day.format(birth)}) / 10000"
    return (
        f"EXISTS (SELECT FROM consent_purpose p CROSS JOIN LATERAL (SELECT {_answers(person)}, {age} AS age) g"
        f" WHERE p.code = '{purpose}' AND {counts})"
    )
