"""Erasing a person over all plugins: one person asks, another approves, and a tombstone stays.

The law: Hong Kong, Personal Data (Privacy) Ordinance (Cap. 486), s. 26 and Schedule 1, principle 2(2); mainland China,
Personal Information Protection Law, art. 47.
"""

from __future__ import annotations

import asyncio
import contextvars
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID

import msgspec

from homeroom.audit.erasing import take_out
from homeroom.commands import Command, Ref, command
from homeroom.context import Context
from homeroom.data_categories import DataCategory
from homeroom.database.rows import column_types
from homeroom.errors import Forbidden, Refusal
from homeroom.files.forgetting import digests_of, forget_contents
from homeroom.files.tables import StoredFile
from homeroom.jobs import Job, job
from homeroom.personal_data import Act, PersonalData, PersonKind
from homeroom.privacy.finding import Found, declared_by, find_rows, subject_of
from homeroom.privacy.parts import chosen_of, part_of
from homeroom.privacy.refusals import ANOTHER_APPROVES, ERASURE_ASKED, ERASURE_DECIDED, HOLD_LIFTED, ON_HOLD
from homeroom.privacy.tables import ErasureBasis, ErasureState, LegalHold, PersonErasure
from homeroom.refusals import LENGTH, LISTED_TWICE, MISSING_ENTRIES, TOO_MANY

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["COMMANDS", "JOBS", "plan_of"]

_LONGEST: Final = 500
#: How many requests are approved at once: in one transaction, which others wait for.
_MOST: Final = 50
#: A part that was erased does not keep anybody from asking for the rest, or for what has come since.
_ASKED_OR_DONE: Final = """
SELECT state FROM person_erasure WHERE person_id = $1 AND (state = 'asked' OR (state = 'erased' AND categories = '{}'))
"""


@command("privacy.hold.place", returns="LegalHold")
async def place_hold(context: Context, *, person_kind: PersonKind, person: UUID, reason: str) -> UUID:
    """Keep everything about a person until the hold is lifted.

    Args:
        person_kind: What kind of person it is, such as Student.
        person: The person's id.
        reason: Why, such as a lawsuit.
    """
    subject_of(context, person_kind)
    await context.permit(person_kind, [person], field="person", unseen=True)
    text = reason.strip()
    if not 1 <= len(text) <= _LONGEST:
        raise Refusal(LENGTH, "reason", most=_LONGEST)
    values = {"person_kind": person_kind, "person_id": person, "reason": text}
    placed = {"placed_by": context.caller.login, "placed_at": context.now}
    (made,) = await context.rows(LegalHold).insert([values | placed])
    return made


@command("privacy.hold.lift", returns="LegalHold")
async def lift_hold(context: Context, *, legal_hold: Annotated[UUID, Ref("LegalHold")]) -> UUID:
    """Lift a hold. Raises Refusal for one that was lifted already.

    Args:
        legal_hold: Which.
    """
    await context.permit("LegalHold", [legal_hold], field="legalHold")
    if await context.fetchval("SELECT lifted_at FROM legal_hold WHERE id = $1 FOR UPDATE", legal_hold) is not None:
        raise Refusal(HOLD_LIFTED, "legal_hold")
    lifted = {"lifted_by": context.caller.login, "lifted_at": context.now}
    await context.rows(LegalHold).update(legal_hold, lifted)
    return legal_hold


@command("privacy.person.erase", returns="PersonErasure")
async def ask_for_erasure(
    context: Context,
    *,
    person_kind: PersonKind,
    person: UUID,
    basis: ErasureBasis,
    categories: list[DataCategory] | None = None,
) -> UUID:
    """Ask that a person be erased; nothing happens before somebody else approves. The plan says what would go.

    Raises ON_HOLD, and ERASURE_ASKED if it is asked for already, or the whole person was erased.

    Args:
        person_kind: What kind of person it is, such as Student.
        person: The person's id.
        basis: Why.
        categories: What is removed, such as photographs alone; none for the whole person.
    """
    chosen = chosen_of(categories)
    subject = subject_of(context, person_kind)
    await context.permit(person_kind, [person], field="person", unseen=True)
    await _refuse_held(context, person)
    if await context.fetchval(_ASKED_OR_DONE, person) is not None:
        raise Refusal(ERASURE_ASKED, "person")
    found = await part_of(context, await find_rows(context, subject, person, only_own=True), chosen)
    values = {
        "person_kind": person_kind,
        "person_id": person,
        "basis": basis.value,
        "categories": sorted(chosen or ()),
        "state": ErasureState.ASKED.value,
        "plan": plan_of(declared_by(context.host), found),
        "asked_account": context.caller.account,
        "asked_by": context.caller.login,
        "asked_at": context.now,
    }
    (made,) = await context.rows(PersonErasure).insert([values])
    return made


@command("privacy.erasure.approve", returns="PersonErasure")
async def approve_erasure(context: Context, *, person_erasure: Annotated[UUID, Ref("PersonErasure")]) -> UUID:
    """Erase a person as was asked for; it cannot be undone. The audit follows within minutes.

    Raises Forbidden for who asked, ON_HOLD, and ERASURE_DECIDED if it was decided already.

    Args:
        person_erasure: The request.
    """
    await context.permit("PersonErasure", [person_erasure], field="personErasure")
    await _approve(context, person_erasure, "personErasure")
    return person_erasure


@command("privacy.erasures.approve", returns="PersonErasure", many=True)
async def approve_erasures(
    context: Context, *, person_erasures: list[Annotated[UUID, Ref("PersonErasure")]]
) -> list[UUID]:
    """Erase several people as was asked for, such as those of a year who have left: all of them, or none.

    Raises Forbidden for who asked for one of them, ON_HOLD, ERASURE_DECIDED naming those that were decided already, and
    REQUIRED for none, LISTED_TWICE, and TOO_MANY for more than 50.

    Args:
        person_erasures: The requests, once each.
    """
    if not person_erasures:
        raise Refusal(MISSING_ENTRIES, "person_erasures")
    if len(set(person_erasures)) != len(person_erasures):
        raise Refusal(LISTED_TWICE, "person_erasures")
    if len(person_erasures) > _MOST:
        raise Refusal(TOO_MANY, "person_erasures", most=_MOST)
    await context.permit("PersonErasure", person_erasures, field="personErasures", rows=True)
    for number, each in enumerate(person_erasures):
        await _approve(context, each, "personErasures", number)
    return person_erasures


async def _approve(context: Context, person_erasure: UUID, field: str, number: int | None = None) -> None:
    row = await _open(context, person_erasure, field, number)
    if context.caller.account == row["asked_account"]:
        raise Forbidden(ANOTHER_APPROVES)
    person = row["person_id"]
    await _refuse_held(context, person, "person" if number is None else field, number)
    declared = declared_by(context.host)
    subject = subject_of(context, row["person_kind"])
    chosen = chosen_of(row["categories"])
    found = await part_of(context, await find_rows(context, subject, person, only_own=True), chosen)
    plan = plan_of(declared, found)
    await _erase(context, declared, found)
    await _decide(context, person_erasure, ErasureState.ERASED, plan)
    ids = [str(each) for each in found.ids]
    await context.enqueue(erase_from_audit, erasure=str(person_erasure), rows=ids)


@command("privacy.erasure.refuse", returns="PersonErasure")
async def refuse_erasure(context: Context, *, person_erasure: Annotated[UUID, Ref("PersonErasure")]) -> UUID:
    """Refuse a request for erasure, or withdraw one's own. Raises Refusal if it was decided already.

    Args:
        person_erasure: The request.
    """
    await context.permit("PersonErasure", [person_erasure], field="personErasure")
    await _open(context, person_erasure, "personErasure")
    await _decide(context, person_erasure, ErasureState.REFUSED, None)
    return person_erasure


@job("privacy.erasure.audit", attempts=12, time_limit=900)
async def erase_from_audit(context: Context, *, erasure: str, rows: list[str]) -> int:
    """Take what the audit has about erased rows out of it, once all of it is sealed."""
    from homeroom.audit.sealing import Sealer

    # In a context of its own: in the job's, it would be a savepoint of the job's transaction.
    sealing = Sealer(context.host).run([context.space])
    done = await asyncio.create_task(sealing, context=contextvars.Context())
    ids = [UUID(each) for each in rows]
    waiting = await context.fetchval(
        "SELECT count(*) FROM audit_line l LEFT JOIN audit_seal s ON s.id = l.entry_id"
        " WHERE l.row_id = ANY($1::uuid[]) AND s.id IS NULL",
        ids,
    )
    if done.busy or waiting:
        raise RuntimeError(f"{waiting} lines are not sealed yet")
    erased = await take_out(context, rows=ids, before=None, reason=f"erasure {erasure}")
    await context.rows(PersonErasure).update(UUID(erasure), {"audit_erased_at": context.now})
    return erased


async def _open(context: Context, erasure: UUID, field: str, number: int | None = None) -> Any:
    row = await context.fetchrow("SELECT * FROM person_erasure WHERE id = $1 FOR UPDATE", erasure)
    assert row is not None
    if row["state"] != ErasureState.ASKED.value:
        raise Refusal(ERASURE_DECIDED, field, number)
    return row


async def _decide(context: Context, erasure: UUID, state: ErasureState, plan: str | None) -> None:
    values: dict[str, Any] = {"state": state.value, "decided_by": context.caller.login, "decided_at": context.now}
    if plan is not None:
        values["plan"] = plan
    await context.rows(PersonErasure).update(erasure, values)


async def _refuse_held(context: Context, person: UUID, field: str = "person", number: int | None = None) -> None:
    sql = "SELECT reason FROM legal_hold WHERE person_id = $1 AND lifted_at IS NULL ORDER BY placed_at LIMIT 1"
    reason = await context.fetchval(sql, person)
    if reason is not None:
        raise Refusal(ON_HOLD, field, number, reason=reason)


def plan_of(declared: Mapping[str, PersonalData], found: Found) -> str:
    """What happens to which table, for people and for the tombstone: counts and reasons, and nothing of the rows."""
    plan = []
    for name, ids in sorted(found.rows.items()):
        erasure = declared[name].erasure
        assert erasure is not None
        line = {"table": name, "act": erasure.act.value, "rows": len(ids), "reason": erasure.reason}
        plan.append(line | {"columns": sorted(declared[name].blank_in(found.categories))})
    return msgspec.json.encode(plan).decode()


async def _erase(context: Context, declared: Mapping[str, PersonalData], found: Found) -> None:
    """Blank, then delete. The audit gets the rows, and not their values."""
    for name, ids in found.rows.items():
        blank = declared[name].blank_in(found.categories)
        if blank:
            types = column_types(declared[name].table)
            sets = [f"{column} = ${at}::{types[column]}" for at, column in enumerate(blank, start=2)]
            if "version" in types:
                sets.append("version = version + 1")
            sql = f"UPDATE {name} SET {', '.join(sets)} WHERE id = ANY($1::uuid[])"
            await context.execute(sql, ids, *blank.values())
            context.trail.changed_many(name, ids, [None] * len(ids), [None] * len(ids))
    waiting = {
        name: ids
        for name, ids in found.rows.items()
        if (erasure := declared[name].erasure) is not None and erasure.act is Act.DELETE
    }
    digests = await digests_of(context, waiting.get(StoredFile._meta.tablename, []))
    while waiting:
        # Rows that are referred to are removed after those that refer to them.
        free = [name for name in waiting if not any(_refers(declared[o], name) for o in waiting if o != name)]
        for name in free or list(waiting):
            ids = waiting.pop(name)
            await context.execute(f"DELETE FROM {name} WHERE id = ANY($1::uuid[])", ids)
            context.trail.changed_many(name, ids, [None] * len(ids), [None] * len(ids))
    await forget_contents(context, digests)


def _refers(declared: PersonalData, table: str) -> bool:
    from homeroom.database.tables import reference_of

    return any(reference_of(column) == table for column in declared.table._meta.columns)


COMMANDS: Final[tuple[Command, ...]] = (
    place_hold,
    lift_hold,
    ask_for_erasure,
    approve_erasure,
    approve_erasures,
    refuse_erasure,
)
JOBS: Final[tuple[Job, ...]] = (erase_from_audit,)
