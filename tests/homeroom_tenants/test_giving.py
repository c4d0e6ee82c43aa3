"""Nobody gives, takes away or extends more than they hold themselves, unless a right says so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from homeroom.callers import Space
from homeroom.host import Host
from homeroom.permissions import Access, Scopes, beyond
from homeroom.testing import Client, People
from homeroom_tenants.commands import remove_member

ADD = """mutation($login: String!, $roles: [String!]!, $until: DateTime, $person: ID) { addMember(input: {
  login: $login, roles: $roles, validUntil: $until, person: $person}) { errors { code field message } } }"""
REMOVE = """mutation($login: String!, $person: ID, $everything: Boolean) {
  removeMember(input: {login: $login, person: $person, everything: $everything}) { errors { code field } } }"""
INVITE = """mutation($roles: [String!]!) { inviteAccount(input: {address: "x@mail.example", roles: $roles}) {
  errors { code field } } }"""
SET = """mutation($role: String!, $object: String!, $action: RuleAction!, $effect: RuleEffect!) { setRule(input: {
  role: $role, object: $object, action: $action, effect: $effect}) { errors { code field } } }"""
UNSET = """mutation($role: String!, $object: String!, $action: RuleAction!) { removeRule(input: {
  role: $role, object: $object, action: $action}) { errors { code field } } }"""
GRANT = """mutation($login: String!, $school: String!, $role: String!) { grantInSchool(input: {
  login: $login, school: $school, role: $role}) { errors { code field } } }"""


async def errors(client: Client, document: str, **variables: Any) -> list[tuple[str, str | None]]:
    """What a mutation refuses."""
    (payload,) = (await client.gql(document, **variables)).values()
    return [(each["code"], each.get("field")) for each in payload["errors"]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def school(make_space: Callable[..., Awaitable[Space]], as_role: People) -> Space:
    """A school whose registrar keeps the members and sets rules, but is no administrator."""
    made = await make_space("vn")
    admin = await as_role.as_role(made, "admin")
    for right in ("tenants.*", "policies.*"):
        assert [] == await errors(admin, SET, role="registrar", object=right, action="RUN", effect="ALLOW")
    return made


@pytest.mark.parametrize("role", ["admin", "principal", "teacher"])
async def test_a_member_with_some_rights_gives_no_role_beyond_them(role: str, school: Space, as_role: People) -> None:
    registrar, other = await as_role.as_role(school, "registrar"), await as_role.newcomer(school)
    for login in (registrar.login, other.login):
        for roles in ([role], ["registrar", role]):
            assert [("INVALID", "roles")] == await errors(registrar, ADD, login=login, roles=roles)
    assert [("INVALID", "roles")] == await errors(registrar, INVITE, roles=[role])
    assert [] == await errors(registrar, ADD, login=other.login, roles=["registrar"])
    assert [] == await errors(registrar, REMOVE, login=other.login)


async def test_a_right_of_its_own_lets_one_role_be_given(school: Space, as_role: People) -> None:
    admin, registrar = await as_role.as_role(school, "admin"), await as_role.as_role(school, "registrar")
    other = await as_role.newcomer(school)
    right = {"role": "registrar", "object": "roles.give.teacher", "action": "RUN"}
    assert [("INVALID", "object")] == await errors(registrar, SET, **right, effect="ALLOW")
    assert [] == await errors(admin, SET, **right, effect="ALLOW")
    try:
        assert [] == await errors(registrar, ADD, login=other.login, roles=["teacher"])
        assert [("INVALID", "roles")] == await errors(registrar, ADD, login=other.login, roles=["teacher", "principal"])
        assert [] == await errors(registrar, REMOVE, login=other.login)
    finally:
        await errors(admin, UNSET, **right)


async def test_a_member_with_some_rights_takes_no_role_beyond_them_away(school: Space, as_role: People) -> None:
    admin, registrar = await as_role.as_role(school, "admin"), await as_role.as_role(school, "registrar")
    assert [("INVALID", "login")] == await errors(registrar, REMOVE, login=admin.login)
    # To replace a role is to take it away.
    assert [("INVALID", "roles")] == await errors(registrar, ADD, login=admin.login, roles=["registrar"])
    assert [] == await admin.refused("{ invitations { totalCount } }")


@pytest.mark.parametrize(
    ("role", "object", "action"),
    [
        ("registrar", "roles.give.*", "RUN"),
        ("registrar", "graphql.*", "RUN"),
        ("registrar", "AuditLine.*", "READ"),
        ("registrar", "admin", "INHERIT"),
        ("teacher", "admin", "INHERIT"),
        ("member", "webhooks.*", "RUN"),
        ("member", "*", "RUN"),
    ],
)
async def test_rules_give_nobody_what_their_author_may_not_do(
    role: str, object: str, action: str, school: Space, as_role: People
) -> None:
    registrar = await as_role.as_role(school, "registrar")
    rule = {"role": role, "object": object, "action": action}
    assert [("INVALID", "object")] == await errors(registrar, SET, **rule, effect="ALLOW")


async def test_rules_take_nothing_away_that_their_author_may_not_do(school: Space, as_role: People) -> None:
    admin, registrar = await as_role.as_role(school, "admin"), await as_role.as_role(school, "registrar")
    rule = {"role": "admin", "object": "webhooks.*", "action": "RUN"}
    assert [("INVALID", "object")] == await errors(registrar, SET, **rule, effect="DENY")
    # To remove a denial is to give.
    denial = {"role": "registrar", "object": "roles.give.*", "action": "RUN"}
    assert [] == await errors(admin, SET, role="registrar", object="roles.give.teacher", action="RUN", effect="ALLOW")
    assert [] == await errors(admin, SET, **denial, effect="DENY")
    try:
        assert [("INVALID", "object")] == await errors(registrar, UNSET, **denial)
        own = {"role": "teacher", "object": "Student", "action": "READ"}
        assert [] == await errors(registrar, SET, **own, effect="ALLOW")
        assert [] == await errors(registrar, UNSET, **own)
    finally:
        await errors(admin, UNSET, **denial)
        await errors(admin, UNSET, role="registrar", object="roles.give.teacher", action="RUN")


async def test_nobody_extends_a_role_of_their_own(school: Space, host: Host, as_role: People) -> None:
    deputy, admin = await as_role.newcomer(school), await as_role.as_role(school, "admin")
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)
    end = until.isoformat()
    assert [] == await errors(admin, ADD, login=deputy.login, roles=["admin"], until=end)
    for later in (None, (until + timedelta(days=1)).isoformat()):
        refused = await errors(deputy, ADD, login=deputy.login, roles=["admin"], until=later)
        assert [("INVALID", "validUntil")] == refused
    assert [] == await errors(deputy, ADD, login=deputy.login, roles=["admin"], until=end)
    assert [] == await errors(admin, ADD, login=deputy.login, roles=["admin"])


async def test_a_member_of_a_district_grants_nothing_beyond_their_own_rights(
    make_space: Callable[..., Awaitable[Space]], host: Host, as_role: People
) -> None:
    district, school = await make_space("vn", kind="district"), await make_space("vn")
    await host.directory.join_district(school.id, district.id)  # type: ignore[attr-defined]
    head, clerk = await as_role.as_role(district, "district_admin"), await as_role.as_role(district, "member")
    rule = {"role": "member", "object": "tenants.district.*", "action": "RUN", "effect": "ALLOW"}
    assert [] == await errors(head, SET, **rule)
    for role in ("admin", "principal", "teacher"):
        asked = {"login": clerk.login, "school": school.slug, "role": role}
        assert [("INVALID", "role")] == await errors(clerk, GRANT, **asked)
        assert [] == await errors(head, GRANT, **asked)
        assert [("INVALID", "role")] == await errors(clerk, GRANT.replace("grantIn", "revokeIn"), **asked)


_NAMES = ["a", "b", "c"]
_SCOPES = st.frozensets(st.sampled_from(["school", "own", "self"]), max_size=3)
_MANY = st.dictionaries(st.sampled_from(_NAMES), st.builds(Scopes, _SCOPES, _SCOPES))
_ACCESSES = st.builds(Access, st.just("key"), _MANY, _MANY, st.dictionaries(st.sampled_from(_NAMES), _MANY, max_size=2))


def rows(scopes: Scopes | None) -> frozenset[str]:
    """The rows that scopes open in a space where every row is in one of two scopes or in none."""
    if scopes is None:
        return frozenset()
    every = frozenset({"own", "self", "none"})
    reached = every if "school" in scopes.allow else scopes.allow & every
    return frozenset() if "school" in scopes.deny else reached - scopes.deny


@given(_ACCESSES, _ACCESSES)
def test_what_does_not_exceed_opens_no_further_row(given_: Access, held: Access) -> None:
    more = set(beyond(given_, held))
    for name in _NAMES:
        if name not in more:
            assert rows(given_.commands.get(name)) <= rows(held.commands.get(name))
            assert rows(given_.resources.get(name)) <= rows(held.resources.get(name))
        for part in _NAMES:
            if name not in more and f"{name}.{part}" not in more and name in given_.resources:
                assert rows(given_.field(name, part)) <= rows(held.field(name, part))


@given(_ACCESSES)
def test_nothing_exceeds_itself(access: Access) -> None:
    assert [] == list(beyond(access, access))


async def test_who_is_a_member_for_a_person_is_not_said_to_be_none(school: Space, as_role: People) -> None:
    admin, other = await as_role.as_role(school, "admin"), await as_role.newcomer(school)
    create = 'mutation { createStaff(input: {name: {givenName: "Lan"}, code: "L1"}) { staff { id } } }'
    registrar = await as_role.as_role(school, "registrar")
    person = (await registrar.gql(create))["createStaff"]["staff"]["id"]
    assert [] == await errors(admin, ADD, login=other.login, roles=["teacher"], person=person)
    assert [("PERSON_NEEDED", "person")] == await errors(admin, REMOVE, login=other.login)
    assert [] == await errors(admin, REMOVE, login=other.login, person=person)
    assert [("NOT_FOUND", "login")] == await errors(admin, REMOVE, login=other.login)
    # With a membership for nobody beside it, it is said which one ends, so that none is left by accident.
    for ways in (({"person": None}, {"person": person}), ({"everything": True},)):
        for whom in ({}, {"person": person}):
            assert [] == await errors(admin, ADD, login=other.login, roles=["teacher"], **whom)
        assert [("PERSON_NEEDED", "person")] == await errors(admin, REMOVE, login=other.login)
        for way in ways:
            assert [] == await errors(admin, REMOVE, login=other.login, **way)
        for way in ({}, {"person": None}, {"person": person}, {"everything": True}):
            assert [("NOT_FOUND", "login")] == await errors(admin, REMOVE, login=other.login, **way)


async def test_a_school_keeps_an_administrator(
    make_space: Callable[..., Awaitable[Space]], as_role: People, host: Host
) -> None:
    made = await make_space("vn")
    first, second = await as_role.as_role(made, "admin"), await as_role.newcomer(made)
    last = [("LAST_ADMINISTRATOR", "login")]
    assert last == await errors(first, REMOVE, login=first.login)
    assert last == await errors(first, REMOVE, login=first.login, everything=True)
    assert [("LAST_ADMINISTRATOR", "roles")] == await errors(first, ADD, login=first.login, roles=["teacher"])
    soon = (host.clock() + timedelta(days=1)).isoformat()
    assert [] == await errors(first, ADD, login=second.login, roles=["admin"], until=soon)
    assert [] == await errors(second, REMOVE, login=first.login)
    assert last == await errors(second, REMOVE, login=second.login)
    # The installation may close a space down.
    await host.execute(host.system_caller(made), remove_member, login=second.login)


async def test_a_school_lists_no_more_origins_than_servers_keep(school: Space, as_role: People) -> None:
    admin = await as_role.as_role(school, "admin")
    many = [f"https://a{each}.example" for each in range(101)]
    document = "mutation($of: [String!]!) { setOrigins(input: {origins: $of}) { errors { code field } } }"
    assert [("TOO_MANY", "origins")] == await errors(admin, document, of=many)
    assert [] == await errors(admin, document, of=many[:100])
    assert [] == await errors(admin, document, of=[])
