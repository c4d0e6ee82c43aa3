"""Declaring the settings of a school: what can be read, the command that changes them, who may do it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from homeroom.audit.tables import AuditLine
from homeroom.columns import EnumKind
from homeroom.commands import Command, command_of
from homeroom.nouns import Check, Noun
from homeroom.nouns.arguments import described
from homeroom.permissions import EVERYBODY, Rule
from homeroom.personal_data import PersonalData, nobody
from homeroom.resources import Field, Leaf, Relation, Resource, many, resource
from homeroom.school_settings.tables import SettingsTable, defaults_of

if TYPE_CHECKING:
    from homeroom.context import Context

__all__ = ["Changed", "SchoolSettings", "school_settings"]

#: Called after a change, in its transaction: the context, the columns before it, and those that changed.
Changed = Callable[[Any, Mapping[str, Any], Mapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True)
class SchoolSettings:
    """What one declaration made. Made by :func:`school_settings`.

    Args:
        noun: The columns that people set.
        shown: What can be read.
        change: The command.
        rules: Who may read and who may change them.
    """

    noun: Noun
    shown: Resource
    change: Command
    rules: tuple[Rule, ...]

    @property
    def parts(self) -> Mapping[str, tuple[Any, ...]]:
        """The part of a plugin to what this adds to it; see :mod:`homeroom.parts`."""
        about: list[PersonalData] = nobody("how the school has set something", self.noun.table)
        return {
            "resources.RESOURCES": (self.shown,),
            "commands.COMMANDS": (self.change,),
            "permissions.RULES": self.rules,
            "personal_data.PERSONAL_DATA": tuple(about),
        }

    async def read(self, context: Context) -> SimpleNamespace:
        """The settings of the school, column by column; the defaults where there is no row yet."""
        row = await context.fetchrow(f"SELECT * FROM {self.noun.table._meta.tablename}")
        values = _defaults(self.noun) if row is None else dict(row)
        for each in self.noun.columns.values():
            if isinstance(each.kind, EnumKind) and (value := values.get(each.column)) is not None:
                values[each.column] = each.kind.values(value)
        return SimpleNamespace(**values)


def school_settings(
    table: type[SettingsTable],
    prefix: str,
    *parts: Field | Leaf | Relation,
    change_by: Sequence[str],
    read_by: Sequence[str] = (EVERYBODY,),
    about: str = "",
    hidden: Sequence[str] = (),
    check: Check | None = None,
    changed: Changed | None = None,
    **shown: Any,
) -> SchoolSettings:
    """Declare the settings of a school.

    Args:
        table: The table, whose columns say what may stand in them and what their defaults are.
        prefix: Plugin and ``settings``: ``talents.settings``; the command is ``talents.settings.change``.
        parts: Further fields to read.
        change_by: The roles that may change them, and see who changed what and when, by default.
        read_by: The roles that may read them, by default.
        about: What the command does, for people.
        hidden: Columns that people do not set; they are not shown either.
        check: Refuses what columns cannot say; see :class:`~homeroom.nouns.Noun`.
        changed: What follows from a change.
        shown: Further arguments of :func:`homeroom.resources.resource`.
    """
    name = table._meta.tablename
    noun = Noun(table, prefix, check=check, hidden=("singleton", *hidden))
    history = many(
        "history",
        AuditLine.row_id,
        where=f"{{row}}.noun = '{name}'",
        description="Who changed what and when; the latest is the last.",
    )
    # The inputs of commands call an enum by its class.
    enums = {
        each.column: each.kind.values.__name__ for each in noun.columns.values() if isinstance(each.kind, EnumKind)
    }
    shown = {**shown, "enums": {**enums, **shown.get("enums", {})}}
    made = resource(table, history, *parts, single=True, exclude=("singleton", *hidden), **shown)
    rules = (
        *(Rule(role, noun.resource) for role in dict.fromkeys([*read_by, *change_by])),
        *(Rule(role, f"{prefix}.change", "run") for role in change_by),
        *(
            Rule(role, audited, scope="settings")
            for role in change_by
            for audited in ("AuditEntry", "AuditLine", "AuditLine.*")
        ),
    )
    return SchoolSettings(noun, made, _change(noun, about, changed), rules)


def _defaults(noun: Noun) -> dict[str, Any]:
    return defaults_of(noun.table)  # type: ignore[arg-type]


def _change(noun: Noun, about: str, changed: Changed | None) -> Command:
    table, name = noun.table, noun.table._meta.tablename
    takes: dict[str, tuple[Any, Any]] = {each: column.changing() for each, column in noun.columns.items()}

    async def change(context: Context, *, expected_version: int | None = None, **given: Any) -> UUID:
        row = await context.fetchrow(f"SELECT * FROM {name} FOR UPDATE")
        if row is None:
            await context.rows(table).insert([_defaults(noun)])
            row = await context.fetchrow(f"SELECT * FROM {name} FOR UPDATE")
            assert row is not None
        (values,) = await noun.checked(context, [given], row=row["id"])
        await context.rows(table).update(row["id"], values, expected_version=expected_version, field="expected_version")
        if changed is not None:
            await changed(context, dict(row), {each: value for each, value in values.items() if row[each] != value})
        made: UUID = row["id"]
        return made

    change.__name__ = change.__qualname__ = f"change_{name}"
    text = about or f"Change {name.replace('_', ' ')}: what is not given stays."
    return command_of(
        f"{noun.prefix}.change",
        change,
        {**takes, "expected_version": (int | None, None)},
        described(text, noun.columns, takes),
        returns=noun.resource,
    )
