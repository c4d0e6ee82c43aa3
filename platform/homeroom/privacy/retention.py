"""Whose data need not be kept any more: looked for by the calendar, asked for, and erased only once somebody approves.

The law: Hong Kong, Personal Data (Privacy) Ordinance (Cap. 486), Schedule 1, principle 2(2), and s. 26; mainland China,
Personal Information Protection Law, art. 19 and 47. None of them names a number of years for schools, so without a
rule of the school's own everything is kept.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from homeroom.commands import Command, command
from homeroom.context import Context
from homeroom.errors import Invalid
from homeroom.jobs import Job, job
from homeroom.privacy.erasing import plan_of
from homeroom.privacy.finding import declared_by, find_rows, subject_of
from homeroom.privacy.rules import due_from
from homeroom.privacy.tables import ErasureBasis, ErasureState, PersonErasure, RetentionRule

__all__ = ["COMMANDS", "JOBS", "find_due"]

#: How many requests one run makes: people read them.
_MOST: Final = 200
#: Whoever was asked for before is not asked for again: what somebody refused stays refused.
_LEFT: Final = """
SELECT x.id, x.left_on FROM (SELECT r.id, {left} AS left_on FROM {table} r) x
WHERE x.left_on < $1::date
  AND NOT EXISTS (SELECT FROM person_erasure e WHERE e.person_id = x.id)
  AND NOT EXISTS (SELECT FROM legal_hold h WHERE h.person_id = x.id AND h.lifted_at IS NULL)
ORDER BY x.left_on, x.id
"""


@command("privacy.retention.set", returns="RetentionRule")
async def set_retention(
    context: Context, *, person_kind: str, months: int, legal_basis: str, active: bool = True
) -> UUID:
    """Say how long data of one kind of persons are kept after they have left.

    Args:
        person_kind: What kind of person it is, such as Student.
        months: From the day on which somebody left.
        legal_basis: The law or the school's own rule that says so.
        active: Whether it is looked for what is due.
    """
    if not subject_of(context, person_kind).left:
        raise Invalid("of this kind of persons nobody knows when they left", field="personKind")
    if not 1 <= months <= 1200:
        raise Invalid("1 to 1200 months", field="months")
    if not 1 <= len(legal_basis.strip()) <= 300:
        raise Invalid("1 to 300 characters", field="legalBasis")
    values = {"months": months, "legal_basis": legal_basis, "active": active}
    rows = context.rows(RetentionRule)
    found: UUID | None = await context.fetchval("SELECT id FROM retention_rule WHERE person_kind = $1", person_kind)
    if found is None:
        (found,) = await rows.insert([{"person_kind": person_kind, **values}])
    else:
        await rows.update(found, values)
    return found


@job("privacy.retention.find", cron="40 3 1 * *", time_limit=900)
async def find_due(context: Context) -> int:
    """Ask for the erasure of those whose time is over. Somebody has to approve each; who is on hold is left out."""
    declared = declared_by(context.host)
    made = 0
    for rule in await context.fetch("SELECT person_kind, months FROM retention_rule WHERE active ORDER BY person_kind"):
        resource = context.variant.resources.get(rule["person_kind"])
        subject = None if resource is None else declared.get(resource.table)
        if subject is None or not subject.left:
            continue
        sql = _LEFT.format(left=subject.left.replace("{row}", "r"), table=subject.name)
        for person in await context.fetch(sql, context.today):
            if made == _MOST or due_from(person["left_on"], rule["months"]) > context.today:
                break
            found = await find_rows(context, subject, person["id"], only_own=True)
            values = {
                "person_kind": rule["person_kind"],
                "person_id": person["id"],
                "basis": ErasureBasis.RETENTION.value,
                "state": ErasureState.ASKED.value,
                "plan": plan_of(declared, found),
                "asked_by": context.caller.login,
                "asked_at": context.now,
            }
            await context.rows(PersonErasure).insert([values])
            made += 1
    return made


COMMANDS: Final[tuple[Command, ...]] = (set_retention,)
JOBS: Final[tuple[Job, ...]] = (find_due,)
