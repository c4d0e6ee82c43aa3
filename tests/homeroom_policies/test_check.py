"""A policy that names what does not exist is refused, and the error names the rule."""

from __future__ import annotations

import pytest

from homeroom.permissions import Rule
from homeroom_policies import (
    MAX_INHERITANCE,
    BadObject,
    Catalogue,
    CommandEntry,
    InheritanceTooDeep,
    PolicyError,
    PolicyLine,
    ResourceEntry,
    RoleCycle,
    UnknownAction,
    UnknownEffect,
    UnknownObject,
    UnknownRole,
    UnknownScope,
    check_policy,
)
from homeroom_policies.casbin_model import build_enforcer, model_text

CATALOGUE = Catalogue.of(
    ["teacher", *(f"step{n}" for n in range(12))],
    resources=[ResourceEntry("Student", frozenset({"name"}), frozenset({"school", "own_class"}))],
    commands=[CommandEntry("gradebook.marks.enter", frozenset({"school"}))],
)

GOOD = [
    Rule("teacher", "Student", "read", "own_class"),
    Rule("teacher", "Student.name", "read", "school"),
    Rule("teacher", "*", "read", "own_class"),
    Rule("teacher", "gradebook.*", "run", "school", "deny"),
]

BAD = [
    (Rule("janitor", "Student", "read", "school"), UnknownRole),
    (Rule("teacher", "Pupil", "read", "school"), UnknownObject),
    (Rule("teacher", "Pupil.*", "read", "school"), UnknownObject),
    (Rule("teacher", "Student.shoe_size", "read", "school"), UnknownObject),
    (Rule("teacher", "gradebook.marks.erase", "run", "school"), UnknownObject),
    (Rule("teacher", "Student", "run", "school"), UnknownObject),
    (Rule("teacher", "gradebook.marks.enter", "read", "school"), UnknownObject),
    (Rule("teacher", "Student", "read", "district"), UnknownScope),
    (Rule("teacher", "gradebook.marks.enter", "run", "own_class"), UnknownScope),
    (Rule("teacher", "Student", "export", "school"), UnknownAction),  # type: ignore[arg-type]
    (Rule("teacher", "Student", "read", "school", "maybe"), UnknownEffect),  # type: ignore[arg-type]
    (Rule("teacher", "", "read", "school"), BadObject),
    (Rule("teacher", "*.name", "read", "school"), BadObject),
    (Rule("teacher", "St*.name", "read", "school"), BadObject),
    (Rule("teacher", "grade*.enter", "run", "school"), BadObject),
]


@pytest.mark.parametrize("rule", GOOD, ids=str)
def test_a_good_rule_passes(rule: Rule) -> None:
    check_policy([PolicyLine(rule)], CATALOGUE)


@pytest.mark.parametrize(("rule", "error"), BAD, ids=str)
def test_a_bad_rule_is_refused_by_name(rule: Rule, error: type[PolicyError]) -> None:
    line = PolicyLine(rule, origin="homeroom_talent")
    with pytest.raises(error) as caught:
        check_policy([*map(PolicyLine, GOOD), line], CATALOGUE)
    assert error is type(caught.value)
    assert line is caught.value.about
    assert str(line) in str(caught.value)
    assert "homeroom_talent" in str(caught.value)


@pytest.mark.parametrize(("rule", "_error"), BAD, ids=str)
def test_casbin_lets_nothing_through_a_bad_rule(rule: Rule, _error: type[PolicyError]) -> None:
    enforcer = build_enforcer([PolicyLine(rule)], CATALOGUE)
    for name in ("Student", "Student.name", "gradebook.marks.enter"):
        for action in ("read", "run"):
            for scope in ("school", "own_class"):
                assert not enforcer.enforce("teacher", "space-1", name, action, scope)


def inherits(role: str, parent: str) -> PolicyLine:
    return PolicyLine(Rule(role, parent, "inherit"))


def test_a_role_that_nobody_declared_cannot_be_inherited() -> None:
    line = inherits("teacher", "wizard")
    with pytest.raises(UnknownRole) as caught:
        check_policy([line], CATALOGUE)
    assert line is caught.value.about


def test_roles_do_not_inherit_in_a_circle() -> None:
    ring = [inherits("step0", "step1"), inherits("step1", "step2"), inherits("step2", "step0")]
    with pytest.raises(RoleCycle):
        check_policy(ring, CATALOGUE)
    with pytest.raises(RoleCycle):
        check_policy([inherits("step0", "step0")], CATALOGUE)
    check_policy([*ring[:2], inherits("step0", "step2")], CATALOGUE)


def test_casbin_follows_the_longest_chain_that_is_allowed() -> None:
    chain = [inherits(f"step{n}", f"step{n + 1}") for n in range(MAX_INHERITANCE)]
    last = PolicyLine(Rule(f"step{MAX_INHERITANCE}", "Student", "read", "school"))
    check_policy([*chain, last], CATALOGUE)
    enforcer = build_enforcer([*chain, last], CATALOGUE, {"caller": ["step0"]})
    assert enforcer.enforce("caller", "space-1", "Student", "read", "school")
    too_long = [*chain, inherits(f"step{MAX_INHERITANCE}", f"step{MAX_INHERITANCE + 1}")]
    with pytest.raises(InheritanceTooDeep):
        check_policy(too_long, CATALOGUE)


def test_the_model_travels_with_the_package() -> None:
    assert "some(where (p.eft == allow)) && !some(where (p.eft == deny))" in model_text()
