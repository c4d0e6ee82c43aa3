"""Writing the next migration of a plugin from what its tables declare and the database has not yet.

Only what adds is written, and what makes a text column longer. Whatever would drop, rename or otherwise change a column
is refused: what becomes of the rows is a decision, which an author takes by writing the migration by hand. What rows
that exist get in a required column can be given as SQL.
"""

from __future__ import annotations

import enum
import importlib
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from homeroom.columns import column_checks, unique_groups
from homeroom.database.declarations import LiveTables, declared_tables, sql_type
from homeroom.database.migrations import migration_modules, migration_number
from homeroom.database.tables import SchoolTable, reference_of
from homeroom.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from piccolo.columns import Column

    from homeroom.plugins import Plugin

__all__ = ["NewMigration", "NothingToDo", "next_migration"]

#: Shorter than PostgreSQL's own names, which is how people write them.
_SHORT = {"character varying": "varchar", "timestamp with time zone": "timestamptz"}
_LENGTH = re.compile(r"character varying\((\d+)\)")
_FILE = '''"""{title}."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """{title}."""
{body}'''


class NothingToDo(ConfigurationError):  # noqa: N818
    """The database has everything that the plugin declares."""


@dataclass(frozen=True, slots=True)
class NewMigration:
    """A migration that was not yet written to disk.

    Args:
        path: Where it belongs.
        text: The module.
    """

    path: Path
    text: str


def next_migration(plugin: Plugin, live: LiveTables, what: str, fill: Mapping[str, str] | None = None) -> NewMigration:
    """The migration that brings the database to what a plugin declares.

    Args:
        plugin: The plugin, which names its package of migrations.
        live: A database with all migrations that there are.
        what: What it does, in a few words; becomes its name.
        fill: A column that is now required (``book.code``) to the SQL of what rows that exist get in it.

    Raises:
        NothingToDo: There is no difference.
        ConfigurationError: The plugin has no migrations, the difference must be written by hand, or ``fill`` names a
            column that needs no value.
    """
    if plugin.migrations is None:
        raise ConfigurationError(f"plugin {plugin.name} names no package of migrations")
    slug = re.sub(r"[^a-z0-9]+", "_", what.lower()).strip("_")
    if not slug:
        raise ConfigurationError(f"say in a few words what the migration does; {what!r} makes no name")
    tables = declared_tables(plugin)
    new = [table for table in tables if table._meta.tablename not in live.columns]
    old = [table for table in tables if table._meta.tablename in live.columns]
    filling = dict(fill or {})
    if needless := filling.keys() - {name for table in old for name in _newly_required(table, live)}:
        raise ConfigurationError(f"{', '.join(sorted(needless))}: not a column that is required from now on")
    by_hand = [problem for table in old for problem in _by_hand(table, live, filling)]
    if by_hand:
        raise ConfigurationError(
            "these changes may lose or break rows; decide what becomes of them, or write the migration by hand"
            " (docs/plugins.md, Its migration):\n" + "\n".join(f"  {problem}" for problem in by_hand)
        )
    steps = [*_create_all(new)]
    for table in old:
        steps += [*_widen(table, live), *_add_columns(table, live, filling), *_add_constraints(table, live)]
    if not steps:
        raise NothingToDo(f"the database has everything that {plugin.name} declares")
    folder = Path(next(iter(importlib.import_module(plugin.migrations).__path__)))
    number = max(map(migration_number, migration_modules(plugin.migrations)), default=0) + 1
    title = what.strip().rstrip(".")
    text = _FILE.format(title=title[:1].upper() + title[1:], body="".join(steps))
    return NewMigration(folder / f"m{number:04d}_{slug[:50]}.py", text)


def _newly_required(table: type[SchoolTable], live: LiveTables) -> Iterator[str]:
    """The columns for which rows that exist need a value, each with its table."""
    name = table._meta.tablename
    for column in table._meta.columns:
        found = live.columns[name].get(column._meta.db_column_name)
        if not column._meta.null and (_default(column) is None if found is None else not found.required):
            yield f"{name}.{column._meta.db_column_name}"


def _by_hand(table: type[SchoolTable], live: LiveTables, filling: Mapping[str, str]) -> Iterator[str]:
    name, there = table._meta.tablename, live.columns[table._meta.tablename]
    columns = {column._meta.db_column_name: column for column in table._meta.columns}
    required = {each for each in _newly_required(table, live) if each not in filling}
    fill_it = f'say what the rows that exist get, by --fill "{name}.{{}}=SQL"'
    for gone in there.keys() - columns.keys():
        yield (
            f"{name}.{gone} is no longer declared: copy what rows need of it, then"
            f' await schema.execute("ALTER TABLE {name} DROP COLUMN {gone}")'
        )
    for column_name, column in columns.items():
        found = there.get(column_name)
        if found is None:
            if f"{name}.{column_name}" in required:
                yield f"{name}.{column_name} is new and required: {fill_it.format(column_name)}"
            continue
        if found.type != sql_type(column) and not _widens(found.type, sql_type(column)):
            yield f"{name}.{column_name} is {found.type} and is declared as {sql_type(column)}"
        if f"{name}.{column_name}" in required:
            yield f"{name}.{column_name} is declared as required, and is not: {fill_it.format(column_name)}"
        elif found.required and column._meta.null:
            yield (
                f"{name}.{column_name} is declared as nullable, and is not:"
                f' await schema.execute("ALTER TABLE {name} ALTER COLUMN {column_name} DROP NOT NULL")'
            )


def _widens(present: str, declared: str) -> bool:
    """Whether a text column takes everything that it took before, and more: no row is touched."""
    old, new = (_LENGTH.fullmatch(each) for each in (present, declared))
    if old is None:
        return False
    return declared == "text" or (new is not None and int(new[1]) > int(old[1]))


def _create_all(tables: Sequence[type[SchoolTable]]) -> Iterator[str]:
    """Tables after those that they point to; a circle is closed by a reference that is added last."""
    waiting = {table._meta.tablename: table for table in tables}
    late: list[tuple[str, str, str]] = []
    while waiting:
        ready = [
            name for name, table in waiting.items() if not (set(_references(table).values()) - {name}) & set(waiting)
        ]
        chosen = ready[0] if ready else next(iter(waiting))
        table = waiting.pop(chosen)
        references = _references(table)
        postponed = {column: target for column, target in references.items() if target in waiting}
        late += [(chosen, column, target) for column, target in postponed.items()]
        yield _create(table, {c: t for c, t in references.items() if c not in postponed}, list(references))
    for name, column, target in late:
        yield f'    await schema.add_reference("{name}", "{column}", "{target}")\n'


def _references(table: type[SchoolTable]) -> dict[str, str]:
    found = ((column._meta.db_column_name, reference_of(column)) for column in table._meta.columns)
    return {name: target for name, target in found if target is not None}


def _create(table: type[SchoolTable], references: dict[str, str], indexed: Sequence[str]) -> str:
    lines = ["    await schema.create_table(", f'        "{table._meta.tablename}",', "        {"]
    for column in table._meta.columns:
        name = column._meta.db_column_name
        if name not in ("tenant_id", "id"):
            # Without the check, a second row could have false there.
            alone = " CHECK (singleton)" if name == "singleton" and ("singleton",) in table.unique else ""
            lines.append(f'            "{name}": {_literal(_definition(column) + alone)},')
    lines.append("        },")
    if references:
        lines.append("        references={")
        lines += [f'            "{column}": "{target}",' for column, target in references.items()]
        lines.append("        },")
    if groups := unique_groups(table):
        lines.append("        unique=[")
        lines += [f"            {_tuple(group)}," for group in groups]
        lines.append("        ],")
    if checks := dict(column_checks(table)):
        lines.append("        checks={")
        lines += [f'            "{check}": {_literal(condition)},' for check, condition in checks.items()]
        lines.append("        },")
    if indexed:
        lines.append("        indexes=[")
        lines += [f'            ("{column}",),' for column in indexed]
        lines.append("        ],")
    lines.append("    )\n")
    return "\n".join(lines)


def _widen(table: type[SchoolTable], live: LiveTables) -> Iterator[str]:
    name = table._meta.tablename
    for column in table._meta.columns:
        found = live.columns[name].get(column._meta.db_column_name)
        if found is not None and _widens(found.type, sql_type(column)):
            changed = f"ALTER TABLE {name} ALTER COLUMN {column._meta.db_column_name} TYPE {_short(sql_type(column))}"
            yield f"    await schema.execute({_literal(changed)})\n"


def _add_constraints(table: type[SchoolTable], live: LiveTables) -> Iterator[str]:
    name = table._meta.tablename
    for group in live.lacks_unique(table):
        yield f'    await schema.add_unique("{name}", {_tuple(group)})\n'
    for check, condition in live.lacks_checks(table).items():
        inner = "".join(f"        {_literal(each)},\n" for each in (name, check, condition))
        yield f"    await schema.add_check(\n{inner}    )\n"


def _tuple(names: Sequence[str]) -> str:
    return f"({', '.join(_literal(each) for each in names)}{',' if len(names) == 1 else ''})"


def _add_columns(table: type[SchoolTable], live: LiveTables, filling: Mapping[str, str]) -> Iterator[str]:
    name = table._meta.tablename
    for column in table._meta.columns:
        column_name, target = column._meta.db_column_name, reference_of(column)
        if column_name not in live.columns[name]:
            filled = filling.get(f"{name}.{column_name}")
            lines = [name, column_name, _definition(column) if filled is None else _short(sql_type(column))]
            inner = "".join(f"        {_literal(each)},\n" for each in lines)
            inner += f'        references="{target}",\n' if target is not None else ""
            yield f"    await schema.add_column(\n{inner}    )\n"
            if target is not None:
                yield f'    await schema.add_index("{name}", ["{column_name}"])\n'
        elif target is not None and (name, column_name, target) not in live.references:
            yield f'    await schema.add_reference("{name}", "{column_name}", "{target}")\n'
        if f"{name}.{column_name}" in filling:
            value = f"UPDATE {name} SET {column_name} = {filling[f'{name}.{column_name}']} WHERE {column_name} IS NULL"
            required = f"ALTER TABLE {name} ALTER COLUMN {column_name} SET NOT NULL"
            yield f"    await schema.execute({_literal(value)})\n    await schema.execute({_literal(required)})\n"


def _definition(column: Column) -> str:
    default = _default(column)
    required = "" if column._meta.null else " NOT NULL"
    return _short(sql_type(column)) + required + ("" if default is None else f" DEFAULT {default}")


def _short(written: str) -> str:
    for long, short in _SHORT.items():
        written = written.replace(long, short)
    return written


def _default(column: Column) -> str | None:
    """The SQL of a default that is a plain value; what Piccolo would compute is none."""
    value: Any = column._meta.params.get("default")
    if isinstance(value, enum.Enum):
        value = value.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal) and reference_of(column) is None:
        return str(value)
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return None


def _literal(text: str) -> str:
    """A Python literal in double quotes, as the formatter would write it."""
    if '"' in text and "'" not in text:
        return f"'{text}'"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
