"""What a change of rules does to people, before it is made: in the own space and in the schools of a district."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest_asyncio

from homeroom.callers import Space
from homeroom.host import Host
from homeroom.permissions import Rule
from homeroom.testing import Client, People

SET = """mutation($role: String!, $object: String!, $action: RuleAction!, $effect: RuleEffect!, $rehearse: Boolean) {
  setRule(input: {role: $role, object: $object, action: $action, effect: $effect, rehearse: $rehearse}) {
    errors { code field } } }"""
REMOVE = SET.replace("setRule", "removeRule").replace(", effect: $effect", "").replace(", $effect: RuleEffect!", "")
EFFECTS = """{ districtEffects { changes { role object before after } schools {
  slug people namesShown locksOut changes { name label gained people names concernsCaller } } } }"""
HERE = """query($role: String!, $object: String!, $action: RuleAction!, $effect: RuleEffect) {
  ruleEffects(role: $role, object: $object, action: $action, effect: $effect) {
    slug people namesShown locksOut changes { name gained people names concernsCaller } } }"""
APPLY = "mutation { applyDistrictPolicy(input: {}) { errors { code } } }"
WITHDRAW = (
    "mutation { withdrawDistrictRules(input: {}) { result { changes { object before after } } errors { code } } }"
)
GRANT = """mutation($login: String!, $school: String!) {
  grantInSchool(input: {login: $login, school: $school, role: "admin"}) { errors { code } } }"""
ORIGINS = {"role": "admin", "object": "tenants.origins.set", "action": "RUN"}
ENGLISH = {"Accept-Language": "en"}


@dataclass
class Places:
    """Two districts, each with a school that has one administrator, and the first one's head."""

    district: Space
    school: Space
    foreign: Space
    head: Client
    admin: Client


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def places(host: Host, make_space: Callable[..., Awaitable[Space]], as_role: People) -> Places:
    ours, theirs = await make_space("vn", kind="district"), await make_space("vn", kind="district")
    school, foreign = await make_space("vn"), await make_space("vn")
    for each, district in ((school, ours), (foreign, theirs)):
        await host.directory.join_district(each.id, district.id)  # type: ignore[attr-defined]
    await as_role.as_role(foreign, "admin")
    admin = await as_role.newcomer(school)
    account = await host.database.call("homeroom.account_of($1)", admin.login)
    await host.directory.add_member(school.id, account, roles=["admin"])
    head = await as_role.as_role(ours, "district_admin")
    return Places(ours, school, foreign, head, admin)


async def set_rule(client: Client, effect: str, **rule: Any) -> list[Any]:
    done = await client.gql(SET, **{**ORIGINS, **rule}, effect=effect)
    errors: list[Any] = done["setRule"]["errors"]
    return errors


async def test_a_district_sees_what_its_rules_do_in_each_school_before_they_hold(places: Places, host: Host) -> None:
    head, school = places.head, places.school
    assert {"changes": [], "schools": []} == (await head.gql(EFFECTS))["districtEffects"]
    assert [] == await set_rule(head, "DENY")
    found = (await head.gql(EFFECTS))["districtEffects"]
    assert [{"role": "admin", "object": "tenants.origins.set", "before": None, "after": "DENY"}] == found["changes"]
    (effect,) = found["schools"]  # and not the school of the other district
    (change,) = effect["changes"]
    assert (school.slug, 1, False, []) == (effect["slug"], effect["people"], effect["namesShown"], effect["locksOut"])
    assert ("tenants.origins.set", False, 1, []) == tuple(
        change[each] for each in ("name", "gained", "people", "names")
    )
    page = (await head.http.get("/pages/district-rules", headers=ENGLISH)).text
    assert "Schools: 1. People who gain or lose something: 1" in page
    assert school.name in page
    assert places.foreign.name not in page
    # Names are for callers who may see the members of the school.
    await head.gql(GRANT, login=head.login, school=school.slug)
    (effect,) = (await head.gql(EFFECTS))["districtEffects"]["schools"]
    assert (True, 2, 2) == (effect["namesShown"], effect["people"], len(effect["changes"][0]["names"]))
    assert effect["changes"][0]["concernsCaller"]
    assert "You are among those" in (await head.http.get("/pages/district-rules", headers=ENGLISH)).text
    await head.gql(GRANT.replace("grantInSchool", "revokeInSchool"), login=head.login, school=school.slug)
    # What is not applied is undone; the school never had it.
    back = (await head.gql(WITHDRAW))["withdrawDistrictRules"]
    assert ([], "DENY", None) == (
        back["errors"],
        back["result"]["changes"][0]["before"],
        back["result"]["changes"][0]["after"],
    )
    assert [{"code": "NOT_FOUND"}] == (await head.gql(WITHDRAW))["withdrawDistrictRules"]["errors"]
    assert [] == (await head.gql(EFFECTS))["districtEffects"]["changes"]


async def names_of(client: Client, **headers: str) -> list[tuple[bool, list[str]]]:
    """Whether names are shown in each school, and the names."""
    answer = await client.http.post("/graphql", json={"query": EFFECTS}, headers=headers)
    schools = answer.json()["data"]["districtEffects"]["schools"]
    return [(each["namesShown"], [name for one in each["changes"] for name in one["names"]]) for each in schools]


async def test_names_of_a_school_are_for_sessions_of_our_own_pages_that_may_read_them(
    places: Places, as_role: People, host: Host
) -> None:
    head, school = places.head, places.school
    await head.gql(GRANT, login=head.login, school=school.slug)
    assert [] == await set_rule(head, "DENY")
    both = sorted([head.login, places.admin.login])
    assert [(True, both)] == await names_of(head)
    # A token is for the district alone, and a listed origin is one that the district trusts, and not the school.
    program = await as_role.with_token(head, places.district)
    assert [(False, [])] == await names_of(program)
    page = "https://app.example"
    listing = "mutation($o: [String!]!) { setOrigins(input: {origins: $o}) { errors { code } } }"
    await head.gql(listing, o=[page])
    assert [(False, [])] == await names_of(head, Origin=page)
    assert [(True, both)] == await names_of(head)
    # A role that may list members without their names shows no names, there and to the district.
    directory: Any = host.directory
    hidden = Rule("admin", "SpaceMember.name", "read", "school", "deny")
    await directory.store.set_rule(school.id, hidden)
    directory.changed_space(school.id)
    assert [(False, [])] == await names_of(head)
    shown = (await places.admin.gql(HERE, **ORIGINS, effect="DENY"))["ruleEffects"]
    assert (False, []) == (shown["namesShown"], shown["changes"][0]["names"])
    await directory.store.remove_rule(school.id, hidden)
    directory.changed_space(school.id)
    assert [(True, both)] == await names_of(head)
    # Nobody is a caller in a school that is not open.
    for state, expected in (("suspended", (False, [])), ("open", (True, both))):
        async with host.database.transaction(school.id) as transaction:
            await transaction.call("homeroom.set_space_state($1, NULL, now())", state)
        directory.changed_space(school.id)
        assert [expected] == await names_of(head)
    await head.gql(GRANT.replace("grantInSchool", "revokeInSchool"), login=head.login, school=school.slug)
    assert not (await head.gql(WITHDRAW))["withdrawDistrictRules"]["errors"]


async def test_what_was_applied_is_known_and_a_way_back_is_shown(places: Places) -> None:
    head = places.head
    await set_rule(head, "DENY")
    assert not (await head.gql(APPLY))["applyDistrictPolicy"]["errors"]
    assert [] == (await head.gql(EFFECTS))["districtEffects"]["changes"]
    assert not (await head.gql(REMOVE, **ORIGINS))["removeRule"]["errors"]
    (effect,) = (await head.gql(EFFECTS))["districtEffects"]["schools"]
    assert [("tenants.origins.set", True)] == [(each["name"], each["gained"]) for each in effect["changes"]]
    back = (await head.gql(WITHDRAW))["withdrawDistrictRules"]
    assert ([], None, "DENY") == (
        back["errors"],
        back["result"]["changes"][0]["before"],
        back["result"]["changes"][0]["after"],
    )
    await head.gql(REMOVE, **ORIGINS)
    assert not (await head.gql(APPLY))["applyDistrictPolicy"]["errors"]


async def test_nobody_locks_everybody_out_of_the_rules(places: Places, as_role: People) -> None:
    locking = {"object": "policies.*", "action": "RUN"}
    for client, role in ((places.admin, "admin"), (places.head, "district_admin")):
        asked = (await client.gql(HERE, role=role, **locking, effect="DENY"))["ruleEffects"]
        assert ["RULES"] == asked["locksOut"]
        assert any(each["concernsCaller"] and not each["gained"] for each in asked["changes"])
        assert [{"code": "LOCKS_OUT", "field": "object"}] == await set_rule(client, "DENY", role=role, **locking)
    page = "/pages/rules?role=admin&object=policies.*&effect=DENY&scope=school"
    shown = (await places.admin.http.get(page, headers=ENGLISH)).text
    assert "could change rules any longer" in shown
    assert "Put the rule in force" not in shown
    harmless = (await places.admin.http.get(page.replace("policies.*", "tenants.origins.set"), headers=ENGLISH)).text
    assert "People who gain or lose something: 1" in harmless
    assert "/do/policies.rule.set?" in harmless
    wrong = await places.admin.http.get("/pages/rules?role=admin&object=nothing.here", headers=ENGLISH)
    assert "There is nothing with the name nothing.here here." in wrong.text


async def test_who_changes_rules_waits_for_others_who_do_and_sees_what_they_did(
    make_space: Callable[..., Awaitable[Space]], as_role: People, host: Host
) -> None:
    school = await make_space("vn")
    admin, _ = await as_role.as_role(school, "admin"), await as_role.as_role(school, "principal")
    assert [] == await set_rule(admin, "ALLOW", role="principal", object="policies.*")
    outside = contextvars.copy_context()
    waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)"
    async with host.database.transaction(school.id) as other:
        # Somebody else is just taking this right from the principals.
        await other.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"tenants.administrators {school.id}"
        )
        asked = asyncio.create_task(set_rule(admin, "DENY", object="policies.rule.set"), context=outside)
        while not asked.done() and not await other.fetchval(waiting):
            await asyncio.sleep(0.01)
        denied = Rule("principal", "policies.rule.set", "run", "school", "deny")
        await host.directory.store.set_rule(school.id, denied)  # type: ignore[attr-defined]
    assert [{"code": "LOCKS_OUT", "field": "object"}] == await asked


async def test_other_people_and_schools_ask_in_vain(places: Places, as_role: People) -> None:
    teacher = await as_role(places.school, "teacher")
    for path in ("/pages/rules", "/pages/roles", "/pages/district-rules", "/pages/members"):
        assert 404 == (await teacher.http.get(path)).status_code, path
    assert {"changes": [], "schools": []} == (await places.admin.gql(EFFECTS))["districtEffects"]


async def test_roles_are_shown_in_words(places: Places) -> None:
    page = (await places.admin.http.get("/pages/roles?role=teacher", headers=ENGLISH)).text
    assert "only: own class" in page
    assert 404 == (await places.admin.http.get("/pages/district-rules")).status_code
    vietnamese = (await places.admin.http.get("/pages/roles?role=teacher", headers={"Accept-Language": "vi"})).text
    assert "lớp mình chủ nhiệm" in vietnamese
    assert 200 == (await places.admin.http.get("/pages/roles?role=none")).status_code


async def test_members_are_found_by_role_and_the_last_administrator_stays(
    places: Places, as_role: People, host: Host
) -> None:
    teacher = await as_role(places.school, "teacher")
    page = (await places.admin.http.get("/pages/members?role=teacher", headers=ENGLISH)).text
    listed = "{ spaceMembers { nodes { id login } } }"
    ids = {each["login"]: each["id"] for each in (await places.admin.gql(listed))["spaceMembers"]["nodes"]}
    assert f'value="{ids[teacher.login]}"' in page
    assert f'value="{ids[places.admin.login]}"' not in page
    end = "mutation($who: [ID!]!) { endMemberships(input: {members: $who}) { errors { code field } } }"
    both = [ids[teacher.login], ids[places.admin.login]]
    refused = (await places.admin.gql(end, who=both))["endMemberships"]["errors"]
    assert [{"code": "LAST_ADMINISTRATOR", "field": "members"}] == refused
    assert [] == (await places.admin.gql(end, who=both[:1]))["endMemberships"]["errors"]
    found = {each["login"] for each in (await places.admin.gql(listed))["spaceMembers"]["nodes"]}
    assert teacher.login not in found
    assert places.admin.login in found
