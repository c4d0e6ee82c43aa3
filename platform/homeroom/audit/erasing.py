"""Taking values out of the audit, for retention and erasure, without breaking its chain.

What is left of an erased entry is its frame (when, how, by which command, which rows), and the digests. The command
that erases is in the audit itself: its line is the *tombstone*, which says which entries and lines lost their
values; when, by whom and why says its entry. It is signed with the key of the audit. Tombstones are never erased.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from homeroom.audit.heads import audit_key
from homeroom.audit.refusals import ROW_OR_MOMENT
from homeroom.commands import command
from homeroom.context import Context
from homeroom.database.ids import new_id
from homeroom.errors import Refusal
from homeroom.refusals import REQUIRED

__all__ = ["TOMBSTONE", "TOMBSTONES", "erase_audit", "sign_tombstone", "take_out"]

#: The noun of a tombstone's line.
TOMBSTONE = "audit_erasure"

TOMBSTONES = f"""
SELECT l.row_id, l.new_values::text AS new_values, e.at, e.account_id, e.login, s.position
FROM audit_line l JOIN audit_entry e ON e.id = l.entry_id LEFT JOIN audit_seal s ON s.id = e.id
WHERE l.noun = '{TOMBSTONE}'
"""

# What has its seal: what has none yet is sealed within a minute, and is erased by the next call. An entry's own values
# go too where they may speak of the row: its arguments and its reason. They have one digest with who did it.
_CHOSEN = f"""
SELECT e.id AS entry, array_remove(array_agg(l.id), NULL) AS lines,
       max(e.login) <> '' AND ($1::uuid[] IS NULL
           OR bool_or(e.reason IS NOT NULL OR e.arguments IS NOT NULL)) AS itself
FROM audit_entry e JOIN audit_seal s ON s.id = e.id
     LEFT JOIN audit_line l ON l.entry_id = e.id AND l.noun <> '{TOMBSTONE}'
          AND ($1::uuid[] IS NULL OR l.row_id = ANY($1))
          AND ($1::uuid[] IS NOT NULL OR l.old_values IS NOT NULL OR l.new_values IS NOT NULL)
WHERE e.command <> 'audit.erase' AND NOT EXISTS (
    SELECT FROM audit_line o WHERE o.entry_id = e.id AND o.noun = '{TOMBSTONE}')
  AND ($2::timestamptz IS NULL OR e.at < $2)
GROUP BY e.id
HAVING ($1::uuid[] IS NULL AND max(e.login) <> '') OR count(l.id) > 0
"""
_ERASE = "homeroom.erase_audit_values($1, $2)"
_WITH_VALUES = """
SELECT id FROM audit_line WHERE id = ANY($1::uuid[]) AND (old_values IS NOT NULL OR new_values IS NOT NULL)
"""


def sign_tombstone(
    key: bytes, space: UUID, tombstone: UUID, said: Mapping[str, Any], by: tuple[datetime, UUID | None, str]
) -> str:
    """The signature of a tombstone: access to the database alone is not enough to set one, nor one in another's name.

    Args:
        key: Of the audit.
        space: The space.
        tombstone: The id of the tombstone's row.
        said: Which entries and lines lost their values, and why.
        by: When, and by which account and login.
    """
    entries, lines = (sorted(str(each) for each in said[name]) for name in ("entries", "lines"))
    at, account, login = by
    signed = [str(space), str(tombstone), entries, lines, said["reason"], at.isoformat(), str(account), login]
    return hmac.digest(key, b"tombstone\n" + msgspec.json.encode(signed), "sha256").hex()


async def take_out(context: Context, *, rows: list[UUID] | None, before: datetime | None, reason: str) -> int:
    """Take values out of the audit and leave a tombstone.

    Args:
        context: The context.
        rows: What is about these rows, the arguments and reasons of such entries included; none for everything.
        before: What is older than this moment.
        reason: The tombstone keeps it for ever, so it names nobody.

    Returns:
        How many entries and lines lost their values.
    """
    chosen = await context.fetch(_CHOSEN, rows, before)
    found = [line for each in chosen for line in each["lines"]]
    lines = [row["id"] for row in await context.fetch(_WITH_VALUES, found)]
    entries = [each["entry"] for each in chosen if each["itself"]]
    if not entries and not lines:
        return 0
    tombstone = new_id()
    said = {"entries": entries, "lines": lines, "reason": reason}
    signature = sign_tombstone(
        audit_key(context.host.settings),
        context.space.id,
        tombstone,
        said,
        (context.now, context.caller.account, context.caller.login),
    )
    context.trail.changed(TOMBSTONE, tombstone, None, {**said, "signature": signature})
    erased: int = await context.transaction.call(_ERASE, entries, lines)
    return erased


@command("audit.erase", confirmed=True)
async def erase_audit(context: Context, *, reason: str, row: UUID | None = None, before: datetime | None = None) -> int:
    """Take the values out of a part of the audit; what is left says that there was something.

    Args:
        context: The context.
        reason: Why: the period of retention that ended, or the request of the person concerned.
        row: The lines about this row; an entry that keeps a reason or arguments loses them, and who did it with them.
            Without it, everything, who did it included.
        before: What is older than this moment.

    Returns:
        How many entries and lines lost their values.

    Raises:
        Refusal: Neither a row nor a moment is given, or no reason.
    """
    if row is None and before is None:
        raise Refusal(ROW_OR_MOMENT, "row")
    if not reason.strip():
        raise Refusal(REQUIRED, "reason")
    return await take_out(context, rows=None if row is None else [row], before=before, reason=reason)
