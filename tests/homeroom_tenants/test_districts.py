"""A district is a space of its own: it reaches its schools by dated grants and by applied rules alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
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


async def test_a_district_sees_when_administrators_last_worked_in_the_school_itself(
    district: District, school_a: Space, host: Host, as_role: People
) -> None:
    async def seen() -> str | None:
        answer = await district.admin.gql("{ administratorsSeen { school seenAt } }")
        (line,) = answer["administratorsSeen"]
        assert district.school.slug == line["school"]
        at: str | None = line["seenAt"]
        return at

    async def works(client: Client) -> None:
        assert not (await client.gql('mutation { setLanguage(input: {language: "vi"}) { errors { code } } }'))[
            "setLanguage"
        ]["errors"]

    directory: Any = host.directory
    # An administrator of this school and of another works there, and not here: in the session, with a token, and on the
    # account, whose name the audit of both schools shows.
    admin = await as_role.newcomer(school_a)
    assert admin.account is not None
    for space in (school_a, district.school):
        await directory.add_member(space.id, admin.account, roles=["admin"])
    await works(admin)
    assert 204 == (await admin.http.post("/auth/name", json={"name": "Mai Lan"})).status_code
    await works(await as_role.with_token(admin, district.school))
    here = there(as_role, admin, district.school)
    assert [] == await here.refused("{ viewer { login } }")
    # What the district does to the school is done in the district.
    asked = {"login": district.admin.login, "school": district.school.slug, "role": "admin"}
    assert not (await district.admin.gql(GRANT, **asked))["grantInSchool"]["errors"]
    assert await seen() is None
    # A former administrator and a closed account count for nothing.
    former, closed = await as_role.newcomer(district.school), await as_role.newcomer(district.school)
    for each in (former, closed):
        assert each.account is not None
        await directory.add_member(district.school.id, each.account, roles=["admin"])
        await works(each)
    assert await seen() is not None
    await directory.add_member(district.school.id, former.account, roles=["teacher"])
    await directory.disable_account(closed.account)
    assert await seen() is None
    await works(there(as_role, district.admin, district.school))
    assert await seen() is not None
    assert not (await district.admin.gql(REVOKE, **asked))["revokeInSchool"]["errors"]
    assert await seen() is None
    await works(here)
    assert await seen() is not None


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
      result { gains losses } errors { code field } } }"""
    done = (await district.admin.gql(run))["setRule"]
    assert {"result": {"gains": [], "losses": ["tenants.origins.set"]}, "errors": []} == done
    # A rehearsal shows what would change, and changes nothing.
    change = {"object": "tenants.origins.set", "before": None, "after": "DENY"}
    for applying, held in ((APPLY.replace("{}", "{rehearse: true}"), []), (APPLY, [change["object"]])):
        wanted = "result { schools changes { object before after } } errors"
        shown = (await district.admin.gql(applying.replace("errors", wanted)))["applyDistrictPolicy"]
        assert {"result": {"schools": 1, "changes": [change]}, "errors": []} == shown
        assert held == [name for _, name, _ in await own(district.school)]
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
async def test_a_district_that_names_what_no_plugin_has_is_informed_so(
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


DENIED = {"role": "principal", "object": "Staff"}
COUNT_STAFF = "{ staffMembers { totalCount } }"
RULES = "{ policyRules { nodes { role object action scope effect origin district } } }"
LINES = """query($command: String!) { auditEntries(filter: {command: {eq: $command}}, last: 1) { nodes {
  login reason lines { nodes { noun oldValues newValues } } } } }"""


async def entry(client: Client, command: str) -> dict[str, Any]:
    """The latest audit entry of a command, as an administrator reads it."""
    found = (await client.gql(LINES.replace("last: 1", "first: 1"), command=command))["auditEntries"]["nodes"]
    assert found, command
    made: dict[str, Any] = found[0]
    return {**made, "lines": [(each["noun"], each["oldValues"], each["newValues"]) for each in made["lines"]["nodes"]]}


@pytest_asyncio.fixture(loop_scope="session")
async def denied(district: District) -> AsyncIterator[District]:
    """The district denies its principals a noun."""
    assert [] == (await district.admin.gql(SET_RULE, **DENIED, effect="DENY"))["setRule"]["errors"]
    assert [] == (await district.admin.gql(APPLY))["applyDistrictPolicy"]["errors"]
    yield district
    await district.admin.gql(REMOVE_RULE, **DENIED)
    await district.admin.gql(APPLY)


@pytest.mark.parametrize("role", ["admin", "principal"])
async def test_a_school_sees_the_rules_of_its_district_and_cannot_change_them(
    role: str, denied: District, as_role: People
) -> None:
    admin = await as_role.as_role(denied.school, "admin")
    head = await as_role.as_role(denied.school, *{role, "principal"})
    theirs = {"role": "principal", "object": "Staff", "action": "READ", "scope": "school", "effect": "DENY"}
    expected = {**theirs, "origin": "DISTRICT", "district": denied.space.slug}
    assert "FORBIDDEN" in await head.refused(COUNT_STAFF)
    assert [expected] == (await admin.gql(RULES))["policyRules"]["nodes"]
    done = await admin.gql(REMOVE_RULE, **DENIED)
    assert [{"code": "SET_BY_DISTRICT", "field": "object"}] == done["removeRule"]["errors"]
    assert [] == (await admin.gql(SET_RULE, **DENIED, effect="ALLOW"))["setRule"]["errors"]
    assert "FORBIDDEN" in await head.refused(COUNT_STAFF)
    listed = (await admin.gql(RULES))["policyRules"]["nodes"]
    assert expected in listed
    assert [("OWN", "ALLOW"), ("DISTRICT", "DENY")] == sorted(
        ((each["origin"], each["effect"]) for each in listed), reverse=True
    )
    assert [] == (await admin.gql(REMOVE_RULE, **DENIED))["removeRule"]["errors"]
    assert [expected] == (await admin.gql(RULES))["policyRules"]["nodes"]
    await denied.admin.gql(APPLY)
    assert "FORBIDDEN" in await head.refused(COUNT_STAFF)


async def test_a_school_narrows_what_its_district_allows(district: District, as_role: People) -> None:
    allowed = {"role": "student", "object": "Invitation"}
    count = "{ invitations { totalCount } }"
    student, admin = await as_role.as_role(district.school, "student"), await as_role.as_role(district.school, "admin")
    assert "FORBIDDEN" in await student.refused(count)
    await district.admin.gql(SET_RULE, **allowed, effect="ALLOW")
    await district.admin.gql(APPLY)
    assert [] == await student.refused(count)
    assert [] == (await admin.gql(SET_RULE, **allowed, effect="DENY"))["setRule"]["errors"]
    assert "FORBIDDEN" in await student.refused(count)
    assert [] == (await admin.gql(REMOVE_RULE, **allowed))["removeRule"]["errors"]
    assert [] == await student.refused(count)
    await district.admin.gql(REMOVE_RULE, **allowed)
    await district.admin.gql(APPLY)


async def test_a_school_has_the_rules_of_its_district_from_joining_until_it_leaves(
    denied: District, make_space: Callable[..., Awaitable[Space]], host: Host, as_role: People
) -> None:
    directory: Any = host.directory
    school = await make_space("vn")
    head, admin = await as_role.as_role(school, "principal"), await as_role.as_role(school, "admin")
    assert [] == await head.refused(COUNT_STAFF)
    await directory.join_district(school.id, denied.space.id)
    assert "FORBIDDEN" in await head.refused(COUNT_STAFF)
    joined = await entry(admin, "tenants.district.join")
    moved = [{"school": school.slug, "district": slug} for slug in (None, denied.space.slug)]
    assert ("space", *moved) in joined["lines"]
    assert ["space", "space_rule"] == sorted(noun for noun, _, _ in joined["lines"])
    await denied.admin.gql(GRANT, login=denied.admin.login, school=school.slug, role="registrar")
    assert [] == await there(as_role, denied.admin, school).refused(ASK)
    await directory.join_district(school.id, None)
    assert [] == await head.refused(COUNT_STAFF)
    assert [] == (await admin.gql(RULES))["policyRules"]["nodes"]
    assert ["FORBIDDEN"] == await there(as_role, denied.admin, school).refused(ASK)
    await directory.join_district(school.id, denied.space.id)
    # A grant ends with the school's leaving.
    assert ["FORBIDDEN"] == await there(as_role, denied.admin, school).refused(ASK)
    await directory.join_district(school.id, None)


async def test_a_rule_that_is_not_applied_does_not_hold_in_a_school_that_joins(
    district: District, make_space: Callable[..., Awaitable[Space]], host: Host, as_role: People
) -> None:
    school = await make_space("vn")
    await district.admin.gql(SET_RULE, **DENIED, effect="DENY")
    await host.directory.join_district(school.id, district.space.id)  # type: ignore[attr-defined]
    assert [] == await (await as_role.as_role(school, "principal")).refused(COUNT_STAFF)
    await district.admin.gql(REMOVE_RULE, **DENIED)


async def test_what_a_district_restricts_no_school_opens_by_other_means(district: District, as_role: People) -> None:
    admin = await as_role.as_role(district.school, "admin")
    sdl = (await admin.gql("{ __schema { mutationType { fields { name } } } }"))["__schema"]["mutationType"]["fields"]
    name = next(each["name"] for each in sdl if each["name"].lower() == "restrictgraphqldocuments")
    restrict = f"mutation($only: Boolean!) {{ {name}(input: {{listedOnly: $only}}) {{ errors {{ code }} }} }}"
    run = """mutation($role: String!, $object: String!) { setRule(input: {
        role: $role, object: $object, action: RUN, effect: ALLOW}) { errors { code field } } }"""
    teacher = await as_role.as_role(district.school, "teacher")
    assert [] == (await district.admin.gql(restrict, only=True))[name]["errors"]
    await district.admin.gql(APPLY)
    try:
        assert await teacher.refused(ASK)
        assert ["SET_BY_DISTRICT"] == [each["code"] for each in (await admin.gql(restrict, only=False))[name]["errors"]]
        for role, right in (("teacher", "graphql.unlisted"), ("member", "graphql.unlisted"), ("teacher", "graphql.*")):
            done = await admin.gql(run, role=role, object=right)
            assert ["SET_BY_DISTRICT"] == [each["code"] for each in done["setRule"]["errors"]], (role, right)
        assert [] == (await admin.gql(run, role="teacher", object="graphql.any"))["setRule"]["errors"]
        assert await teacher.refused(ASK)
    finally:
        await district.admin.gql(restrict, only=False)
        await district.admin.gql(APPLY)
    assert [] == await teacher.refused(ASK)


MEMBERS = """{ spaceMembers(first: 100) { nodes { login roles { nodes {
  role origin district validUntil grantedBy reason } } } } }"""


async def test_a_grant_is_among_the_members_of_the_school_with_its_origin(district: District, as_role: People) -> None:
    admin = await as_role.as_role(district.school, "admin")
    grant = """mutation($login: String!, $school: String!) { grantInSchool(input: {login: $login, school: $school,
        role: "principal", validUntil: "2099-07-31T00:00:00Z", reason: "deputy until July"}) { errors { code } } }"""
    login = district.admin.login
    assert [] == (await district.admin.gql(grant, login=login, school=district.school.slug))["grantInSchool"]["errors"]
    given = {
        "role": "principal",
        "validUntil": "2099-07-31T00:00:00+00:00",
        "grantedBy": login,
        "reason": "deputy until July",
    }
    rows = {each["login"]: each["roles"]["nodes"] for each in (await admin.gql(MEMBERS))["spaceMembers"]["nodes"]}
    assert [{**given, "origin": "DISTRICT", "district": district.space.slug}] == rows[login]
    assert "MEMBERSHIP" == rows[admin.login][0]["origin"]
    there_too = await district.admin.gql(
        """{ districtSchools { nodes { slug name region grants { nodes { login role validUntil grantedBy reason } } } }
        districtGrants { nodes { login role school { slug } } } }"""
    )
    schools = {each["slug"]: each for each in there_too["districtSchools"]["nodes"]}
    assert [{**given, "login": login}] == schools[district.school.slug]["grants"]["nodes"]
    assert district.school.slug in {each["school"]["slug"] for each in there_too["districtGrants"]["nodes"]}
    # The school reads what was done, why and until when, and so does the district.
    about = {"login": login, "school": district.school.slug, "role": "principal"}
    dated = {**about, "valid_from": None, "valid_until": "2099-07-31T00:00:00Z"}
    ours = await entry(admin, "tenants.district.grant")
    assert ("deputy until July", [("district_grant", None, dated)]) == (ours["reason"], ours["lines"])
    assert ours == await entry(district.admin, "tenants.district.grant")
    await district.admin.gql(REVOKE, login=login, school=district.school.slug, role="principal")
    ended = await entry(admin, "tenants.district.revoke")
    assert [("district_grant", dated, None)] == ended["lines"]
    assert login not in {each["login"] for each in (await admin.gql(MEMBERS))["spaceMembers"]["nodes"]}


async def test_one_school_reads_no_member_and_no_rule_of_another(
    denied: District, school_a: Space, as_role: People
) -> None:
    ours, theirs = await as_role.as_role(denied.school, "admin"), await as_role.as_role(school_a, "admin")
    logins = {each["login"] for each in (await theirs.gql(MEMBERS))["spaceMembers"]["nodes"]}
    assert theirs.login in logins
    assert ours.login not in logins
    assert [] == (await theirs.gql(RULES))["policyRules"]["nodes"]
    for role in ("teacher", "registrar"):
        somebody = await as_role.as_role(denied.school, role)
        assert "FORBIDDEN" in await somebody.refused(MEMBERS)
        assert "FORBIDDEN" in await somebody.refused(RULES)


async def test_an_applied_policy_is_in_the_audit_of_both_with_what_changed(district: District, as_role: People) -> None:
    admin = await as_role.as_role(district.school, "admin")
    rule = {"role": "principal", "object": "Staff", "action": "read", "scope": "school"}
    apply = 'mutation { applyDistrictPolicy(input: {reason: "by order 12"}) { errors { code } } }'
    await district.admin.gql(SET_RULE, **DENIED, effect="DENY")
    await district.admin.gql(apply)
    for client in (admin, district.admin):
        seen = await entry(client, "policies.district.apply")
        assert "by order 12" == seen["reason"]
        assert [("space_rule", None, {**rule, "effect": "deny"})] == seen["lines"]
    await district.admin.gql(SET_RULE, **DENIED, effect="ALLOW")
    own = await entry(district.admin, "policies.rule.set")
    assert [("space_rule", {**rule, "effect": "deny"}, {**rule, "effect": "allow"})] == own["lines"]
    await district.admin.gql(REMOVE_RULE, **DENIED)
    await district.admin.gql(apply)
    assert [("space_rule", {**rule, "effect": "deny"}, None)] == (await entry(admin, "policies.district.apply"))[
        "lines"
    ]


async def test_a_membership_is_in_the_audit_with_its_roles_and_dates_before_and_after(
    school_a: Space, as_role: People
) -> None:
    admin, somebody = await as_role.as_role(school_a, "admin"), await as_role.newcomer(school_a)
    add = """mutation($login: String!, $roles: [String!]!, $until: DateTime) { addMember(input: {
        login: $login, roles: $roles, validUntil: $until}) { errors { code field } } }"""
    remove = "mutation($login: String!) { removeMember(input: {login: $login}) { errors { code } } }"

    def held(role: str, until: str | None) -> dict[str, Any]:
        dates = [{"role": role, "valid_from": None, "valid_until": until}]
        return {"login": somebody.login, "person": None, "roles": [role], "dates": dates}

    july = "2099-07-31T00:00:00Z"
    assert [] == (await admin.gql(add, login=somebody.login, roles=["teacher"], until=july))["addMember"]["errors"]
    assert [("membership", None, held("teacher", july))] == (await entry(admin, "tenants.member.add"))["lines"]
    await admin.gql(add, login=somebody.login, roles=["registrar"])
    changed = await entry(admin, "tenants.member.add")
    assert [("membership", held("teacher", july), held("registrar", None))] == changed["lines"]
    await admin.gql(remove, login=somebody.login)
    assert [("membership", held("registrar", None), None)] == (await entry(admin, "tenants.member.remove"))["lines"]
    # A login that exists elsewhere and one that exists nowhere are one answer.
    for login in (somebody.login, "nobody-at-all"):
        assert [{"code": "NOT_FOUND"}] == (await admin.gql(remove, login=login))["removeMember"]["errors"]


async def test_a_refusal_does_not_tell_whether_a_login_exists_elsewhere(
    school_a: Space, district: District, as_role: People
) -> None:
    admin, board = await as_role.as_role(school_a, "admin"), await as_role.as_role(district.space, "district_admin")
    elsewhere = await as_role.newcomer(school_a)
    add = """mutation($l: String!, $r: [String!]!) { addMember(input: {login: $l, roles: $r}) {
        errors { code message field } } }"""
    grant = """mutation($l: String!, $s: String!, $r: String!) { grantInSchool(input: {
        login: $l, school: $s, role: $r}) { errors { code message field } } }"""
    revoke = """mutation($l: String!, $s: String!) { revokeInSchool(input: {login: $l, school: $s, role: "principal"}) {
        errors { code message field } } }"""
    here = district.school.slug

    async def answers(login: str) -> list[Any]:
        return [
            await admin.gql(add, l=login, r=["no such role"]),
            await board.gql(grant, l=login, s="no-such-school", r="principal"),
            await board.gql(grant, l=login, s=here, r="no such role"),
            await board.gql(grant, l=login, s=here, r="principal"),
            await board.gql(revoke, l=login, s=here),
            await board.gql(revoke, l=login, s="no-such-school"),
        ]

    assert await answers(f"nobody-{elsewhere.login}") == await answers(elsewhere.login)
