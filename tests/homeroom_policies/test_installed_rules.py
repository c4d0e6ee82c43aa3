"""The rules that the installed plugins declare: all of them say something, and compile to what Casbin says."""

from __future__ import annotations

import random

import pytest
from click.testing import CliRunner

from homeroom.boot import build_host
from homeroom.callers import Space
from homeroom.cli import main
from homeroom.hookspecs import hookimpl
from homeroom.host import Host
from homeroom.permissions import EVERYBODY, Rule
from homeroom.plugins import Plugin, PluginRegistry
from homeroom.settings import Settings
from homeroom.testing import People
from homeroom_policies import PolicyLine, allows, check_policy
from homeroom_policies.casbin_model import build_enforcer
from homeroom_policies.catalogue import catalogue_of

ROLES = ["admin", "principal", "registrar", "teacher", "student", "guardian", "district_admin"]


def test_every_installed_rule_says_something(host: Host) -> None:
    catalogue = catalogue_of(host.variant(frozenset(host.registry.plugins)))
    lines = [
        PolicyLine(rule, origin=plugin) for plugin, rules in host.hooks.collect_by_plugin("rules") for rule in rules
    ]
    assert len(lines) > 20
    check_policy(lines, catalogue)


@pytest.mark.parametrize("role", ROLES)
def test_installed_rules_compile_to_what_casbin_says(role: str, host: Host, school_a: Space) -> None:
    variant = host.variant(school_a.plugins)
    catalogue = catalogue_of(variant)
    lines = [PolicyLine(rule) for rule in variant.rules]
    enforcer = build_enforcer(lines, catalogue, {"somebody": [role, EVERYBODY]})
    access = host.compile_access(school_a.plugins, frozenset({role, EVERYBODY}), ())
    questions = [
        (action, name, scope)
        for action, names in (
            (
                "read",
                [*catalogue.resources, *(f"{r.name}.{f}" for r in catalogue.resources.values() for f in r.fields)],
            ),
            ("run", list(catalogue.commands)),
        )
        for name in names
        for scope in sorted(catalogue.scopes(action, name))
    ]
    for action, name, scope in random.Random(role).sample(questions, min(150, len(questions))):
        expected = enforcer.enforce("somebody", str(school_a.id), name, action, scope)
        if action == "read" and "." in name:
            owner = name.partition(".")[0]
            expected = expected and enforcer.enforce("somebody", str(school_a.id), owner, action, scope)
        assert expected == allows(access, action, name, scope), (action, name, scope)


class Mistaken(Plugin):
    """A plugin whose rule speaks of what does not exist."""

    name = "mistaken"
    title = "Names a resource that nobody has"

    @hookimpl
    def rules(self) -> list[Rule]:
        return [Rule("teacher", "Unicorn", "read", "school")]


async def test_a_plugin_with_a_rule_about_nothing_is_quarantined(host: Host, database_settings: Settings) -> None:
    other = build_host(database_settings, PluginRegistry.discover([Mistaken()]))
    await other.open()
    try:
        assert ["mistaken"] == [each.name for each in other.registry.quarantined]
        assert "allow teacher read Unicorn [school] (from mistaken)" in other.registry.quarantined[0].reason
        assert "school" in other.registry.plugins
    finally:
        await other.close()


SET = """mutation($role: String!, $object: String!, $action: RuleAction!, $scope: String!, $effect: RuleEffect!) {
  setRule(input: {role: $role, object: $object, action: $action, scope: $scope, effect: $effect}) {
    errors { code field } } }"""
REMOVE = """mutation($role: String!, $object: String!, $action: RuleAction!, $scope: String!) {
  removeRule(input: {role: $role, object: $object, action: $action, scope: $scope}) { errors { code field } } }"""


async def test_a_school_takes_a_right_away_and_gives_it_back(school_b: Space, as_role: People) -> None:
    admin, teacher = await as_role.as_role(school_b, "admin"), await as_role.as_role(school_b, "teacher")
    ask = "{ students(first: 1) { totalCount } }"
    assert [] == await teacher.refused(ask)
    rule = {"role": "teacher", "object": "Student", "action": "READ", "scope": "school"}
    assert not (await admin.gql(SET, **rule, effect="DENY"))["setRule"]["errors"]
    assert await teacher.refused(ask)
    assert not (await admin.gql(REMOVE, **rule))["removeRule"]["errors"]
    assert [] == await teacher.refused(ask)
    assert ["NOT_FOUND"] == [each["code"] for each in (await admin.gql(REMOVE, **rule))["removeRule"]["errors"]]


async def test_one_school_sets_no_rule_of_another(school_a: Space, school_b: Space, as_role: People) -> None:
    admin, elsewhere = await as_role.as_role(school_a, "admin"), await as_role.as_role(school_b, "teacher")
    rule = {"role": "teacher", "object": "Student", "action": "READ", "scope": "school"}
    assert not (await admin.gql(SET, **rule, effect="DENY"))["setRule"]["errors"]
    try:
        assert [] == await elsewhere.refused("{ students(first: 1) { totalCount } }")
    finally:
        await admin.gql(REMOVE, **rule)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"role": "wizard"}, "role"),
        ({"object": "Unicorn"}, "object"),
        ({"object": "St*.name"}, "object"),
        ({"scope": "galaxy"}, "scope"),
        ({"action": "INHERIT", "object": "wizard"}, "object"),
        ({"action": "INHERIT", "object": "teacher"}, "object"),
    ],
)
async def test_a_rule_about_nothing_is_refused_by_field(
    change: dict[str, str], field: str, school_a: Space, as_role: People
) -> None:
    admin = await as_role.as_role(school_a, "admin")
    rule = {"role": "teacher", "object": "Student", "action": "READ", "scope": "school", "effect": "DENY"}
    done = await admin.gql(SET, **{**rule, **change})
    assert [("INVALID", field)] == [(each["code"], each["field"]) for each in done["setRule"]["errors"]]


@pytest.mark.parametrize("role", ["teacher", "student", "guardian", "registrar"])
async def test_rules_are_the_administrators_affair(role: str, school_a: Space, as_role: People) -> None:
    somebody = await as_role.as_role(school_a, role)
    rule = {"role": role, "object": "Student", "action": "READ", "scope": "school"}
    assert await somebody.refused(SET, **rule, effect="ALLOW")


def test_a_decision_is_explained_on_the_command_line(
    host: Host, school_a: Space, database_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in database_settings.environment().items():
        monkeypatch.setenv(name, value)

    def said(*arguments: str) -> str:
        return CliRunner().invoke(main, ["policies", *arguments]).output

    assert said("explain", school_a.slug, "admin", "policies.rule.set", "school").startswith(
        "allowed by: allow admin run policies.* [school]"
    )
    assert "denied, since no rule allows it\n" == said(
        "explain", school_a.slug, "student", "policies.rule.set", "school"
    )
    assert "field object" in said("explain", school_a.slug, "student", "Unicorn", "school")
    assert "allow admin run policies.* [school] (from policies)" in said("list", school_a.slug, "--role", "admin")
