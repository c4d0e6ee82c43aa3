"""What the database refuses is reported without the values that it was given, and without pages of tracebacks."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import asyncpg
import msgspec
import psycopg
import pytest
from commands import run

from homeroom import Refusal
from homeroom.callers import Space
from homeroom.database.ids import new_id
from homeroom.database.refusals import refusal_of
from homeroom.host import Host
from homeroom.languages import LANGUAGES
from homeroom.logs import log_handler
from homeroom.resources import camel_case
from homeroom.settings import Settings

CANARY = "Quillfeather"


async def _twice(host: Host, space: Space) -> None:
    async with host.database.transaction(space.id) as transaction:
        for _ in range(2):
            await transaction.execute("INSERT INTO campus (id, code, name) VALUES ($1, $2, $2)", new_id(), CANARY)


async def _no_number(host: Host, space: Space) -> None:
    async with host.database.transaction(space.id) as transaction:
        await transaction.execute("SELECT $1::text::int", CANARY)


async def _no_argument(host: Host, space: Space) -> None:
    async with host.database.transaction(space.id) as transaction:
        await transaction.execute("SELECT $1::int", CANARY)


async def _refused(host: Host, space: Space) -> None:
    try:
        await _twice(host, space)
    except asyncpg.PostgresError as error:
        refusal = refusal_of(error)
        assert refusal is not None
        raise refusal from error


_CONSTRAINTS = """
SELECT k.conname::text AS name, k.contype::text AS kind, c.relname::text AS "table",
       array(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0) AS columns
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('public', 'homeroom') AND k.contype IN ('c', 'f', 'p', 'u', 'x') ORDER BY 1
"""
_ERRORS: dict[str, type[asyncpg.PostgresError]] = {
    "c": asyncpg.CheckViolationError,
    "f": asyncpg.ForeignKeyViolationError,
    "p": asyncpg.UniqueViolationError,
    "u": asyncpg.UniqueViolationError,
    "x": asyncpg.ExclusionViolationError,
}


async def test_no_constraint_is_shown_by_its_name(host: Host, school_a: Space) -> None:
    """Whichever of them refuses a row: there is a refusal, and it names a column of the table or nothing."""
    async with host.database.transaction(school_a.id) as transaction:
        constraints = await transaction.fetch(_CONSTRAINTS)
    assert len(constraints) > 500
    assert _ERRORS.keys() == {each["kind"] for each in constraints}
    shown = []
    for each in constraints:
        error = _ERRORS[each["kind"]](f'violates the constraint "{each["name"]}"')
        error.constraint_name = each["name"]
        refusal = refusal_of(error)
        if refusal is None:
            shown.append(f"{each['name']}: no refusal")
            continue
        fields = {camel_case(column) for column in each["columns"]}
        for problem in refusal.problems:
            texts = [host.messages.text(problem.code, problem.values, language) for language in LANGUAGES]
            if any(each["name"] in text for text in texts) or problem.field not in {None, "", *fields}:
                shown.append(f"{each['table']}.{each['name']}: {problem.field} {texts[0]}")
    assert [] == shown


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize("fails", [_twice, _no_number, _no_argument, _refused])
async def test_the_log_names_the_place_and_not_the_values(
    host: Host, school_a: Space, fails: Callable[[Host, Space], Any], form: Literal["json", "console"]
) -> None:
    written = io.StringIO()
    handler = log_handler(form)
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    logger = logging.Logger("a test")  # noqa: LOG001 - nobody else shall hear it
    logger.addHandler(handler)
    try:
        await fails(host, school_a)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, Refusal):
        logger.exception("it failed")
    said = written.getvalue()
    assert CANARY not in said
    assert "Traceback" not in said
    assert 1 == len(said.splitlines())
    assert "homeroom.database.engine" in said
    if fails is _twice and form == "json":
        line = msgspec.json.decode(said)
        assert "UniqueViolationError 23505" in line["database_error"]
        assert "table=campus" in line["database_error"]


def test_other_errors_keep_their_traceback() -> None:
    written = io.StringIO()
    handler = log_handler("console")
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    logger = logging.Logger("a test")  # noqa: LOG001 - nobody else shall hear it
    logger.addHandler(handler)
    try:
        raise ValueError(CANARY)
    except ValueError:
        logger.exception("it failed")
    assert "Traceback" in written.getvalue()


def test_a_backup_names_the_table_that_is_not_the_owners(
    host: Host, database_settings: Settings, tmp_path: Path
) -> None:
    owner = psycopg.connect(str(database_settings.owner_database_url), autocommit=True)
    owner.execute("CREATE SCHEMA watching; CREATE TABLE watching.figure (n int)")
    owner.execute("REVOKE ALL ON watching.figure FROM CURRENT_USER")
    try:
        done = run(database_settings, "backup", str(tmp_path / "homeroom.dump"))
    finally:
        owner.execute("DROP SCHEMA watching CASCADE")
        owner.close()
    assert 1 == done.returncode
    assert "watching.figure" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "homeroom.dump").exists()
