"""Taking over what a region proposes: at the making of a school, and later what it does not have yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from homeroom.commands import Command, command
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.privacy.consent import define_purpose
from homeroom.privacy.finding import kinds_of
from homeroom.privacy.reads import propose_reads
from homeroom.privacy.refusals import NO_PROPOSAL
from homeroom.privacy.retention import set_retention

if TYPE_CHECKING:
    from homeroom.presets import Preset

__all__ = ["COMMANDS", "adopt_privacy_preset", "propose"]


async def propose(context: Context, options: Mapping[str, Any]) -> int:
    """Add what a region proposes and the school does not have; what it has stays as it is. Gives how much was added.

    Kinds of persons that the school does not keep, because their plugin is off, are left out.

    Args:
        context: Of the school.
        options: The preset's values for this part.
    """
    made = 0
    for purpose in options.get("purposes", ()):
        if await context.fetchval("SELECT EXISTS (SELECT FROM consent_purpose WHERE code = $1)", purpose.code):
            continue
        await define_purpose(context, **asdict(purpose))
        made += 1
    kinds = kinds_of(context)
    same = "SELECT EXISTS (SELECT FROM retention_rule WHERE person_kind = $1 AND category IS NOT DISTINCT FROM $2)"
    for rule in options.get("retention", ()):
        if rule.person_kind not in kinds or await context.fetchval(same, rule.person_kind, rule.category):
            continue
        await set_retention(context, **asdict(rule))
        made += 1
    proposed = [
        (each.resource, field, each.legal_basis, each.active)
        for each in options.get("logged_reads", ())
        for field in each.fields
    ]
    return made + await propose_reads(context, proposed)


@command("privacy.preset.adopt")
async def adopt_privacy_preset(context: Context) -> int:
    """Add the purposes, rules and logged reads that the school's region proposes and it does not have.

    What the school has decided itself stays.

    Returns:
        How many purposes, rules and logged fields were added.

    Raises:
        Refusal: The region proposes nothing.
    """
    presets: list[Preset] = context.host.hooks.collect("presets")
    options = next((each.options.get("privacy") for each in presets if each.region == context.space.region), None)
    if options is None:
        raise Refusal(NO_PROPOSAL, region=context.space.region)
    return await propose(context, options)


COMMANDS: tuple[Command, ...] = (adopt_privacy_preset,)
