"""``homeroom policies``: what the rules say, in Casbin's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click

from homeroom.errors import Refusal
from homeroom_policies.refusals import NO_SUCH_SCOPE

from .catalogue import Catalogue, catalogue_of
from .decide import allows
from .rules import PolicyLine

if TYPE_CHECKING:
    from homeroom.callers import Space
    from homeroom.host import Host
    from homeroom.permissions import Access
    from homeroom_tenants.directory import TenantDirectory

__all__ = ["COMMANDS", "policies"]


@click.group("policies")
def policies() -> None:
    """Permissions: roles, rules and scopes."""


async def _policy(host: Host, space: Space) -> list[PolicyLine]:
    """All rules that hold in a space, each with its origin."""
    lines = [
        PolicyLine(rule, origin=plugin)
        for plugin, rules in host.hooks.collect_by_plugin("rules", only=space.plugins)
        for rule in rules
    ]
    for each in await cast("TenantDirectory", host.directory).store.rules(space.id):
        if each.origin == "own" or space.kind == "school":
            origin = "the space itself" if each.district is None else f"the district {each.district}"
            lines.append(PolicyLine(each.rule(), str(space.id), origin))
    return lines


@policies.command("list")
@click.argument("slug")
@click.option("--role", help="Of this role alone.")
def list_rules(slug: str, role: str | None) -> None:
    """Every rule that holds in a school, and who wrote it."""
    from homeroom.cli.runtime import run_with_host

    async def work(host: Host) -> None:
        for line in await _policy(host, await host.directory.space(slug)):
            if role is None or line.rule.role == role:
                click.echo(str(line))

    run_with_host(work)


@policies.command("explain")
@click.argument("slug")
@click.argument("role")
@click.argument("object_")
@click.argument("scope")
def explain(slug: str, role: str, object_: str, scope: str) -> None:
    """Whether a role may read a resource or field, or run a command, and the rule that decides.

    Casbin is asked, and so is the compiled form that requests use; it says if the two should ever differ.
    """
    from homeroom.cli.runtime import run_with_host

    async def work(host: Host) -> None:
        space = await host.directory.space(slug)
        lines = await _policy(host, space)
        catalogue = catalogue_of(host.variant_of(space))
        action = "run" if object_ in catalogue.commands else "read"
        if scope not in catalogue.scopes(action, object_):
            raise Refusal(NO_SUCH_SCOPE, "object", object=object_, scope=scope)
        own = tuple(line.rule for line in lines if line.space != "*")
        access = host.compile_access(space.plugins, frozenset({role}), own, space.fields)
        click.echo(_decision(lines, catalogue, access, (role, str(space.id), object_, action, scope)))

    run_with_host(work)


def _decision(
    lines: list[PolicyLine], catalogue: Catalogue, access: Access, asked: tuple[str, str, str, str, str]
) -> str:
    from .casbin_model import build_enforcer

    role, space, name, action, scope = asked
    enforcer = build_enforcer(lines, catalogue)
    decided, by = enforcer.enforce_ex(role, space, name, action, scope)
    owner, dot, _ = name.partition(".")
    if decided and dot and action == "read":
        decided, by_owner = enforcer.enforce_ex(role, space, owner, action, scope)
        by = by if decided else by_owner
    said = "allowed" if decided else "denied"
    # Casbin's row is role, space, object, action, scope, effect.
    rule = f" by: {by[5]} {by[0]} {by[3]} {by[2]} [{by[4]}]" if by else ", since no rule allows it"
    if decided != allows(access, action, name, scope):
        return f"{said}{rule}; the compiled form differs: report this"
    return said + rule


COMMANDS = (policies,)
