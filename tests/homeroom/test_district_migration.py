"""A database with rules, roles and grants of earlier versions keeps them, each with its origin."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest
from bookshelf.places import FreshDatabase

from homeroom.boot import migrate_database
from homeroom.database import migrations
from homeroom.database.ids import new_id
from homeroom.plugins import PluginRegistry
from homeroom.settings import Settings


async def owner(settings: Settings) -> Any:
    """A connection as the owner in maintenance."""
    connection = await asyncpg.connect(settings.owner_database_url)
    await connection.execute("SET homeroom.maintenance = 'on'; SET search_path = public")
    return connection


async def test_what_a_district_had_applied_is_its_own_again(
    fresh_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, registry = fresh_database(), PluginRegistry.discover()
    every = migrations.migration_modules
    with monkeypatch.context() as patch:
        # The migrations that came before; the rest is the same.
        patch.setattr(
            migrations,
            "migration_modules",
            lambda package: [
                name for name in every(package) if package != "homeroom_tenants.migrations" or name < "m0014"
            ],
        )
        await migrate_database(settings, registry, check=False)
    district, first, second, joined = (new_id() for _ in range(4))
    account, membership = new_id(), new_id()
    connection = await owner(settings)
    try:
        for space, kind, of in (
            (district, "district", None), (first, "school", district), (second, "school", district),
            (joined, "school", district),
        ):  # fmt: skip
            await connection.execute(
                "INSERT INTO homeroom.space (id, slug, kind, name, region, time_zone, locale, plugins, prepared,"
                " district_id, created_at) VALUES ($1, $2, $3, 'x', 'vn', 'UTC', 'vi', '{}', '{}', $4, now())",
                space, f"s-{space.hex[-8:]}", kind, of,
            )  # fmt: skip
        rule = "INSERT INTO homeroom.space_rule VALUES ($1, $2, $3, 'read', 'school', $4, $5)"
        # One school has put its own rule in the place of the copy, of another rule both schools have.
        for space, role, noun, effect, of in (
            (district, "principal", "Staff", "deny", None),
            (first, "principal", "Staff", "deny", district),
            (second, "principal", "Staff", "allow", None),
            (district, "principal", "Room", "deny", None),
            (first, "principal", "Room", "allow", None),
            (second, "principal", "Room", "allow", None),
            (district, "principal", "Campus", "deny", None),
            (first, "teacher", "Room", "deny", None),
        ):
            await connection.execute(rule, space, role, noun, effect, of)
        entry = (
            "INSERT INTO audit_entry (tenant_id, id, at, login, via, command, arguments)"
            " VALUES ($1, $2, now() + $3::int * interval '1 minute', 'head', 'session', $4, $5)"
        )
        said = '{"role": "principal", "object": "%s", "action": "read"}'
        await connection.execute(entry, district, new_id(), 0, "policies.rule.set", said % "Room")
        await connection.execute(entry, district, new_id(), 1, "policies.district.apply", None)
        await connection.execute(entry, district, new_id(), 2, "policies.rule.set", said % "Campus")
        await connection.execute(
            "INSERT INTO homeroom.account (id, login, name, created_at) VALUES ($1, 'old', 'Old', now())", account
        )
        await connection.execute(
            "INSERT INTO homeroom.membership VALUES ($1, $2, $3, NULL, now())", membership, account, first
        )
        await connection.execute("INSERT INTO homeroom.membership_role VALUES ($1, 'teacher', NULL, NULL)", membership)
        await connection.execute(
            "INSERT INTO homeroom.district_grant VALUES ($1, $2, $3, $4, 'principal', NULL, NULL)",
            new_id(), district, account, second,
        )  # fmt: skip
    finally:
        await connection.close()

    await migrate_database(settings, registry)

    connection = await owner(settings)
    try:
        rows = await connection.fetch(
            "SELECT space_id, role, object, effect, district_id FROM homeroom.space_rule WHERE space_id <> $1", district
        )
        found = {tuple(row) for row in rows}
        applied = {
            (space, "principal", noun, "deny", district)
            for space in (first, second, joined)
            for noun in ("Staff", "Room")
        }
        own = {
            (second, "principal", "Staff", "allow", None),
            (first, "principal", "Room", "allow", None),
            (second, "principal", "Room", "allow", None),
            (first, "teacher", "Room", "deny", None),
        }
        assert applied | own == found
        assert 1 == await connection.fetchval("SELECT count(*) FROM homeroom.membership_role WHERE id IS NOT NULL")
        assert 1 == await connection.fetchval("SELECT count(*) FROM homeroom.district_grant")
    finally:
        await connection.close()
