"""The compiled form gives Casbin's answers, over generated policies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from random import Random

import casbin
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homeroom_policies import (
    READ,
    RUN,
    Access,
    Catalogue,
    CommandEntry,
    PolicySet,
    Reach,
    ResourceEntry,
    RoleLink,
    Rule,
    build_enforcer,
)

HERE, ELSEWHERE = "space-1", "space-2"
CALLER = "caller"
ROLES = ("principal", "registrar", "teacher", "student", "guardian")
SCOPES = ("school", "own_class", "own_teaching", "self")

CATALOGUE = Catalogue.of(
    ROLES,
    resources=[
        ResourceEntry(
            "Student",
            fields=frozenset({"name", "birth_date", "birth_place", "id_number"}),
            scopes=frozenset({"school", "own_class", "own_teaching", "self"}),
            restricted=frozenset({"id_number", "birth_place"}),
        ),
        ResourceEntry("Staff", fields=frozenset({"name", "salary"}), scopes=frozenset({"school", "self"})),
        # Nobody sees every message of a school: no scope `school`.
        ResourceEntry("Message", fields=frozenset({"text"}), scopes=frozenset({"self", "own_class"})),
    ],
    commands=[
        CommandEntry("gradebook.marks.enter", frozenset({"school", "own_teaching"})),
        CommandEntry("gradebook.round.open", frozenset({"school"})),
        CommandEntry("message.send", frozenset({"own_class", "self"})),
    ],
)

READ_OBJECTS = (
    "*", "S*", "St*", "Student", "Student.*", "Student.birth_*", "Student.name", "Student.id_number",
    "Staff", "Staff.salary", "Staff.*", "Message", "Message.text", "Nothing", "Student.nothing", "Nothing.*",
)  # fmt: skip
RUN_OBJECTS = (
    "*", "gradebook.*", "gradebook.marks.*", "gradebook.marks.enter", "gradebook.round.open", "message.send",
    "nothing.at.all", "Student",
)  # fmt: skip
ASKED = [
    *((READ, name) for name in ("Student", "Staff", "Message", "Nothing", "Student.", "*", "")),
    *((READ, f"Student.{part}") for part in ("name", "birth_date", "birth_place", "id_number", "nothing")),
    *((READ, name) for name in ("Staff.name", "Staff.salary", "Message.text", "Nothing.name")),
    *(
        (RUN, name)
        for name in ("gradebook.marks.enter", "gradebook.round.open", "message.send", "nothing.at")
    ),
    (RUN, "Student"),
    (READ, "gradebook.marks.enter"),
    ("export", "Student"),
]
ASKED_SCOPES = (*SCOPES, "nowhere")

spaces = st.sampled_from(("*", HERE, ELSEWHERE))
rules = st.one_of(
    st.builds(
        Rule,
        role=st.sampled_from((*ROLES, "nobody")),
        object=st.sampled_from(objects),
        action=st.just(action),
        scope=st.sampled_from((*SCOPES, "nowhere")),
        effect=st.sampled_from(("allow", "allow", "allow", "deny")),
        space=spaces,
    )
    for action, objects in ((READ, READ_OBJECTS), (RUN, RUN_OBJECTS))
)
policies = st.lists(rules, max_size=14)
links = st.lists(
    st.tuples(st.integers(0, len(ROLES) - 1), st.integers(0, len(ROLES) - 1), spaces)
    .filter(lambda pair: pair[0] < pair[1])
    .map(lambda pair: RoleLink(ROLES[pair[0]], ROLES[pair[1]], pair[2])),
    max_size=4,
)
held = st.frozensets(st.sampled_from((*ROLES, "nobody")), max_size=3)

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=150)


def _enforcer(policy: list[Rule], inherits: list[RoleLink], roles: Iterable[str]) -> casbin.Enforcer:
    return build_enforcer(policy, inherits, CATALOGUE, {CALLER: roles})


def _says(enforcer: casbin.Enforcer, action: str, name: str, scope: str) -> bool:
    """Casbin's decision; a field also wants its resource."""
    owner, dot, _ = name.partition(".")
    if action == READ and dot and not enforcer.enforce(CALLER, HERE, owner, READ, scope):
        return False
    answer: bool = enforcer.enforce(CALLER, HERE, name, action, scope)
    return answer


@given(policy=policies, inherits=links, roles=held)
@unhurried
def test_every_decision_is_casbins(
    policy: list[Rule], inherits: list[RoleLink], roles: frozenset[str]
) -> None:
    enforcer = _enforcer(policy, inherits, roles)
    access = PolicySet(policy, inherits, CATALOGUE, HERE).access(roles)
    for action, name in ASKED:
        for scope in ASKED_SCOPES:
            expected = _says(enforcer, action, name, scope)
            assert expected == access.allows(action, name, scope), (action, name, scope)


def _in_rows(reach: Reach, row: frozenset[str]) -> bool:
    """The rows that the SQL of a reach lets through, for a row that lies in the given scopes."""
    return bool(reach.allow_scopes & row) and not reach.deny_scopes & row


def _visible(access: Access, name: str, row: frozenset[str]) -> bool:
    owner, _, part = name.partition(".")
    entry = access.resources.get(owner)
    if entry is None or not _in_rows(entry.rows, row):
        return False
    return not part or (part in entry.fields and _in_rows(entry.fields[part], row))


@given(
    policy=policies,
    inherits=links,
    roles=held,
    name=st.sampled_from(
        ("Student", "Student.name", "Student.id_number", "Staff", "Staff.salary", "Message.text")
    ),
    lies_in=st.frozensets(st.sampled_from(SCOPES)),
)
@unhurried
def test_a_row_is_open_if_an_allowed_scope_has_it_and_no_denied_one(
    policy: list[Rule], inherits: list[RoleLink], roles: frozenset[str], name: str, lies_in: frozenset[str]
) -> None:
    """A denied scope takes its rows away even where another allows them; Casbin says which scopes are denied."""
    owner, dot, _ = name.partition(".")
    row = (lies_in | {"school"}) & CATALOGUE.resources[owner].scopes
    enforcer = _enforcer(policy, inherits, roles)
    # Somebody who is allowed everything and denied what the caller is denied: Casbin's "no" to them is a
    # deny.
    in_force = PolicySet(policy, inherits, CATALOGUE, HERE)
    denies = [rule for rule in in_force.rules if rule.effect == "deny" and rule.role in in_force.roles(roles)]
    allows = [Rule(CALLER, pattern, READ, scope) for pattern in ("*", f"{owner}.*") for scope in SCOPES]
    unless_denied = _enforcer([*(replace(rule, role=CALLER) for rule in denies), *allows], [], ())

    def open_by(wanted: str) -> bool:
        allowed = any(enforcer.enforce(CALLER, HERE, wanted, READ, scope) for scope in row)
        denied = any(not unless_denied.enforce(CALLER, HERE, wanted, READ, scope) for scope in row)
        return allowed and not denied

    expected = open_by(owner) and (not dot or open_by(name))
    access = PolicySet(policy, inherits, CATALOGUE, HERE).access(roles)
    assert expected == _visible(access, name, row)


@given(policy=policies, inherits=links, roles=held, order=st.randoms(use_true_random=False))
@unhurried
def test_equal_content_has_an_equal_key(
    policy: list[Rule], inherits: list[RoleLink], roles: frozenset[str], order: Random
) -> None:
    here = PolicySet(policy, inherits, CATALOGUE, HERE).access(roles)
    moved = {"*": "*", HERE: ELSEWHERE, ELSEWHERE: HERE}
    shuffled = [Rule(*r.content, space=moved[r.space], origin="district") for r in policy]
    order.shuffle(shuffled)
    there = PolicySet(
        shuffled, [RoleLink(x.role, x.inherits, moved[x.space]) for x in inherits], CATALOGUE, ELSEWHERE
    ).access(roles)
    assert here.key == there.key
    for action, name in ASKED:
        for scope in SCOPES:
            assert here.allows(action, name, scope) == there.allows(action, name, scope)
