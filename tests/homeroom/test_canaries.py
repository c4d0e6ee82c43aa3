"""`homeroom testing seed-canaries`: every free text of a school, and none of another's, and the school lives on."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from homeroom.callers import Space
from homeroom.custom import FieldKind
from homeroom.custom_fields.commands import CustomValueRow, define_custom_field, set_custom_values
from homeroom.database.declarations import declared_tables
from homeroom.host import Host
from homeroom.settings import Settings
from homeroom.testing.contents import contents_of
from homeroom.testing.people import People
from homeroom_demo.plans import SchoolPlan
from homeroom_demo.populate import Filled, populate
from homeroom_school.commands.people import NameInput, create_student
from in_process import homeroom

PREFIX = "Wren7"
_TEXTS = """
SELECT c.relname AS "table", a.attname AS name, format_type(a.atttypid, NULL) AS type
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind = 'r' AND n.nspname = 'public'
  AND format_type(a.atttypid, NULL) IN ('text', 'character varying', 'character', 'text[]', 'character varying[]',
                                        'json', 'jsonb')
  AND EXISTS (SELECT FROM pg_attribute o WHERE o.attrelid = c.oid AND o.attname = 'tenant_id')
"""


async def _seed(settings: Settings, *words: str) -> tuple[int, str, str]:
    return await _homeroom(settings, "testing", "seed-canaries", *words)


async def _homeroom(settings: Settings, *words: str) -> tuple[int, str, str]:
    done = homeroom(settings.environment(), *words)
    return done.returncode, done.stdout, done.stderr


async def _full(host: Host, make_space: Callable[..., Awaitable[Space]]) -> tuple[Space, Filled]:
    space = await make_space("vn")
    plan = SchoolPlan(space.slug, space.name, "vn", 6, 6, "{grade}A", class_size=3, staff=4)
    return space, await populate(host, space, plan, with_marks=True)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def seeded(
    host: Host, make_space: Callable[..., Awaitable[Space]], database_settings: Settings
) -> tuple[Space, Filled, list[dict[str, Any]]]:
    """A school full of canaries, and what the command line reported about each column; another school was looked at."""
    space, filled = await _full(host, make_space)
    other, _ = await _full(host, make_space)
    before = await contents_of(host, other)
    code, reported, errors = await _seed(database_settings, "--school", space.slug, "--prefix", PREFIX, "--json")
    assert 0 == code, errors
    assert before == await contents_of(host, other)
    return space, filled, json.loads(reported)


async def test_each_column_with_texts_carries_one_or_says_why_not(host: Host, seeded: Any) -> None:
    space, _, reported = seeded
    found: dict[tuple[str, str], list[str]] = {}
    async with host.database.transaction(space.id, read_only=True) as transaction:
        for column in await transaction.fetch(_TEXTS):
            table, name = column["table"], column["name"]
            rows = await transaction.fetch(f'SELECT DISTINCT "{name}"::text AS value FROM "{table}" LIMIT 2000')
            found[table, name] = [row["value"] for row in rows if row["value"] is not None]
    assert found.keys() == {(each["table"], each["column"]) for each in reported}
    for each in reported:
        values = found[each["table"], each["column"]]
        carrying = [value for value in values if f"{PREFIX} " in value]
        assert bool(carrying) == bool(each["rows"]), each
        if each["rows"]:
            assert each["text"].startswith(f"{PREFIX} ")
            assert each["column"] in each["text"] or "it holds" in each["reason"]
            assert any(each["text"] in value for value in carrying), each
        else:
            assert each["reason"], each


async def test_what_is_left_out_is_a_code_and_nothing_else(host: Host, seeded: Any) -> None:
    _, _, reported = seeded
    # The database may hold tables of other plugins, which this host does not know.
    ours = {table._meta.tablename for plugin in host.registry.in_order() for table in declared_tables(plugin)}
    reasons = {
        f"{each['table']}.{each['column']}": each["reason"]
        for each in reported
        if not each["rows"] and each["table"] in ours
    }
    others = {name: why for name, why in reasons.items() if not why.startswith(("one of ", "programs read it"))}
    assert {} == others


async def test_every_row_that_had_a_text_has_a_canary_now(host: Host, seeded: Any) -> None:
    space, _, _ = seeded
    async with host.database.transaction(space.id, read_only=True) as transaction:
        without = await transaction.fetchval("SELECT count(*) FROM student WHERE full_name NOT LIKE $1", f"{PREFIX} %")
        distinct = await transaction.fetchval("SELECT count(DISTINCT code) = count(*) FROM student")
    assert 0 == without
    assert distinct


async def test_the_school_lives_on(as_role: People, seeded: Any) -> None:
    space, filled, _ = seeded
    teacher = await as_role.as_role(space, "teacher", person=filled.homeroom_teacher)
    answer = await teacher.gql("{ students { totalCount nodes { fullName code subjectResults { nodes { score } } } } }")
    names = [each["fullName"] for each in answer["students"]["nodes"]]
    assert names
    assert all(name.startswith(f"{PREFIX} student.full_name") for name in names)
    registrar = await as_role.as_role(space, "registrar", person=filled.staff[1])
    made = await registrar.gql(
        "mutation($i: CreateSubjectInput!) { createSubject(input: $i) { subject { title } errors { message } } }",
        i={"code": "NEW", "title": "Weaving"},
    )
    assert [] == made["createSubject"]["errors"]


async def test_the_audit_tells_of_it_and_still_holds(
    host: Host, seeded: Any, database_settings: Settings, tmp_path: Path
) -> None:
    space, _, _ = seeded
    settings = msgspec.structs.replace(database_settings, audit_dir=tmp_path / "audit", audit_key="k" * 40)
    school = ("--school", space.slug)
    code, reported, _ = await _homeroom(settings, "audit", "list", *school, "--command", "testing.seed_canaries")
    assert (0, 1) == (code, len(reported.splitlines()))
    assert 0 == (await _homeroom(settings, "audit", "seal", *school))[0]
    code, reported, faults = await _homeroom(settings, "audit", "verify", *school)
    assert (0, "") == (code, faults)
    assert "nothing wrong" in reported


async def test_what_was_chosen_stays_and_what_was_written_carries_one(
    host: Host, make_space: Callable[..., Awaitable[Space]], as_role: People, database_settings: Settings
) -> None:
    """A school's own fields are still read in its own schema afterwards."""
    space = await make_space("vn")
    caller = host.system_caller(space)
    student = await host.execute(caller, create_student, name=NameInput("An", "Lê"), code="S1")
    for name, kind, codes in (("bus", FieldKind.CHOICE, ["red", "blue"]), ("note", FieldKind.TEXT, [])):
        await host.execute(
            caller, define_custom_field, noun="Student", name=name, kind=kind, title=name.title(), codes=codes
        )
    row = f"Student_{student}"
    rows = [CustomValueRow(row, "bus", "blue"), CustomValueRow(row, "note", "Ghi chú")]  # type: ignore[arg-type]
    caller = host.system_caller(await host.directory.space(space.slug))
    await host.execute(caller, set_custom_values, noun="Student", rows=rows)
    code, out, err = await _seed(database_settings, "--school", space.slug, "--prefix", PREFIX, "--json")
    assert 0 == code, out + err
    client = await as_role(space, "registrar")
    (found,) = (await client.gql("{ students { nodes { customBus customNote } } }"))["students"]["nodes"]
    assert ("BLUE", True) == (found["customBus"], found["customNote"].startswith(PREFIX))


@pytest.mark.parametrize("prefix", ["", "two words", "9nine", "%", "averyverylongprefix"])
async def test_a_prefix_that_would_not_be_found_is_refused(
    prefix: str, make_space: Callable[..., Awaitable[Space]], database_settings: Settings, host: Host
) -> None:
    space = await make_space("vn")
    before = await contents_of(host, space)
    code, _, errors = await _seed(database_settings, "--school", space.slug, "--prefix", prefix)
    assert 1 == code
    assert "field prefix" in errors
    assert before == await contents_of(host, space)
