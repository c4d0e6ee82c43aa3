"""A district is a space of its own: it reaches its schools by dated grants and by applied rules alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from homeroom.callers import Space
from homeroom.host import Host
from homeroom.testing import Client, People

GRANT = """mutation($login: String!, $school: String!, $role: String!) {
  grantInSchool(input: {login: $login, school: $school, role: $role}) { errors { code field } } }"""
REVOKE = GRANT.replace("grantInSchool", "revokeInSchool")
SET_RULE = """mutation($role: String!, $object: String!, $effect: RuleEffect!) {
  setRule(input: {role: $role, object: $object, action: READ, effect: $effect}) { errors { code field } } }"""
REMOVE_RULE = """mutation($role: String!, $object: String!) {
  removeRule(input: {role: $role, object: $object, action: READ}) { errors { code field } } }"""
APPLY = "mutation { applyDistrictPolicy(input: {}) { errors { code } } }"
ASK = "{ __typename }"


@dataclass
class District:
    """A district with one school, and its administrator."""

    space: Space
    school: Space
    admin: Client


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def district(host: Host, make_space: Callable[..., Awaitable[Space]], as_role: People) -> District:
    space, school = await make_space("vn", kind="district"), await make_space("vn")
    await host.directory.join_district(school.id, space.id)  # type: ignore[attr-defined]
    admin = await as_role.as_role(space, "district_admin")
    return District(space, school, admin)


def there(people: People, client: Client, space: Space) -> Client:
    """The same session at another school's address."""
    visitor = people.visitor(space)
    for name, value in client.http.cookies.items():
        visitor.http.cookies.set(name, value)
    return visitor


async def test_a_district_has_walls_and_no_school_in_it(district: District) -> None:
    assert "district" == district.space.kind
    assert {"tenants", "policies", "graphql"} <= district.space.plugins
    assert "school" not in district.space.plugins
    assert [] == await district.admin.refused(ASK)


async def test_a_grant_opens_a_school_of_the_district_and_no_other(
    district: District, school_a: Space, as_role: People
) -> None:
    at_school = there(as_role, district.admin, district.school)
    assert ["FORBIDDEN"] == await at_school.refused(ASK)
    done = await district.admin.gql(GRANT, login=district.admin.login, school=district.school.slug, role="principal")
    assert not done["grantInSchool"]["errors"]
    assert [] == await at_school.refused(ASK)
    done = await district.admin.gql(GRANT, login=district.admin.login, school=school_a.slug, role="principal")
    assert [{"code": "NOT_FOUND", "field": "school"}] == done["grantInSchool"]["errors"]
    assert ["FORBIDDEN"] == await there(as_role, district.admin, school_a).refused(ASK)
    done = await district.admin.gql(REVOKE, login=district.admin.login, school=district.school.slug, role="principal")
    assert not done["revokeInSchool"]["errors"]
    assert ["FORBIDDEN"] == await at_school.refused(ASK)


async def test_the_school_sees_in_its_own_audit_what_the_district_did(
    district: District, school_a: Space, host: Host
) -> None:
    async def trace(space: Space) -> list[tuple[str, str, str]]:
        async with host.database.transaction(space.id) as transaction:
            rows = await transaction.fetch(
                "SELECT command, login, arguments ->> 'district' AS district FROM audit_entry"
                " WHERE command LIKE 'tenants.district.%' OR command LIKE 'policies.district.%' ORDER BY id"
            )
            return [tuple(row) for row in rows]

    before, outside = await trace(district.school), await trace(school_a)
    asked = {"login": district.admin.login, "school": district.school.slug, "role": "registrar"}
    await district.admin.gql(GRANT, **asked)
    await district.admin.gql(REVOKE, **asked)
    await district.admin.gql(APPLY)
    names = ["tenants.district.grant", "tenants.district.revoke", "policies.district.apply"]
    expected = [(name, district.admin.login, district.space.slug) for name in names]
    assert expected == (await trace(district.school))[len(before) :]
    assert outside == await trace(school_a)


async def test_only_members_of_the_district_are_given_roles(
    district: District, school_a: Space, as_role: People
) -> None:
    stranger = await as_role.newcomer(school_a)
    done = await district.admin.gql(GRANT, login=stranger.login, school=district.school.slug, role="principal")
    assert [{"code": "NOT_FOUND", "field": "login"}] == done["grantInSchool"]["errors"]


async def test_a_school_is_no_district(school_a: Space, district: District, as_role: People) -> None:
    admin = await as_role.as_role(school_a, "admin")
    done = await admin.gql(GRANT, login=admin.login, school=district.school.slug, role="principal")
    assert [{"code": "NOT_FOUND", "field": "school"}] == done["grantInSchool"]["errors"]
    done = await admin.gql(APPLY)
    assert ["INVALID"] == [each["code"] for each in done["applyDistrictPolicy"]["errors"]]


async def test_applied_rules_hold_in_its_schools_and_are_taken_back(
    district: District, school_a: Space, host: Host
) -> None:
    store: Any = host.directory.store  # type: ignore[attr-defined]

    async def own(space: Space) -> list[tuple[str, str, str]]:
        row = next(each for each in await store.spaces() if each.id == space.id)
        return [(rule.role, rule.object, rule.effect) for rule in row.rules]

    outside = await own(school_a)
    run = """mutation { setRule(input: {role: "admin", object: "tenants.origins.set", action: RUN, effect: DENY}) {
      errors { code field } } }"""
    assert not (await district.admin.gql(run))["setRule"]["errors"]
    assert not (await district.admin.gql(APPLY))["applyDistrictPolicy"]["errors"]
    assert [("admin", "tenants.origins.set", "deny")] == await own(district.school)
    assert outside == await own(school_a)
    remove = """mutation { removeRule(input: {role: "admin", object: "tenants.origins.set", action: RUN}) {
      errors { code field } } }"""
    assert not (await district.admin.gql(remove))["removeRule"]["errors"]
    assert not (await district.admin.gql(APPLY))["applyDistrictPolicy"]["errors"]
    assert [] == await own(district.school)


async def test_a_district_sets_rules_for_what_its_schools_have_and_it_has_not(
    district: District, school_a: Space, as_role: People
) -> None:
    count = "{ students { totalCount } }"
    ours, theirs = await as_role.as_role(district.school, "principal"), await as_role.as_role(school_a, "principal")
    assert ([], []) == (await ours.refused(count), await theirs.refused(count))
    rule = {"role": "principal", "object": "Student", "effect": "DENY"}
    assert [] == (await district.admin.gql(SET_RULE, **rule))["setRule"]["errors"]
    # What a district sets does nothing before it is applied.
    assert [] == await ours.refused(count)
    await district.admin.gql(APPLY)
    assert "FORBIDDEN" in await ours.refused(count)
    assert [] == await theirs.refused(count)
    await district.admin.gql(REMOVE_RULE, role="principal", object="Student")
    await district.admin.gql(APPLY)
    assert [] == await ours.refused(count)


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"role": "prinzipal", "object": "Student"}, "role"),
        ({"role": "principal", "object": "Studnet"}, "object"),
        ({"role": "principal", "object": "Student.shoe_size"}, "object"),
    ],
)
async def test_a_district_that_names_what_no_plugin_has_is_told_so(
    district: District, rule: dict[str, str], field: str
) -> None:
    done = await district.admin.gql(SET_RULE, **rule, effect="DENY")
    assert [{"code": "INVALID", "field": field}] == done["setRule"]["errors"]


async def test_a_school_speaks_of_what_it_has_itself_alone(school_hk: Space, as_role: People) -> None:
    admin = await as_role.as_role(school_hk, "admin")
    done = await admin.gql(SET_RULE, role="principal", object="Gradebook", effect="DENY")
    assert [{"code": "INVALID", "field": "object"}] == done["setRule"]["errors"]


async def test_a_rule_waits_for_the_plugin_that_it_speaks_of(
    district: District, make_space: Callable[..., Awaitable[Space]], host: Host, as_role: People
) -> None:
    directory: Any = host.directory
    school = await make_space("hk")
    await directory.join_district(school.id, district.space.id)
    rule = {"role": "principal", "object": "Gradebook", "effect": "DENY"}
    assert [] == (await district.admin.gql(SET_RULE, **rule))["setRule"]["errors"]
    await district.admin.gql(APPLY)
    principal = await as_role.as_role(school, "principal")
    assert [] == await principal.refused("{ students { totalCount } }")
    await directory.set_plugins(school.id, ["hk", "school", "gradebook"])
    assert "FORBIDDEN" in await principal.refused("{ gradebooks { totalCount } }")
    await district.admin.gql(REMOVE_RULE, role="principal", object="Gradebook")
    await district.admin.gql(APPLY)
    assert [] == await principal.refused("{ gradebooks { totalCount } }")
