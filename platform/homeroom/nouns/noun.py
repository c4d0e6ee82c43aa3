"""The verbs of one table, as ordinary commands."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from homeroom.columns import TableCheck, table_checks, unique_groups
from homeroom.commands import Command, Ref, command_of
from homeroom.database.dated import periods_of, refuse_overlaps
from homeroom.database.tables import SchoolTable, reference_of
from homeroom.errors import ConfigurationError, Refusal
from homeroom.nouns.arguments import NounColumn, described, noun_columns, row_dataclass
from homeroom.nouns.checking import (
    check_between_columns,
    check_unique,
    field_names,
    read_columns,
    refuse_duplicates,
)
from homeroom.nouns.draft import Draft
from homeroom.nouns.words import plural_of, snake_case
from homeroom.refusals import IN_ANOTHER_LIST, LISTED_TWICE
from homeroom.removal import references_to, remove
from homeroom.signatures import REQUIRED

if TYPE_CHECKING:
    from homeroom.context import Context

__all__ = ["Check", "Noun", "noun_of"]

#: What an author adds: gets the context and the rows as they will be, and refuses some of them.
Check = Callable[[Any, Draft], Awaitable[None]]
_VERSION = (int | None, None)


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
    """

    table: type[SchoolTable]
    prefix: str
    check: Check | None = None
    hidden: Collection[str] = ()
    resource: str = ""
    singular: str = ""
    plural: str = ""
    #: By the argument's name, the columns that people write.
    columns: Mapping[str, NounColumn] = field(init=False, repr=False)
    _names: Mapping[str, str] = field(init=False, repr=False)
    _checks: Sequence[TableCheck] = field(init=False, repr=False)
    _watched: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.prefix.count("."):
            raise ConfigurationError(f"a noun is named by its plugin and itself, such as school.room: {self.prefix}")
        object.__setattr__(self, "columns", noun_columns(self.table, self.hidden))
        object.__setattr__(self, "resource", self.resource or self.table.__name__)
        object.__setattr__(self, "_names", field_names(self.table, self.columns))
        object.__setattr__(self, "_checks", table_checks(self.table))
        groups = [*unique_groups(self.table), *(each.columns for each in self._checks)]
        object.__setattr__(self, "_watched", frozenset(column for group in groups for column in group))
        object.__setattr__(self, "singular", self.singular or snake_case(self.table.__name__))
        object.__setattr__(self, "plural", self.plural or plural_of(self.singular))
        known = {each._meta.db_column_name for each in self.table._meta.columns}
        for group in [*groups, *(each.by for each in periods_of(self.table))]:
            if missing := set(group) - known:
                raise ConfigurationError(f"{self.table.__name__} has no columns {sorted(missing)}")

    @property
    def argument(self) -> str:
        """The argument that holds the id of a row: as the table is called."""
        return self.table._meta.tablename

    @property
    def _this(self) -> dict[str, tuple[Any, Any]]:
        return {self.argument: (Annotated[UUID, Ref(self.resource)], REQUIRED)}

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

        async def create(context: Context, **given: Any) -> UUID:
            (made,) = await self._insert(context, Draft([given]))
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
        kind = row_dataclass(row or f"{self.resource}Row", f"A new {self._words}.", self.columns, takes)

        async def create(context: Context, *, rows: list[Any], **same: Any) -> list[UUID]:
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
        takes = {each: column.changing() for each, column in self.columns.items() if each not in fixed}

        async def change(context: Context, *, expected_version: int | None = None, **given: Any) -> UUID:
            row: UUID = given.pop(self.argument)
            await context.permit(self.resource, [row], field=self.argument)
            draft = Draft([given], [await self._stored(context, row, given)])
            await self._check(context, draft, own=row)
            with refuse_duplicates(self.table, self._names):
                changed = await context.rows(self.table).update(
                    row, draft.values[0], expected_version=expected_version, field=self.argument
                )
            await self._refuse_overlaps(context, [row], draft, changed)
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
            await context.rows(self.table).update(
                row, {column: False}, expected_version=expected_version, field=self.argument
            )
            return row

        return self._command(verb, name or self._named(verb), retire, {**self._this, **self._versioned}, about)

    def remove(self, about: str, *, parts: Collection[Any] = (), verb: str = "remove", name: str = "") -> Command:
        """A command that removes one row, unless something rests on it: it is then refused with what and how many.

        Args:
            about: What it does, for people.
            parts: References whose rows are nothing without it and go too; see :func:`homeroom.removal.remove`.
            verb: The last part of the permission.
            name: The function, if not verb and noun.
        """

        async def remove_one(context: Context, **given: Any) -> None:
            row: UUID = given[self.argument]
            await context.permit(self.resource, [row], field=self.argument)
            await remove(context, self.table, [row], field=self.argument, parts=parts)

        return self._command(verb, name or self._named(verb), remove_one, self._this, about, returns=None)

    def replace(
        self, about: str, *, of: str, by: str | Sequence[str], verb: str = "replace", row: str = "", name: str = ""
    ) -> Command:
        """A command that says all that belongs to something: rows are added and changed, and others removed.

        Args:
            about: What it does, for people.
            of: The argument that says to what the rows belong: ``room``.
            by: The argument or arguments that tell one row from another there: ``facility``.
            verb: The last part of the permission.
            row: The name of the rows' dataclass, by default the resource's with ``Row``.
            name: The function, if not verb and what the rows belong to.
        """
        owner, takes = self.columns[of], self._creating((of,))
        kind = row_dataclass(row or f"{self.resource}Row", f"One {self._words}.", self.columns, takes)
        key = [self.columns[each].column for each in ((by,) if isinstance(by, str) else by)]
        last = by if isinstance(by, str) else by[-1]
        target = str(reference_of(owner.declared))

        async def replace(context: Context, *, rows: list[Any], **given: Any) -> list[UUID]:
            resource = context.variant.by_table[target].name
            await context.permit(resource, [given[of]], field=of)
            await context.fetch(f"SELECT id FROM {target} WHERE id = $1 FOR UPDATE", given[of])
            draft = Draft([{each: getattr(row, each) for each in takes} for row in rows], listed=True)
            for values in draft.values:
                values[owner.column] = given[of]
            await self._read(context, draft)
            seen: set[tuple[Any, ...]] = set()
            for place, read in draft.rows():
                told = tuple(read[each] for each in key)
                if told in seen:
                    draft.problem(place, LISTED_TWICE, last)
                seen.add(told)
            await self._judge(context, draft)
            draft.raise_problems()
            return await self._replace(context, owner.column, given[of], key, draft.values, of)

        parameters = {of: (owner.type, REQUIRED), "rows": (list[kind], REQUIRED)}  # type: ignore[valid-type]
        return self._command(verb, name or f"{verb}_{of}", replace, parameters, about, many=True)

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
        table, plural = self.table._meta.tablename, f"{self.argument}s"
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

        parameters = {plural: (list[self._this[self.argument][0]], REQUIRED)}  # type: ignore[misc]
        return self._command(verb, name or self._named(verb, many=True), move, parameters, about, many=True)

    # What verbs written by hand call ------------------------------------------------------------------------------

    async def checked(
        self,
        context: Context,
        given: Sequence[Mapping[str, Any]],
        *,
        listed: bool = False,
        common: Collection[str] = (),
        row: UUID | None = None,
    ) -> list[dict[str, Any]]:
        """Check arguments as the verbs do, and give them as columns to write.

        Args:
            context: The command's.
            given: For each row, argument to value; UNSET counts as not given.
            listed: Whether they are the ``rows`` of the input, so that a refusal names each.
            common: Arguments that the input has once, for all rows.
            row: The id of the one row that is changed; without it, the rows are new.

        Raises:
            Refusal: Names every field and row that is wrong.
        """
        stored = [await self._stored(context, row, given[0])] if row is not None else []
        draft = Draft(given, stored, listed=listed, common=frozenset(common))
        await self._check(context, draft, own=row)
        return draft.values

    # Inside ---------------------------------------------------------------------------------------------------------

    async def _read(self, context: Context, draft: Draft) -> None:
        await read_columns(context, draft, self._given(draft))
        if not draft.listed:
            draft.raise_problems()

    def _given(self, draft: Draft) -> dict[str, NounColumn]:
        """The columns that are given in any row."""
        names: set[str] = set().union(*draft.given)
        return {name: column for name, column in self.columns.items() if name in names}

    async def _check(self, context: Context, draft: Draft, own: UUID | None = None) -> None:
        await read_columns(context, draft, self._given(draft))
        await self._judge(context, draft)
        await check_unique(context, draft, self.table, self._names, own)
        draft.raise_problems()

    async def _judge(self, context: Context, draft: Draft) -> None:
        if self._checks:
            written = {column for values in draft.values for column in values}
            checks = [each for each in self._checks if written & set(each.columns)]
            await check_between_columns(context, draft, self.table, checks, self._names)
        if self.check is not None:
            await self.check(context, draft)

    async def _insert(self, context: Context, draft: Draft) -> list[UUID]:
        await self._check(context, draft)
        fresh = {each.column: True for each in self.columns.values() if each.in_use}
        rows = draft.values
        for values in rows:
            values.update(fresh)
        await self._lock_owners(context, draft)
        with refuse_duplicates(self.table, self._names, "rows." if draft.listed else ""):
            made = await context.rows(self.table).insert(rows)
        await self._refuse_overlaps(context, made, draft, rows[0])
        return made

    async def _replace(
        self,
        context: Context,
        owner_column: str,
        owner: UUID,
        key: Sequence[str],
        wanted: Sequence[Mapping[str, Any]],
        named: str,
    ) -> list[UUID]:
        table = context.rows(self.table)
        present = {
            tuple(each[column] for column in key): each["id"]
            for each in await context.fetch(
                f"SELECT id, {', '.join(key)} FROM {self.table._meta.tablename} WHERE {owner_column} = $1", owner
            )
        }
        by_key = {tuple(values[column] for column in key): values for values in wanted}
        gone = [row for told, row in present.items() if told not in by_key]
        if gone and references_to(context.host, self.table):
            await remove(context, self.table, gone, field=named)
        else:
            await table.delete_many(gone)
        await table.update_many([{**by_key[told], "id": row} for told, row in present.items() if told in by_key])
        new = [told for told in by_key if told not in present]
        present |= dict(zip(new, await table.insert([by_key[told] for told in new]), strict=True))
        return [present[told] for told in by_key]

    async def _stored(self, context: Context, row: UUID, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """The row as it is, where a check needs it."""
        if self.check is None and not any(self.columns[name].column in self._watched for name in given):
            return {}
        found = await context.fetchrow(f"SELECT * FROM {self.table._meta.tablename} WHERE id = $1", row)
        return dict(found) if found is not None else {}

    async def _lock_owners(self, context: Context, draft: Draft) -> None:
        """Lock what periods are of: two offices write those of one student one after the other."""
        for rule in periods_of(self.table)[:1]:
            columns = (each for each in self.table._meta.columns if each._meta.db_column_name in rule.by[-1:])
            for target, column in ((reference_of(each), each._meta.db_column_name) for each in columns):
                if target is not None:
                    await context.fetch(
                        f"SELECT id FROM {target} WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE", draft[column]
                    )

    async def _refuse_overlaps(
        self, context: Context, rows: Sequence[UUID], draft: Draft, written: Mapping[str, Any]
    ) -> None:
        for rule in periods_of(self.table):
            if not written.keys() & {"starts_on", "ends_on", rule.where, *rule.by}:
                continue
            names = self._names
            given = {name for each in draft.given for name in each}
            told = (names[each] for each in (*rule.by[-1:], "starts_on") if names.get(each) in given)
            argument = next(told, "ends_on")
            named = f"rows.{argument}" if draft.listed and argument not in draft.common else argument
            await refuse_overlaps(context, self.table, rows, field=named, listed=draft.listed, rules=[rule])

    def _creating(self, without: Collection[str]) -> dict[str, tuple[Any, Any]]:
        return {
            name: column.creating()
            for name, column in self.columns.items()
            if name not in without and not column.in_use
        }

    @property
    def _words(self) -> str:
        return self.argument.replace("_", " ")

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
        function.__name__ = function.__qualname__ = name
        function.noun = self
        ordered = dict(sorted(parameters.items(), key=lambda item: item[1][1] is not REQUIRED))
        return command_of(
            f"{self.prefix}.{verb}",
            function,
            ordered,
            described(about, self.columns, parameters),
            returns=self.resource if returns is not None else None,
            many=many,
        )


def noun_of(command: Command) -> Noun | None:
    """The noun that made a command; none for one that was written by hand."""
    noun: Noun | None = getattr(command.function, "noun", None)
    return noun
