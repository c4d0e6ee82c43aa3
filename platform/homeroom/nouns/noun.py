"""The verbs of one table, as ordinary commands."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from homeroom.commands import UNSET, Command, Ref, Unset, command_of
from homeroom.database.tables import reference_of
from homeroom.errors import ConfigurationError, Refusal
from homeroom.nouns.arguments import described, row_dataclass
from homeroom.nouns.checking import (
    read_columns,
    refuse_duplicates,
)
from homeroom.nouns.dating import end_rows, lock_owners_of, refuse_wrong_days
from homeroom.nouns.draft import Draft
from homeroom.nouns.listing import replace_rows
from homeroom.nouns.rows import NounRows
from homeroom.nouns.steps import Step, state_column, take_step
from homeroom.nouns.words import plural_of
from homeroom.refusals import IN_ANOTHER_LIST, LISTED_TWICE
from homeroom.removal import remove
from homeroom.signatures import REQUIRED

if TYPE_CHECKING:
    from homeroom.context import Context

__all__ = ["Noun", "noun_of", "way_of"]

_VERSION = (int | None, None)


@dataclass(frozen=True)
class Noun(NounRows):
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
            ids = list(dict.fromkeys(rows))
            gone = await remove(context, self.table, ids, field=named, parts=parts, listed=many)
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
            longer = await end_rows(context, self.table, rows, ends_on, field=named, listed=many)
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
        rows: str = "rows",
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
            rows: The argument with the rows, which a refusal names.
            name: The function, if not verb and what the rows belong to.
        """
        return self._listing(about, _several(of), _several(by), position, verb, row, rows, name, others_go=True)

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
        return self._listing(about, _several(common), _several(by), "", verb, row, "rows", name, others_go=False)

    def _listing(
        self,
        about: str,
        common: Sequence[str],
        by: Sequence[str],
        position: str,
        verb: str,
        row: str,
        listed: str,
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

        async def put(context: Context, **same: Any) -> list[UUID]:
            rows = same.pop(listed)
            first = Draft([{**defaults, **same}])
            await self._read(context, first)
            (belonging,) = first.values
            for owner in owners[:1] if others_go else ():
                if (target := reference_of(owner.declared)) is not None:
                    await context.fetch(f"SELECT id FROM {target} WHERE id = $1 FOR UPDATE", belonging[owner.column])
            given = [{each: getattr(one, each) for each in takes} for one in rows]
            draft = Draft(given, listed=True, common=frozenset(same), called={"rows": listed})
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
            with refuse_duplicates(self.table, self._names, f"{listed}."):
                return await replace_rows(
                    context, self.table, draft.values, key, belonging, others_go=others_go, field=(*common, listed)[0]
                )

        parameters = {**once, listed: (list[kind], REQUIRED)}  # type: ignore[valid-type]
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
            places = {each["id"]: each["place"] for each in present}
            moved = [(each, place) for place, each in enumerate(order, start=1) if places[each] != place]
            await context.rows(self.table).update_many(
                [{"id": each, position: place} for each, place in moved], field=plural
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

    # Inside ---------------------------------------------------------------------------------------------------------

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
