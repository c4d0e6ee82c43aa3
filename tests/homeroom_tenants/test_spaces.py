"""Making spaces, and what is on in them."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import asyncpg
import pytest

from homeroom.callers import Space
from homeroom.context import Context
from homeroom.database.migrations import Schema
from homeroom.errors import Refusal
from homeroom.hookspecs import hookimpl
from homeroom.host import Host
from homeroom.plugins import Plugin, PluginRegistry
from homeroom.refusals import INVALID
from homeroom.settings import Settings
from homeroom.testing import People
from homeroom_tenants.parting import rename_commands, switch_on_with

MakeSpace = Callable[..., Awaitable[Space]]


@pytest.mark.parametrize(
    ("region", "zone", "locale", "levels"),
    [
        ("vn", "Asia/Ho_Chi_Minh", "vi", [str(n) for n in range(1, 10)]),
        ("hk", "Asia/Hong_Kong", "zh-Hant-HK", [f"P{n}" for n in range(1, 7)]),
        ("cn", "Asia/Shanghai", "zh-Hans-CN", ["1", "2", "3", "4"]),
    ],
)
async def test_a_preset_makes_a_school_usable_at_once(
    region: str, zone: str, locale: str, levels: list[str], host: Host, make_space: MakeSpace
) -> None:
    space = await make_space(region)
    assert (zone, locale, region) == (space.time_zone.key, space.locale, space.region)
    assert {"school", region, "tenants", "policies", "graphql"} <= space.plugins
    async with host.database.transaction(space.id) as transaction:
        found = [row["code"] for row in await transaction.fetch("SELECT code FROM grade_level ORDER BY number")]
        assert levels == found
        assert 2 == await transaction.fetchval("SELECT count(*) FROM term")
        assert 1 == await transaction.fetchval(
            "SELECT count(*) FROM audit_entry WHERE command = 'tenants.space.create'"
        )
    assert space == await host.directory.space(space.slug)
    assert space in await host.directory.spaces()


async def test_a_school_without_the_gradebook_has_no_such_commands(host: Host, school_hk: Space) -> None:
    assert "gradebook" not in school_hk.plugins
    assert not [name for name in host.variant(school_hk.plugins).commands if name.startswith("gradebook.")]


async def test_a_plugin_that_was_a_part_of_another_is_on_where_that_one_is(
    host: Host, make_space: MakeSpace, database_settings: Settings
) -> None:
    whole, without = await make_space("vn", plugins=["school"]), await make_space("vn", plugins=[])
    connection = await asyncpg.connect(database_settings.owner_database_url)
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL homeroom.maintenance = 'on'")
            await connection.executemany(
                "INSERT INTO homeroom.space_rule (space_id, role, object, action, scope, effect)"
                " VALUES ($1, $2, $3, 'run', '', $4)",
                [
                    (whole.id, "registrar", "school.survey.take", "deny"),
                    (whole.id, "nurse", "school.*", "allow"),
                    (whole.id, "nurse", "school.surveyor.ask", "allow"),
                    (whole.id, "guard", "school.sur*", "deny"),
                ],
            )
        for _ in range(2):
            async with connection.transaction():
                await connection.execute("SET LOCAL homeroom.maintenance = 'on'")
                await switch_on_with(Schema(connection, "postgres"), "surveys", "school")
                await rename_commands(Schema(connection, "postgres"), "school.survey.", "surveys.survey.")
        on = "SELECT plugins, prepared FROM homeroom.space WHERE id = $1"
        stored = [tuple(await connection.fetchrow(on, each.id)) for each in (whole, without)]
        rules = await connection.fetch("SELECT object, effect FROM homeroom.space_rule WHERE space_id = $1", whole.id)
    finally:
        await connection.close()
    assert ([], []) == stored[1]
    for names in stored[0]:
        assert ("school", 1) == (names[0], names.count("surveys"))
    assert {
        ("surveys.survey.take", "deny"),
        ("school.*", "allow"),
        ("surveys.*", "allow"),
        ("school.surveyor.ask", "allow"),
        ("school.sur*", "deny"),
        ("surveys.survey.*", "deny"),
    } == {tuple(each) for each in rules}
    assert 6 == len(rules)


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("slug", {"slug": "Not A Slug"}),
        ("slug", {"slug": "www"}),
        ("slug", {"slug": ""}),
        ("name", {"name": " "}),
        ("name", {"name": "x\ny"}),
        ("region", {"region": "atlantis"}),
        ("kind", {"kind": "university"}),
        ("plugins", {"plugins": ["school", "no_such_plugin"]}),
    ],
)
async def test_a_bad_value_is_named_and_nothing_is_made(field: str, change: dict[str, Any], host: Host) -> None:
    before = len(await host.directory.spaces())
    values: dict[str, Any] = {"slug": f"s-{secrets.token_hex(4)}", "name": "School", "region": "vn"}
    with pytest.raises(Refusal) as caught:
        await host.directory.create_space(**{**values, **change})
    assert [field] == [problem.field for problem in caught.value.problems]
    assert before == len(await host.directory.spaces())


async def test_a_short_name_is_given_once(host: Host, school_a: Space) -> None:
    with pytest.raises(Refusal) as caught:
        await host.directory.create_space(slug=school_a.slug, name="Another", region="hk")
    assert "slug" == caught.value.problems[0].field
    found = await host.directory.space(school_a.slug)
    assert (school_a.id, school_a.name, school_a.region) == (found.id, found.name, found.region)


async def test_an_unknown_space_is_not_found(host: Host) -> None:
    with pytest.raises(Refusal):
        await host.directory.space("there-is-none")


class Careless(Plugin):
    """A plugin whose set-up fails."""

    name = "careless"
    title = "Fails when a space is created"

    @hookimpl
    async def space_created(self, context: Context, options: Mapping[str, Any]) -> None:
        raise Refusal(INVALID.with_text("this will not do"), "options")


async def test_a_plugin_that_cannot_set_up_leaves_no_space(host: Host, database_settings: Settings) -> None:
    from homeroom.boot import build_host

    careless = build_host(database_settings, PluginRegistry.discover([Careless()]))
    await careless.open()
    try:
        slug = f"s-{secrets.token_hex(4)}"
        with pytest.raises(Refusal):
            await careless.directory.create_space(slug=slug, name="School", region="vn", plugins=["school", "careless"])
        with pytest.raises(Refusal):
            await careless.directory.space(slug)
        made = await careless.directory.create_space(slug=slug, name="School", region="vn", plugins=["school"])
        assert slug == made.slug
    finally:
        await careless.close()


async def test_plugins_are_switched_with_what_they_require_and_rows_are_kept(
    host: Host, make_space: MakeSpace, as_role: People
) -> None:
    school = await make_space("vn", plugins=["school"])
    assert "gradebook" not in school.plugins
    principal = await as_role.as_role(school, "principal")
    ask = '{ __type(name: "Mutation") { fields { name } } }'
    before = {field["name"] for field in (await principal.gql(ask))["__type"]["fields"]}
    assert "enterMarks" not in before
    school = await host.directory.set_plugins(school.id, ["vn"])
    assert {"vn", "gradebook", "school"} <= school.plugins
    after = {field["name"] for field in (await principal.gql(ask))["__type"]["fields"]}
    assert "enterMarks" in after

    async def graded() -> int:
        async with host.database.transaction(school.id) as transaction:
            return int(await transaction.fetchval("SELECT count(*) FROM subject_grading"))

    prepared = await graded()
    assert prepared > 0  # switched on for the first time, it prepared itself by the region's preset
    school = await host.directory.set_plugins(school.id, ["school"])
    assert "gradebook" not in school.plugins
    assert prepared == await graded()
    await host.directory.set_plugins(school.id, ["vn"])
    assert prepared == await graded()
    with pytest.raises(Refusal):
        await host.directory.set_plugins(school.id, ["no_such_plugin"])


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("login", {"login": ""}),
        ("login", {"login": "mai tran"}),
        ("login", {"login": "mai\u200b"}),
        ("login", {"login": "x" * 201}),
        ("name", {"name": ""}),
        ("password", {"password": "short"}),
        ("password_hash", {"password_hash": "correct horse battery"}),
    ],
)
async def test_a_bad_account_is_refused_by_field(field: str, change: dict[str, str], host: Host) -> None:
    values = {"login": f"test-{secrets.token_hex(6)}", "name": "Mai", "password": "correct horse battery"}
    with pytest.raises(Refusal) as caught:
        await host.directory.create_account(**{**values, **change})
    assert [field] == [problem.field for problem in caught.value.problems]


async def test_a_login_is_given_once(host: Host) -> None:
    login = f"test-{secrets.token_hex(6)}"
    await host.directory.create_account(login=login, name="Mai")
    with pytest.raises(Refusal) as caught:
        await host.directory.create_account(login=f" {login.upper()}", name="Another")
    assert "login" == caught.value.problems[0].field


@pytest.mark.parametrize("roles", [[], ["wizard"], ["teacher", "wizard"]])
async def test_roles_must_exist_in_the_space(roles: list[str], host: Host, school_a: Space) -> None:
    account = await host.directory.create_account(login=f"test-{secrets.token_hex(6)}", name="Mai")
    with pytest.raises(Refusal) as caught:
        await host.directory.add_member(school_a.id, account, roles=roles)
    assert "roles" == caught.value.problems[0].field
