"""What the database really is, compared with what it must be: no table without walls, no undeclared one.

The helper of :mod:`homeroom.database.migrations` writes the walls; a migration can still do anything in SQL of its own.
:func:`check` therefore looks at the finished database and trusts nothing that a migration says. ``homeroom
migrate`` calls it and fails on a fault, and so do the tests.

A *school table* has the space as the head of every key, row level security that binds its owner too, and
rights that do not reach past it. Every other table is a *global table*: in the schema ``homeroom``, with a
comment that says why, declared by its plugin and closed to the application.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncpg

from homeroom.database.catalogue_queries import FOREIGN_KEYS, FUNCTIONS, INDEXES, POLICIES, RIGHTS, ROLE, TABLES
from homeroom.database.declarations import compare_declarations, declared_tables
from homeroom.database.faults import Fault
from homeroom.database.migrations import APPEND_ONLY
from homeroom.errors import WallError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from homeroom.plugins import PluginRegistry

__all__ = ["Fault", "check", "refuse_faults"]

_GLOBAL = "global: "
_SPACE = "(tenant_id = ( SELECT homeroom.space() AS space))"
_MAINTENANCE = "(current_setting('homeroom.maintenance'::text, true) = 'on'::text)"
_VERBS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
#: Tables that the kernel makes before the first migration.
_KERNEL = {"migration": "the record of migrations", "context_key": "signs the contexts of all spaces"}
#: Policies call it with the rights of the session, so everybody may; what it answers, the caller could have written.
_PUBLIC_FUNCTIONS = frozenset({"homeroom.space()"})


@dataclass(frozen=True, slots=True)
class _Table:
    """One table as PostgreSQL knows it."""

    name: str
    schema: str
    plain: str
    kind: str
    owner: str
    comment: str
    secured: bool
    forced: bool
    invoker: bool
    tenant_type: str | None
    tenant_required: bool

    @property
    def is_global(self) -> bool:
        return self.schema == "homeroom"


async def check(connection: Any, registry: PluginRegistry, app_role: str) -> list[Fault]:
    """Everything that is wrong with a database; an empty list is the only good answer.

    Args:
        connection: An asyncpg connection that may read PostgreSQL's catalogue, best as the owner.
        registry: The installed plugins, which declare tables.
        app_role: The powerless role.
    """
    async with connection.transaction(readonly=True):
        # Without a search path every name in PostgreSQL's answers carries its schema.
        await connection.execute("SET LOCAL search_path = pg_catalog")
        tables = {row["oid"]: _Table(*list(row)[1:]) for row in await connection.fetch(TABLES)}
        rights = await connection.fetch(RIGHTS, app_role)
        faults = [
            *_role_faults(await connection.fetchrow(ROLE, app_role), app_role),
            *_kind_faults(tables),
            *_shape_faults(tables),
            *_index_faults(tables, await connection.fetch(INDEXES)),
            *_key_faults(tables, await connection.fetch(FOREIGN_KEYS)),
            *_policy_faults(tables, await connection.fetch(POLICIES)),
            *_function_faults(await connection.fetch(FUNCTIONS)),
        ]
        faults += [Fault(t.name, f"belongs to {app_role}") for t in tables.values() if t.owner == app_role]
        gone = {row["plugin"] for row in await connection.fetch("SELECT DISTINCT plugin FROM homeroom.migration")}
        absent = gone - {"homeroom", *registry.plugins}
        declared = {**_KERNEL, **registry.global_tables()}
        faults += _global_faults(tables, declared, some_plugin_is_absent=bool(absent))
        # Nobody is there to say whether an absent plugin's tables outside the spaces are meant to be open.
        judged = {oid: t for oid, t in tables.items() if not (absent and t.is_global and t.plain not in declared)}
        faults += _right_faults(judged, rights, _open_tables(registry), app_role)
        faults += await compare_declarations(connection, registry)
    return faults


async def refuse_faults(owner_url: str, registry: PluginRegistry, app_role: str) -> None:
    """Check a database and raise :class:`WallError` with everything that is wrong with it.

    Args:
        owner_url: How to connect as the owner.
        registry: The installed plugins.
        app_role: The powerless role.
    """
    connection = await asyncpg.connect(owner_url)
    try:
        faults = await check(connection, registry, app_role)
    finally:
        await connection.close()
    if faults:
        lines = [f"  {fault}" for fault in faults]
        tables = {fault.object for fault in faults if "no migration makes" in fault.problem}
        lines += [
            f"The author of {plugin.name} writes what is missing by: homeroom migrations new {plugin.name} WHAT"
            for plugin in registry.in_order()
            if plugin.migrations is not None
            and not tables.isdisjoint(table._meta.tablename for table in declared_tables(plugin))
        ]
        raise WallError("the database is not as it must be:\n" + "\n".join(lines))


def _open_tables(registry: PluginRegistry) -> frozenset[str]:
    return frozenset(f"homeroom.{name}" for plugin in registry.in_order() for name in plugin.open_tables)


def _role_faults(role: Mapping[str, Any] | None, name: str) -> Iterator[Fault]:
    if role is None:
        yield Fault(name, "there is no such role")
        return
    for power in role["powers"]:
        yield Fault(name, f"the application's role must not have {power}")
    for schema in role["creates_in"]:
        yield Fault(name, f"the application's role may create tables in the schema {schema}")


def _kind_faults(tables: Mapping[int, _Table]) -> Iterator[Fault]:
    for table in tables.values():
        if table.kind == "v" and not table.invoker:
            yield Fault(table.name, "a view reads as its owner; it must be made WITH (security_invoker)")
        elif table.kind in ("m", "f"):
            yield Fault(table.name, "materialised views and foreign tables have no row level security")


def _shape_faults(tables: Mapping[int, _Table]) -> Iterator[Fault]:
    for table in _school_tables(tables):
        if table.tenant_type is None:
            yield Fault(table.name, "has no tenant_id, and is not declared as a global table")
        elif table.tenant_type != "uuid" or not table.tenant_required:
            yield Fault(table.name, "tenant_id must be uuid NOT NULL")
        if not table.secured:
            yield Fault(table.name, "row level security is not enabled")
        if not table.forced:
            yield Fault(table.name, "row level security is not forced upon its owner")


def _index_faults(tables: Mapping[int, _Table], indexes: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    keyed = set()
    for index in indexes:
        table = tables.get(index["table"])
        if table is None or table.is_global:
            continue
        if index["is_primary"]:
            keyed.add(table.name)
        if index["first_column"] != "tenant_id":
            kind = "primary key" if index["is_primary"] else "unique index"
            yield Fault(table.name, f"the {kind} {index['name']} does not begin with tenant_id")
    for table in _school_tables(tables):
        if table.name not in keyed:
            yield Fault(table.name, "has no primary key")


def _key_faults(tables: Mapping[int, _Table], keys: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    for key in keys:
        here, there = tables.get(key["table"]), tables.get(key["target"])
        if here is None or there is None or there.is_global:
            continue
        if here.is_global:
            yield Fault(here.name, f"the foreign key {key['name']} leads from outside the spaces into {there.name}")
        elif key["columns"][0] != "tenant_id" or key["target_columns"][0] != "tenant_id":
            yield Fault(here.name, f"the foreign key {key['name']} does not begin with tenant_id: it sees other spaces")


def _policy_faults(tables: Mapping[int, _Table], policies: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    by_table: dict[int, dict[str, Any]] = {}
    for policy in policies:
        by_table.setdefault(policy["table"], {})[policy["name"]] = policy
    for oid, table in tables.items():
        if table.is_global or table.kind not in "rp":
            continue
        found = by_table.get(oid, {})
        expected = {"space": (_SPACE, ["PUBLIC"]), "maintenance": (_MAINTENANCE, [table.owner])}
        for name, (expression, roles) in expected.items():
            policy = found.pop(name, None)
            if policy is None:
                yield Fault(table.name, f"lacks the policy {name}")
            elif (policy["using"], policy["checked"], policy["command"], policy["permissive"], policy["roles"]) != (
                expression, expression, "*", True, roles,
            ):  # fmt: skip
                yield Fault(table.name, f"the policy {name} is another than the migrations write")
        for name in found:
            yield Fault(table.name, f"the policy {name} opens more than the space")


def _right_faults(
    tables: Mapping[int, _Table], rights: Sequence[Mapping[str, Any]], open_tables: frozenset[str], app_role: str
) -> Iterator[Fault]:
    for right in rights:
        table = tables.get(right["table"])
        if table is None:
            continue
        verbs = set(right["verbs"])
        if table.is_global and table.name not in open_tables:
            allowed: frozenset[str] = frozenset()
        elif table.comment.startswith(APPEND_ONLY):
            allowed = _VERBS - {"UPDATE", "DELETE"}
        else:
            allowed = _VERBS
        if verbs - allowed:
            yield Fault(table.name, f"{app_role} must not have {', '.join(sorted(verbs - allowed))} on it")
        if right["public"]:
            yield Fault(table.name, f"PUBLIC must have no rights on it, but has {', '.join(right['public'])}")


def _function_faults(functions: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    for function in functions:
        name = function["name"]
        path = function["search_path"]
        # A session's own temporary tables come before the path unless pg_temp is named last in it.
        if path is None:
            yield Fault(name, "runs with its owner's rights and does not pin its search_path")
        elif path != "pg_catalog" and not path.endswith("pg_temp"):
            yield Fault(name, f"its search_path must be pg_catalog alone or end with pg_temp, not {path}")
        if function["public"] and name not in _PUBLIC_FUNCTIONS:
            yield Fault(name, "runs with its owner's rights and may be called by PUBLIC")


def _global_faults(
    tables: Mapping[int, _Table], declared: Mapping[str, str], *, some_plugin_is_absent: bool
) -> Iterator[Fault]:
    for table in tables.values():
        if not table.is_global or table.kind not in "rp":
            continue
        if not table.comment.removeprefix(_GLOBAL).strip() or not table.comment.startswith(_GLOBAL):
            yield Fault(table.name, "lies outside the spaces without a comment `global: <reason>`")
        # The tables of a plugin that was taken away stay until somebody purges them.
        if table.plain not in declared and not some_plugin_is_absent:
            yield Fault(table.name, "lies outside the spaces and no plugin declares it in global_tables")
    found = {table.plain for table in tables.values() if table.is_global}
    for name in declared:
        if name not in found:
            yield Fault(f"homeroom.{name}", "is declared in global_tables, but is not there")


def _school_tables(tables: Mapping[int, _Table]) -> Iterator[_Table]:
    return (table for table in tables.values() if not table.is_global and table.kind in "rp")
