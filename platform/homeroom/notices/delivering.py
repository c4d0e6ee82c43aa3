"""Mails about notices: one job each, tried for hours while the server is unavailable, and held while there is none."""

from __future__ import annotations

import asyncio
import contextvars
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from homeroom.context import Context
from homeroom.database.ids import new_ids
from homeroom.jobs import Job, job
from homeroom.notices.kinds import language_of
from homeroom.notices.letters import digest_text, notice_text
from homeroom.notices.mail import Mail, address_of_space
from homeroom.notices.smtp import MailDelayed, MailRefused, mailer_of

if TYPE_CHECKING:
    import asyncpg

    from homeroom.settings import Settings

__all__ = ["JOBS", "NO_SERVER", "ask_for_mails", "held_because", "resume"]

logger = logging.getLogger(__name__)

#: How often a server is asked before it is somebody's decision: doubled up to ten minutes, about nine hours.
_ATTEMPTS: Final = 60
#: What has been held for longer is news no more.
_STALE: Final = timedelta(days=7)
NO_SERVER: Final = "no mail server is set"
NO_ADDRESS: Final = "the account has no e-mail address"

_WAITING: Final = """
SELECT id FROM notice_delivery WHERE state = 'queued' AND NOT enqueued ORDER BY id LIMIT 500 FOR UPDATE SKIP LOCKED
"""
_DELIVERY: Final = """
SELECT d.id, d.account_id, d.kind, d.digest_on, d.state, d.attempts, n.id AS notice, n.language, n.subject, n.body
FROM notice_delivery d LEFT JOIN notice n ON n.tenant_id = d.tenant_id AND n.id = d.notice_id WHERE d.id = $1
"""
_UNREAD: Final = """
SELECT subject FROM notice WHERE account_id = $1 AND digest AND read_at IS NULL AND done_at IS NULL
    AND digested_at = (SELECT created_at FROM notice_delivery WHERE id = $2) ORDER BY created_at, id
"""
_UNTOLD: Final = """
SELECT DISTINCT account_id FROM notice
WHERE digest AND digested_at IS NULL AND read_at IS NULL AND done_at IS NULL
"""
_WHO: Final = """
SELECT account, login, has_address FROM homeroom.notice_recipients($1::uuid[], '{}', '{}', $2) ORDER BY account
"""
_DIGESTS: Final = """
INSERT INTO notice_delivery (id, account_id, login, kind, digest_on, state, error, created_at)
SELECT new.id, new.account_id, new.login, 'digest', $1, new.state, new.error, $2
FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[]) AS new (id, account_id, login, state, error)
ON CONFLICT (tenant_id, account_id, digest_on) DO NOTHING RETURNING account_id
"""
_MARK_DIGESTED: Final = """
UPDATE notice SET digested_at = $1 WHERE digest AND digested_at IS NULL AND account_id = ANY($2::uuid[])
"""
_NOTE: Final = """
UPDATE notice_delivery SET state = $2, error = $3, attempts = attempts + $4, sent_at = $5,
    enqueued = enqueued AND $2 = 'queued' WHERE id = $1
"""
_GIVE_UP: Final = """
UPDATE notice_delivery SET state = 'failed', error = 'it was held for too long' WHERE state = 'held' AND created_at < $1
"""
_HELD: Final = """
SELECT EXISTS (SELECT FROM notice_delivery WHERE state = 'held' AND ($1::boolean OR created_at < $2))
"""
_RESUME: Final = """
UPDATE notice_delivery d SET state = 'queued', error = NULL, enqueued = false
WHERE d.state = ANY($1::text[]) AND EXISTS (
    SELECT FROM homeroom.mail_address(d.account_id, $2) a WHERE a.email IS NOT NULL) RETURNING d.id
"""


def held_because(settings: Settings, has_address: bool) -> str | None:
    """Why a mail cannot be sent now, or none."""
    if settings.mail_url is None:
        return NO_SERVER
    return None if has_address else NO_ADDRESS


async def ask_for_mails(context: Context) -> None:
    """Ask for the mails that wait, in this transaction and on the installation's behalf."""
    await context.enqueue_as("notices", dispatch)


@job("notices.mail.dispatch", time_limit=120)
async def dispatch(context: Context) -> int:
    """Ask for a job of its own for each mail that waits, so that one bad address holds nobody up."""
    waiting = [row["id"] for row in await context.fetch(_WAITING)]
    for each in waiting:
        await context.enqueue(deliver, delivery=str(each))
    await context.execute("UPDATE notice_delivery SET enqueued = true WHERE id = ANY($1::uuid[])", waiting)
    if waiting:
        await ask_for_mails(context)  # for those beyond this handful
    return len(waiting)


@job("notices.mail.deliver", attempts=_ATTEMPTS, time_limit=120)
async def deliver(context: Context, *, delivery: str) -> str:
    """Hand one mail to the mail server. It may come twice, if this process dies at the wrong moment; then both have
    one Message-ID."""
    row = await context.fetchrow(_DELIVERY, UUID(delivery))
    if row is None or row["state"] != "queued":
        return "nothing to do"
    account = await context.fetchrow(
        "SELECT email, language FROM homeroom.mail_address($1, $2)", row["account_id"], context.now
    )
    if account is None:
        return await _note(context, row, "failed", "the account is no member any more")
    mailer = mailer_of(context.host)
    reason = held_because(context.host.settings, account["email"] is not None)
    if mailer is None or reason is not None:
        return await _note(context, row, "held", reason)
    mail = await _mail(context, row, account)
    if mail is None:
        return await _note(context, row, "sent", "all of it was read meanwhile", attempts=0)
    try:
        await mailer.send(mail, context.now)
    except MailRefused as error:
        return await _note(context, row, "failed", str(error))
    except MailDelayed as error:
        last = row["attempts"] + 1 >= _ATTEMPTS
        noting = _note_apart(context, row["id"], "failed" if last else "queued", str(error))
        # A context of its own: in the job's, this would be a savepoint of a transaction that leaves nothing behind.
        await asyncio.create_task(noting, context=contextvars.Context())
        raise
    return await _note(context, row, "sent", None)


async def _some_can_go(context: Context) -> bool:
    """Whether mails are held that may go now, or have been held for too long."""
    served = context.host.settings.mail_url is not None
    return bool(await context.fetchval(_HELD, served, context.now - _STALE))


@job("notices.mail.resume", cron="*/10 * * * *", when=_some_can_go)
async def resume(context: Context, again: bool = False) -> int:
    """Send what was held for want of a server or an address, once there is one; give up what was held for a week.

    Args:
        again: Try those once more, too, that have failed.
    """
    await context.execute(_GIVE_UP, context.now - _STALE)
    if context.host.settings.mail_url is None:
        held = await context.fetchval("SELECT count(*) FROM notice_delivery WHERE state = 'held'")
        if held:
            logger.warning("%d mails of %s are held: %s", held, context.space.slug, NO_SERVER)
        return 0
    found = await context.fetch(_RESUME, ["held", "failed"] if again else ["held"], context.now)
    if found:
        await ask_for_mails(context)
    return len(found)


async def _some_are_untold(context: Context) -> bool:
    return bool(await context.fetchval(f"SELECT EXISTS ({_UNTOLD})"))


@job("notices.mail.digest", cron="0 6 * * *", when=_some_are_untold)
async def digest(context: Context) -> int:
    """One mail to each person who wants one a day, about what is unread since the last; none if that is nothing."""
    waiting = [row["account_id"] for row in await context.fetch(_UNTOLD)]
    found = await context.fetch(_WHO, waiting, context.now)
    reasons = [held_because(context.host.settings, row["has_address"]) for row in found]
    made = await context.fetch(
        _DIGESTS, context.today, context.now, new_ids(len(found)), [row["account"] for row in found],
        [row["login"] for row in found], ["queued" if reason is None else "held" for reason in reasons], reasons,
    )  # fmt: skip
    accounts = [row["account_id"] for row in made]
    await context.execute(_MARK_DIGESTED, context.now, accounts)
    if accounts:
        await ask_for_mails(context)
    return len(accounts)


async def _mail(context: Context, row: asyncpg.Record, account: asyncpg.Record) -> Mail | None:
    school, address = context.space.name, address_of_space(context.host.settings, context.space)
    kind = context.variant.notices.get(row["kind"])
    if row["notice"] is None:
        subjects = [each["subject"] for each in await context.fetch(_UNREAD, row["account_id"], row["id"])]
        if not subjects:
            return None
        language = language_of(account["language"] or context.space.locale)
        subject, text = digest_text(language, subjects=subjects, school=school, address=address)
    else:
        subject = row["subject"]
        body = row["body"] if kind is not None and kind.mail_body else None
        text = notice_text(row["language"], subject=subject, body=body, school=school, address=address)
    many = row["notice"] is None or (kind is not None and kind.optional)
    return Mail(str(row["id"]), account["email"], subject, text, school, list_mail=many)


async def _note_apart(context: Context, delivery: UUID, state: str, error: str) -> None:
    async with context.host.database.transaction(context.space.id) as transaction:
        await transaction.execute(_NOTE, delivery, state, error, 1, None)


async def _note(context: Context, row: asyncpg.Record, state: str, error: str | None, attempts: int = 1) -> str:
    sent_at: Any = context.now if state == "sent" else None
    tried = 0 if state == "held" else attempts
    await context.execute(_NOTE, row["id"], state, error, tried, sent_at)
    context.trail.changed("notice_delivery", row["id"], {"state": row["state"]}, {"state": state, "error": error})
    return state


JOBS: Final[tuple[Job, ...]] = (dispatch, deliver, resume, digest)
