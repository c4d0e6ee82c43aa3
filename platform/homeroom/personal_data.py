"""How the tables of a school stand to people: whose rows they hold, and what becomes of those when a person is erased.

Every plugin declares each of its tables by the hook ``personal_data``: as a *data subject* (a person), as *about*
people, or as about *nobody*, with the reason. What answers for people's rights (access, correction and erasure: Hong
Kong, Personal Data (Privacy) Ordinance, Cap. 486, s. 18 and 26 and Schedule 1, principles 2(2) and 6; mainland China,
Personal Information Protection Law, art. 44 to 47; Vietnam, Law on Personal Data Protection No. 91/2025/QH15) reads
these declarations and names no domain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from homeroom.database.tables import reference_of

if TYPE_CHECKING:
    from homeroom.database.tables import SchoolTable

__all__ = [
    "ACCOUNT",
    "REFERRED",
    "ROW",
    "Act",
    "Erasure",
    "PersonalData",
    "about",
    "blanked",
    "declaration_faults",
    "deleted",
    "kept",
    "nobody",
    "otherwise",
    "subject",
]

#: Begins a path that ends at an account: the account's persons are meant. ``@account:account_id``.
ACCOUNT: Final = "@account:"
#: Begins a path to a column that holds the id of any row, without a foreign key: the row's person is meant.
ROW: Final = "@row:"
#: The path of a table that others refer to, such as files: whose the row is follows from the rows that refer to it.
REFERRED: Final = "@referred"
_OWN: Final = frozenset({"tenant_id", "id", "version"})


class Act(StrEnum):
    """What erasure does to a row."""

    DELETE = "delete"
    BLANK = "blank"
    KEEP = "keep"
    #: The part that has the table sees to it by means of its own.
    OTHERWISE = "otherwise"


@dataclass(frozen=True, slots=True)
class Erasure:
    """What erasing a person does to the rows that are about that person. See :func:`deleted` and its neighbours.

    Args:
        act: What is done.
        blank: Column to what stands there afterwards; a text stands as it is, JSON is given as text.
        keep: Column to why it stays as it is.
        reason: Why the row stays, if it does.
    """

    act: Act
    blank: Mapping[str, Any] = field(default_factory=dict)
    keep: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


def deleted() -> Erasure:
    """The row goes."""
    return Erasure(Act.DELETE)


def blanked(blank: Mapping[str, Any], *, keep: Mapping[str, str] | None = None) -> Erasure:
    """The row stays, without what it says of the person.

    Args:
        blank: Column to what stands there afterwards.
        keep: Each other column to why it stays as it is.
    """
    return Erasure(Act.BLANK, dict(blank), dict(keep or {}))


def kept(reason: str) -> Erasure:
    """The row stays as it is: because it says nothing of a person whose own row was blanked, or by a duty.

    Args:
        reason: Why, and for how long if it is a duty.
    """
    return Erasure(Act.KEEP, reason=reason)


def otherwise(how: str) -> Erasure:
    """The part that has the table sees to it, as the audit does, whose rows nobody may change.

    Args:
        how: By which means.
    """
    return Erasure(Act.OTHERWISE, reason=how)


@dataclass(frozen=True, slots=True)
class PersonalData:
    """How one table stands to people. Made by :func:`subject`, :func:`about` or :func:`nobody`.

    Args:
        table: The table.
        paths: Ways from a row to its persons; none for a table that is about nobody.
        erasure: What erasing does; none for a table that is about nobody.
        is_subject: Whether a row is a person itself.
        why_nobody: Why it is about nobody.
        withheld: Columns that speak of others and are left out of a person's copy.
        born: Of a person: the column with the day of birth.
        stand_in: Of a person: the condition, over ``{row}``, ``:persons`` and ``:today``, that they are a guardian's.
        left: Of a person: SQL over ``{row}`` that gives the day on which they left, or null while they are there.
    """

    table: type[SchoolTable]
    paths: tuple[str, ...] = ()
    erasure: Erasure | None = None
    is_subject: bool = False
    why_nobody: str = ""
    withheld: tuple[str, ...] = ()
    born: str | None = None
    stand_in: str = ""
    left: str = ""

    @property
    def name(self) -> str:
        """The table's name."""
        return self.table._meta.tablename


def subject(
    table: type[SchoolTable], erasure: Erasure, *, born: str | None = None, stand_in: str = "", left: str = ""
) -> PersonalData:
    """A table whose rows are persons, such as students.

    Args:
        table: The table.
        erasure: What erasing does. Rows of others refer to it, so it is blanked as a rule.
        born: The column with the day of birth.
        stand_in: The condition, over ``{row}``, ``:persons`` and ``:today``, that the caller is a guardian.
        left: SQL over ``{row}`` that gives the day on which they left, or null while they are there.
    """
    return PersonalData(table, ("id",), erasure, is_subject=True, born=born, stand_in=stand_in, left=left)


def about(table: type[SchoolTable], *paths: str, erasure: Erasure, withheld: tuple[str, ...] = ()) -> PersonalData:
    """A table whose rows are about people.

    Args:
        table: The table.
        paths: Ways to the person, each enough by itself: the column that belongs to a person (``student_id``); a chain
            of such columns (``loan_id.student_id``); ``@account:account_id`` for the persons of an account;
            ``@row:row_id`` for the id of any row that is about somebody; ``@referred`` for what such rows refer to.
        erasure: What erasing a person does.
        withheld: Columns that speak of others and are left out of a person's copy.
    """
    return PersonalData(table, paths, erasure, withheld=withheld)


def nobody(reason: str, *tables: type[SchoolTable]) -> list[PersonalData]:
    """Tables that are about nobody.

    Args:
        reason: Why.
        tables: The tables.
    """
    return [PersonalData(table, why_nobody=reason) for table in tables]


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
            yield f"the hook personal_data {said} how the table {table._meta.tablename} stands to people"
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
    if erasure is not None and erasure.act in (Act.DELETE, Act.OTHERWISE):
        return
    blank = erasure.blank if erasure is not None else {}
    for column in declared.table._meta.columns:
        target = by_name.get(reference_of(column) or "")
        goes = target is not None and target.erasure is not None and target.erasure.act is Act.DELETE
        # What others refer to goes only with the last of them.
        if goes and target is not None and REFERRED not in target.paths and _name(column) not in blank:
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
