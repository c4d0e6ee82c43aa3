"""The compiled form gives Casbin's answers, over generated policies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from random import Random

import casbin
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homeroom.permissions import Access, Rule, Scopes
from homeroom_policies import (
    READ,
    RUN,
    Catalogue,
    CommandEntry,
    PolicyLine,
    ResourceEntry,
    allows,
    compile_access,
    rules_in,
    with_inherited,
)
from homeroom_policies.casbin_model import build_enforcer

HERE, ELSEWHERE = "space-1", "space-2"
CALLER = "caller"
#: The roles that callers hold; the others come by inheritance.
HELD = ("registrar", "teacher")
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
    "*", "S*", "St*", "Student", "Student", "Student", "Student.id_number", "Staff",
    "Message", "Student.name", "Student.*", "Student.birth_*", "Student.name", "Student.id_number",
    "Staff", "Staff.salary", "Staff.*", "Message", "Message.text", "Nothing", "Student.nothing", "Nothing.*",
)  # fmt: skip
RUN_OBJECTS = (
    "*", "gradebook.*", "gradebook.marks.*", "gradebook.marks.enter", "gradebook.round.open", "message.send",
    "nothing.at.all", "Student",
)  # fmt: skip
ASKED = [
    *((READ, name) for name in ("Student", "Staff", "Message", "Nothing", "*", "")),
    *((READ, f"Student.{part}") for part in ("name", "birth_date", "birth_place", "id_number")),
    *((READ, name) for name in ("Staff.name", "Staff.salary", "Message.text", "Nothing.name")),
    *((RUN, name) for name in ("gradebook.marks.enter", "gradebook.round.open", "message.send", "nothing.at")),
    (RUN, "Student"),
    (READ, "gradebook.marks.enter"),
    ("export", "Student"),
]

spaces = st.sampled_from(("*", "*", "*", HERE, ELSEWHERE))
rules = st.one_of(
    st.builds(
        PolicyLine,
        st.builds(
            Rule,
            role=st.sampled_from((*HELD, *HELD, *ROLES, "nobody")),
            object=st.sampled_from(objects),
            action=st.just(action),
            scope=st.sampled_from((*SCOPES, *SCOPES, "nowhere")),
            effect=st.sampled_from(("allow", "allow", "deny")),
        ),
        spaces,
    )
    for action, objects in ((READ, READ_OBJECTS), (RUN, RUN_OBJECTS))
)
policies = st.lists(rules, min_size=4, max_size=16)
links = st.lists(
    st.tuples(st.integers(0, len(ROLES) - 1), st.integers(0, len(ROLES) - 1), spaces)
    .filter(lambda pair: pair[0] < pair[1])
    .map(lambda pair: PolicyLine(Rule(ROLES[pair[0]], ROLES[pair[1]], "inherit"), pair[2])),
    max_size=4,
)
held = st.frozensets(st.sampled_from((*HELD, "principal", "nobody")), min_size=1, max_size=3)

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=100)


def _enforcer(policy: list[PolicyLine], inherits: list[PolicyLine], roles: Iterable[str]) -> casbin.Enforcer:
    return build_enforcer([*policy, *inherits], CATALOGUE, {CALLER: roles})


def _says(enforcer: casbin.Enforcer, action: str, name: str, scope: str) -> bool:
    """Casbin's decision; a field also wants its resource."""
    owner, dot, _ = name.partition(".")
    if action == READ and dot and not enforcer.enforce(CALLER, HERE, owner, READ, scope):
        return False
    answer: bool = enforcer.enforce(CALLER, HERE, name, action, scope)
    return answer


@given(policy=policies, inherits=links, roles=held)
@unhurried
def test_every_decision_is_casbins(policy: list[PolicyLine], inherits: list[PolicyLine], roles: frozenset[str]) -> None:
    enforcer = _enforcer(policy, inherits, roles)
    access = compile_access(rules_in(HERE, [*policy, *inherits]), roles, CATALOGUE)
    for action, name in ASKED:
        # What does not exist is asked for in every scope, what exists in those that it declares.
        for scope in CATALOGUE.scopes(action, name) or SCOPES:
            expected = _says(enforcer, action, name, scope)
            assert expected == allows(access, action, name, scope), (action, name, scope)


@given(policy=policies, inherits=links, roles=held)
@unhurried
def test_nothing_is_open_in_a_scope_that_has_no_predicate(
    policy: list[PolicyLine], inherits: list[PolicyLine], roles: frozenset[str]
) -> None:
    access = compile_access(rules_in(HERE, [*policy, *inherits]), roles, CATALOGUE)
    for name, scopes in access.resources.items():
        assert scopes.allow
        assert CATALOGUE.resources[name].scopes >= scopes.allow | scopes.deny
    for name, fields in access.fields.items():
        for scopes in fields.values():
            assert CATALOGUE.resources[name].scopes >= scopes.allow | scopes.deny
    for name, scopes in access.commands.items():
        assert scopes.allow
        assert CATALOGUE.commands[name].scopes >= scopes.allow | scopes.deny
    enforcer = _enforcer(policy, inherits, roles)
    for name in ("Student", "Student.nothing", "Student."):
        assert not enforcer.enforce(CALLER, HERE, name, READ, "nowhere" if name == "Student" else "school")


def _in_rows(scopes: Scopes | None, row: frozenset[str]) -> bool:
    """Whether the SQL made of these scopes lets a row through that lies in the given ones."""
    return scopes is not None and bool(scopes.allow & row) and not scopes.deny & row


def _visible(access: Access, name: str, row: frozenset[str]) -> bool:
    owner, _, part = name.partition(".")
    seen = _in_rows(access.resources.get(owner), row)
    return seen and (not part or _in_rows(access.field(owner, part), row))


@given(
    policy=policies,
    inherits=links,
    roles=held,
    name=st.sampled_from(("Student", "Student.name", "Student.id_number", "Staff", "Staff.salary", "Message.text")),
    lies_in=st.frozensets(st.sampled_from(SCOPES)),
)
@unhurried
def test_a_row_is_open_if_an_allowed_scope_has_it_and_no_denied_one(
    policy: list[PolicyLine],
    inherits: list[PolicyLine],
    roles: frozenset[str],
    name: str,
    lies_in: frozenset[str],
) -> None:
    """A denied scope takes its rows away even where another allows them; Casbin says which are denied."""
    owner, dot, _ = name.partition(".")
    row = (lies_in | {"school"}) & CATALOGUE.resources[owner].scopes
    enforcer = _enforcer(policy, inherits, roles)
    # Somebody allowed everything and denied what the caller is denied: Casbin's "no" to them is a deny.
    here = rules_in(HERE, [*policy, *inherits])
    reaching = with_inherited(roles, here)
    denies = [rule for rule in here if rule.effect == "deny" and rule.role in reaching]
    open_to_all = [Rule(CALLER, pattern, "read", scope) for pattern in ("*", f"{owner}.*") for scope in SCOPES]
    mixed = [*(replace(rule, role=CALLER) for rule in denies), *open_to_all]
    unless_denied = _enforcer([PolicyLine(rule) for rule in mixed], [], ())

    def open_by(wanted: str) -> bool:
        allowed = any(enforcer.enforce(CALLER, HERE, wanted, READ, scope) for scope in row)
        denied = any(not unless_denied.enforce(CALLER, HERE, wanted, READ, scope) for scope in row)
        return allowed and not denied

    expected = open_by(owner) and (not dot or open_by(name))
    access = compile_access(rules_in(HERE, [*policy, *inherits]), roles, CATALOGUE)
    assert expected == _visible(access, name, row)


@given(policy=policies, inherits=links, roles=held, order=st.randoms(use_true_random=False))
@unhurried
def test_equal_content_has_an_equal_key(
    policy: list[PolicyLine], inherits: list[PolicyLine], roles: frozenset[str], order: Random
) -> None:
    here = compile_access(rules_in(HERE, [*policy, *inherits]), roles, CATALOGUE)
    moved = {"*": "*", HERE: ELSEWHERE, ELSEWHERE: HERE}
    shuffled = [PolicyLine(line.rule, moved[line.space], "district") for line in policy]
    order.shuffle(shuffled)
    turned = [*shuffled, *(PolicyLine(line.rule, moved[line.space]) for line in inherits)]
    there = compile_access(rules_in(ELSEWHERE, turned), roles, CATALOGUE)
    assert here.key == there.key
    for action, name in ASKED:
        for scope in SCOPES:
            assert allows(here, action, name, scope) == allows(there, action, name, scope)
