"""Worked examples of what rules open."""

from __future__ import annotations

import time
import timeit

import pytest

from homeroom.permissions import Access, Rule, Scopes, allow
from homeroom_policies import (
    DENY,
    Catalogue,
    CommandEntry,
    PolicyLine,
    ResourceEntry,
    allows,
    compile_access,
    rules_in,
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
    assert {} == nothing.resources
    assert {} == nothing.commands
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
    assert {} == made.fields


def test_every_field_includes_the_restricted_ones() -> None:
    made = access(
        Rule("principal", "Student", "read", "school"),
        Rule("principal", "Student.*", "read", "school"),
        roles=("principal",),
    )
    assert Scopes(SCHOOL) == made.field("Student", "id_number")


def test_a_field_without_its_resource_opens_nothing() -> None:
    made = access(Rule("teacher", "Student.*", "read", "school"))
    assert {} == made.resources
    assert made.field("Student", "name") is None


def test_a_deny_with_a_scope_subtracts_that_scopes_rows() -> None:
    made = access(Rule("teacher", "Student", "read", "school"), Rule("teacher", "Student", "read", "own_class", DENY))
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


def test_a_field_denied_in_a_scope_is_hidden_on_that_scopes_rows_alone() -> None:
    made = access(
        Rule("teacher", "Student", "read", "school"),
        Rule("teacher", "Student.name", "read", "own_class", DENY),
    )
    assert Scopes(SCHOOL) == made.resources["Student"]
    assert Scopes(SCHOOL, OWN_CLASS) == made.field("Student", "name")


def test_inherited_roles_bring_their_rules() -> None:
    made = access(
        Rule("teacher", "gradebook.*", "run", "own_teaching"),
        Rule("substitute", "teacher", "inherit"),
        roles=("substitute",),
    )
    assert {"gradebook.marks.enter": Scopes(OWN_TEACHING)} == made.commands


def test_rules_and_inheritance_of_another_space_do_not_hold_here() -> None:
    lines = [
        PolicyLine(Rule("teacher", "Student", "read", "school")),
        PolicyLine(Rule("substitute", "teacher", "inherit"), "space-2"),
        PolicyLine(Rule("student", "Student", "read", "self"), "space-2"),
    ]

    def readable(space: str, role: str) -> set[str]:
        return set(compile_access(rules_in(space, lines), [role], CATALOGUE).resources)

    assert {"Student"} == readable("space-1", "teacher")
    assert set() == readable("space-1", "substitute")
    assert {"Student"} == readable("space-2", "substitute")
    assert set() == readable("space-1", "student")
    assert {"Student"} == readable("space-2", "student")


def test_equal_content_has_one_key() -> None:
    rules = [Rule("teacher", "Student", "read", "own_class"), Rule("student", "Student", "read", "self")]
    closed = Rule("student", "Student", "read", "self", DENY)
    plain = access(*rules, roles=("student",))
    assert plain.key == access(*reversed(rules), roles=("student",)).key
    assert plain.key != access(*rules, closed, roles=("student",)).key
    assert access(*rules).key == access(*rules, closed).key


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


def test_rules_that_give_several_roles_the_same() -> None:
    made = allow(("teacher", "student"), "Student", "Student.*", scope=("own_class", "self"))
    assert 8 == len(set(made))
    assert Rule("student", "Student.*", "read", "self") in made
    assert (Rule("teacher", "school.*", "run"),) == allow("teacher", "school.*", action="run")
