"""The contract of nouns: what every noun keeps, tried by what its columns say.

::

    @noun_contract(BOOK, SHELF)
    async def test_the_nouns(trial: NounTrial, stage: Stage) -> None:
        await trial.play(stage)

For each noun the commands that it has made are tried: a right row is added; values that are too long, out of range or
missing are all named at once, with field and row; what must be unique is unique; a row of another school can neither be
referred to nor be changed nor be removed, and the answer is that about a row that never was; a change of an old version
is refused; what a change leaves out stays and None clears it; and a row on which nothing rests can be removed.
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import UUID

import pytest

from homeroom.columns import DayKind, ReferenceKind, TextKind, unique_groups
from homeroom.commands import Command
from homeroom.database.dated import periods_of
from homeroom.database.ids import new_id
from homeroom.errors import Refusal
from homeroom.messages import spelt
from homeroom.nouns import Noun, noun_of, row_type, way_of
from homeroom.school_settings import SettingsTable
from homeroom.testing.filling import fill_table, shapes

if TYPE_CHECKING:
    from homeroom.testing.stage import Side, Stage

__all__ = ["NounTrial", "noun_contract"]

Test = TypeVar("Test", bound=Callable[..., Any])
#: Values differ from those that other tests write.
_numbers: Final = itertools.count(7001)


def noun_contract(*nouns: Any, values: Mapping[str, Any] | None = None) -> Callable[[Test], Test]:
    """Run a test once for each noun; it gets what to try as ``trial``.

    Args:
        nouns: The nouns, or what the module ``nouns`` of a plugin lists (``*NOUNS``): of that, what is no noun, such as
            settings and flows, is left out.
        values: Arguments of new rows that the noun's own check asks for, by name; others are made by the columns.
    """
    found = [each if isinstance(each, Noun) else getattr(each, "noun", None) for each in nouns]
    trials = [
        NounTrial(each, values or {})
        for each in found
        if each is not None and not issubclass(each.table, SettingsTable)
    ]
    mark: Any = pytest.mark.parametrize("trial", trials, ids=[each.noun.prefix for each in trials])
    return mark  # type: ignore[no-any-return]


@dataclass(frozen=True)
class NounTrial:
    """One noun, tried in all ways.

    Args:
        noun: The noun.
        values: Arguments that its own check asks for.
    """

    noun: Noun
    values: Mapping[str, Any] = field(default_factory=dict)

    async def play(self, stage: Stage) -> None:
        """Try it. Raises AssertionError where the noun does not keep the contract."""
        commands = {}
        for command in stage.ours.host.variant(stage.ours.space.plugins).commands.values():
            if noun_of(command) == self.noun:
                commands[way_of(command)] = command
        assert commands, f"no plugin has a command of the noun {self.noun.prefix}"
        for side in (stage.ours, stage.theirs):
            await self._fill(side)
        create = commands.get("create")
        if create is not None:
            await self._creating(stage, create)
        for way, command in commands.items():
            if way != "create" and next(iter(command.parameters)) in (self.noun.argument, self.noun.arguments):
                await self._of_another_school(stage, command)
        if "change" in commands:
            await self._changing(stage, create, commands["change"])
        if "remove" in commands and create is not None:
            made = await self._create(stage.ours, create, await self._arguments(stage.ours, create))
            await stage.ours.run(commands["remove"], **self._named(commands["remove"], made))
            assert not await self._there(stage.ours, made), f"{self.noun.prefix}: the row is still there"

    # Each way ---------------------------------------------------------------------------------------------------

    async def _creating(self, stage: Stage, create: Command) -> None:
        given = await self._arguments(stage.ours, create)
        made = await self._create(stage.ours, create, given)
        assert await self._there(stage.ours, made), f"{self.noun.prefix}: the row was not made"
        names = {column.column: name for name, column in self.noun.columns.items()}
        # No verb writes the others, such as from where a finding comes.
        for group in (each for each in unique_groups(self.noun.table) if set(each) <= names.keys()):
            again = {**await self._arguments(stage.ours, create), **{names[each]: given[names[each]] for each in group}}
            assert "DUPLICATE" in {code for code, _ in await self._refused(stage.ours, create, again)}, group
        wrong = {**given}
        expected = set()
        for name, column in self.noun.columns.items():
            value = "" if isinstance(column.kind, TextKind) and not column.kind.optional else column.kind.wrong()
            if name in given and value is not None:
                wrong[name] = value
                expected.add(self._field(create, name))
        assert expected <= {at for _, at in await self._refused(stage.ours, create, wrong)}, "all fields are named"
        for name, column in self.noun.columns.items():
            if name in given and type(column.kind) is ReferenceKind:
                theirs = await self._sample(stage.theirs, name)
                fresh = await self._arguments(stage.ours, create)
                found = await self._refused(stage.ours, create, {**fresh, name: theirs})
                never = await self._refused(stage.ours, create, {**fresh, name: new_id()})
                assert [("NOT_FOUND", self._field(create, name))] == found == never, name

    async def _of_another_school(self, stage: Stage, command: Command) -> None:
        theirs = await self._any_row(stage.theirs)
        for row in (theirs, new_id()):
            with pytest.raises(Refusal) as refusal:
                await stage.ours.run(command, **self._named(command, row))
            assert ["NOT_FOUND"] == [each.code for each in refusal.value.problems], command.name
        assert await self._there(stage.theirs, theirs)

    async def _changing(self, stage: Stage, create: Command | None, change: Command) -> None:
        if create is not None:
            row = await self._create(stage.ours, create, await self._arguments(stage.ours, create))
        else:
            row = await self._any_row(stage.ours)
        this = {self.noun.argument: row}
        before = await self._row(stage.ours, row)
        await stage.ours.run(change, **this)
        assert before == await self._row(stage.ours, row), f"{change.name}: what is left out stays"
        taken = [each for name, each in self.noun.columns.items() if name in change.parameters]
        for column in taken:
            if not column.clearable:
                with pytest.raises(Refusal) as refusal:
                    await stage.ours.run(change, **this, **{column.name: None})
                codes = [(each.code, spelt(each.field)) for each in refusal.value.problems]
                assert [("REQUIRED", spelt(column.name))] == codes
            elif column.name not in self.values:
                await stage.ours.run(change, **this, **{column.name: None})
                left = (await self._row(stage.ours, row))[column.column]
                assert left == (None if column.nullable else column.kind.empty), column.name
        if "expected_version" in change.parameters:
            text = next((each.name for each in taken if isinstance(each.kind, TextKind)), None)
            if text is not None:
                value = await self._sample(stage.ours, text)
                with pytest.raises(Refusal) as refusal:
                    await stage.ours.run(change, **this, **{text: value}, expected_version=0)
                assert ["CONFLICT"] == [each.code for each in refusal.value.problems], change.name

    # Rows -------------------------------------------------------------------------------------------------------

    async def _fill(self, side: Side) -> None:
        """A row in the noun's table and in those that it refers to."""
        async with side.host.database.transaction(side.space.id) as transaction:
            for shape in await shapes(transaction, side.host.registry):
                if shape.name == self.noun.table._meta.tablename:
                    break
                if not await transaction.fetchval(f'SELECT EXISTS (SELECT FROM "{shape.name}")'):
                    await fill_table(transaction, shape)
            if not await transaction.fetchval(f"SELECT EXISTS (SELECT FROM {self.noun.table._meta.tablename})"):
                await fill_table(transaction, shape)

    def _named(self, command: Command, row: UUID) -> dict[str, Any]:
        """The argument that names a row to a command that takes one, or several."""
        one = self.noun.argument in command.parameters
        return {self.noun.argument: row} if one else {self.noun.arguments: [row]}

    async def _arguments(self, side: Side, create: Command) -> dict[str, Any]:
        """Right values for a new row: all but references that may be missing, and days of dated rows."""
        made = {}
        dated = bool(periods_of(self.noun.table))
        if dated:  # what other trials have left would overlap
            async with side.host.database.transaction(side.space.id) as transaction:
                await transaction.execute(f"DELETE FROM {self.noun.table._meta.tablename}")
        takes = set(create.parameters) | (set(row_type(create).__slots__) if "rows" in create.parameters else set())
        for name, column in self.noun.columns.items():
            if dated and isinstance(column.kind, DayKind) and name not in self.values:
                continue
            if name in takes and (column.default is inspect.Parameter.empty or column.kind.name != "reference"):
                made[name] = await self._sample(side, name)
        return made

    async def _sample(self, side: Side, name: str) -> Any:
        if name in self.values:
            value = self.values[name]
            return await value(side) if callable(value) else value
        column = self.noun.columns[name]
        taken = f"SELECT EXISTS (SELECT FROM {self.noun.table._meta.tablename} WHERE {column.column} = $1)"
        day = column.kind if isinstance(column.kind, DayKind) and column.kind.past is not column.kind.future else None
        unique = (day is not None or column.kind.name in ("text", "number")) and any(
            column.column == each[-1] for each in unique_groups(self.noun.table)
        )
        async with side.host.database.transaction(side.space.id) as transaction:
            while True:
                number = next(_numbers)
                value = await column.kind.sample(transaction, column.declared, number)
                if unique and day is not None:
                    value += timedelta(days=number % 300) * (1 if day.future else -1)
                if not unique or not await transaction.fetchval(taken, value):
                    return value

    async def _create(self, side: Side, create: Command, given: Mapping[str, Any]) -> UUID:
        if "rows" in create.parameters:
            row = row_type(create)
            common = {name: value for name, value in given.items() if name in create.parameters}
            own = {name: value for name, value in given.items() if name not in create.parameters}
            (made,) = await side.run(create, **common, rows=[row(**own)])
        else:
            made = await side.run(create, **given)
        return made  # type: ignore[no-any-return]

    async def _refused(self, side: Side, create: Command, given: Mapping[str, Any]) -> list[tuple[str, str | None]]:
        with pytest.raises(Refusal) as refusal:
            await self._create(side, create, given)
        return [(str(each.code), spelt(each.field)) for each in refusal.value.problems]

    def _field(self, create: Command, name: str) -> str:
        return spelt(name if name in create.parameters else f"rows.{name}") or ""

    async def _any_row(self, side: Side) -> UUID:
        async with side.host.database.transaction(side.space.id) as transaction:
            row: UUID = await transaction.fetchval(
                f"SELECT id FROM {self.noun.table._meta.tablename} ORDER BY id DESC LIMIT 1"
            )
            return row

    async def _row(self, side: Side, row: UUID) -> Mapping[str, Any]:
        async with side.host.database.transaction(side.space.id) as transaction:
            found = await transaction.fetchrow(f"SELECT * FROM {self.noun.table._meta.tablename} WHERE id = $1", row)
            return dict(found or {})

    async def _there(self, side: Side, row: UUID) -> bool:
        return bool(await self._row(side, row))
