"""The catalogue finds nothing wrong with what migrations write, and every wall that somebody takes away."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
from bookshelf.places import FreshDatabase
from bookshelf.plugin import BookshelfPlugin

from homeroom.boot import migrate_database
from homeroom.database.catalogue import check
from homeroom.errors import WallError
from homeroom.plugins import PluginRegistry
from homeroom.settings import Settings


@pytest.fixture
def app_role(settings: Settings) -> str:
    """The powerless role's name."""
    name = urlsplit(str(settings.database_url)).username
    assert name is not None
    return name


async def faults(connection: Any, registry: PluginRegistry, app_role: str) -> list[str]:
    """What the catalogue says, as texts."""
    return [str(fault) for fault in await check(connection, registry, app_role)]


async def test_what_migrations_write_is_without_fault(
    tables: asyncpg.Connection, registry: PluginRegistry, app_role: str
) -> None:
    assert [] == await faults(tables, registry, app_role)


MUTATIONS = {
    "row security off": (
        "ALTER TABLE book DISABLE ROW LEVEL SECURITY",
        "public.book: row level security is not enabled",
    ),
    "not forced": (
        "ALTER TABLE book NO FORCE ROW LEVEL SECURITY",
        "public.book: row level security is not forced upon its owner",
    ),
    "no space policy": ("DROP POLICY space ON book", "public.book: lacks the policy space"),
    "no maintenance policy": ("DROP POLICY maintenance ON book", "public.book: lacks the policy maintenance"),
    "another policy": (
        "CREATE POLICY all_of_it ON book USING (true)",
        "public.book: the policy all_of_it opens more than the space",
    ),
    "a policy for reading alone": (
        (
            "DROP POLICY space ON book;"
            "CREATE POLICY space ON book FOR SELECT USING (tenant_id = (SELECT homeroom.space()))"
        ),
        "public.book: the policy space is another than the migrations write",
    ),
    "a policy that believes the context": (
        "ALTER POLICY space ON book USING (tenant_id = left(current_setting('homeroom.context'), 36)::uuid)",
        "public.book: the policy space is another than the migrations write",
    ),
    "a policy that lets everything be written": (
        "ALTER POLICY space ON book WITH CHECK (true)",
        "public.book: the policy space is another than the migrations write",
    ),
    "maintenance for everybody": (
        "ALTER POLICY maintenance ON book TO PUBLIC",
        "public.book: the policy maintenance is another than the migrations write",
    ),
    "a narrower primary key": (
        "ALTER TABLE loan DROP CONSTRAINT loan_pkey; ALTER TABLE loan ADD PRIMARY KEY (id)",
        "public.loan: the primary key loan_pkey does not begin with tenant_id",
    ),
    "a turned primary key": (
        "ALTER TABLE loan DROP CONSTRAINT loan_pkey; ALTER TABLE loan ADD PRIMARY KEY (id, tenant_id)",
        "public.loan: the primary key loan_pkey does not begin with tenant_id",
    ),
    "no primary key": ("ALTER TABLE loan DROP CONSTRAINT loan_pkey", "public.loan: has no primary key"),
    "a unique index over all spaces": (
        "CREATE UNIQUE INDEX book_number ON book (number)",
        "public.book: the unique index book_number does not begin with tenant_id",
    ),
    "a unique index over an expression": (
        "CREATE UNIQUE INDEX book_title ON book (lower(title), tenant_id)",
        "public.book: the unique index book_title does not begin with tenant_id",
    ),
    "an exclusion over all spaces": (
        "ALTER TABLE loan ADD CONSTRAINT loan_days EXCLUDE USING btree (day WITH =)",
        "public.loan: the unique index loan_days does not begin with tenant_id",
    ),
    "a foreign key that sees other spaces": (
        (
            "ALTER TABLE book ADD CONSTRAINT book_id_alone UNIQUE (id);"
            "ALTER TABLE loan ADD CONSTRAINT loan_plain FOREIGN KEY (book_id) REFERENCES book (id)"
        ),
        "public.loan: the foreign key loan_plain does not begin with tenant_id: it sees other spaces",
    ),
    "no foreign key": (
        "ALTER TABLE loan DROP CONSTRAINT loan_book_id_fk",
        "loan: the column book_id has no composite foreign key to book",
    ),
    "a space that may be missing": (
        "CREATE TABLE stray (tenant_id uuid, id uuid); ALTER TABLE stray ENABLE ROW LEVEL SECURITY",
        "public.stray: tenant_id must be uuid NOT NULL",
    ),
    "a space of another type": (
        "CREATE TABLE stray (tenant_id text NOT NULL, id uuid)",
        "public.stray: tenant_id must be uuid NOT NULL",
    ),
    "a table without a space": (
        "CREATE TABLE stray (id uuid PRIMARY KEY)",
        "public.stray: has no tenant_id, and is not declared as a global table",
    ),
    "a table without a space in a schema of its own": (
        "CREATE SCHEMA hidden; CREATE TABLE hidden.stray (id uuid PRIMARY KEY)",
        "hidden.stray: has no tenant_id, and is not declared as a global table",
    ),
    "an undeclared global table": (
        "CREATE TABLE homeroom.stray (id uuid); COMMENT ON TABLE homeroom.stray IS 'global: because'",
        "homeroom.stray: lies outside the spaces and no plugin declares it in global_tables",
    ),
    "a global table without a reason": (
        "COMMENT ON TABLE homeroom.opening_hours IS 'hours'",
        "homeroom.opening_hours: lies outside the spaces without a comment `global: <reason>`",
    ),
    "a global table with an empty reason": (
        "COMMENT ON TABLE homeroom.opening_hours IS 'global: '",
        "homeroom.opening_hours: lies outside the spaces without a comment `global: <reason>`",
    ),
    "a global table that is gone": (
        "DROP TABLE homeroom.opening_hours",
        "homeroom.opening_hours: is declared in global_tables, but is not there",
    ),
    "a global table that the application reads": (
        "GRANT SELECT ON homeroom.opening_hours TO {app}",
        "homeroom.opening_hours: {app} must not have SELECT on it",
    ),
    "one column of a global table": (
        "GRANT SELECT (inner_key) ON homeroom.context_key TO {app}",
        "homeroom.context_key: {app} must not have SELECT on it",
    ),
    "a global table that points into spaces": (
        (
            "ALTER TABLE homeroom.opening_hours ADD tenant_id uuid, ADD book_id uuid,"
            " ADD CONSTRAINT into_books FOREIGN KEY (tenant_id, book_id) REFERENCES book (tenant_id, id)"
        ),
        "homeroom.opening_hours: the foreign key into_books leads from outside the spaces into public.book",
    ),
    "truncate": ("GRANT TRUNCATE ON book TO {app}", "public.book: {app} must not have TRUNCATE on it"),
    "references": ("GRANT REFERENCES ON book TO {app}", "public.book: {app} must not have REFERENCES on it"),
    "trigger": ("GRANT TRIGGER ON book TO {app}", "public.book: {app} must not have TRIGGER on it"),
    "rights for everybody": (
        "GRANT SELECT ON book TO PUBLIC",
        "public.book: PUBLIC must have no rights on it, but has SELECT",
    ),
    "an audit that may be changed": (
        "GRANT UPDATE ON audit_line TO {app}",
        "public.audit_line: {app} must not have UPDATE on it",
    ),
    "one column of an audit that may be changed": (
        "GRANT UPDATE (login) ON audit_entry TO {app}",
        "public.audit_entry: {app} must not have UPDATE on it",
    ),
    "a schema to make tables in": (
        "GRANT CREATE ON SCHEMA homeroom TO {app}",
        "{app}: the application's role may create tables in the schema homeroom",
    ),
    "a view that reads as its owner": (
        "CREATE VIEW every_book AS SELECT * FROM book",
        "public.every_book: a view reads as its owner; it must be made WITH (security_invoker)",
    ),
    "a materialised view": (
        "CREATE MATERIALIZED VIEW every_book AS SELECT * FROM book",
        "public.every_book: materialised views and foreign tables have no row level security",
    ),
    "a function with any search path": (
        (
            "CREATE FUNCTION homeroom.peep() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT 1::bigint';"
            "REVOKE ALL ON FUNCTION homeroom.peep FROM PUBLIC"
        ),
        "homeroom.peep(): runs with its owner's rights and does not pin its search_path",
    ),
    "a function that temporary tables deceive": (
        (
            "CREATE FUNCTION homeroom.peep() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = homeroom"
            " AS 'SELECT 1::bigint'; REVOKE ALL ON FUNCTION homeroom.peep FROM PUBLIC"
        ),
        "homeroom.peep(): its search_path must be pg_catalog alone or end with pg_temp, not homeroom",
    ),
    "a function for everybody": (
        (
            "CREATE FUNCTION homeroom.peep() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog"
            " AS 'SELECT 1::bigint'"
        ),
        "homeroom.peep(): runs with its owner's rights and may be called by PUBLIC",
    ),
    "a known function given to everybody": (
        "GRANT EXECUTE ON FUNCTION homeroom.is_open TO PUBLIC",
        "homeroom.is_open(on_day date): runs with its owner's rights and may be called by PUBLIC",
    ),
    "a column of another type": (
        "ALTER TABLE book ALTER title TYPE text",
        "book: the column title is declared as character varying(200), but is text",
    ),
    "a column of another size": (
        "ALTER TABLE book ALTER price TYPE numeric(9, 2)",
        "book: the column price is declared as numeric(8,2), but is numeric(9,2)",
    ),
    "a column that may be empty": (
        "ALTER TABLE book ALTER title DROP NOT NULL",
        "book: the column title is declared as NOT NULL, but may be null",
    ),
    "a column that may not be empty": (
        "ALTER TABLE book ALTER note SET NOT NULL",
        "book: the column note is declared as null, but is NOT NULL",
    ),
    "a column that is gone": (
        "ALTER TABLE book DROP note",
        "book: the column note is declared, but no migration makes it",
    ),
    "a column that nobody declares": (
        "ALTER TABLE book ADD colour text",
        "book: the column colour is there, but is not declared in bookshelf.tables",
    ),
    "a table that is gone": (
        "DROP TABLE loan",
        "loan: is declared in bookshelf.tables, but no migration makes it",
    ),
}


@pytest.mark.parametrize("what", MUTATIONS)
async def test_each_missing_wall_is_found(
    tables: asyncpg.Connection, registry: PluginRegistry, app_role: str, what: str
) -> None:
    mutation, expected = (text.replace("{app}", app_role) for text in MUTATIONS[what])
    await tables.execute("SET LOCAL search_path = public")
    await tables.execute(mutation)
    assert expected in await faults(tables, registry, app_role)


async def test_a_view_that_reads_as_the_person_who_asks_is_fine(
    tables: asyncpg.Connection, registry: PluginRegistry, app_role: str
) -> None:
    await tables.execute("CREATE VIEW public.every_book WITH (security_invoker) AS SELECT * FROM public.book")
    assert [] == await faults(tables, registry, app_role)


async def test_a_role_that_owns_the_tables_is_not_powerless(
    tables: asyncpg.Connection, registry: PluginRegistry
) -> None:
    role = await tables.fetchval("SELECT current_user::text")
    found = await faults(tables, registry, role)
    assert f"public.book: belongs to {role}" in found
    assert f"public.book: {role} must not have REFERENCES, TRIGGER, TRUNCATE on it" in found


async def test_a_role_that_is_not_there_is_said(tables: asyncpg.Connection, registry: PluginRegistry) -> None:
    assert "nobody_at_all: there is no such role" in await faults(tables, registry, "nobody_at_all")


async def test_tables_of_a_plugin_that_was_taken_away_are_no_fault(tables: asyncpg.Connection, app_role: str) -> None:
    assert [] == await faults(tables, PluginRegistry.discover(installed=False), app_role)


async def test_migrate_fails_on_a_fault_and_names_it(fresh_database: FreshDatabase) -> None:
    settings = fresh_database()
    registry = PluginRegistry.discover([BookshelfPlugin()], installed=False)
    await migrate_database(settings, registry)
    connection = await asyncpg.connect(settings.owner_database_url)
    await connection.execute("ALTER TABLE book NO FORCE ROW LEVEL SECURITY")
    await connection.close()
    with pytest.raises(WallError, match=r"public\.book: row level security is not forced upon its owner"):
        await migrate_database(settings, registry)
