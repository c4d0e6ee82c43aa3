"""What flows there are in a school, as they are for the next request: the source of the process sheet."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from homeroom import query
from homeroom.context import Context
from homeroom.labels import labels_in
from homeroom.languages import language_of
from homeroom.recipients import Recipients
from homeroom_approvals.deciders import holders
from homeroom_approvals.versions import FlowVersion, flow_version, flows_of

__all__ = ["QUERIES"]


@dataclass(frozen=True)
class ApprovalFlowStep:
    """A step of a flow.

    Args:
        name: Its name.
        title: What people call it.
        place: Its place from 1 on; steps at one place are decided side by side.
        decided_by: Who decides.
        escalates_to: Who is asked as well once it is late; empty: nobody.
        days: School days in which it is to be decided.
        from_amount: The least amount for which it is needed.
        conditional: Whether only some requests need it.
        another: Whether nobody may decide it who has asked or has decided an earlier step.
        left_out: Whether the school has left it out.
        possible: Whether somebody holds one of the roles that decide it, where roles decide.
    """

    name: str
    title: str
    place: int
    decided_by: str
    escalates_to: str
    days: int
    from_amount: Decimal | None
    conditional: bool
    another: bool
    left_out: bool
    possible: bool


@dataclass(frozen=True)
class ApprovalFlow:
    """A flow as it is for the next request.

    Args:
        name: Its name.
        title: What people call it.
        version: The school's version of it; 0: as the plugin declares it.
        noun: What kind of row requests are about.
        steps: Its steps.
        expires_days: School days after which a request expires.
    """

    name: str
    title: str
    version: int
    noun: str
    steps: list[ApprovalFlowStep]
    expires_days: int | None


@query("approvals.flow.list")
async def approval_flows(
    context: Context, *, flow: str | None = None, language: str | None = None
) -> list[ApprovalFlow]:
    """The flows of the school: steps, who decides, deadlines.

    Args:
        flow: This one alone.
        language: The language of the titles, such as `vi`; the reader's if it is left out.
    """
    language = language_of(language or await context.language())
    found = [each for each in flows_of(context).values() if flow in (None, each.name)]
    return [await _shown(context, await flow_version(context, each), language) for each in found]


async def _shown(context: Context, version: FlowVersion, language: str) -> ApprovalFlow:
    flow = version.flow
    steps = []
    for place, group in enumerate(flow.steps, 1):
        for each in group:
            by = version.deciders(each)
            steps.append(
                ApprovalFlowStep(
                    name=each.name,
                    title=each.titles[language],
                    place=place,
                    decided_by=_who(context, by, language),
                    escalates_to="" if each.escalates_to is None else _who(context, each.escalates_to, language),
                    days=version.days(each),
                    from_amount=version.from_amount(each),
                    conditional=bool(each.when) or version.from_amount(each) is not None,
                    another=each.another,
                    left_out=version.leaves_out(each),
                    possible=not by.roles or bool(by.table) or bool(await holders(context, by.roles)),
                )
            )
    noun = context.variant.by_table[flow.table._meta.tablename].name
    return ApprovalFlow(flow.name, flow.title(language), version.number, noun, steps, version.expires_days)


def _who(context: Context, recipients: Recipients, language: str) -> str:
    """Who decides, in words: titles of recipients and of roles."""
    labels = labels_in(context.variant, language)
    parts = [_who(context, each, language) for each in recipients.parts]
    own = [recipients.title(language)] if recipients.sql else []
    return ", ".join(dict.fromkeys([*own, *parts, *(labels.role(each) for each in recipients.roles)]))


QUERIES: Final = (approval_flows,)
