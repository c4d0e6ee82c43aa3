"""How the tables of a school stand to people: whose rows they hold, and what becomes of those when a person is erased.

Every plugin declares each of its tables by the hook ``personal_data``: as a *data subject* (a person), as *about*
people, or as about *nobody*, with the reason. What answers for people's rights (access, correction and erasure: Hong
Kong, Personal Data (Privacy) Ordinance, Cap. 486, s. 18 and 26 and Schedule 1, principles 2(2) and 6; mainland China,
Personal Information Protection Law, art. 44 to 47; Vietnam, Law on Personal Data Protection No. 91/2025/QH15) reads
these declarations and names no domain.

Each declaration has a *category*, by which a school may keep some of it longer than the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, NewType

from homeroom.data_categories import DataCategory

if TYPE_CHECKING:
    from homeroom.database.tables import SchoolTable

__all__ = [
    "ACCOUNT",
    "REFERRED",
    "ROW",
    "Act",
    "DataCategory",
    "Erasure",
    "PersonKind",
    "PersonalData",
    "about",
    "blanked",
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
#: A kind of person: the name of the resource of a data subject, such as ``Student``. As a parameter of a command it is
#: an enum of the schema, with the kinds that the plugins of the school declare.
PersonKind = NewType("PersonKind", str)
#: The path of a table that others refer to, such as files: whose the row is follows from the rows that refer to it.
REFERRED: Final = "@referred"


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
        blank: Column to its value afterwards; a text as it is, JSON as text.
        keep: Column to why it stays as it is.
        reason: Why the row stays, if it does.
    """

    act: Act
    blank: Mapping[str, Any] = field(default_factory=dict)
    keep: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


def deleted() -> Erasure:
    """The row is deleted."""
    return Erasure(Act.DELETE)


def blanked(blank: Mapping[str, Any], *, keep: Mapping[str, str] | None = None) -> Erasure:
    """The row stays, without what it says about the person.

    Args:
        blank: Column to its value afterwards.
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
    """Whose data one table has. Made by :func:`subject`, :func:`about` or :func:`nobody`.

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
        category: What the rows say about people; none for rows that go with the row that they belong to.
        also: What else they say; the rows are removed with the first of these categories.
        columns: Of rows that are blanked: columns of another category than the row.
        category_sql: Of rows without a category: SQL over ``{row}`` that gives one of the row's own, or null.
        own_scopes: Of a person: the scopes, of any resource, in which such a person and the family read.
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
    category: DataCategory | None = None
    also: tuple[DataCategory, ...] = ()
    columns: Mapping[str, DataCategory] = field(default_factory=dict)
    category_sql: str = ""
    own_scopes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The table's name."""
        return self.table._meta.tablename

    @property
    def of_row(self) -> frozenset[DataCategory]:
        """The categories with which the whole row is removed; none for rows that follow the row they belong to."""
        return frozenset(self.also if self.category is None else (self.category, *self.also))

    @property
    def follows(self) -> bool:
        """Whether the rows go with those that they belong to, or that refer to them."""
        return not self.of_row and all(path == REFERRED or path.startswith(ROW) for path in self.paths)

    def of_column(self, column: str) -> frozenset[DataCategory]:
        """With which categories a column is blanked."""
        return frozenset({self.columns[column]}) if column in self.columns else self.of_row

    def blank_in(self, categories: frozenset[DataCategory] | None) -> dict[str, Any]:
        """Column to its value after an erasure.

        Args:
            categories: What is erased; none for everything.
        """
        if self.erasure is None or self.erasure.act is not Act.BLANK:
            return {}
        blank = self.erasure.blank
        return {name: to for name, to in blank.items() if categories is None or self.of_column(name) & categories}

    def is_affected_by(self, categories: frozenset[DataCategory]) -> bool:
        """Whether an erasure of these categories does something to the rows, or would if they were not kept."""
        return bool(self.of_row & categories or self.blank_in(categories))


def subject(
    table: type[SchoolTable],
    erasure: Erasure,
    *,
    born: str | None = None,
    stand_in: str = "",
    left: str = "",
    category: DataCategory | None = None,
    columns: Mapping[str, DataCategory] | None = None,
    own_scopes: tuple[str, ...] = (),
) -> PersonalData:
    """A table whose rows are persons, such as students.

    Args:
        table: The table.
        erasure: What erasing does. Rows of others refer to it, so it is blanked as a rule.
        born: The column with the day of birth.
        stand_in: The condition, over ``{row}``, ``:persons`` and ``:today``, that the caller is a guardian.
        left: SQL over ``{row}`` that gives the day on which they left, or null while they are there.
        category: What the row says about the person, identity as a rule.
        columns: Columns of another category, such as the telephone.
        own_scopes: The scopes, of any resource, in which such a person and the family read. What is read in them alone
            is no access by staff: it is not logged where a school has chosen to have reads logged.
    """
    return PersonalData(
        table,
        ("id",),
        erasure,
        is_subject=True,
        born=born,
        stand_in=stand_in,
        left=left,
        category=category,
        columns=dict(columns or {}),
        own_scopes=own_scopes,
    )


def about(
    table: type[SchoolTable],
    *paths: str,
    erasure: Erasure,
    withheld: tuple[str, ...] = (),
    category: DataCategory | None = None,
    also: tuple[DataCategory, ...] = (),
    columns: Mapping[str, DataCategory] | None = None,
    category_sql: str = "",
) -> PersonalData:
    """A table whose rows are about people.

    Args:
        table: The table.
        paths: Ways to the person, each enough by itself: the column that belongs to a person (``student_id``); a chain
            of such columns (``loan_id.student_id``); ``@account:account_id`` for the persons of an account;
            ``@row:row_id`` for the id of any row that is about somebody; ``@referred`` for what such rows refer to.
        erasure: What erasing a person does.
        withheld: Columns that speak of others and are left out of a person's copy.
        category: What the rows say about people. Rows with no path but ``@row:`` and ``@referred`` may leave it out:
            they go with the row that they belong to.
        also: What else they say; the rows are removed with the first of these categories.
        columns: Of rows that are blanked: columns of another category than the row.
        category_sql: Of rows without a category: SQL over ``{row}`` that gives one of the row's own, or null for rows
            that go with what they belong to.
    """
    return PersonalData(
        table,
        paths,
        erasure,
        withheld=withheld,
        category=category,
        also=also,
        columns=dict(columns or {}),
        category_sql=category_sql,
    )


def nobody(reason: str, *tables: type[SchoolTable]) -> list[PersonalData]:
    """Tables that are about nobody.

    Args:
        reason: Why.
        tables: The tables.
    """
    return [PersonalData(table, why_nobody=reason) for table in tables]
