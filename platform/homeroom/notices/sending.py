"""Notifying people: inside the transaction of the sender, so that a notice is there with what it reports or not at
all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from homeroom.commands import Event
from homeroom.database.ids import new_id, new_ids
from homeroom.errors import ConfigurationError
from homeroom.notices.delivering import ask_for_mails, held_because
from homeroom.notices.kinds import language_of, rendered

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date
    from uuid import UUID

    import asyncpg

    from homeroom.context import Context
    from homeroom.notices.kinds import NoticeKind, Value

__all__ = ["is_to_do", "notify", "settle"]

# Only members are notified, each as they have chosen.
_RECIPIENTS: Final = """
SELECT r.account, r.login, r.language, r.has_address, p.mode
FROM homeroom.notice_recipients($1::uuid[], $2::text[], $3::uuid[], $4) r
LEFT JOIN notice_preference p ON p.account_id = r.account AND p.kind = $5
ORDER BY r.account
"""
# Something to do that was done and is asked for again is open again; everything else makes one notice.
_INSERT: Final = """
INSERT INTO notice AS n
    (id, account_id, kind, key, language, subject, body, about, due_on, todo, digest, created_at)
SELECT new.id, new.account_id, $1, $2, new.language, new.subject, new.body, $3, $4, $5, new.digest, $6
FROM unnest($7::uuid[], $8::uuid[], $9::text[], $10::text[], $11::text[], $12::boolean[])
    AS new (id, account_id, language, subject, body, digest)
ON CONFLICT (tenant_id, account_id, kind, key) DO UPDATE
    SET done_at = NULL, read_at = NULL, due_on = EXCLUDED.due_on, subject = EXCLUDED.subject, body = EXCLUDED.body,
        created_at = EXCLUDED.created_at
    WHERE n.todo AND n.done_at IS NOT NULL
RETURNING n.id, n.account_id
"""
# A thing to do that is asked for again is not mailed again.
_DELIVERIES: Final = """
INSERT INTO notice_delivery (id, notice_id, account_id, login, kind, state, error, created_at)
SELECT new.id, new.notice_id, new.account_id, new.login, $1, new.state, new.error, $2
FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[])
    AS new (id, notice_id, account_id, login, state, error)
ON CONFLICT (tenant_id, notice_id) DO NOTHING
"""
_TO_DO: Final = """
SELECT EXISTS (SELECT FROM notice WHERE kind = $1 AND key = ANY($2::text[]) AND todo AND done_at IS NULL)
"""
_SETTLE: Final = """
UPDATE notice SET done_at = $3 WHERE kind = $1 AND key = $2 AND todo AND done_at IS NULL RETURNING id
"""


async def notify(
    context: Context,
    kind: NoticeKind,
    *,
    to: Collection[UUID] = (),
    roles: Collection[str] = (),
    persons: Collection[UUID] = (),
    values: Mapping[str, Value] | None = None,
    about: str | None = None,
    key: str | None = None,
    due: date | None = None,
) -> list[UUID]:
    """Tell members of the space something. It is there when this transaction commits, and not otherwise.

    People who are no members now are passed over, and so are those who turned the kind off. Nothing is looked up for
    the text: its values are all that its readers learn, and ``about`` leads each to no more than what they may see.

    Args:
        context: Of the command, job or event that tells.
        kind: What kind of notice; its plugin gives it by the hook ``notice_kinds``.
        to: Accounts.
        roles: Everybody who holds one of these roles now.
        persons: Everybody who stands for one of these staff members, students or guardians.
        values: All that the kind declares.
        about: The global id of a row, such as ``EntryRound_<uuid>``.
        key: At most 200 characters. Of the same kind with the same key, each person gets one notice; something to do
            that was done meanwhile is to be done again.
        due: Until when it is to be done.

    Returns:
        The notices' ids.

    Raises:
        ConfigurationError: The space has no such kind.
        ValueError: The values are not those of the kind.
    """
    if "notices" not in context.variant.plugins:
        return []  # a host without this part
    if context.variant.notices.get(kind.name) is not kind:
        raise ConfigurationError(f"this space has no kind of notice {kind.name}: give it by the hook notice_kinds")
    found = await context.fetch(_RECIPIENTS, list(to), list(roles), list(persons), context.now, kind.name)
    wanted = {row["account"]: row for row in found if _mode(kind, row) != "off"}
    texts = {row["account"]: rendered(kind, _language(context, row), values or {}) for row in wanted.values()}
    inserted = await context.fetch(
        _INSERT, kind.name, key or new_id().hex, about, due, kind.todo, context.now,
        [new_id() for _ in wanted], list(wanted),
        [_language(context, row) for row in wanted.values()],
        [texts[each][0] for each in wanted], [texts[each][1] for each in wanted],
        [_mode(kind, row) == "digest" for row in wanted.values()],
    )  # fmt: skip
    ids = [row["id"] for row in inserted]
    # The audit has who was notified and of what; the text is for the reader.
    context.trail.changed_many(
        "notice", ids, [None] * len(ids), [{"kind": kind.name, "account": row["account_id"]} for row in inserted]
    )
    await _post(context, kind, [(row["id"], wanted[row["account_id"]]) for row in inserted])
    if ids:
        accounts = [row["account_id"] for row in inserted]
        await context.emit(Event("notices.notice.arrived", {"notices": ids, "accounts": accounts}))
    return ids


async def settle(context: Context, kind: NoticeKind, key: str) -> int:
    """Take something off everybody's list of things to do, because it is done or no longer asked for.

    Args:
        context: Of the command, job or event that did it.
        kind: Its kind.
        key: The key that it was sent with.

    Returns:
        From how many lists it was taken.
    """
    if "notices" not in context.variant.plugins:
        return 0
    settled = await context.fetch(_SETTLE, kind.name, key, context.now)
    ids = [row["id"] for row in settled]
    context.trail.changed_many("notice", ids, [{"done_at": None}] * len(ids), [{"done_at": context.now}] * len(ids))
    return len(ids)


async def is_to_do(context: Context, kind: NoticeKind, keys: Sequence[str]) -> bool:
    """Whether anything is on anybody's list of things to do still.

    Args:
        context: Of a command, job or event.
        kind: Its kind.
        keys: Any of the keys that it was sent with.
    """
    if "notices" not in context.variant.plugins:
        return False
    return bool(await context.fetchval(_TO_DO, kind.name, list(keys)))


async def _post(context: Context, kind: NoticeKind, wanted: list[tuple[UUID, asyncpg.Record]]) -> None:
    """Ask for the mails about notices: one job, which asks for the rest once this transaction has committed."""
    posted = [(notice, row) for notice, row in wanted if _mode(kind, row) == "mail"]
    if not posted:
        return
    reasons = [held_because(context.host.settings, bool(row["has_address"])) for _, row in posted]
    await context.execute(
        _DELIVERIES, kind.name, context.now, new_ids(len(posted)), [notice for notice, _ in posted],
        [row["account"] for _, row in posted], [row["login"] for _, row in posted],
        ["queued" if reason is None else "held" for reason in reasons], reasons,
    )  # fmt: skip
    if None in reasons:
        await ask_for_mails(context)


def _mode(kind: NoticeKind, row: asyncpg.Record) -> str:
    chosen: str = row["mode"] or kind.channel
    return kind.channel if chosen == "off" and (kind.todo or not kind.optional) else chosen


def _language(context: Context, row: asyncpg.Record) -> str:
    return language_of(row["language"] or context.space.locale)
