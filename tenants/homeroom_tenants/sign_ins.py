"""Who is signed in where, by what, and ending it: for operators after an incident."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from homeroom.errors import Refusal
from homeroom.refusals import NOT_FOUND
from homeroom_tenants.refusals import NO_SUCH_ACCOUNT, NO_SUCH_SPACE

from .lifetimes import ABSOLUTE, IDLE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

__all__ = ["Selection", "SignIn", "end_sign_ins", "open_sign_ins"]


@dataclass(frozen=True, slots=True)
class SignIn:
    """A session, a sign-in of a page of another origin or an API token that is good now.

    Args:
        id: Its id; the access log has it as ``credential``.
        kind: What it is.
        login: Of its account.
        school: The short name of the only school that it is good for; empty for a session.
        address: From where it was opened; empty for a token.
        agent: The browser, the origin of the page, or the title of the token.
        created_at: When it was made, UTC.
        last_seen_at: When it was last used, UTC; None for a token that was never used.
    """

    id: UUID
    kind: Literal["session", "page", "token"]
    login: str
    school: str
    address: str
    agent: str
    created_at: datetime
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Selection:
    """Which sign-ins are meant. Without any part, all of the installation.

    Args:
        login: Those of one account.
        school: Sessions of accounts with roles in this school, and the tokens and pages of that school.
        ids: These alone, and the sessions that came from the same sign-in.
    """

    login: str | None = None
    school: str | None = None
    ids: Sequence[UUID] = ()


# A session that came by hand-over began with the one that it comes from, and ends with it.
# Sessions belong to no school: this means accounts with a role in the school, by membership or by a district's grant.
_OF_SCHOOL: Final = """
    EXISTS (SELECT FROM homeroom.membership m WHERE m.account_id = a.id AND m.space_id = s.id)
    OR EXISTS (SELECT FROM homeroom.district_grant g WHERE g.account_id = a.id AND g.space_id = s.id)
"""
_MEANT: Final = f"""
WITH wanted AS (
    SELECT x.id, x.kind, a.login, coalesce(own.slug, '') AS school, x.address, x.agent, x.created_at, x.last_seen_at
    FROM (
        SELECT id, 'session' AS kind, account_id, NULL::uuid AS space_id, address, agent, created_at, last_seen_at
        FROM homeroom.session
        WHERE ended_at IS NULL AND created_at > now() - $4::interval AND last_seen_at > now() - $5::interval
        UNION ALL
        SELECT id, 'page', account_id, space_id, address, origin, created_at, last_seen_at
        FROM homeroom.page_grant WHERE ended_at IS NULL AND created_at > now() - $4::interval
        UNION ALL
        SELECT id, 'token', account_id, space_id, '', title, created_at, last_used_at
        FROM homeroom.api_token WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
    ) x
    JOIN homeroom.account a ON a.id = x.account_id
    LEFT JOIN homeroom.space own ON own.id = x.space_id
    LEFT JOIN homeroom.space s ON s.slug = $2
    WHERE ($1::text IS NULL OR a.login = $1)
      AND ($2::text IS NULL OR x.space_id = s.id OR (x.space_id IS NULL AND ({_OF_SCHOOL})))
      AND ($3::uuid[] = '{{}}' OR x.id = ANY ($3) OR x.kind = 'session' AND EXISTS (
          SELECT FROM homeroom.session f
          WHERE f.id = ANY ($3) AND f.account_id = x.account_id AND f.created_at = x.created_at))
)
"""
_LIST: Final = _MEANT + "SELECT * FROM wanted ORDER BY login, kind, created_at"
# A hand-over that is under way would become a session that nobody ended. Triggers tell every process.
_END: Final = (
    _MEANT
    + """,
sessions AS (
    UPDATE homeroom.session SET ended_at = now() WHERE id IN (SELECT id FROM wanted WHERE kind = 'session')),
pages AS (
    UPDATE homeroom.page_grant SET ended_at = now() WHERE id IN (SELECT id FROM wanted WHERE kind = 'page')),
tokens AS (
    UPDATE homeroom.api_token SET revoked_at = now() WHERE id IN (SELECT id FROM wanted WHERE kind = 'token')),
handovers AS (
    DELETE FROM homeroom.handover h USING homeroom.account a
    WHERE a.id = h.account_id AND a.login IN (SELECT login FROM wanted WHERE kind = 'session'))
SELECT * FROM wanted ORDER BY login, kind, created_at
"""
)


async def open_sign_ins(connection: Any, selection: Selection) -> list[SignIn]:
    """The sessions, pages and API tokens that are good now, by login.

    Args:
        connection: Of the owner.
        selection: Which.

    Raises:
        Refusal: There is no such account or school.
    """
    return await _run(connection, _LIST, selection)


async def end_sign_ins(connection: Any, selection: Selection) -> list[SignIn]:
    """End sessions, pages and API tokens for good; every process is informed within a second.

    Args:
        connection: Of the owner.
        selection: Which.

    Returns:
        Those that were ended.

    Raises:
        Refusal: There is no such account or school, or one of the ids is no sign-in that is good now.
    """
    async with connection.transaction():
        ended = await _run(connection, _END, selection)
        missing = {str(each) for each in selection.ids} - {str(each.id) for each in ended}
        if missing:
            raise Refusal(NOT_FOUND, "id")
        return ended


async def _run(connection: Any, sql: str, selection: Selection) -> list[SignIn]:
    if selection.login is not None and not await connection.fetchval(
        "SELECT count(*) FROM homeroom.account WHERE login = $1", selection.login
    ):
        raise Refusal(NO_SUCH_ACCOUNT, "login", login=selection.login)
    if selection.school is not None and not await connection.fetchval(
        "SELECT count(*) FROM homeroom.space WHERE slug = $1", selection.school
    ):
        raise Refusal(NO_SUCH_SPACE, "school", slug=selection.school)
    rows = await connection.fetch(sql, selection.login, selection.school, list(selection.ids), ABSOLUTE, IDLE)
    return [SignIn(**dict(row)) for row in rows]
