"""Changing tables: once for all spaces, in the order of the plugins, whole or not at all.

A plugin names a package of migrations. Each module ``m0001_<what>`` has ``async def forwards(schema)``, which
speaks to a :class:`Schema`; that one helper writes composite keys, row level security and grants, so that
no table can be made without them. A migration runs as the owner, under an advisory lock (several nodes may
start at once) and in one transaction with its own record. The owner sees the rows of all spaces while it
migrates, and at no other time.

Why not Piccolo's own migrations: they know neither composite keys nor policies, checks or partial indexes,
and keep their record outside the transaction.
"""

from __future__ import annotations

import importlib
import logging
import pkgutil
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncpg

from homeroom.database.date_bounds import bound_date_columns
from homeroom.database.keys import Keys, store_keys
from homeroom.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence

__all__ = ["APPEND_ONLY", "LOCK", "AppliedMigration", "Schema", "migrate", "migration_modules", "migration_number"]

logger = logging.getLogger(__name__)
LOCK = 0x686F6D65726F6F6D  # "homeroom" in ASCII
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
#: The comment of a table whose rows nobody changes begins so.
APPEND_ONLY = "append only"
_DEMAND = "homeroom.demand_proof()"
_SPACE_IS_OURS = "tenant_id = (SELECT homeroom.space())"


@dataclass(frozen=True, slots=True)
class AppliedMigration:
    """One migration that has run.

    Args:
        plugin: The plugin's name, or ``homeroom`` for the kernel.
        name: The module's name, such as ``m0001_first``.
    """

    plugin: str
    name: str


class Schema:
    """What a migration speaks to.

    Args:
        connection: An asyncpg connection as the owner, inside the migration's transaction.
        app_role: The powerless role that gets the grants.
        adopted: Tables that one plugin has taken over from another: the migrations of both create them, and the second
            of the two finds the table and leaves it.
    """

    def __init__(self, connection: Any, app_role: str, adopted: Collection[str] = ()) -> None:
        self._connection = connection
        self.app_role = app_role
        self._adopted = adopted

    async def execute(self, sql: str, *args: Any) -> str:
        """Any statement, such as a change of rows in all spaces or a drop written by hand.

        ``{app}`` in the text stands for the powerless role, quoted.
        """
        tag: str = await self._connection.execute(sql.replace("{app}", _quoted(self.app_role)), *args)
        return tag

    async def fetch(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        """The rows of a query over all spaces."""
        rows: list[asyncpg.Record] = await self._connection.fetch(sql, *args)
        return rows

    async def create_table(
        self,
        name: str,
        columns: Mapping[str, str],
        *,
        references: Mapping[str, str] | None = None,
        unique: Sequence[Sequence[str]] = (),
        indexes: Sequence[Sequence[str]] = (),
        checks: Mapping[str, str] | None = None,
        append_only: bool = False,
    ) -> None:
        """A table of a school, with all its walls.

        Args:
            name: The table's name.
            columns: Column name to SQL type and constraints, ``{"title": "varchar(200) NOT NULL"}``;
                ``tenant_id`` and ``id`` are added.
            references: Column name to the table that it points to, as composite foreign keys.
            unique: Columns that are unique together within a space.
            indexes: Columns to index together; ``tenant_id`` leads each.
            checks: Constraint name to condition.
            append_only: Grants no UPDATE and DELETE, for records that nobody changes.
        """
        _checked(name)
        if (
            name in self._adopted
            and (await self.fetch("SELECT to_regclass($1) AS found", f"public.{name}"))[0]["found"]
        ):
            return
        lines = ["tenant_id uuid NOT NULL DEFAULT homeroom.space()", "id uuid NOT NULL"]
        lines += [f"{_checked(column)} {definition}" for column, definition in columns.items()]
        lines.append("PRIMARY KEY (tenant_id, id)")
        lines += [f"CONSTRAINT {check} CHECK ({condition})" for check, condition in (checks or {}).items()]
        await self.execute(f"CREATE TABLE {name} ({', '.join(lines)})")
        for group in unique:
            await self.add_unique(name, group)
        for column, target in (references or {}).items():
            await self.add_reference(name, column, target)
        for group in indexes:
            await self.add_index(name, group)
        for check, condition in (checks or {}).items():
            await self._remember_check(name, check, condition)
        await self._raise_walls(name, append_only=append_only)

    async def _raise_walls(self, name: str, *, append_only: bool) -> None:
        verbs = "SELECT, INSERT" if append_only else "SELECT, INSERT, UPDATE, DELETE"
        await self.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
        await self.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
        await self.execute(f"CREATE POLICY space ON {name} USING ({_SPACE_IS_OURS}) WITH CHECK ({_SPACE_IS_OURS})")
        # FORCE binds the owner too; without this a migration that changes rows would silently change none.
        await self.execute(
            f"CREATE POLICY maintenance ON {name} TO CURRENT_USER"
            " USING (current_setting('homeroom.maintenance', true) = 'on')"
            " WITH CHECK (current_setting('homeroom.maintenance', true) = 'on')"
        )
        await self.execute(f"GRANT {verbs} ON {name} TO {{app}}")
        if append_only:
            # The catalogue reads it: such a table must never gain the other verbs.
            await self.execute(f"COMMENT ON TABLE {name} IS '{APPEND_ONLY}'")

    async def create_global_table(self, name: str, columns: Mapping[str, str], *, reason: str) -> None:
        """A table outside every space: schema ``homeroom``, no rights for the application.

        Args:
            name: The table's name without schema.
            columns: Column name to SQL definition; keys and checks are the caller's affair.
            reason: Why it lies outside the spaces; kept as the table's comment and required of each.
        """
        _checked(name)
        lines = ", ".join(f"{_checked(column)} {definition}" for column, definition in columns.items())
        await self.execute(f"CREATE TABLE homeroom.{name} ({lines})")
        await self.execute(f"COMMENT ON TABLE homeroom.{name} IS {_literal('global: ' + reason)}")

    async def create_function(self, sql: str) -> None:
        """A narrow function over global tables: ``CREATE FUNCTION homeroom.x(...) ... SECURITY DEFINER``.

        The application may call it and nobody else. The text must pin ``search_path``.
        """
        match = re.search(r"FUNCTION\s+(homeroom\.[a-z_0-9]+)\s*\(", sql, re.IGNORECASE)
        if match is None:
            raise ConfigurationError("create_function: the text must create a function homeroom.<name>(...)")
        if "search_path" not in sql.lower():
            raise ConfigurationError(f"create_function: {match[1]} must pin its search_path")
        await self.execute(sql)
        await self.execute(f"REVOKE ALL ON FUNCTION {match[1]} FROM PUBLIC")
        await self.execute(f"GRANT EXECUTE ON FUNCTION {match[1]} TO {{app}}")

    async def demand_proof(self, name: str) -> None:
        """Have a function of the schema ``homeroom`` refuse callers without proof, in all its forms.

        What is injected into a statement of the application has none: see :mod:`homeroom.database.walls`. For
        functions that reach beyond the space of the signed context. One that asks already is left as it is.

        Args:
            name: The function's name without schema, of language SQL or PL/pgSQL.

        Raises:
            ConfigurationError: There is no such function, or it is in another language.
        """
        found = await self.fetch(
            "SELECT l.lanname AS language, p.prosrc AS body, pg_get_functiondef(p.oid) AS text"
            " FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang"
            " WHERE p.pronamespace = 'homeroom'::regnamespace AND p.proname = $1",
            _checked(name),
        )
        if not found:
            raise ConfigurationError(f"demand_proof: there is no function homeroom.{name}")
        for function in found:
            body: str = function["body"]
            if _DEMAND in body:
                continue
            if function["language"] == "sql":
                asking = f"\nSELECT {_DEMAND};{body}"
            elif function["language"] == "plpgsql":
                asking = re.sub(r"\bBEGIN\b", f"BEGIN\n    PERFORM {_DEMAND};", body, count=1)
            else:
                raise ConfigurationError(f"demand_proof: homeroom.{name} is neither SQL nor PL/pgSQL")
            await self.execute(function["text"].replace(body, asking, 1))

    async def add_column(self, table: str, column: str, definition: str, *, references: str | None = None) -> None:
        """A further column; existing rows get its default."""
        await self.execute(f"ALTER TABLE {_checked(table)} ADD COLUMN {_checked(column)} {definition}")
        if references is not None:
            await self.add_reference(table, column, references)

    async def add_reference(self, table: str, column: str, target: str) -> None:
        """A composite foreign key ``(tenant_id, column) -> target (tenant_id, id)``."""
        _checked(target)
        await self.execute(
            f"ALTER TABLE {_checked(table)} ADD CONSTRAINT {table}_{_checked(column)}_fk"
            f" FOREIGN KEY (tenant_id, {column}) REFERENCES {target} (tenant_id, id)"
        )

    async def add_unique(self, table: str, columns: Sequence[str]) -> None:
        """Columns unique together within a space. A key of its own space cannot tell of other spaces."""
        name = f"{_checked(table)}_{'_'.join(map(_checked, columns))}_uq"
        await self.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name[:63]} UNIQUE (tenant_id, {', '.join(columns)})")

    async def add_check(self, table: str, name: str, condition: str) -> None:
        """A condition for every row that is written from now on, in place of an earlier one of that name.

        Where rows from before break it, they stay as they are: the constraint is not validated, and the log says how
        many there are.

        Args:
            table: The table.
            name: Of the constraint, lower snake case.
            condition: In SQL over the table's columns.
        """
        await self.execute(f"ALTER TABLE {_checked(table)} DROP CONSTRAINT IF EXISTS {_checked(name)}")
        await self.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({condition}) NOT VALID")
        await self._remember_check(table, name, condition)
        ((count,),) = await self.fetch(f"SELECT count(*) FROM {table} WHERE NOT ({condition})")
        if count:
            logger.warning("%s: %s rows break %s (%s); correct them by hand", table, count, name, condition)
            return
        await self.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")

    async def _remember_check(self, table: str, name: str, condition: str) -> None:
        # PostgreSQL keeps a condition in words of its own; the declarations are compared with these.
        await self.execute(f"COMMENT ON CONSTRAINT {name} ON {table} IS {_literal(condition)}")

    async def add_index(self, table: str, columns: Sequence[str]) -> None:
        """An index that ``tenant_id`` leads."""
        plain = [re.sub(r"[^a-z0-9_]+", "_", column) for column in columns]
        name = f"{_checked(table)}_{'_'.join(plain)}_ix"
        await self.execute(f"CREATE INDEX {name[:63]} ON {table} (tenant_id, {', '.join(columns)})")


def migration_modules(package: str) -> list[str]:
    """The names of a package's migrations, in order. Raises ConfigurationError on a misnamed module.

    Numbers may be left out: several authors who work at once reserve their own. No number is used twice.
    """
    names = sorted(info.name for info in pkgutil.iter_modules(importlib.import_module(package).__path__))
    before = ""
    for name in names:
        if not re.fullmatch(r"m[0-9]{4}_[a-z0-9_]+", name):
            raise ConfigurationError(
                f"{package}.{name}: expected a name like m{migration_number(before) + 1:04d}_<what>"
            )
        if migration_number(name) == migration_number(before):
            raise ConfigurationError(f"{package}.{name}: {before} has the same number")
        before = name
    return names


def migration_number(name: str) -> int:
    """The number of a migration's module; 0 of no module."""
    return int(name[1:5] or 0)


async def migrate(
    owner_url: str,
    app_role: str,
    context_key: bytes,
    packages: Sequence[tuple[str, str]],
    *,
    previous_key: bytes | None = None,
    adopted: Collection[str] = (),
    failed: Callable[[str, str], Collection[str]] | None = None,
    finish: Callable[[Any], Awaitable[None]] | None = None,
    settle: Callable[[Schema], Awaitable[None]] | None = None,
) -> list[AppliedMigration]:
    """Bring the tables up to date. Safe when several nodes do it at once, and when nothing is to do.

    Args:
        owner_url: How to connect as the owner.
        app_role: The powerless role; must exist.
        context_key: The secret of the signed context.
        packages: (plugin name, package of migrations), in the order of ``requires``.
        previous_key: The secret before it, while it is being changed; see :func:`homeroom.database.keys.store_keys`.
        adopted: See :class:`Schema`.
        failed: Called with a plugin whose migration failed and the error; the others' then continue. It returns the
            plugins whose own must not run now, those that require it. Without it, the failure is raised.
        finish: Runs afterwards on the owner's connection, still under the lock.
        settle: Runs after that, in a transaction over the rows of all spaces.

    Returns:
        What ran now, in order.
    """
    connection = await asyncpg.connect(owner_url)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
        try:
            await _prepare(connection, app_role, Keys(context_key, previous_key))
            done = {(row["plugin"], row["name"]) for row in await connection.fetch("TABLE homeroom.migration")}
            applied: list[AppliedMigration] = []
            left_out: set[str] = set()
            for plugin, package in packages:
                if plugin in left_out:
                    continue
                name = package
                try:
                    for name in migration_modules(package):
                        if (plugin, name) not in done:
                            await _apply(connection, app_role, adopted, plugin, package, name)
                            applied.append(AppliedMigration(plugin, name))
                except Exception as error:
                    if failed is None or connection.is_closed():
                        raise
                    logger.exception("migration %s of plugin %s failed", name, plugin)
                    left_out.update(failed(plugin, f"its migration {name} fails: {type(error).__name__}: {error}"))
            await bound_date_columns(connection)
            if finish is not None:
                await finish(connection)
            if settle is not None:
                async with _over_all_spaces(connection):
                    await settle(Schema(connection, app_role, adopted))
            return applied
        finally:
            await connection.execute("SELECT pg_advisory_unlock($1)", LOCK)
    finally:
        await connection.close()


@asynccontextmanager
async def _over_all_spaces(connection: Any) -> AsyncIterator[None]:
    async with connection.transaction():
        await connection.execute("SET LOCAL homeroom.maintenance = 'on'; SET LOCAL search_path = public")
        yield


async def _apply(
    connection: Any, app_role: str, adopted: Collection[str], plugin: str, package: str, name: str
) -> None:
    module = importlib.import_module(f"{package}.{name}")
    async with _over_all_spaces(connection):
        await module.forwards(Schema(connection, app_role, adopted))
        await connection.execute("INSERT INTO homeroom.migration (plugin, name) VALUES ($1, $2)", plugin, name)


async def _prepare(connection: Any, app_role: str, keys: Keys) -> None:
    """The few things that must stand before the first migration; harmless to repeat."""
    async with connection.transaction():
        await connection.execute(_PREPARE)
        await connection.execute(
            "REVOKE ALL ON FUNCTION homeroom.applied_migrations() FROM PUBLIC;"
            f" GRANT EXECUTE ON FUNCTION homeroom.applied_migrations() TO {_quoted(app_role)};"
            "REVOKE ALL ON FUNCTION homeroom.signature_holds(text, text) FROM PUBLIC;"
            "REVOKE ALL ON FUNCTION homeroom.demand_proof() FROM PUBLIC;"
            "REVOKE ALL ON FUNCTION homeroom.proof_holds() FROM PUBLIC;"
            f" GRANT EXECUTE ON FUNCTION homeroom.proof_holds() TO {_quoted(app_role)}"
        )
        await store_keys(connection, keys)


# sha256(outer || sha256(inner || text)) is HMAC-SHA256 (RFC 2104, section 2). What is signed names the session: a
# signature that was read elsewhere opens nothing.
_PREPARE = """
CREATE SCHEMA IF NOT EXISTS homeroom;
GRANT USAGE ON SCHEMA homeroom TO PUBLIC;
CREATE TABLE IF NOT EXISTS homeroom.migration (
    plugin text NOT NULL, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (plugin, name));
COMMENT ON TABLE homeroom.migration IS 'global: tables are shared, so are their migrations';
CREATE TABLE IF NOT EXISTS homeroom.context_key (
    id integer PRIMARY KEY, inner_key bytea NOT NULL, outer_key bytea NOT NULL);
ALTER TABLE homeroom.context_key DROP CONSTRAINT IF EXISTS context_key_id_check;
ALTER TABLE homeroom.context_key ADD CONSTRAINT context_key_id_check CHECK (id IN (1, 2));
COMMENT ON TABLE homeroom.context_key IS 'global: the secrets that sign the contexts of all spaces';
CREATE OR REPLACE FUNCTION homeroom.signature_holds(what text, signature text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog AS $$
DECLARE
    signed bytea := convert_to(
        $1 || '|' || pg_backend_pid() || '.' || coalesce(current_setting('homeroom.session', true), ''), 'UTF8');
    key record;
BEGIN
    SELECT inner_key, outer_key INTO key FROM homeroom.context_key WHERE id = 1;
    IF encode(sha256(key.outer_key || sha256(key.inner_key || signed)), 'hex') = $2 THEN
        RETURN true;
    END IF;
    -- While the key is being changed, two are good.
    SELECT inner_key, outer_key INTO key FROM homeroom.context_key WHERE id = 2;
    RETURN FOUND AND encode(sha256(key.outer_key || sha256(key.inner_key || signed)), 'hex') = $2;
END $$;
CREATE OR REPLACE FUNCTION homeroom.space() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog AS $$
DECLARE
    context text := current_setting('homeroom.context', true);
    key record;
BEGIN
    IF context IS NULL OR context = '' THEN
        RETURN NULL;
    END IF;
    IF length(context) = 100 THEN
        -- What signature_holds does, without the call: this is on the way of every statement.
        SELECT inner_key, outer_key INTO key FROM homeroom.context_key WHERE id = 1;
        IF encode(sha256(key.outer_key || sha256(key.inner_key || convert_to(left(context, 36) || '|'
                || pg_backend_pid() || '.' || coalesce(current_setting('homeroom.session', true), ''), 'UTF8'))),
                'hex') = right(context, 64)
            OR homeroom.signature_holds(left(context, 36), right(context, 64)) THEN
            RETURN left(context, 36)::uuid;
        END IF;
    END IF;
    RAISE EXCEPTION 'the context is not signed for this session' USING ERRCODE = 'HR001';
END $$;
CREATE OR REPLACE FUNCTION homeroom.demand_proof() RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog AS $$
DECLARE
    proof text := current_setting('homeroom.proof', true);
BEGIN
    IF proof IS NULL OR proof = '' THEN
        RAISE EXCEPTION 'this function is not for this caller' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT homeroom.signature_holds('host', proof) THEN
        RAISE EXCEPTION 'the proof is not signed for this session' USING ERRCODE = 'HR001';
    END IF;
END $$;
CREATE OR REPLACE FUNCTION homeroom.proof_holds() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog AS $$
    SELECT coalesce(current_setting('homeroom.proof', true), '') <> ''
        AND homeroom.signature_holds('host', current_setting('homeroom.proof', true))
$$;
CREATE OR REPLACE FUNCTION homeroom.applied_migrations() RETURNS TABLE (plugin text, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
AS 'SELECT plugin, name FROM homeroom.migration';
"""


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ConfigurationError(f"not a name for a table or column: {name!r}")
    return name


def _quoted(role: str) -> str:
    return '"' + role.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
