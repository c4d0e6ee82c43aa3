"""The rows that texts of a file name: by code, by number, or by what the import says.

Of several rows with one name, that is meant which the row of the file belongs to: a room of its campus; or within whose
days it lies (:mod:`homeroom.database.within`): the class of its school year.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from homeroom.database.tables import SchoolTable, reference_of
from homeroom.database.within import owner_days, within_of
from homeroom.errors import Problem, Refusal
from homeroom.imports.columns import ImportColumn, referred_columns
from homeroom.imports.refusals import AMBIGUOUS_REFERENCE, UNKNOWN_REFERENCE
from homeroom.texts import folded

if TYPE_CHECKING:
    from datetime import date

    from homeroom.context import Context

__all__ = ["find_rows", "in_order", "table_named"]


def table_named(name: str) -> type[SchoolTable]:
    """The class of a table."""
    waiting = list(SchoolTable.__subclasses__())
    while waiting:
        table = waiting.pop()
        if table._meta.tablename == name:
            return table
        waiting += table.__subclasses__()
    raise LookupError(name)


def in_order(context: Context, columns: Mapping[str, ImportColumn]) -> list[ImportColumn]:
    """References in an order in which those that tell others apart come first: the campus before its building."""
    found = [each for each in columns.values() if each.resource]
    return sorted(found, key=lambda each: len(_apart(context, each, columns)))


def _apart(context: Context, column: ImportColumn, columns: Mapping[str, ImportColumn]) -> dict[str, str]:
    """Columns of the referred rows that tell them apart, to the paths of the row that say the same."""
    target = context.variant.resources[column.resource]
    table = table_named(target.table)
    by = referred_columns(context.variant, column)[0]
    references = {each._meta.db_column_name: each for each in table._meta.columns if reference_of(each) is not None}
    found: dict[str, str] = {}
    for group in table.unique:
        if by in group and len(group) > 1:
            for each in group:
                path = each.removesuffix("_id")
                if each in references and path in columns and columns[path].resource:
                    found[each] = path
    return found


#: What is known of a row that a text may mean: its id, the word, and the columns that tell it apart.
Candidate = Mapping[str, Any]


async def find_rows(
    context: Context,
    column: ImportColumn,
    columns: Mapping[str, ImportColumn],
    rows: Sequence[Mapping[str, Any]],
    table: type[SchoolTable],
) -> list[UUID | list[UUID] | Refusal | None]:
    """What the texts of a column refer to: for each row an id or ids, a refusal that names no field, or None.

    Args:
        context: The command's.
        column: The reference.
        columns: The columns of the file.
        rows: For each row, path to value; references that tell others apart are ids already.
        table: The table that the rows become.
    """
    texts = [_texts(row.get(column.path)) for row in rows]
    words = {each for some in texts for each in some}
    if not words:
        return [None] * len(rows)
    apart = _apart(context, column, columns)
    known = [
        await _candidates(context, column, by, words, tuple(apart)) for by in referred_columns(context.variant, column)
    ]
    days = await _days(context, column, table, [some for each in known for some in each.values() if len(some) > 1])
    within = within_of(table)

    def belongs(row: Mapping[str, Any], candidate: Candidate) -> bool:
        return all(not isinstance(row.get(path), UUID) or candidate[mine] == row[path] for mine, path in apart.items())

    def of_its_days(row: Mapping[str, Any], candidates: list[Candidate]) -> list[Candidate]:
        first = row.get(within.first) if within is not None else None
        if within is None or first is None or not all(each["id"] in days for each in candidates):
            return candidates
        last = row.get(within.last) or first
        found = [each for each in candidates if days[each["id"]][0] <= first and last <= days[each["id"]][1]]
        # Days that lie within none of them are refused when the row is written.
        return found or sorted(candidates, key=lambda each: days[each["id"]])[-1:]

    def meant(row: Mapping[str, Any], text: str) -> UUID | Problem:
        count = 0
        for each in known:
            candidates = of_its_days(row, [some for some in each.get(folded(text), ()) if belongs(row, some)])
            candidates = [some for some in candidates if some["word"] == text] or candidates
            if len(candidates) == 1:
                found: UUID = candidates[0]["id"]
                return found
            count = count or len(candidates)
        return Problem(AMBIGUOUS_REFERENCE, text=text, count=count) if count else Problem(UNKNOWN_REFERENCE, text=text)

    made: list[UUID | list[UUID] | Refusal | None] = []
    for row, some in zip(rows, texts, strict=True):
        found = [meant(row, text) for text in some]
        ids = [each for each in found if isinstance(each, UUID)]
        if len(ids) < len(found):
            made.append(Refusal.of([each for each in found if isinstance(each, Problem)]))
        else:
            made.append(ids if column.many and ids else next(iter(ids), None))
    return made


def _texts(value: Any) -> list[str]:
    """What of a value is still to be looked up."""
    values = value if isinstance(value, list) else [value]
    return [each for each in values if isinstance(each, str)]


async def _candidates(
    context: Context, column: ImportColumn, by: str, words: Collection[str], apart: Sequence[str]
) -> dict[str, list[Candidate]]:
    """The rows that have one of the words in a column, by the word as it is compared."""
    target = context.variant.resources[column.resource]
    condition, values = context.within_scopes(column.resource, "r", 3, sight=True)
    extra = "".join(f", r.{name}" for name in apart)
    found: dict[str, list[Candidate]] = {}
    for each in await context.fetch(
        f"SELECT r.id, r.{by}::text AS word{extra} FROM {target.table} r"
        f" WHERE (r.{by}::text = ANY($1::text[]) OR lower(normalize(r.{by}::text, NFKC)) = ANY($2::text[]))"
        f" AND {condition}",
        list(words),
        list({form for word in words for form in (word.lower(), folded(word))}),
        *values,
    ):
        found.setdefault(folded(each["word"]), []).append(each)
    return found


async def _days(
    context: Context, column: ImportColumn, table: type[SchoolTable], twins: Sequence[Sequence[Candidate]]
) -> dict[UUID, tuple[date, date]]:
    """The days of rows with the same name, if the rows of the file lie within those of the row that they refer to."""
    within = within_of(table)
    if within is None or not twins or within.path[0].removesuffix("_id") != column.path:
        return {}
    ids = list({each["id"]: None for some in twins for each in some})
    days = await owner_days(context, table, [{within.path[0]: each} for each in ids])
    return {row: each for row, each in zip(ids, days, strict=True) if each is not None}
