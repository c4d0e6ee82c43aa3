"""The verbs of one table, as ordinary commands."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Protocol
from uuid import UUID

from homeroom.before_writing import ask_before_writing
from homeroom.columns import TableCheck, table_checks, unique_groups
from homeroom.commands import UNSET, Command, Ref, Unset, command_of
from homeroom.database.dated import Dated, periods_of
from homeroom.database.tables import SchoolTable, reference_of
from homeroom.database.twins import twins_of
from homeroom.database.within import within_of
from homeroom.errors import ConfigurationError, Refusal
from homeroom.nouns.arguments import Composite, NounColumn, described, noun_columns, row_dataclass
from homeroom.nouns.checking import (
    check_between_columns,
    check_twins,
    check_unique,
    field_names,
    read_columns,
    read_composites,
    refuse_duplicates,
)
from homeroom.nouns.dating import end_rows, fill_days, lock_owners, lock_owners_of, refuse_wrong_days, todays
from homeroom.nouns.draft import Draft
from homeroom.nouns.finding import fill_words, words_of_rows
from homeroom.nouns.listing import replace_rows
from homeroom.nouns.steps import Step, state_column, take_step
from homeroom.nouns.words import plural_of, snake_case
from homeroom.refusals import IN_ANOTHER_LIST, LISTED_TWICE
from homeroom.removal import remove
from homeroom.signatures import REQUIRED

if TYPE_CHECKING:
    from homeroom.context import Context

__all__ = ["Check", "Noun", "noun_of", "way_of"]

#: What an author adds: gets the context and the rows as they will be, and refuses some of them.
Check = Callable[[Any, Draft], Awaitable[None]]
#: Gets the context and the ids of rows that were just created, changed or ended.
Written = Callable[[Any, Sequence[UUID]], Awaitable[object]]
#: Gets the context and rows that were just removed, each as column to value.
Removed = Callable[[Any, Sequence[Mapping[str, Any]]], Awaitable[None]]
_VERSION = (int | None, None)


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
class Noun:
    """The verbs of one table.

    Args:
        table: The table, whose columns say what may stand in them (:mod:`homeroom.columns`).
        prefix: Plugin and noun: ``school.room``. Permissions and functions are named by it.
        check: Refuses rows for what columns cannot say.
        hidden: Columns that people do not write.
        resource: The GraphQL type, if it is not named as the table's class is.
        singular: What one is called in names of functions, if not as the table's class is: ``group``.
        plural: What several are called there, if it is not the regular plural.
        argument: The argument that holds the id of a row, if not as the table is called; several are its plural.
        apart: Periods that the verbs keep apart, beside those that the table declares and the database keeps apart.
        composites: Arguments that are kept in several columns, such as the name of a person.
        removing: Refuses to remove rows for what the host does not know; it may also lock what they depend on.
        written: What follows once rows were created, changed or ended, in the same transaction.
        removed: What follows once rows were removed.
    """

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

    @property
    def arguments(self) -> str:
        """The argument that holds the ids of several rows."""
        return self.plural if self.argument == self.singular else plural_of(self.argument)

    @property
    def _this(self) -> dict[str, tuple[Any, Any]]:
        return {self.argument: (Annotated[UUID, Ref(self.resource)], REQUIRED)}

    @property
    def _these(self) -> dict[str, tuple[Any, Any]]:
        return {self.arguments: (list[Annotated[UUID, Ref(self.resource)]], REQUIRED)}

    @property
    def _versioned(self) -> dict[str, tuple[Any, Any]]:
        has = any(each._meta.db_column_name == "version" for each in self.table._meta.columns)
        return {"expected_version": _VERSION} if has else {}

    # Verbs -----------------------------------------------------------------------------------------------------

    def create(self, about: str, *, without: Collection[str] = (), verb: str = "create", name: str = "") -> Command:
        """A command that adds one row.

        Args:
            about: What it does, for people.
            without: Arguments that it does not take; the columns get their defaults.
            verb: The last part of the permission.
            name: The function, if not verb and noun.
        """
        takes = self._creating(without)
        defaults = _defaults(takes)

        async def create(context: Context, **given: Any) -> UUID:
            (made,) = await self._insert(context, Draft([{**defaults, **given}]))
            return made

        return self._command(verb, name or self._named(verb), create, takes, about)

    def create_many(
        self,
        about: str,
        *,
        common: Sequence[str] = (),
        without: Collection[str] = (),
        row: str = "",
        verb: str = "create",
        name: str = "",
    ) -> Command:
        """A command that adds rows, all or none.

        Args:
            about: What it does, for people.
            common: Arguments that are given once, for all rows.
            without: Arguments that it does not take.
            row: The name of the rows' dataclass, by default the resource's with ``Row``.
            verb: The last part of the permission.
            name: The function, if not verb and the noun's plural.
        """
        takes = self._creating(without)
        once = {each: takes.pop(each) for each in common}
        defaults = _defaults(once)
        kind = row_dataclass(row or f"{self.resource}Row", f"A new {self._words}.", self.columns, takes)

        async def create(context: Context, *, rows: list[Any], **same: Any) -> list[UUID]:
            same = {**defaults, **same}
            if not rows:
                await self._read(context, Draft([same]))
                return []
            given = [{**same, **{each: getattr(row, each) for each in takes}} for row in rows]
            return await self._insert(context, Draft(given, listed=True, common=frozenset(same)))

        parameters = {**once, "rows": (list[kind], REQUIRED)}  # type: ignore[valid-type]
        return self._command(verb, name or self._named(verb, many=True), create, parameters, about, many=True)

    def change(self, about: str, *, fixed: Collection[str] = (), verb: str = "change", name: str = "") -> Command:
        """A command that changes one row: what is not given stays, None clears.

        Args:
            about: What it does, for people.
            fixed: Arguments that it does not take: these columns never change.
            verb: The last part of the permission.
            name: The function, if not verb and noun.
        """
        takes = {each: (kind.type | Unset, UNSET) for each, kind in self.composites.items() if each not in fixed}
        takes |= {each: column.changing() for each, column in self.columns.items() if each not in fixed}

        async def change(context: Context, *, expected_version: int | None = None, **given: Any) -> UUID:
            row: UUID = given.pop(self.argument)
            await context.permit(self.resource, [row], field=self.argument)
            await lock_owners_of(context, self.table, [row], self.apart)
            draft = Draft([given], [await self._stored(context, row, given)])
            await self._check(context, draft, own=row)
            await self.update(context, row, draft.values[0], given=given, expected_version=expected_version)
            return row

        parameters = {**self._this, **takes, **self._versioned}
        return self._command(verb, name or self._named(verb), change, parameters, about)

    def retire(self, about: str, *, verb: str = "retire", name: str = "") -> Command:
        """A command that takes one row out of use: it stays, and is no longer chosen."""
        column = next((each.column for each in self.columns.values() if each.in_use), None)
        if column is None:
            raise ConfigurationError(f"{self.table.__name__} has no column in_use()")

        async def retire(context: Context, *, expected_version: int | None = None, **given: Any) -> UUID:
            row: UUID = given[self.argument]
            await context.permit(self.resource, [row], field=self.argument)
            await self._writing(context, [row], [{column: False}])
            await context.rows(self.table).update(
                row, {column: False}, expected_version=expected_version, field=self.argument
            )
            return row

        return self._command(verb, name or self._named(verb), retire, {**self._this, **self._versioned}, about)

    def remove(
        self, about: str, *, many: bool = False, parts: Collection[Any] = (), verb: str = "remove", name: str = ""
    ) -> Command:
        """A command that removes rows, unless something refers to them: it is then refused with what and how many.

        Args:
            about: What it does, for people.
            many: Whether it takes a list, of which all are removed or none.
            parts: References whose rows are nothing without it and go too; see :func:`homeroom.removal.remove`.
            verb: The last part of the permission.
            name: The function, if not verb and noun.
        """
        ids, named = self._ids(many)

        async def remove_rows(context: Context, **given: Any) -> None:
            rows = given[named] if many else [given[named]]
            await context.permit(self.resource, rows, field=named, rows=many)
            await lock_owners_of(context, self.table, rows, self.apart)
            if self.removing is not None:
                await self.removing(context, rows, named, listed=many)
            sql = f"SELECT * FROM {self.table._meta.tablename} WHERE id = ANY($1::uuid[])"
            gone = await context.fetch(sql, list(rows))
            # A row may be removed; what it belongs to may say that it is not.
            await ask_before_writing(context, self.table._meta.tablename, [], gone, field=named)
            await remove(context, self.table, list(dict.fromkeys(rows)), field=named, parts=parts, listed=many)
            if self.removed is not None:
                await self.removed(context, gone)

        return self._command(verb, name or self._named(verb, many=many), remove_rows, ids, about, returns=None)

    def end(self, about: str, *, many: bool = False, verb: str = "end", name: str = "") -> Command:
        """A command that gives dated rows their last day: by default today, or that of what they lie within.

        Args:
            about: What it does, for people.
            many: Whether it takes a list, of which all are ended or none.
            verb: The last part of the permission.
            name: The function, if not verb and noun.
        """
        ids, named = self._ids(many)

        async def end(context: Context, *, ends_on: date | None = None, **given: Any) -> Any:
            rows = given[named] if many else [given[named]]
            await context.permit(self.resource, rows, field=named, rows=many)
            await lock_owners_of(context, self.table, rows, self.apart)
            last = [{"ends_on": ends_on}]
            await ask_before_writing(context, self.table._meta.tablename, rows, last, field=named)
            longer = await end_rows(context, self.table, rows, ends_on, listed=many)
            await refuse_wrong_days(
                context, self.table, rows, ["ends_on"], field=named, days_field="ends_on", listed=many,
                further=dict.fromkeys(self.apart, named), longer=longer,
            )  # fmt: skip
            if self.written is not None:
                await self.written(context, rows)
            return given[named]

        parameters = {**ids, "ends_on": (date | None, None)}
        return self._command(verb, name or self._named(verb, many=many), end, parameters, about, many=many)

    def replace(
        self,
        about: str,
        *,
        of: str | Sequence[str] = (),
        by: str | Sequence[str],
        position: str = "",
        verb: str = "replace",
        row: str = "",
        name: str = "",
    ) -> Command:
        """A command that says all that belongs to something: rows are added and changed, and others removed.

        Args:
            about: What it does, for people.
            of: The argument or arguments that say to what the rows belong: ``room``. None: all rows of the school.
            by: The argument or arguments that tell one row from another there: ``facility``.
            position: The column that gets the place of each row in the list, from 1.
            verb: The last part of the permission.
            row: The name of the rows' dataclass, by default the resource's with ``Row``.
            name: The function, if not verb and what the rows belong to.
        """
        return self._listing(about, _several(of), _several(by), position, verb, row, name, others_go=True)

    def put(
        self,
        about: str,
        *,
        common: str | Sequence[str] = (),
        by: str | Sequence[str],
        verb: str = "put",
        row: str = "",
        name: str = "",
    ) -> Command:
        """A command that adds rows, and replaces those that are there already; others stay.

        Args:
            about: What it does, for people.
            common: Arguments that are given once, for all rows.
            by: The argument or arguments that, with the common ones, tell one row from another.
            verb: The last part of the permission.
            row: The name of the rows' dataclass, by default the resource's with ``Row``.
            name: The function, if not verb and the noun's plural.
        """
        name = name or self._named(verb, many=True)
        return self._listing(about, _several(common), _several(by), "", verb, row, name, others_go=False)

    def _listing(
        self,
        about: str,
        common: Sequence[str],
        by: Sequence[str],
        position: str,
        verb: str,
        row: str,
        name: str,
        *,
        others_go: bool,
    ) -> Command:
        takes = self._creating((position,) if position else ())
        once = {each: takes.pop(each) for each in common}
        defaults = _defaults(once)
        kind = row_dataclass(row or f"{self.resource}Row", f"One {self._words}.", self.columns, takes)
        key = [self.columns[each].column for each in by]
        owners = [self.columns[each] for each in common]

        async def put(context: Context, *, rows: list[Any], **same: Any) -> list[UUID]:
            first = Draft([{**defaults, **same}])
            await self._read(context, first)
            (belonging,) = first.values
            for owner in owners[:1] if others_go else ():
                if (target := reference_of(owner.declared)) is not None:
                    await context.fetch(f"SELECT id FROM {target} WHERE id = $1 FOR UPDATE", belonging[owner.column])
            given = [{each: getattr(one, each) for each in takes} for one in rows]
            draft = Draft(given, listed=True, common=frozenset(same))
            await read_columns(context, draft, self._given(draft))
            seen: set[tuple[Any, ...]] = set()
            for place, values in enumerate(draft.values):
                values.update(belonging)
                if position:
                    values[position] = place + 1
                if set(key) <= values.keys():
                    identity = tuple(values[each] for each in key)
                    if identity in seen:
                        draft.problem(place, LISTED_TWICE, by[-1])
                    seen.add(identity)
            await self._judge(context, draft)
            draft.raise_problems()
            with refuse_duplicates(self.table, self._names, "rows."):
                return await replace_rows(
                    context, self.table, draft.values, key, belonging, others_go=others_go, field=(*common, "rows")[0]
                )

        parameters = {**once, "rows": (list[kind], REQUIRED)}  # type: ignore[valid-type]
        return self._command(verb, name or f"{verb}_{common[0]}", put, parameters, about, many=True)

    def move(
        self, about: str, *, within: Sequence[str] = (), position: str = "position", verb: str = "move", name: str = ""
    ) -> Command:
        """A command that puts rows in an order: those that are listed come first, the others stay behind them.

        Args:
            about: What it does, for people.
            within: Arguments that are the same in rows that have one order: ``subject`` for parts of a subject.
            position: The column with the place, from 1.
            verb: The last part of the permission.
            name: The function, if not verb and the noun's plural.
        """
        table, plural = self.table._meta.tablename, self.arguments
        group = [self.columns[each].column for each in within]
        same = " AND ".join([f"t.{each} IS NOT DISTINCT FROM o.{each}" for each in group] or ["TRUE"])

        async def move(context: Context, **given: Any) -> list[UUID]:
            ids: list[UUID] = given[plural]
            await context.permit(self.resource, ids, field=plural, rows=True)
            for place, each in enumerate(ids):
                if each in ids[:place]:
                    raise Refusal(LISTED_TWICE, plural, place)
            if not ids:
                return []
            present = await context.fetch(
                f"SELECT t.id, t.{position} AS place FROM {table} t JOIN {table} o ON o.id = $1 AND {same}"
                f" ORDER BY t.{position}, t.id FOR UPDATE OF t",
                ids[0],
            )
            known = {each["id"] for each in present}
            for place, each in enumerate(ids):
                if each not in known:
                    raise Refusal(IN_ANOTHER_LIST, plural, place)
            order = [*ids, *(each["id"] for each in present if each["id"] not in set(ids))]
            await context.rows(self.table).update_many(
                [{"id": each, position: place} for place, each in enumerate(order, start=1)]
            )
            return ids

        return self._command(verb, name or self._named(verb, many=True), move, self._these, about, many=True)

    def step(self, step: Step, *, name: str = "") -> Command:
        """A command that leads one row, or rows, from state to state; see :mod:`homeroom.nouns.steps`.

        Args:
            step: The step.
            name: The function, if not verb and noun.
        """
        ids, named = self._ids(step.many)
        state_column(self.table)

        async def step_rows(context: Context, *, expected_version: int | None = None, **given: Any) -> Any:
            rows = given[named] if step.many else [given[named]]
            await context.permit(self.resource, rows, field=named, rows=step.many)
            await take_step(context, self.table, step, rows, field=named, expected_version=expected_version)
            if self.written is not None:
                await self.written(context, rows)
            return given[named]

        parameters = ids if step.many else {**ids, **self._versioned}
        name = name or self._named(step.verb, many=step.many)
        return self._command(step.verb, name, step_rows, parameters, step.about, many=step.many)

    # What verbs written by hand call ------------------------------------------------------------------------------

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
            await self._writing(context, [row] if row is not None else [], draft.values)
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
        await self._writing(context, [own] if own is not None else [], draft.values)
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

    async def _writing(self, context: Context, rows: Sequence[UUID], values: Sequence[Mapping[str, Any]]) -> None:
        await ask_before_writing(context, self.table._meta.tablename, rows, values, field=self.argument if rows else "")

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

    def _ids(self, many: bool) -> tuple[dict[str, tuple[Any, Any]], str]:
        return (self._these, self.arguments) if many else (self._this, self.argument)

    def _creating(self, without: Collection[str]) -> dict[str, tuple[Any, Any]]:
        takes = {each: (kind.type, REQUIRED) for each, kind in self.composites.items() if each not in without}
        return takes | {
            name: column.creating()
            for name, column in self.columns.items()
            if name not in without and not column.in_use
        }

    @property
    def _words(self) -> str:
        return self.table._meta.tablename.replace("_", " ")

    def _named(self, verb: str, *, many: bool = False) -> str:
        return f"{verb}_{self.plural if many else self.singular}"

    def _command(
        self,
        verb: str,
        name: str,
        function: Any,
        parameters: Mapping[str, tuple[Any, Any]],
        about: str,
        *,
        many: bool = False,
        returns: str | None = "",
    ) -> Command:
        function.noun, function.way = self, function.__name__
        function.__name__ = function.__qualname__ = name
        ordered = dict(sorted(parameters.items(), key=lambda item: item[1][1] is not REQUIRED))
        return command_of(
            f"{self.prefix}.{verb}",
            function,
            ordered,
            described(
                about, self.columns, parameters, [name for name, (_, each) in parameters.items() if each is UNSET]
            ),
            returns=self.resource if returns is not None else None,
            many=many,
        )


def noun_of(command: Command) -> Noun | None:
    """The noun that made a command; none for one that was written by hand."""
    noun: Noun | None = getattr(command.function, "noun", None)
    return noun


def way_of(command: Command) -> str:
    """Which method of a noun made a command, whatever its verb: ``create`` (one or many), ``change``, ``put`` ...

    Empty for a command that was written by hand.
    """
    way: str = getattr(command.function, "way", "")
    return way.removesuffix("_rows")


def _several(names: str | Sequence[str]) -> Sequence[str]:
    return (names,) if isinstance(names, str) else tuple(names)


def _defaults(parameters: Mapping[str, tuple[Any, Any]]) -> dict[str, Any]:
    """What arguments are where a caller of the command in Python leaves them out."""
    return {name: default for name, (_, default) in parameters.items() if default is not REQUIRED}
