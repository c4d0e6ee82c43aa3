"""Values of which no two rows have the same: refused where another row keeps one, exchanged where rows swap them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from homeroom.columns import unique_groups
from homeroom.database.twins import twins_of
from homeroom.imports.refusals import VALUE_TAKEN
from homeroom.reading.faults import refuse
from homeroom.refusals import FieldName
from homeroom.texts import folded

if TYPE_CHECKING:
    from homeroom.imports.sync.rows import RowChange, SyncedRows, WantedRow
    from homeroom.imports.sync.work import Sync

__all__ = ["in_the_way", "refuse_taken"]


@dataclass(frozen=True, slots=True)
class _Unique:
    """A column of which no two rows have the same value.

    Args:
        column: The column.
        within: The columns within which that holds.
        where: A column and its value; only rows that have it are compared.
        alike: Whether texts that look the same count as the same.
    """

    column: str
    within: tuple[str, ...]
    where: tuple[str, str] | tuple[()] = ()
    alike: bool = False

    def place(self, row: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """A row's value with what it is unique in; None where the row is not compared."""
        value = row[self.column]
        if value is None or (self.where and row[self.where[0]] != self.where[1]):
            return None
        return (folded(value) if self.alike else value, *(row[name] for name in self.within))


def _unique(noun: SyncedRows, columns: Mapping[str, Any]) -> Iterator[_Unique]:
    """What is unique of the columns that a file has, as the table declares it."""
    for group in unique_groups(noun.table):
        given = [each for each in group if each in columns]
        if given:
            yield _Unique(given[0], tuple(each for each in group if each != given[0]))
    for twins in twins_of(noun.table):
        if twins.text in columns:
            yield _Unique(twins.text, twins.by, twins.where, alike=True)


async def refuse_taken(sync: Sync, noun: SyncedRows, changes: Sequence[RowChange], new: Sequence[WantedRow]) -> None:
    """Refuse values that another row has, of which the import knows that it keeps them."""
    columns = next((each.columns for each in (*(change.each for change in changes), *new)), {})
    changing = {change.row for change in changes}
    problems = []
    for unique in _unique(noun, columns):
        column = unique.column
        wanted = [(change.each, change.whole) for change in changes if column in change.old]
        wanted += [(each, each.whole) for each in new]
        values = [whole[column] for _, whole in wanted if whole[column] is not None]
        if not values:
            continue
        others = await sync.context.fetch(
            f"SELECT * FROM {noun.table._meta.tablename} WHERE {column} IS NOT NULL"
            f" AND ($1::text[] IS NULL OR {column}::text = ANY($1::text[]))",
            None if unique.alike else [str(each) for each in values],
        )
        taken = {unique.place(row) for row in others if row["id"] not in changing}
        taken |= {unique.place(change.whole) for change in changes if column not in change.old}
        for each, whole in wanted:
            place = unique.place(whole)
            if place is not None and place in taken:
                by = {"column": FieldName(column), "value": whole[column], "noun": FieldName(noun.name)}
                problems.append(noun.fault(sync, each, column, VALUE_TAKEN, **by))
            taken.add(place)
    refuse(problems)


def in_the_way(noun: SyncedRows, changes: Sequence[RowChange]) -> dict[str, set[UUID]]:
    """By column, the rows that give up a unique value which another of the changed rows takes."""
    found: dict[str, set[UUID]] = {}
    for column in {each.column for change in changes[:1] for each in _unique(noun, change.each.columns)}:
        leaving = {old: change.row for change in changes if isinstance(old := change.old.get(column), str)}
        found[column] = {
            row
            for change in changes
            if column in change.old and (row := leaving.get(change.whole[column])) is not None and row != change.row
        }
    return found
