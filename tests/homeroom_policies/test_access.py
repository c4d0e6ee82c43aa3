"""Worked examples of what rules open."""

from __future__ import annotations

import time
import timeit
from datetime import UTC, datetime

import pytest

from homeroom.permissions import Access, Rule, Scopes
from homeroom_policies import (
    DENY,
    Catalogue,
    CommandEntry,
    PolicyLine,
    PolicySet,
    ResourceEntry,
    RoleLink,
    allows,
    compile_access,
)

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


SCHOOL = frozenset({"school"})
OWN_CLASS = frozenset({"own_class"})
OWN_TEACHING = frozenset({"own_teaching"})


def access(*rules: Rule, roles: tuple[str, ...] = ("teacher",)) -> Access:
    return compile_access(rules, roles, CATALOGUE)


def test_without_a_rule_nothing_is_open() -> None:
    nothing = access()
    assert nothing.resources == {}
    assert nothing.commands == {}
    assert not allows(nothing, "read", "Student", "school")


def test_a_rule_on_a_resource_opens_its_fields_except_restricted_ones() -> None:
    made = access(Rule("teacher", "Student", "read", "own_teaching"))
    assert Scopes(OWN_TEACHING) == made.resources["Student"]
    assert Scopes(OWN_TEACHING) == made.field("Student", "name")
    assert Scopes(frozenset()) == made.field("Student", "id_number")
    assert {"id_number"} == set(made.fields["Student"])


def test_a_field_can_be_granted_in_fewer_scopes_than_its_rows() -> None:
    made = access(
        Rule("teacher", "Student", "read", "own_teaching"),
        Rule("teacher", "Student", "read", "own_class"),
        Rule("teacher", "Student.id_number", "read", "own_class"),
    )
    assert Scopes(OWN_CLASS) == made.field("Student", "id_number")
    assert Scopes(OWN_CLASS | OWN_TEACHING) == made.resources["Student"]


def test_a_field_granted_more_widely_than_its_rows_is_as_wide_as_they_are() -> None:
    made = access(
        Rule("teacher", "Student", "read", "own_class"),
        Rule("teacher", "Student.id_number", "read", "school"),
    )
    assert Scopes(OWN_CLASS) == made.field("Student", "id_number")
    assert made.fields == {}


def test_every_field_includes_the_restricted_ones() -> None:
    made = access(
        Rule("principal", "Student", "read", "school"),
        Rule("principal", "Student.*", "read", "school"),
        roles=("principal",),
    )
    assert Scopes(SCHOOL) == made.field("Student", "id_number")


def test_a_field_without_its_resource_opens_nothing() -> None:
    made = access(Rule("teacher", "Student.*", "read", "school"))
    assert made.resources == {}
    assert made.field("Student", "name") is None


def test_a_deny_with_a_scope_subtracts_that_scopes_rows() -> None:
    made = access(
        Rule("teacher", "Student", "read", "school"), Rule("teacher", "Student", "read", "own_class", DENY)
    )
    assert Scopes(SCHOOL, OWN_CLASS) == made.resources["Student"]


def test_a_deny_in_the_whole_space_leaves_nothing() -> None:
    """Staff records stay closed to system administrators, whatever else they may read."""
    made = access(
        Rule("admin", "*", "read", "school"),
        Rule("admin", "Staff.*", "read", "school"),
        Rule("admin", "Staff", "read", "school", DENY),
        roles=("admin",),
    )
    assert {"Student"} == set(made.resources)


def test_a_denied_field_is_gone_even_if_another_role_allows_it() -> None:
    made = access(
        Rule("principal", "Staff", "read", "school"),
        Rule("teacher", "Staff.salary", "read", "school", DENY),
        roles=("principal", "teacher"),
    )
    assert Scopes(frozenset()) == made.field("Staff", "salary")
    assert Scopes(SCHOOL) == made.field("Staff", "name")


def test_inherited_roles_bring_their_rules() -> None:
    policies = PolicySet(
        [PolicyLine(Rule("teacher", "gradebook.*", "run", "own_teaching"))],
        [RoleLink("substitute", "teacher")],
        CATALOGUE,
        "space-1",
    )
    assert {"gradebook.marks.enter": Scopes(OWN_TEACHING)} == policies.access(["substitute"]).commands


def test_rules_and_inheritance_of_another_space_do_not_hold_here() -> None:
    line = PolicyLine(Rule("teacher", "Student", "read", "school"))
    links = [RoleLink("substitute", "teacher", "space-2")]
    assert PolicySet([line], links, CATALOGUE, "space-1").access(["substitute"]).resources == {}
    elsewhere = PolicyLine(line.rule, "space-2")
    assert PolicySet([elsewhere], [], CATALOGUE, "space-1").access(["teacher"]).resources == {}
    assert {"Student"} == set(PolicySet([elsewhere], [], CATALOGUE, "space-2").access(["teacher"]).resources)


def test_access_ends_when_the_next_grant_does() -> None:
    lines = [PolicyLine(Rule("teacher", "Student", "read", "school"))]
    policies = PolicySet(lines, [], CATALOGUE, "space-1")
    until = datetime(2027, 1, 31, tzinfo=UTC)
    ending = policies.access(["teacher"], until)
    assert until == ending.valid_until
    assert policies.access(["teacher"]).valid_until is None
    assert policies.access(["teacher"]).key == ending.key


def test_the_same_policy_in_two_spaces_is_one_content() -> None:
    lines = [
        PolicyLine(Rule("teacher", "Student", "read", "own_class")),
        PolicyLine(Rule("student", "Student", "read", "self")),
    ]
    closed = PolicyLine(Rule("student", "Student", "read", "self", DENY), "space-2")
    one = PolicySet(lines, [], CATALOGUE, "space-1")
    two = PolicySet(reversed(lines), [], CATALOGUE, "space-2")
    other = PolicySet([*lines, closed], [], CATALOGUE, "space-2")
    assert one.digest == two.digest
    assert one.access(["student"]).key == two.access(["student"]).key
    assert one.digest != other.digest
    assert one.access(["student"]).key != other.access(["student"]).key
    assert one.access(["teacher"]).key == other.access(["teacher"]).key


@pytest.mark.parametrize(
    ("action", "name", "scope"),
    [
        ("run", "gradebook.marks.enter", "own_teaching"),
        ("read", "Student", "own_class"),
        ("read", "Student.id_number", "school"),
    ],
)
def test_a_million_decisions_take_less_than_two_seconds(action: str, name: str, scope: str) -> None:
    """In the words of a rule; the GraphQL compiler takes the scopes of a resource by one look-up instead."""
    made = access(Rule("teacher", "*", "run", "own_teaching"), Rule("teacher", "*", "read", "school"))
    timer = timeit.Timer(lambda: allows(made, action, name, scope), timer=time.process_time)
    count = 50_000
    assert min(timer.repeat(5, count)) * 1_000_000 / count < 2.0


def test_a_million_look_ups_take_less_than_a_second() -> None:
    made = access(Rule("teacher", "*", "run", "own_teaching"), Rule("teacher", "*", "read", "school"))
    timer = timeit.Timer(lambda: made.commands.get("gradebook.marks.enter"), timer=time.process_time)
    count = 50_000
    assert min(timer.repeat(5, count)) * 1_000_000 / count < 1.0
