"""Code tables of a plugin: what schools have of them, how codes reach schools that are on, and what schools change."""

from __future__ import annotations

from typing import Any

import pytest
import talents.code_tables
from talents.code_tables import CATEGORIES, CODE_TABLES

from homeroom.boot import migrate_database
from homeroom.callers import Space
from homeroom.code_tables import CodeTable, titles
from homeroom.errors import ConfigurationError
from homeroom.host import Host
from homeroom.settings import Settings
from homeroom.testing import People

pytestmark = pytest.mark.asyncio(loop_scope="session")

CODES = """{
  codeValues(filter: {codeTable: {eq: "talents.category"}}) { nodes { id code title layer active version } }
}"""
ADD = """
mutation($table: String!, $code: String!, $title: String!, $titles: JSON) {
  addCode(input: {codeTable: $table, code: $code, title: $title, titles: $titles}) {
    codeValue { id code title titles } errors { code field }
  }
}"""
CHANGE = """
mutation($code: ID!, $title: String, $active: Boolean) {
  changeCode(input: {codeValue: $code, title: $title, active: $active}) {
    codeValue { title active } errors { code field }
  }
}"""
REMOVE = "mutation($code: ID!) { removeCode(input: {codeValue: $code}) { removed errors { code field } } }"
STUDENT = """
mutation {
  createStudent(input: {name: {familyName: "Chan", givenName: "An"}}) { student { id } errors { code field } }
}"""
TALENT = """
mutation($student: ID!, $category: String!) {
  createTalent(input: {student: $student, category: $category, title: "Plays"}) {
    talent { id category { code title } } errors { code field }
  }
}"""


async def codes(client: Any) -> dict[str, dict[str, Any]]:
    """The codes of the category, by code."""
    return {each["code"]: each for each in (await client.gql(CODES))["codeValues"]["nodes"]}


async def test_schools_start_with_declared_codes_in_their_language(east: Space, west: Space, people: People) -> None:
    ours, theirs = await codes(await people(east, "teacher")), await codes(await people(west, "teacher"))
    assert {"violin": ("Vĩ cầm", "STANDARD", True), "swimming": ("Bơi lội", "STANDARD", True)} == {
        code: (each["title"], each["layer"], each["active"]) for code, each in ours.items()
    }
    # Its region has a code more, and does not use another.
    assert {
        "violin": ("小提琴", "STANDARD", False),
        "swimming": ("游泳", "STANDARD", True),
        "pipa": ("琵琶", "REGION", True),
    } == {code: (each["title"], each["layer"], each["active"]) for code, each in theirs.items()}


async def test_a_school_adds_renames_and_retires_codes(east: Space, west: Space, people: People) -> None:
    teacher, registrar = await people(east, "teacher"), await people(east, "registrar")
    table = CATEGORIES.name
    assert ["FORBIDDEN"] == await teacher.refused(ADD, table=table, code="chess", title="Cờ vua")
    added = (await registrar.gql(ADD, table=table, code="chess", title="Cờ vua", titles={"en": "Chess"}))["addCode"]
    assert ("chess", {"en": "Chess"}) == (added["codeValue"]["code"], added["codeValue"]["titles"])
    student = (await registrar.gql(STUDENT))["createStudent"]["student"]["id"]
    made = (await registrar.gql(TALENT, student=student, category="chess"))["createTalent"]
    assert {"code": "chess", "title": "Cờ vua"} == made["talent"]["category"]
    code = added["codeValue"]["id"]
    removed = (await registrar.gql(REMOVE, code=code))["removeCode"]
    assert [{"code": "IN_USE", "field": "codeValue"}] == removed["errors"]
    renamed = (await registrar.gql(CHANGE, code=code, title="Cờ", active=False))["changeCode"]
    assert {"codeValue": {"title": "Cờ", "active": False}, "errors": []} == renamed
    refused = (await registrar.gql(TALENT, student=student, category="chess"))["createTalent"]
    assert [{"code": "INACTIVE_CODE", "field": "category"}] == refused["errors"]
    assert "chess" not in await codes(await people(west, "teacher"))
    their_registrar = await people(west, "registrar")
    foreign = (await their_registrar.gql(CHANGE, code=code, title="Ours"))["changeCode"]
    assert [{"code": "NOT_FOUND", "field": "codeValue"}] == foreign["errors"]


async def test_codes_that_cannot_be_are_refused(east: Space, people: People) -> None:
    registrar = await people(east, "registrar")
    for table, code, expected in (
        ("talents.category", "violin", [{"code": "DUPLICATE", "field": "code"}]),
        ("talents.category", "a b", [{"code": "BAD_FORMAT", "field": "code"}]),
        ("no.such", "a", [{"code": "UNKNOWN_CODE_TABLE", "field": "codeTable"}]),
    ):
        assert expected == (await registrar.gql(ADD, table=table, code=code, title="A"))["addCode"]["errors"]
    standard = (await codes(registrar))["violin"]["id"]
    answer = (await registrar.gql(REMOVE, code=standard))["removeCode"]
    assert [{"code": "NOT_OWN_CODE", "field": "codeValue"}] == answer["errors"]


async def test_the_host_is_notified_of_changed_declarations(bank: Host, east: Space) -> None:
    called = {hook for plugin, hook in bank.hooks.times if plugin in ("codes", "talents")}
    assert {"code_tables", "plugins_switched_on", "consent_purposes"} <= called
    assert ("school", "recipients") in bank.hooks.times
    received = {each.name for each in bank.registry.manager.get_hookcallers(bank.registry.plugins["codes"]) or ()}
    assert "declarations_changed" in received


async def test_tables_are_listed_in_the_readers_language(east: Space, west: Space, people: People) -> None:
    for school, title in ((east, "Loại năng khiếu"), (west, "才能類別")):
        tables = (await (await people(school, "teacher")).gql("{ codeTables { name title } }"))["codeTables"]
        assert {"name": "talents.category", "title": title} in tables


async def test_an_updated_plugin_brings_its_new_codes_to_schools_that_have_it(
    bank: Host, database_settings: Settings, make_school: Any, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    on, off = await make_school(), await make_school(plugins=("school",))
    registrar = await people(on, "registrar")
    violin = (await codes(registrar))["violin"]["id"]
    await registrar.gql(CHANGE, code=violin, title="Đàn", active=False)
    more = CodeTable(
        CATEGORIES.name, CATEGORIES.titles, {**CATEGORIES.codes, "drum": titles("Drum", "鼓", "鼓", "Trống")}
    )
    monkeypatch.setattr(talents.code_tables, "CODE_TABLES", (more, *CODE_TABLES[1:]))
    assert [] == await migrate_database(database_settings, bank.registry)
    found = await codes(registrar)
    assert ("Trống", "STANDARD", 1) == tuple(found["drum"][each] for each in ("title", "layer", "version"))
    # What the school has changed stays.
    assert ("Đàn", False) == (found["violin"]["title"], found["violin"]["active"])
    assert {} == await codes(await people(off, "registrar"))
    # Where it was off meanwhile, the codes come when it is switched on, again or for the first time.
    await bank.directory.set_plugins(on.id, ["school"])
    again = CodeTable(
        CATEGORIES.name, CATEGORIES.titles, {**more.codes, "flute": titles("Flute", "長笛", "长笛", "Sáo")}
    )
    monkeypatch.setattr(talents.code_tables, "CODE_TABLES", (again, *CODE_TABLES[1:]))
    await migrate_database(database_settings, bank.registry)
    assert "flute" not in await codes(registrar)
    for school in (on, off):
        await bank.directory.set_plugins(school.id, ["school", "talents"])
        assert {"drum", "flute"} <= (await codes(await people(school, "registrar"))).keys()


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        (CodeTable("talents.other", {"en": "Other"}), "is not there in vi"),
        (CodeTable("talents.none", region="hk", codes={"a": {"en": "A"}}), "no plugin that it requires declares it"),
        (CodeTable("talents.category", region="hk", unused=("gone",)), "it has no code gone"),
    ],
)
async def test_faults_of_declarations_are_named(table: CodeTable, fault: str) -> None:
    from homeroom.code_tables.declare import table_faults

    assert any(fault in each for each in table_faults(table, {CATEGORIES.name: CATEGORIES}))


async def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="expected a name like"):
        CodeTable("category")
