"""A database with runs of rosters and lessons of earlier versions keeps them as runs of imports."""

from __future__ import annotations

import asyncpg
import pytest
from bookshelf.places import FreshDatabase

from homeroom.boot import migrate_database
from homeroom.database import migrations
from homeroom.database.ids import new_id
from homeroom.plugins import PluginRegistry


async def test_runs_of_rosters_become_runs_of_imports_and_rosters_stay_on(
    fresh_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, registry = fresh_database(), PluginRegistry.discover()
    every = migrations.migration_modules
    later = ("m0060_import_runs", "m0001_apart", "m0003_import_links")
    with monkeypatch.context() as patch:
        patch.setattr(
            migrations,
            "migration_modules",
            lambda package: [name for name in every(package) if name not in later and "_rosters" not in package],
        )
        await migrate_database(settings, registry, check=False)
    space, roster, lessons, undo, row = (new_id() for _ in range(5))
    connection = await asyncpg.connect(settings.owner_database_url)
    try:
        await connection.execute("SET homeroom.maintenance = 'on'; SET search_path = public")
        await connection.execute(
            "INSERT INTO homeroom.space"
            " (id, slug, kind, name, region, time_zone, locale, plugins, prepared, created_at)"
            " VALUES ($1, 'old', 'school', 'x', 'vn', 'UTC', 'vi', '{school}', '{school}', now())",
            space,
        )
        run = (
            "INSERT INTO roster_run (tenant_id, id, at, kind, system, format, report, undoes_id)"
            " VALUES ($1, $2, now(), $3, 'plan', $4, '{}', $5)"
        )
        await connection.execute(run, space, roster, "import", "oneroster-1.2", None)
        await connection.execute(run, space, lessons, "import", "lessons-csv", None)
        await connection.execute(run, space, undo, "undo", "lessons-csv", lessons)
        await connection.execute(
            "INSERT INTO roster_name (tenant_id, id, run_id, position, done, noun, name, row_id)"
            " VALUES ($1, $2, $3, 0, 'created', 'student', 'An', $4)",
            space, new_id(), roster, row,
        )  # fmt: skip
        await connection.execute(
            "INSERT INTO roster_change (tenant_id, id, run_id, table_name, row_id, new_values)"
            " VALUES ($1, $2, $3, 'student', $4, '{}')",
            space, new_id(), roster, row,
        )  # fmt: skip
        link = new_id()
        await connection.execute(
            "INSERT INTO roster_link (tenant_id, id, system, noun, source_id, row_id, record)"
            " VALUES ($1, $2, 'plan', 'student', 's1', $3, '{\"given\": \"An\"}')",
            space, link, row,
        )  # fmt: skip
        await connection.execute(
            "INSERT INTO roster_change (tenant_id, id, run_id, table_name, row_id, new_values)"
            " VALUES ($1, $2, $3, 'roster_link', $4, '{}')",
            space, new_id(), roster, link,
        )  # fmt: skip
        source, lesson = new_id(), new_id()
        keys = "conrelid = 'lesson_source'::regclass AND contype = 'f' AND conname LIKE '%lesson_id%'"
        key = await connection.fetchval(f"SELECT conname FROM pg_constraint WHERE {keys}")
        await connection.execute(f"ALTER TABLE lesson_source DROP CONSTRAINT {key}")  # the lesson need not be there
        await connection.execute(
            "INSERT INTO lesson_source (tenant_id, id, lesson_id, system, source_id, record, present)"
            " VALUES ($1, $2, $3, 'plan', 'l1', '{\"class\": \"6A\"}', false)",
            space, source, lesson,
        )  # fmt: skip
        await connection.execute(
            "INSERT INTO roster_change (tenant_id, id, run_id, table_name, row_id, new_values)"
            " VALUES ($1, $2, $3, 'lesson_source', $4, '{}')",
            space, new_id(), lessons, source,
        )  # fmt: skip
        rule = "INSERT INTO homeroom.space_rule (space_id, role, object, action, scope, effect)"
        await connection.execute(f"{rule} VALUES ($1, 'clerk', 'RosterRun', 'read', 'school', 'allow')", space)
        for each in ("school.roster.undo", "school.roster.export"):
            await connection.execute(f"{rule} VALUES ($1, 'clerk', $2, 'run', 'school', 'allow')", space, each)
        await connection.execute(f"{rule} VALUES ($1, 'clerk', 'school.calendar.*', 'run', 'school', 'deny')", space)
        await migrate_database(settings, registry)
        await connection.execute("SET homeroom.maintenance = 'on'; SET search_path = public")
        found = await connection.fetch("SELECT id, kind, command, system, state, undoes_id FROM import_run")
        assert {
            (roster, "import", "rosters.roster.import", "plan", "done", None),
            (lessons, "import", "calendar.lesson.import", "plan", "done", None),
            (undo, "undo", "calendar.lesson.import", "plan", "done", lessons),
        } == {tuple(each) for each in found}
        assert [("An", row)] == [tuple(each) for each in await connection.fetch("SELECT name, row_id FROM import_name")]
        changes = await connection.fetch("SELECT table_name, row_id FROM import_change WHERE run_id = $1", roster)
        assert {("student", row), ("import_link", link)} == {tuple(each) for each in changes}
        changes = await connection.fetch("SELECT table_name, row_id FROM import_change WHERE run_id = $1", lessons)
        assert [("import_link", source)] == [tuple(each) for each in changes]
        links = await connection.fetch(
            "SELECT id, command, system, noun, source_id, row_id, present, record ->> 'given', record ->> 'class'"
            " FROM import_link ORDER BY source_id DESC"
        )
        assert [
            (link, "rosters.roster.import", "plan", "student", "s1", row, True, "An", None),
            (source, "calendar.lesson.import", "plan", "lesson", "l1", lesson, False, None, "6A"),
        ] == [tuple(each) for each in links]
        rules = await connection.fetch("SELECT object FROM homeroom.space_rule WHERE space_id = $1", space)
        moved = {"calendar.year.plan*", "calendar.entry.change*", "calendar.entry.*"}
        assert {"ImportRun", "imports.run.undo", "rosters.roster.export", *moved} == {each["object"] for each in rules}
        plugins = await connection.fetchrow("SELECT plugins, prepared FROM homeroom.space WHERE id = $1", space)
        assert all({"calendar", "rosters"} <= set(each) for each in plugins)
    finally:
        await connection.close()
