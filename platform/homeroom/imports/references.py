"""The rows that texts of a file name: by code, by number, or by what the import says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from homeroom.database.tables import SchoolTable, reference_of
from homeroom.errors import Refusal
from homeroom.imports.columns import ImportColumn, referred_column
from homeroom.imports.refusals import AMBIGUOUS_REFERENCE, UNKNOWN_REFERENCE
from homeroom.texts import folded

if TYPE_CHECKING:
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
    by = referred_column(context.variant, column)
    references = {each._meta.db_column_name: each for each in table._meta.columns if reference_of(each) is not None}
    found: dict[str, str] = {}
    for group in table.unique:
        if by in group and len(group) > 1:
            for each in group:
                path = each.removesuffix("_id")
                if each in references and path in columns and columns[path].resource:
                    found[each] = path
    return found


async def find_rows(
    context: Context,
    column: ImportColumn,
    columns: Mapping[str, ImportColumn],
    rows: Sequence[Mapping[str, Any]],
) -> list[UUID | Refusal | None]:
    """What the texts of a column refer to: for each row an id, a refusal that names no field, or None.

    Args:
        context: The command's.
        column: The reference.
        columns: The columns of the file.
        rows: For each row, path to value; references that tell others apart are ids already.
    """
    texts = [row.get(column.path) for row in rows]
    words = {each for each in texts if isinstance(each, str)}
    if not words:
        return [None] * len(rows)
    target = context.variant.resources[column.resource]
    by, apart = referred_column(context.variant, column), _apart(context, column, columns)
    condition, values = context.within_scopes(column.resource, "r", 3, sight=True)
    extra = "".join(f", r.{each}" for each in apart)
    found: dict[str, list[Any]] = {}
    for each in await context.fetch(
        f"SELECT r.id, r.{by}::text AS word{extra} FROM {target.table} r"
        f" WHERE (r.{by}::text = ANY($1::text[]) OR lower(r.{by}::text) = ANY($2::text[])) AND {condition}",
        list(words),
        [each.lower() for each in words],
        *values,
    ):
        found.setdefault(folded(each["word"]), []).append(each)
    made: list[UUID | Refusal | None] = []
    for row, text in zip(rows, texts, strict=True):
        if not isinstance(text, str):
            made.append(None)
            continue
        candidates = found.get(folded(text), [])
        exact = [each for each in candidates if each["word"] == text]
        candidates = exact or candidates
        for mine, path in apart.items():
            if isinstance(row.get(path), UUID):
                candidates = [each for each in candidates if each[mine] == row[path]]
        if len(candidates) == 1:
            made.append(candidates[0]["id"])
        elif candidates:
            made.append(Refusal(AMBIGUOUS_REFERENCE, text=text, count=len(candidates)))
        else:
            made.append(Refusal(UNKNOWN_REFERENCE, text=text))
    return made
