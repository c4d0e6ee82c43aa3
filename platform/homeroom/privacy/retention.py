"""Whose data need not be kept any more: looked for by the calendar, asked for, and erased only once somebody approves.

The law: Hong Kong, Personal Data (Privacy) Ordinance (Cap. 486), Schedule 1, principle 2(2), and s. 26; mainland China,
Personal Information Protection Law, art. 19 and 47. None of them names a number of years for schools, so without a
rule of the school's own everything is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from homeroom.commands import Command, command
from homeroom.context import Context
from homeroom.data_categories import CHOSEN, DataCategory
from homeroom.errors import Refusal
from homeroom.jobs import Job, job
from homeroom.personal_data import PersonKind
from homeroom.privacy.erasing import plan_of
from homeroom.privacy.finding import declared_by, find_rows, subject_of
from homeroom.privacy.parts import chosen_of, part_of
from homeroom.privacy.refusals import LEAVING_UNKNOWN
from homeroom.privacy.rules import due_categories, due_from
from homeroom.privacy.tables import ErasureBasis, ErasureState, PersonErasure, RetentionRule
from homeroom.refusals import LENGTH, OUT_OF_RANGE

if TYPE_CHECKING:
    from collections.abc import Mapping

    import asyncpg

    from homeroom.personal_data import PersonalData

__all__ = ["COMMANDS", "JOBS", "find_due"]

#: How many requests one run makes: people read them.
_MOST: Final = 200
#: Who is asked for already, or was erased whole, is left out. What was erased or refused since this leaving is not
#: asked for again; somebody who came back and leaves again is another matter.
_LEFT: Final = """
SELECT x.id, x.left_on,
       COALESCE((SELECT array_agg(DISTINCT c.category) FROM person_erasure e, unnest(e.categories) c (category)
                 WHERE e.person_id = x.id AND e.left_on = x.left_on), '{{}}') AS settled,
       EXISTS (SELECT FROM person_erasure e WHERE e.person_id = x.id AND e.categories = '{{}}'
               AND e.basis = 'retention' AND COALESCE(e.left_on, x.left_on) = x.left_on) AS whole_refused
FROM (SELECT r.id, {left} AS left_on FROM {table} r) x
WHERE x.left_on < $1::date
  AND NOT EXISTS (SELECT FROM person_erasure e WHERE e.person_id = x.id
                  AND (e.state = 'asked' OR (e.state = 'erased' AND e.categories = '{{}}')))
  AND NOT EXISTS (SELECT FROM legal_hold h WHERE h.person_id = x.id AND h.lifted_at IS NULL)
ORDER BY x.left_on, x.id
"""


@command("privacy.retention.set", returns="RetentionRule")
async def set_retention(
    context: Context,
    *,
    person_kind: PersonKind,
    months: int,
    legal_basis: str,
    category: DataCategory | None = None,
    active: bool = True,
) -> UUID:
    """Say how long data of one kind of persons are kept after they have left.

    A rule of one category takes precedence over the rule without one, which covers all categories without a rule of
    their own.

    Args:
        person_kind: What kind of person it is, such as Student.
        months: From the day on which somebody left.
        legal_basis: The law or the school's own rule that says so.
        category: What of them, such as photographs; none for all that has no rule of its own.
        active: Whether it is looked for what is due.
    """
    if category is not None:
        chosen_of([category], "category")
    if not subject_of(context, person_kind).left:
        raise Refusal(LEAVING_UNKNOWN, "person_kind")
    if not 1 <= months <= 1200:
        raise Refusal(OUT_OF_RANGE, "months", least=1, most=1200)
    if not 1 <= len(legal_basis.strip()) <= 300:
        raise Refusal(LENGTH, "legal_basis", most=300)
    values = {"months": months, "legal_basis": legal_basis, "active": active}
    rows = context.rows(RetentionRule)
    same = "SELECT id FROM retention_rule WHERE person_kind = $1 AND category IS NOT DISTINCT FROM $2"
    found: UUID | None = await context.fetchval(same, person_kind, category)
    if found is None:
        key = {"person_kind": person_kind, "category": None if category is None else category.value}
        (found,) = await rows.insert([key | values])
    else:
        await rows.update(found, values)
    return found


@job("privacy.retention.find", cron="40 3 1 * *", time_limit=900)
async def find_due(context: Context) -> int:
    """Ask for the erasure of those whose time is over. Somebody has to approve each; who is on hold is left out."""
    declared = declared_by(context.host)
    rules: dict[str, dict[DataCategory | None, int]] = {}
    for rule in await context.fetch("SELECT person_kind, category, months FROM retention_rule WHERE active"):
        category = None if rule["category"] is None else DataCategory(rule["category"])
        rules.setdefault(rule["person_kind"], {})[category] = rule["months"]
    made = 0
    for kind, months in sorted(rules.items()):
        resource = context.variant.resources.get(kind)
        subject = None if resource is None else declared.get(resource.table)
        if subject is None or not subject.left:
            continue
        sql = _LEFT.format(left=subject.left.replace("{row}", "r"), table=subject.name)
        for person in await context.fetch(sql, context.today):
            if made == _MOST or due_from(person["left_on"], min(months.values())) > context.today:
                break
            made += await _ask(context, declared, subject, kind, person, months)
    return made


async def _ask(
    context: Context,
    declared: Mapping[str, PersonalData],
    subject: PersonalData,
    kind: str,
    person: asyncpg.Record,
    months: Mapping[DataCategory | None, int],
) -> bool:
    """Ask for what is due of a person; gives whether there is something."""
    due = due_categories(months, person["left_on"], context.today)
    if due is not None or person["whole_refused"]:
        due = (CHOSEN if due is None else due) - {DataCategory(each) for each in person["settled"]}
        if person["whole_refused"]:
            due &= {each for each in months if each is not None}
        if not due:
            return False
    found = await part_of(context, await find_rows(context, subject, person["id"], only_own=True), due)
    if due is not None and not found.rows:
        return False
    values = {
        "person_kind": kind,
        "person_id": person["id"],
        "basis": ErasureBasis.RETENTION.value,
        "categories": sorted(due or ()),
        "left_on": person["left_on"],
        "state": ErasureState.ASKED.value,
        "plan": plan_of(declared, found),
        "asked_by": context.caller.login,
        "asked_at": context.now,
    }
    await context.rows(PersonErasure).insert([values])
    return True


COMMANDS: Final[tuple[Command, ...]] = (set_retention,)
JOBS: Final[tuple[Job, ...]] = (find_due,)
