"""Deputies: who decides in the place of a person who is absent."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from homeroom.commands import Command, Ref, command
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.refusals import ENDS_BEFORE_START, IN_THE_PAST, NOT_FOUND
from homeroom.texts import plain_text
from homeroom_approvals.deciders import holders
from homeroom_approvals.refusals import DEPUTY_IS_SELF, NO_ACCOUNT, PERSON_UNKNOWN
from homeroom_approvals.tables import ApprovalDelegation
from homeroom_approvals.versions import declared_flow

__all__ = ["DELEGATION_COMMANDS"]

_LONGEST_NOTE: Final = 300
_ACCOUNTS: Final = "SELECT account, login FROM homeroom.notice_recipients('{}'::uuid[], '{}'::text[], $1::uuid[], $2)"


@command("approvals.delegation.set", returns="ApprovalDelegation")
async def delegate_approvals(
    context: Context,
    *,
    starts_on: date,
    ends_on: date,
    deputy: UUID | None = None,
    flow: str = "",
    note: str = "",
) -> UUID:
    """Let somebody else decide in the caller's place for some days. Without a deputy, requests go further at once.

    The deputy decides what the caller could decide, and never what either of them has asked for.

    Args:
        starts_on: The first day.
        ends_on: The last day.
        deputy: The person, such as a staff member.
        flow: One flow, such as `talent.nomination`; all of them if it is left out.
        note: Why.
    """
    caller = context.caller
    if caller.account is None or not caller.persons:
        raise Refusal(PERSON_UNKNOWN)
    if deputy in caller.persons:
        raise Refusal(DEPUTY_IS_SELF, "deputy")
    row = await _row(context, starts_on, ends_on, deputy, flow, note)
    absent = {"account_id": caller.account, "login": caller.login, "roles": sorted(caller.roles)}
    (made,) = await context.rows(ApprovalDelegation).insert([{**row, **absent, "persons": list(caller.persons)}])
    return made


@command("approvals.delegation.arrange", returns="ApprovalDelegation", many=True, confirmed=True)
async def arrange_approval_deputy(
    context: Context,
    *,
    absent: UUID,
    starts_on: date,
    ends_on: date,
    deputy: UUID | None = None,
    flow: str = "",
    note: str = "",
) -> list[UUID]:
    """Name a deputy for somebody who is absent and has named none, such as a principal who fell ill.

    Nobody arranges to be the deputy, and the deputy never decides what the person who arranged it has asked for.

    Args:
        absent: The person who is absent, such as a staff member.
        starts_on: The first day.
        ends_on: The last day.
        deputy: The person who decides instead; without one, requests go further at once.
        flow: One flow, such as `talent.nomination`; all of them if it is left out.
        note: Why.
    """
    caller = context.caller
    if caller.account is not None and not caller.persons:
        raise Refusal(PERSON_UNKNOWN)
    if deputy is not None and deputy in {absent, *caller.persons}:
        raise Refusal(DEPUTY_IS_SELF, "deputy")
    row = await _row(context, starts_on, ends_on, deputy, flow, note)
    accounts = await context.fetch(_ACCOUNTS, [absent], context.now)
    if not accounts:
        raise Refusal(NO_ACCOUNT, "absent")
    roles = {each: await holders(context, [each]) for each in context.variant.roles}
    row |= {
        "persons": [absent],
        "arranged_by": caller.login,
        "arranged_account": caller.account,
        "arranged_persons": list(caller.persons),
    }
    return await context.rows(ApprovalDelegation).insert(
        [
            {
                **row,
                "account_id": each["account"],
                "login": each["login"],
                "roles": sorted(role for role, held in roles.items() if each["account"] in held),
            }
            for each in accounts
        ]
    )


async def _row(
    context: Context, starts_on: date, ends_on: date, deputy: UUID | None, flow: str, note: str
) -> dict[str, Any]:
    if ends_on < starts_on:
        raise Refusal(ENDS_BEFORE_START, "ends_on")
    if ends_on < context.today:
        raise Refusal(IN_THE_PAST, "ends_on")
    if flow:
        declared_flow(context, flow, "flow")
    if deputy is not None and not await _is_person(context, deputy):
        raise Refusal(NOT_FOUND, "deputy")
    days = {"starts_on": starts_on, "ends_on": ends_on, "flow": flow}
    return {**days, "deputy_id": deputy, "note": plain_text(note, _LONGEST_NOTE, "note")}


async def _is_person(context: Context, person: UUID) -> bool:
    tables = [context.variant.resources[each].table for each in context.variant.persons]
    found = " OR ".join(f"EXISTS (SELECT FROM {table} WHERE id = $1)" for table in tables)
    return bool(tables) and bool(await context.fetchval(f"SELECT {found}", person))


@command("approvals.delegation.remove")
async def remove_approval_delegation(
    context: Context, *, delegation: Annotated[UUID, Ref("ApprovalDelegation")]
) -> None:
    """End a delegation: the person who was absent decides again."""
    await context.permit("ApprovalDelegation", [delegation], field="delegation")
    await context.rows(ApprovalDelegation).delete(delegation, field="delegation")


DELEGATION_COMMANDS: Final[tuple[Command, ...]] = (
    delegate_approvals,
    arrange_approval_deputy,
    remove_approval_delegation,
)
