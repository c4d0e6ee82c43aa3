"""What a noun checks of rows, and how it writes them: for its verbs, and for commands that are written by hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from homeroom.columns import TableCheck, table_checks, unique_groups
from homeroom.database.dated import Dated, periods_of
from homeroom.database.tables import SchoolTable
from homeroom.database.twins import twins_of
from homeroom.database.within import within_of
from homeroom.errors import ConfigurationError
from homeroom.nouns.arguments import Composite, NounColumn, noun_columns
from homeroom.nouns.checking import (
    check_between_columns,
    check_twins,
    check_unique,
    field_names,
    read_columns,
    read_composites,
    refuse_duplicates,
)
from homeroom.nouns.dating import fill_days, lock_owners, refuse_wrong_days, todays
from homeroom.nouns.draft import Draft
from homeroom.nouns.finding import fill_words, words_of_rows
from homeroom.nouns.words import plural_of
from homeroom.spelling import snake_case

if TYPE_CHECKING:
    from homeroom.context import Context

__all__ = ["Check", "NounRows", "Written"]

#: What an author adds: gets the context and the rows as they will be, and refuses some of them.
Check = Callable[[Any, Draft], Awaitable[None]]
#: Gets the context and the ids of rows that were just created, changed or ended.
Written = Callable[[Any, Sequence[UUID]], Awaitable[object]]
#: Gets the context and rows that were just removed, each as column to value.
Removed = Callable[[Any, Sequence[Mapping[str, Any]]], Awaitable[None]]


class Refusing(Protocol):
    """Refuses to remove rows."""

    async def __call__(self, context: Context, rows: Sequence[UUID], field: str, /, *, listed: bool) -> None:
        """Raise Refusal if some rows must stay.

        Args:
            context: The command's.
            rows: The ids of the rows.
            field: The input field that named them.
            listed: Whether the field is a list, so that each row is named.
        """


@dataclass(frozen=True)
class NounRows:
    """The rows of a noun; :class:`homeroom.nouns.Noun` says what the fields are."""

    table: type[SchoolTable]
    prefix: str
    check: Check | None = None
    hidden: Collection[str] = ()
    resource: str = ""
    singular: str = ""
    plural: str = ""
    argument: str = ""
    apart: Sequence[Dated] = ()
    composites: Mapping[str, Composite] = field(default_factory=dict)
    removing: Refusing | None = None
    written: Written | None = None
    removed: Removed | None = None
    #: By the argument's name, the columns that people write.
    columns: Mapping[str, NounColumn] = field(init=False, repr=False)
    _names: Mapping[str, str] = field(init=False, repr=False)
    _checks: Sequence[TableCheck] = field(init=False, repr=False)
    _words_of: Mapping[str, tuple[str, ...]] = field(init=False, repr=False)
    _watched: frozenset[str] = field(init=False, repr=False)
    _todays: Sequence[str] = field(init=False, repr=False)
    _dated: bool = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.prefix.count("."):
            raise ConfigurationError(f"a noun is named by its plugin and itself, such as school.room: {self.prefix}")
        object.__setattr__(self, "columns", noun_columns(self.table, self.hidden))
        object.__setattr__(self, "resource", self.resource or self.table.__name__)
        object.__setattr__(self, "_names", field_names(self.table, self.columns))
        object.__setattr__(self, "_checks", table_checks(self.table))
        object.__setattr__(self, "_todays", todays(self.table))
        object.__setattr__(self, "_dated", bool(periods_of(self.table) or self.apart or within_of(self.table)))
        groups = [*unique_groups(self.table), *(each.columns for each in self._checks)]
        groups += [(*each.by, each.text, *each.where[:1]) for each in twins_of(self.table)]
        object.__setattr__(self, "_words_of", words_of_rows(self.table))
        groups += self._words_of.values()
        object.__setattr__(self, "_watched", frozenset(column for group in groups for column in group))
        object.__setattr__(self, "singular", self.singular or snake_case(self.table.__name__))
        object.__setattr__(self, "plural", self.plural or plural_of(self.singular))
        object.__setattr__(self, "argument", self.argument or self.table._meta.tablename)
        known = {each._meta.db_column_name for each in self.table._meta.columns}
        for group in [*groups, *(each.by for each in periods_of(self.table))]:
            if missing := set(group) - known:
                raise ConfigurationError(f"{self.table.__name__} has no columns {sorted(missing)}")

    async def add(
        self, context: Context, given: Sequence[Mapping[str, Any]], *, rows: str = "", common: Collection[str] = ()
    ) -> list[UUID]:
        """Add rows as ``create`` and ``create_many`` do, such as those that belong to what a verb creates.

        Args:
            context: The command's.
            given: For each row, argument to value.
            rows: The list of the input that holds them, which a refusal names; none for one row.
            common: Arguments that are not in that list.

        Returns:
            The ids, in the order of the rows.
        """
        if not given:
            return []
        draft = Draft(given, listed=bool(rows), common=frozenset(common), called={"rows": rows} if rows else None)
        return await self._insert(context, draft)

    async def checked(
        self,
        context: Context,
        given: Sequence[Mapping[str, Any]],
        *,
        listed: bool = False,
        common: Collection[str] = (),
        called: Mapping[str, str] | None = None,
        row: UUID | None = None,
    ) -> list[dict[str, Any]]:
        """Check arguments as the verbs do, and give them as columns to write.

        Args:
            context: The command's.
            given: For each row, argument to value; UNSET counts as not given.
            listed: Whether they are the ``rows`` of the input, so that a refusal names each.
            common: Arguments that the input has once, for all rows.
            called: What the input calls arguments, or its list ``rows``, if it calls them otherwise.
            row: The id of the one row that is changed; without it, the rows are new.

        Raises:
            Refusal: Names every field and row that is wrong.
        """
        draft = await self.drafted(context, given, listed=listed, common=common, called=called, row=row)
        draft.raise_problems()
        return draft.values

    async def drafted(
        self,
        context: Context,
        given: Sequence[Mapping[str, Any]],
        *,
        listed: bool = False,
        common: Collection[str] = (),
        called: Mapping[str, str] | None = None,
        row: UUID | None = None,
    ) -> Draft:
        """As :meth:`checked`, but what is wrong stays in the draft: for commands that look for more before they refuse.

        Args:
            context: The command's.
            given: For each row, argument to value; UNSET counts as not given.
            listed: Whether they are the ``rows`` of the input, so that a refusal names each.
            common: Arguments that the input has once, for all rows.
            called: What the input calls arguments, or its list ``rows``, if it calls them otherwise.
            row: The id of the one row that is changed; without it, the rows are new.
        """
        stored = [await self._stored(context, row, given[0])] if row is not None else []
        draft = Draft(given, stored, listed=listed, common=frozenset(common), called=called)
        await self._examine(context, draft, own=row, new=row is None)
        if not draft.problems:
            fill_words(draft, self._words_of)
        return draft

    async def insert(
        self,
        context: Context,
        rows: Sequence[Mapping[str, Any]],
        *,
        listed: bool = False,
        common: Collection[str] = (),
        called: Mapping[str, str] | None = None,
        given: Collection[str] | None = None,
    ) -> list[UUID]:
        """Write new rows that were checked, and refuse what only shows when they are written: twins and wrong days.

        Args:
            context: The command's.
            rows: Columns to values, as :meth:`checked` gives them; all have the same columns.
            listed: Whether they are the ``rows`` of the input, so that a refusal names each.
            common: Arguments that the input has once, for all rows.
            called: What the input calls arguments, or its list ``rows``, if it calls them otherwise.
            given: The arguments that the input has, which a refusal may name; by default those of the columns.

        Returns:
            The ids, in the order of the rows.
        """
        prefix = f"{(called or {}).get('rows', 'rows')}." if listed else ""
        with refuse_duplicates(self.table, self._names, prefix):
            made = await context.rows(self.table).insert(rows)
        given = {self._names[each] for each in rows[0] if each in self._names} if given is None else given
        await self._refuse_wrong_days(context, made, rows[0], given, listed=listed, common=common, called=called or {})
        if self.written is not None:
            await self.written(context, made)
        return made

    async def update(
        self,
        context: Context,
        row: UUID,
        values: Mapping[str, Any],
        *,
        given: Collection[str] | None = None,
        expected_version: int | None = None,
    ) -> None:
        """Write what was checked of one row, and refuse what only shows when it is written: twins and wrong days.

        Args:
            context: The command's.
            row: Its id.
            values: Columns to values, as :meth:`checked` gives them.
            given: The arguments that the input has, which a refusal may name; by default those of the columns.
            expected_version: The version that the caller has seen.
        """
        with refuse_duplicates(self.table, self._names):
            changed = await context.rows(self.table).update(
                row, values, expected_version=expected_version, field=self.argument
            )
        given = {self._names[each] for each in values if each in self._names} if given is None else given
        await self._refuse_wrong_days(context, [row], changed, given, listed=False, common=())
        if self.written is not None:
            await self.written(context, [row])

    # Inside ---------------------------------------------------------------------------------------------------------

    async def _read(self, context: Context, draft: Draft) -> None:
        await read_columns(context, draft, self._given(draft))
        if not draft.listed:
            draft.raise_problems()

    def _given(self, draft: Draft) -> dict[str, NounColumn]:
        """The columns that are given in any row."""
        names: set[str] = set().union(*draft.given)
        return {name: column for name, column in self.columns.items() if name in names}

    async def _check(self, context: Context, draft: Draft, own: UUID | None = None, *, new: bool = False) -> None:
        await self._examine(context, draft, own, new=new)
        draft.raise_problems()
        fill_words(draft, self._words_of)

    async def _examine(self, context: Context, draft: Draft, own: UUID | None = None, *, new: bool = False) -> None:
        if new and self._todays:
            dropped = {self._names[each] for each in self._todays}
            draft.given = [
                {name: value for name, value in each.items() if name not in dropped or value is not None}
                for each in draft.given
            ]
        await read_columns(context, draft, self._given(draft))
        await read_composites(context, draft, self.composites)
        if new and self._todays:
            await fill_days(context, draft, self.table)
        await lock_owners(context, self.table, draft.values, self.apart)
        await self._judge(context, draft)
        await check_twins(context, draft, self.table, self._names)
        await check_unique(context, draft, self.table, self._names, own)

    async def _judge(self, context: Context, draft: Draft) -> None:
        if self._checks:
            written = {column for values in draft.values for column in values}
            checks = [each for each in self._checks if written & set(each.columns)]
            await check_between_columns(context, draft, self.table, checks, self._names)
        if self.check is not None:
            await self.check(context, draft)

    async def _insert(self, context: Context, draft: Draft) -> list[UUID]:
        await self._check(context, draft, new=True)
        fresh = {each.column: True for each in self.columns.values() if each.in_use}
        rows = draft.values
        for values in rows:
            values.update(fresh)
        return await self.insert(
            context, rows, listed=draft.listed, common=draft.common, called=draft.called,
            given=set().union(*draft.given),
        )  # fmt: skip

    async def _stored(self, context: Context, row: UUID, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """The row as it is, where a check needs it."""
        columns = (self.columns[name].column for name in given if name in self.columns)
        if self.check is None and self._watched.isdisjoint(columns):
            return {}
        found = await context.fetchrow(f"SELECT * FROM {self.table._meta.tablename} WHERE id = $1", row)
        return dict(found) if found is not None else {}

    async def _refuse_wrong_days(
        self,
        context: Context,
        rows: Sequence[UUID],
        written: Collection[str],
        given: Collection[str],
        *,
        listed: bool,
        common: Collection[str],
        called: Mapping[str, str] | None = None,
    ) -> None:
        if not self._dated:
            return

        def named(name: str) -> str:
            spelling = called or {}
            spelt = spelling.get(name, name)
            return (
                f"{spelling.get('rows', 'rows')}.{spelt}" if listed and name in given and name not in common else spelt
            )

        def owned(rule: Dated) -> list[str]:
            names = [self._names[each] for each in reversed(rule.by)]
            return [each for each in names if each in given and each not in common]

        days = next((each for each in ("starts_on", "ends_on") if each in given), "starts_on")
        field = next((each for rule in periods_of(self.table)[:1] for each in owned(rule)), days)
        await refuse_wrong_days(
            context, self.table, rows, written, field=named(field), days_field=named(days), listed=listed,
            further={rule: named(next(iter(owned(rule)), field)) for rule in self.apart},
        )  # fmt: skip
