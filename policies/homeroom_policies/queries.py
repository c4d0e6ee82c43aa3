"""What administrators ask about permissions: the roles with what each may do, and why somebody may do something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from homeroom.computed_queries import ComputedQuery, query
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.labels import labels_in
from homeroom.permissions import EVERYBODY, Scopes
from homeroom.refusals import NOT_FOUND

from .catalogue import catalogue_of
from .commands import RuleAction, RuleEffect
from .compiler import compile_access
from .explaining import AccessExplanation, OriginLine, RuleSource, explain, lines_of, subject_of
from .rules import INHERIT, READ, RUN

__all__ = ["QUERIES", "explain_access", "roles"]


@dataclass(frozen=True)
class RoleRule:
    """A rule of a role.

    Args:
        object: What it is about.
        action: What may be done with it.
        scope: Which rows.
        effect: Whether it allows or denies.
        source: Who wrote it.
        by: The plugin or the district; null: the space itself.
    """

    object: str
    action: RuleAction
    scope: str
    effect: RuleEffect
    source: RuleSource
    by: str | None


@dataclass(frozen=True)
class Power:
    """Something that a role may do, when all its rules are taken together.

    Args:
        object: A resource or a command.
        action: To read it or to run it.
        scopes: In which scopes; `school` is every row.
        except_scopes: The scopes whose rows are taken out.
    """

    object: str
    action: RuleAction
    scopes: list[str]
    except_scopes: list[str]


@dataclass(frozen=True)
class RolePowers:
    """A role and what it may do.

    Args:
        name: Its name.
        title: For people.
        inherits: The roles whose rules it receives.
        rules: Its own rules, each with who wrote it.
        may: What the rules come to, together with those that hold for everybody.
    """

    name: str
    title: str
    inherits: list[str]
    rules: list[RoleRule]
    may: list[Power]


@query("policies.role.list")
async def roles(context: Context, *, role: str | None = None) -> list[RolePowers]:
    """The roles that people can have here, with their rules and what each may do.

    A district gets what its roles may do with everything that an installed plugin can give its schools.

    Args:
        role: This role alone.
    """
    subject = subject_of(context)
    if role is not None and role not in subject.roles:
        raise Refusal(NOT_FOUND, "role")
    lines = await lines_of(context, subject)
    wanted = sorted(subject.roles) if role is None else [role]
    labels = labels_in(subject, await context.language())
    return [_powers(each, labels.role(each), lines, context) for each in wanted]


def _powers(name: str, title: str, lines: list[OriginLine], context: Context) -> RolePowers:
    own = [each for each in lines if each.rule.role == name]
    access = compile_access([each.rule for each in lines], {name, EVERYBODY}, catalogue_of(subject_of(context)))
    rules = [
        RoleRule(
            each.rule.object, RuleAction(each.rule.action), each.rule.scope, RuleEffect(each.rule.effect), each.source,
            each.by,
        )
        for each in own
    ]  # fmt: skip
    may = [_power(noun, READ, scopes) for noun, scopes in access.resources.items()]
    may += [_power(command, RUN, scopes) for command, scopes in access.commands.items()]
    return RolePowers(name, title, [each.rule.object for each in own if each.rule.action == INHERIT], rules, may)


def _power(name: str, action: str, scopes: Scopes) -> Power:
    return Power(name, RuleAction(action), sorted(scopes.allow), sorted(scopes.deny))


@query("policies.access.explain")
async def explain_access(
    context: Context, *, login: str, object: str, action: RuleAction = RuleAction.READ, row: str | None = None
) -> AccessExplanation:
    """Why somebody may read a row or a field of it, or run a command, or may not: by which role, which rule and scope.

    Raises Refusal for an account that is no member here, and for a row that the caller may not see.

    Args:
        login: By which the account signs in.
        object: A resource (`Student`), a field (`Student.birth_date`) or a command (`gradebook.mark.enter`).
        action: To read, or to run a command.
        row: The id of the row, as the schema shows it; none: whether it is permitted on any row.
    """
    return await explain(context, login, object, action.value, row)


QUERIES: Final[tuple[ComputedQuery, ...]] = (roles, explain_access)
