"""What can be wrong with a plugin's declarations of :mod:`homeroom.personal_data`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from homeroom.data_categories import CHOSEN
from homeroom.database.tables import reference_of
from homeroom.personal_data import ACCOUNT, REFERRED, ROW, Act, PersonalData

if TYPE_CHECKING:
    from homeroom.database.tables import SchoolTable

__all__ = ["declaration_faults"]

_OWN: Final = frozenset({"tenant_id", "id", "version"})


def declaration_faults(
    tables: Sequence[type[SchoolTable]], own: Sequence[PersonalData], everybody: Sequence[PersonalData]
) -> Iterator[str]:
    """What is wrong with the declarations of a plugin, a sentence each.

    Args:
        tables: The tables of the plugin.
        own: What it declares.
        everybody: What all plugins declare, for the persons that paths lead to.
    """
    named = [each.table for each in own]
    for table in tables:
        count = named.count(table)
        if count != 1:
            said = "does not say" if count == 0 else f"says {count} times"
            yield f"the hook personal_data {said} whose data the table {table._meta.tablename} has"
    for each in own:
        if each.table not in tables:
            yield f"the hook personal_data names {each.name}, which is no table of this plugin"
    by_name = {each.name: each for each in everybody}
    for each in own:
        yield from _faults(each, by_name)
        yield from _left_behind(each, by_name)


def _left_behind(declared: PersonalData, by_name: Mapping[str, PersonalData]) -> Iterator[str]:
    """Rows that stay must not refer to rows that go: the database would refuse the erasure."""
    erasure = declared.erasure
    if erasure is not None and erasure.act is Act.OTHERWISE:
        return
    deleted = erasure is not None and erasure.act is Act.DELETE
    blank = erasure.blank if erasure is not None else {}
    for column in declared.table._meta.columns:
        target = by_name.get(reference_of(column) or "")
        # What others refer to is removed only with the last of them.
        if target is None or target.erasure is None or target.erasure.act is not Act.DELETE or REFERRED in target.paths:
            continue
        if deleted or _name(column) in blank:
            ours = declared.of_row if deleted else declared.of_column(_name(column))
            for missing in sorted((target.of_row & CHOSEN) - ours):
                yield (
                    f"the rows of {target.name} go with {missing}, and those of the table {declared.name}, which refer"
                    f" to them by {_name(column)}, do not: give them that category, too"
                )
        else:
            yield (
                f"the rows of the table {declared.name} stay, and those of {target.name} go, to which its"
                f" {_name(column)} refers: blank it, or delete them too"
            )


def _faults(declared: PersonalData, by_name: Mapping[str, PersonalData]) -> Iterator[str]:
    name = declared.name
    if declared.erasure is None:
        if not declared.why_nobody.strip():
            yield f"the table {name} is declared as about nobody, without a reason"
        for column in declared.table._meta.columns:
            target = reference_of(column)
            if target is not None and target in by_name and by_name[target].is_subject:
                yield f"the table {name} is declared as about nobody; its {_name(column)} belongs to a {target}"
        return
    if not declared.paths:
        yield f"the table {name} is declared as about people, without a path to them"
    for path in declared.paths:
        yield from _path_faults(declared.table, path, by_name)
    yield from _erasure_faults(declared)
    yield from _category_faults(declared)


def _category_faults(declared: PersonalData) -> Iterator[str]:
    name, erasure = declared.name, declared.erasure
    if not declared.of_row and declared.paths and not declared.follows:
        yield f"the table {name} is about people, and no category declares what it says about them"
    for column in declared.columns:
        if erasure is None or column not in erasure.blank:
            yield f"the table {name} gives a category to {column}, which is no column that its erasure blanks"


def _path_faults(table: type[SchoolTable], path: str, by_name: Mapping[str, PersonalData]) -> Iterator[str]:
    name = table._meta.tablename
    if path == REFERRED or path == "id":
        return
    for mark in (ACCOUNT, ROW):
        if path.startswith(mark):
            if path.removeprefix(mark) not in _columns(table):
                yield f"the path {path} of the table {name}: there is no column {path.removeprefix(mark)}"
            return
    here = name
    for step in path.split("."):
        declared = by_name.get(here)
        column = _columns(declared.table if declared is not None else table).get(step)
        target = None if column is None else reference_of(column)
        if target is None:
            yield f"the path {path} of the table {name}: {here} has no column {step} that belongs to a row"
            return
        here = target
    if here not in by_name or not by_name[here].is_subject:
        yield f"the path {path} of the table {name} ends at {here}, which is declared as no person"


def _erasure_faults(declared: PersonalData) -> Iterator[str]:
    erasure, name = declared.erasure, declared.name
    assert erasure is not None
    columns = _columns(declared.table)
    for column in (*erasure.blank, *erasure.keep):
        if column not in columns:
            yield f"the erasure of the table {name} speaks of {column}, which is no column of it"
    if erasure.act in (Act.KEEP, Act.OTHERWISE) and not erasure.reason.strip():
        yield f"the rows of the table {name} are kept or seen to otherwise, and it is not said why or how"
    if erasure.act is not Act.BLANK:
        return
    for column_name, why in erasure.keep.items():
        if not why.strip():
            yield f"the column {name}.{column_name} is kept, without a reason"
    for column_name, found in columns.items():
        if column_name in _OWN or column_name in erasure.blank or column_name in erasure.keep:
            continue
        if reference_of(found) is None:
            yield f"the erasure of the table {name} neither blanks the column {column_name} nor says why it stays"
    for column_name, value in erasure.blank.items():
        if value is None and column_name in columns and not columns[column_name]._meta.null:
            yield f"the erasure of the table {name} empties the column {column_name}, which may not be empty"


def _columns(table: type[SchoolTable]) -> dict[str, Any]:
    return {_name(column): column for column in table._meta.columns}


def _name(column: Any) -> str:
    return str(column._meta.db_column_name)
