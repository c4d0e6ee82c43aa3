"""Who may decide a step: persons, holders of roles, and deputies of those who are absent."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from homeroom_approvals.tables import ApprovalDecider

if TYPE_CHECKING:
    from homeroom.callers import Caller
    from homeroom.context import Context
    from homeroom.recipients import Recipients

__all__ = ["Right", "add_deciders", "deputies_of", "find_right", "holders"]

#: Delegations in force on a day ($1) for a flow ($2).
_DELEGATIONS: Final = """
SELECT account_id, login, persons, roles, deputy_id, arranged_account, arranged_persons FROM approval_delegation
WHERE starts_on <= $1 AND ends_on >= $1 AND flow IN ('', $2) ORDER BY id
"""
_HOLDERS: Final = "SELECT account FROM homeroom.notice_recipients('{}'::uuid[], $1::text[], $2::uuid[], $3)"


@dataclass(frozen=True, slots=True)
class Right:
    """By what somebody may decide a step.

    Args:
        in_place_of: The login of the person who is absent; empty: by themselves.
        persons: The persons that this one is. They have decided as well: no other step is theirs to decide.
    """

    in_place_of: str = ""
    persons: tuple[UUID, ...] = ()


async def add_deciders(
    context: Context, recipients: Recipients, row: UUID, step: UUID, *, escalated: bool = False
) -> tuple[list[UUID], list[str]]:
    """Note who may decide a step, and give those who were not there yet: persons and roles.

    Args:
        context: A command's or a job's.
        recipients: Who decides.
        row: The row that the request is about.
        step: The step.
        escalated: Whether they are asked because the step is late.
    """
    found = (await recipients.addressed(context, [row])).get(row)
    persons, roles = (found.persons, found.roles) if found is not None else ((), ())
    known = await context.fetch("SELECT role, person_id FROM approval_decider WHERE step_id = $1", step)
    there = {(each["role"], each["person_id"]) for each in known}
    new = [key for key in (*(("", each) for each in persons), *((each, None) for each in roles)) if key not in there]
    await context.rows(ApprovalDecider).insert(
        [{"step_id": step, "role": role, "person_id": person, "escalated": escalated} for role, person in new]
    )
    return [person for _, person in new if person is not None], [role for role, _ in new if role]


async def holders(context: Context, roles: Collection[str], persons: Collection[UUID] = ()) -> frozenset[UUID]:
    """The accounts that hold one of some roles now, or belong to one of some persons."""
    if not roles and not persons:
        return frozenset()
    found = await context.fetch(_HOLDERS, list(roles), list(persons), context.now)
    return frozenset(row["account"] for row in found)


async def deputies_of(
    context: Context, flow: str, persons: Iterable[UUID], roles: Collection[str]
) -> tuple[list[UUID], bool]:
    """The deputies of those deciders who are absent, and whether everybody who decides is absent without a deputy.

    Args:
        context: A command's or a job's.
        flow: The flow's name.
        persons: Persons who decide.
        roles: Roles that decide.
    """
    away = await context.fetch(_DELEGATIONS, context.today, flow)
    wanted, asked = set(persons), set(roles)
    deputies: list[UUID] = []
    accounts: set[UUID] = set()
    for each in away:
        if wanted & set(each["persons"]) or asked & set(each["roles"]):
            accounts.add(each["account_id"])
            if each["deputy_id"] is not None:
                deputies.append(each["deputy_id"])
    left = wanted - {person for each in away for person in each["persons"]}
    nobody = bool(accounts) and not deputies and not left and not (await holders(context, asked)) - accounts
    return list(dict.fromkeys(deputies)), nobody


async def find_right(
    context: Context,
    caller: Caller,
    flow: str,
    persons: Collection[UUID],
    roles: Collection[str],
    refused: Collection[UUID],
) -> Right | None:
    """By what a caller may decide a step now; None if they may not.

    Somebody who must not decide cannot have a deputy decide either.

    Args:
        context: The command's.
        caller: Who wants to decide.
        flow: The flow's name.
        persons: The persons who decide the step.
        roles: The roles that decide it.
        refused: Accounts and persons who must not decide this step.
    """
    if set(persons) & set(caller.persons) or set(roles) & caller.roles:
        return Right()
    for each in await context.fetch(_DELEGATIONS, context.today, flow):
        behind = {each["account_id"], *each["persons"], each["arranged_account"], *each["arranged_persons"]}
        if each["deputy_id"] not in caller.persons or behind & set(refused):
            continue
        # As it was when it was delegated; the one who is absent must be that person, or hold these roles, still.
        held, meant = set(roles) & set(each["roles"]), set(persons) & set(each["persons"])
        if (held or meant) and each["account_id"] in await holders(context, held, meant):
            return Right(each["login"], tuple(each["persons"]))
    return None
