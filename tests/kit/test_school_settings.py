"""Settings of a plugin: what each school has, who changes them, what is refused, and who sees what was changed."""

from __future__ import annotations

from typing import Any

import pytest
from talents.nouns import SETTINGS
from talents.tables import TalentReach

from homeroom.audit import AuditTrail
from homeroom.boot import migrate_database
from homeroom.callers import Space
from homeroom.context import Context
from homeroom.database.declarations import LiveTables
from homeroom.database.generate import next_migration
from homeroom.host import Host
from homeroom.settings import Settings
from homeroom.testing import People

pytestmark = pytest.mark.asyncio(loop_scope="session")

READ = "{ talentSettings { mostTalents lowestLevel contact version } }"
CHANGE = """
mutation($most: Int, $level: TalentReach, $contact: String, $version: Int) {
  changeTalentSettings(
    input: {mostTalents: $most, lowestLevel: $level, contact: $contact, expectedVersion: $version, reason: "the board"}
  ) {
    talentSettings { mostTalents lowestLevel contact } errors { code field }
  }
}"""
HISTORY = """{
  talentSettings { history { nodes { entry { login reason } oldValues newValues } } }
  auditLines { nodes { noun } }
}"""


async def read(bank: Host, school: Space) -> Any:
    """The settings as a command of the plugin reads them."""
    async with bank.database.transaction(school.id) as transaction:
        caller = bank.system_caller(school)
        return await SETTINGS.read(Context(bank, caller, transaction, AuditTrail("test"), bank.clock()))


async def test_a_new_migration_keeps_settings_to_one_row(bank: Host) -> None:
    written = next_migration(bank.registry.plugins["talents"], LiveTables({}, frozenset()), "Again").text
    assert '"singleton": "boolean NOT NULL DEFAULT true CHECK (singleton)",' in written


async def test_a_school_has_the_defaults_and_changes_them(
    bank: Host, make_school: Any, east: Space, people: People
) -> None:
    school = await make_school()
    teacher, registrar = await people(school, "teacher"), await people(school, "registrar")
    fresh = {"mostTalents": 50, "lowestLevel": "SCHOOL", "contact": "", "version": 1}
    assert {"talentSettings": fresh} == await teacher.gql(READ)
    assert ["FORBIDDEN"] == await teacher.refused(CHANGE, most=3)
    changed = (await registrar.gql(CHANGE, most=3, level="CITY"))["changeTalentSettings"]
    assert {"mostTalents": 3, "lowestLevel": "CITY", "contact": ""} == changed["talentSettings"]
    assert (3, TalentReach.CITY) == ((settings := await read(bank, school)).most_talents, settings.lowest_level)
    for wrong, error in (
        ({"most": 501}, {"code": "OUT_OF_RANGE", "field": "mostTalents"}),
        ({"most": None}, {"code": "REQUIRED", "field": "mostTalents"}),
        ({"contact": "x" * 101}, {"code": "TOO_LONG", "field": "contact"}),
        ({"contact": "Lan", "version": 1}, {"code": "CONFLICT", "field": "expectedVersion"}),
    ):
        assert [error] == (await registrar.gql(CHANGE, **wrong))["changeTalentSettings"]["errors"]
    assert {"talentSettings": fresh} == await (await people(east, "registrar")).gql(READ)


async def test_who_may_change_settings_sees_who_changed_what(make_school: Any, people: People) -> None:
    school = await make_school()
    registrar = await people(school, "registrar")
    await registrar.gql(CHANGE, most=7)
    seen = await registrar.gql(HISTORY)
    *_, last = seen["talentSettings"]["history"]["nodes"]
    assert {"login": registrar.login, "reason": "the board"} == last["entry"]
    assert (50, 7) == (last["oldValues"]["most_talents"], last["newValues"]["most_talents"])
    # The rest of the audit stays closed.
    assert {"talent_settings", "registry_settings", "appearance_settings"} >= {
        each["noun"] for each in seen["auditLines"]["nodes"]
    }


async def test_settings_reach_schools_that_have_the_plugin(
    bank: Host, database_settings: Settings, make_school: Any, people: People
) -> None:
    on, later = await make_school(), await make_school(plugins=("school",))
    async with bank.database.transaction(on.id) as transaction:
        await transaction.execute("DELETE FROM talent_settings")  # as before an update that declares settings
    registrar = await people(on, "registrar")
    assert {"talentSettings": None} == await registrar.gql(READ)
    assert 50 == (await read(bank, on)).most_talents
    await migrate_database(database_settings, bank.registry)
    assert 50 == (await registrar.gql(READ))["talentSettings"]["mostTalents"]
    await bank.directory.set_plugins(later.id, ["school", "talents"])
    assert 50 == (await (await people(later, "teacher")).gql(READ))["talentSettings"]["mostTalents"]
