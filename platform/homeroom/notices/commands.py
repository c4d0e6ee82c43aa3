"""What people do with their notices."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from homeroom.commands import Command, Ref, command
from homeroom.context import Context
from homeroom.database.ids import new_id
from homeroom.errors import Problem, Refusal
from homeroom.notices.refusals import ALWAYS_SENT, NO_INBOX, NOTHING_TO_DO
from homeroom.notices.states import NoticeMode
from homeroom.notices.tables import Notice
from homeroom.refusals import NOT_FOUND

__all__ = ["COMMANDS"]

_PREFER: Final = """
INSERT INTO notice_preference AS p (id, account_id, kind, mode) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant_id, account_id, kind) DO UPDATE SET mode = EXCLUDED.mode RETURNING p.id
"""


@command("notices.notice.read", returns="Notice", many=True)
async def mark_notices(
    context: Context, *, notices: list[Annotated[UUID, Ref("Notice")]], read: bool = True
) -> list[UUID]:
    """Say that notices are read, or are to be read again.

    Args:
        notices: Which of one's own.
        read: False: they count as unread once more.
    """
    await context.permit("Notice", notices, field="notices", rows=True)
    wanted = list(dict.fromkeys(notices))
    kept = {
        row["id"]: row["read_at"]
        for row in await context.fetch("SELECT id, read_at FROM notice WHERE id = ANY($1::uuid[])", wanted)
    }
    await context.rows(Notice).update_many(
        [{"id": each, "read_at": (kept[each] or context.now) if read else None} for each in wanted]
    )
    return notices


@command("notices.todo.finish", returns="Notice", many=True)
async def finish_todos(
    context: Context, *, notices: list[Annotated[UUID, Ref("Notice")]], done: bool = True
) -> list[UUID]:
    """Say that things to do are done, or are to be done after all. Raises Refusal for a notice that asks for nothing.

    Args:
        notices: Which of one's own.
        done: False: they are to be done after all.
    """
    await context.permit("Notice", notices, field="notices", rows=True)
    wanted = list(dict.fromkeys(notices))
    rows = {
        row["id"]: row
        for row in await context.fetch("SELECT id, todo, done_at FROM notice WHERE id = ANY($1::uuid[])", wanted)
    }
    problems = [
        Problem(NOTHING_TO_DO, "notices", index) for index, each in enumerate(notices) if not rows[each]["todo"]
    ]
    if problems:
        raise Refusal.of(problems)
    await context.rows(Notice).update_many(
        [{"id": each, "done_at": (rows[each]["done_at"] or context.now) if done else None} for each in wanted]
    )
    return notices


@command("notices.preference.set", returns="NoticePreference")
async def set_notice_preference(context: Context, *, kind: str, mode: NoticeMode) -> UUID:
    """Choose how one wants to hear of a kind of notice. Raises Refusal for one that cannot be turned off.

    Args:
        kind: Its name, such as `gradebook.round_opened`.
        mode: Where it is delivered.
    """
    known = context.variant.notices.get(kind)
    if known is None:
        raise Refusal(NOT_FOUND, "kind")
    if mode is NoticeMode.OFF and (known.todo or not known.optional):
        raise Refusal(ALWAYS_SENT, "mode")
    if context.caller.account is None:
        raise Refusal(NO_INBOX, "kind")
    made: UUID = await context.fetchval(_PREFER, new_id(), context.caller.account, kind, mode.value)
    context.trail.changed("notice_preference", made, None, {"kind": kind, "mode": mode.value})
    return made


COMMANDS: Final[tuple[Command, ...]] = (mark_notices, finish_todos, set_notice_preference)
