"""Worked examples of what rules open."""

from __future__ import annotations

import timeit
from datetime import UTC, datetime

import pytest

from homeroom_policies import DENY, Catalogue, CommandEntry, PolicySet, ResourceEntry, RoleLink, Rule

STUDENT_SCOPES = frozenset({"school", "own_class", "own_teaching", "self", "children"})
CATALOGUE = Catalogue.of(
    ["admin", "principal", "teacher", "student", "guardian", "substitute"],
    resources=[
        ResourceEntry(
            "Student",
            fields=frozenset({"name", "birth_date", "id_number"}),
            scopes=STUDENT_SCOPES,
            restricted=frozenset({"id_number"}),
        ),
        ResourceEntry("Staff", fields=frozenset({"name", "salary"}), scopes=frozenset({"school", "self"})),
    ],
    commands=[
        CommandEntry("gradebook.marks.enter", frozenset({"school", "own_teaching"})),
        CommandEntry("gradebook.round.open", frozenset({"school"})),
    ],
)


def access(*rules: Rule, roles: tuple[str, ...] = ("teacher",), links: tuple[RoleLink, ...] = ()):  # type: ignore[no-untyped-def]
    return PolicySet(rules, links, CATALOGUE, "space-1").access(roles)


def test_without_a_rule_nothing_is_open() -> None:
    nothing = access()
    assert {} == dict(nothing.resources)
    assert {} == dict(nothing.commands)
    assert not nothing.may_read("Student", "school")


def test_a_rule_on_a_resource_opens_its_fields_except_restricted_ones() -> None:
    student = access(Rule("teacher", "Student", "read", "own_teaching")).resources["Student"]
    assert frozenset({"own_teaching"}) == student.allow_scopes
    assert {"name", "birth_date"} == set(student.fields)
    assert not student.may_read("id_number")
    assert student.narrowed("name") is None


def test_a_field_can_be_granted_in_fewer_scopes_than_its_rows() -> None:
    student = access(
        Rule("teacher", "Student", "read", "own_teaching"),
        Rule("teacher", "Student", "read", "own_class"),
        Rule("teacher", "Student.id_number", "read", "own_class"),
    ).resources["Student"]
    narrowed = student.narrowed("id_number")
    assert narrowed is not None
    assert frozenset({"own_class"}) == narrowed.allow_scopes
    assert frozenset({"own_class", "own_teaching"}) == student.allow_scopes


def test_every_field_includes_the_restricted_ones() -> None:
    student = access(
        Rule("principal", "Student", "read", "school"),
        Rule("principal", "Student.*", "read", "school"),
        roles=("principal",),
    ).resources["Student"]
    assert {"name", "birth_date", "id_number"} == set(student.fields)
    assert student.narrowed("id_number") is None


def test_a_field_without_its_resource_opens_nothing() -> None:
    assert {} == dict(access(Rule("teacher", "Student.*", "read", "school")).resources)


def test_a_deny_with_a_scope_subtracts_that_scopes_rows() -> None:
    student = access(
        Rule("teacher", "Student", "read", "school"), Rule("teacher", "Student", "read", "own_class", DENY)
    ).resources["Student"]
    assert frozenset({"school"}) == student.allow_scopes
    assert frozenset({"own_class"}) == student.deny_scopes


def test_a_deny_in_the_whole_space_leaves_nothing() -> None:
    """Staff records stay closed to system administrators, whatever else they may read."""
    rules = (
        Rule("admin", "*", "read", "school"),
        Rule("admin", "Staff.*", "read", "school"),
        Rule("admin", "Staff", "read", "school", DENY),
    )
    made = access(*rules, roles=("admin",))
    assert {"Student"} == set(made.resources)


def test_a_denied_field_is_gone_even_if_another_role_allows_it() -> None:
    made = access(
        Rule("principal", "Staff", "read", "school"),
        Rule("teacher", "Staff.salary", "read", "school", DENY),
        roles=("principal", "teacher"),
    )
    assert {"name"} == set(made.resources["Staff"].fields)


def test_inherited_roles_bring_their_rules() -> None:
    made = access(
        Rule("teacher", "gradebook.*", "run", "own_teaching"),
        roles=("substitute",),
        links=(RoleLink("substitute", "teacher"),),
    )
    assert made.may_run("gradebook.marks.enter", "own_teaching")
    assert not made.may_run("gradebook.marks.enter", "school")
    assert not made.may_run("gradebook.round.open", "school")


def test_rules_of_another_space_do_not_hold_here() -> None:
    made = access(Rule("teacher", "Student", "read", "school", space="space-2"))
    assert {} == dict(made.resources)


def test_access_ends_when_the_next_grant_does() -> None:
    policies = PolicySet([Rule("teacher", "Student", "read", "school")], [], CATALOGUE, "space-1")
    until = datetime(2027, 1, 31, tzinfo=UTC)
    ending = policies.access(["teacher"], until)
    assert until == ending.valid_until
    assert policies.access(["teacher"]).valid_until is None
    assert policies.access(["teacher"]).key == ending.key


def test_the_same_policy_in_two_spaces_is_one_content() -> None:
    rules = [Rule("teacher", "Student", "read", "own_class"), Rule("student", "Student", "read", "self")]
    one = PolicySet(rules, [], CATALOGUE, "space-1")
    two = PolicySet(reversed(rules), [], CATALOGUE, "space-2")
    other = PolicySet(
        [*rules, Rule("student", "Student", "read", "self", DENY, space="space-2")], [], CATALOGUE, "space-2"
    )
    assert one.digest == two.digest
    assert one.access(["student"]).key == two.access(["student"]).key
    assert one.digest != other.digest
    assert one.access(["student"]).key != other.access(["student"]).key
    assert one.access(["teacher"]).key == other.access(["teacher"]).key


@pytest.mark.parametrize(
    "question",
    [
        "made.may_run('gradebook.marks.enter', 'own_teaching')",
        "made.may_read('Student', 'own_class')",
        "made.may_read_field('Student', 'id_number', 'school')",
    ],
)
def test_a_million_decisions_take_less_than_a_second(question: str) -> None:
    made = access(Rule("teacher", "*", "run", "own_teaching"), Rule("teacher", "*", "read", "school"))
    count = 100_000
    timer = timeit.Timer(question, globals={"made": made}, timer=__import__("time").process_time)
    assert 1.0 > min(timer.repeat(5, count)) * 1_000_000 / count
