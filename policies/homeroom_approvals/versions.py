"""What a school has set of a flow, and the steps that a request needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec

from homeroom.errors import Refusal
from homeroom.recipients import Recipients, holders_of
from homeroom_approvals.refusals import NO_SUCH_FLOW

if TYPE_CHECKING:
    from homeroom.context import Context
    from homeroom_approvals.flows import Flow, Step

__all__ = ["FlowVersion", "StepSetting", "declared_flow", "flow_version", "flows_of", "needed_steps"]

_LATEST: Final = "SELECT * FROM approval_flow_version WHERE flow = $1 ORDER BY number DESC LIMIT 1"
_NUMBERED: Final = "SELECT * FROM approval_flow_version WHERE flow = $1 AND number = $2"


class StepSetting(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a school has set of a step; what it has not set is as the plugin declares it.

    Args:
        step: The step's name.
        days: School days in which it is to be decided.
        roles: Who decides.
        from_amount: The least amount for which it is needed.
        left_out: Whether no request needs it.
    """

    step: str
    days: int | None = None
    roles: tuple[str, ...] = ()
    from_amount: Decimal | None = None
    left_out: bool = False


class FlowVersion:
    """A flow as it is for a request.

    Args:
        flow: The flow.
        number: 0 is what the plugin declares; others are the school's.
        settings: Step to what the school has set.
        expires_days: School days after which a request expires.
    """

    def __init__(self, flow: Flow, number: int, settings: Mapping[str, StepSetting], expires_days: int | None) -> None:
        self.flow = flow
        self.number = number
        self.settings = settings
        self.expires_days = expires_days

    def days(self, step: Step) -> int:
        """School days in which a step is to be decided."""
        setting = self.settings.get(step.name)
        return setting.days if setting is not None and setting.days is not None else step.days

    def deciders(self, step: Step) -> Recipients:
        """Who decides a step."""
        setting = self.settings.get(step.name)
        return holders_of(*setting.roles) if setting is not None and setting.roles else step.by

    def from_amount(self, step: Step) -> Decimal | None:
        """The least amount for which a step is needed; None: any."""
        setting = self.settings.get(step.name)
        return setting.from_amount if setting is not None and setting.from_amount is not None else step.from_amount

    def leaves_out(self, step: Step) -> bool:
        """Whether no request needs a step."""
        setting = self.settings.get(step.name)
        return setting is not None and setting.left_out


def flows_of(context: Context) -> Mapping[str, Flow]:
    """Name to flow, of the plugins of the space."""
    found: dict[str, Flow] | None = context.variant.parts.get("approvals.flows")
    if found is None:
        collected = context.host.hooks.collect("approval_flows", only=context.variant.plugins)
        found = context.variant.parts["approvals.flows"] = {each.name: each for each in collected}
    return found


def declared_flow(context: Context, name: str, field: str) -> Flow:
    """A flow of the space by its name.

    Args:
        context: The command's.
        name: Plugin and flow.
        field: The input field that names it.

    Raises:
        Refusal: NOT_FOUND.
    """
    found = flows_of(context).get(name)
    if found is None:
        raise Refusal(NO_SUCH_FLOW, field, name=name)
    return found


async def flow_version(context: Context, flow: Flow, number: int | None = None) -> FlowVersion:
    """A flow in one version.

    Args:
        context: A command's or a job's.
        flow: The flow.
        number: That of a request; None: the latest, with which new requests begin.
    """
    if number == 0:
        return FlowVersion(flow, 0, {}, flow.expires_days)
    row = await context.fetchrow(_LATEST, flow.name) if number is None else None
    if number is not None:
        row = await context.fetchrow(_NUMBERED, flow.name, number)
    if row is None:
        return FlowVersion(flow, 0, {}, flow.expires_days)
    settings = msgspec.json.decode(row["steps"], type=list[StepSetting])
    expires = flow.expires_days if row["expires_days"] is None else row["expires_days"]
    return FlowVersion(flow, row["number"], {each.step: each for each in settings}, expires)


async def needed_steps(context: Context, version: FlowVersion, rows: Sequence[UUID]) -> dict[UUID, set[str]]:
    """The names of the steps that a request about each row needs.

    Args:
        context: A command's or a job's.
        version: The flow.
        rows: Rows of its table.
    """
    flow = version.flow
    conditional: list[tuple[str, str]] = []
    values: list[Any] = []
    for each in flow.all_steps.values():
        conditions = []
        if each.when:
            conditions.append(f"({each.when.replace('{row}', 'r')})")
        least = version.from_amount(each)
        if least is not None and flow.amount is not None:
            values.append(least)
            # An amount that nobody has said may be any.
            conditions.append(f"coalesce(r.{flow.amount._meta.db_column_name} >= ${len(values) + 1}::numeric, true)")
        if conditions:
            conditional.append((each.name, " AND ".join(conditions)))
    always = {each.name for each in flow.all_steps.values()} - {name for name, _ in conditional}
    needed = {row: set(always) for row in rows}
    if conditional:
        columns = ", ".join(f"coalesce({sql}, false) AS s{place}" for place, (_, sql) in enumerate(conditional))
        found = await context.fetch(
            f"SELECT r.id, {columns} FROM {flow.table._meta.tablename} r WHERE r.id = ANY($1::uuid[])",
            list(rows),
            *values,
        )
        for row in found:
            needed[row["id"]] |= {name for place, (name, _) in enumerate(conditional) if row[f"s{place}"]}
    left_out = {each.name for each in flow.all_steps.values() if version.leaves_out(each)}
    # Nothing is approved by nobody: a request that needs no step needs those of the last place.
    last = {each.name for each in flow.steps[-1]}
    return {row: (names - left_out) or last for row, names in needed.items()}
