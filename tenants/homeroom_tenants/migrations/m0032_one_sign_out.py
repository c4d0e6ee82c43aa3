"""Signing out ends what came from the same sign-in by hand-over, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

# A session that came by hand-over has the beginning of the one that it comes from: that is how they are known to be one
# sign-in.
_END = """
CREATE OR REPLACE FUNCTION homeroom.end_sessions(account uuid, this_one uuid, all_but uuid, at timestamptz)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    began timestamptz;
    sessions integer;
    pages integer;
BEGIN
    SELECT s.created_at INTO began FROM homeroom.session s WHERE s.id = $2 AND s.account_id = $1;
    -- A hand-over that is under way would become a session that nobody ended.
    DELETE FROM homeroom.handover h WHERE h.account_id = $1 AND ($2 IS NULL OR h.began_at = began);
    UPDATE homeroom.session s SET ended_at = $4
    WHERE s.account_id = $1 AND s.ended_at IS NULL
        AND ($2 IS NULL OR s.id = $2 OR s.created_at = began) AND ($3 IS NULL OR s.id <> $3);
    GET DIAGNOSTICS sessions = ROW_COUNT;
    UPDATE homeroom.page_grant g SET ended_at = $4
    WHERE g.account_id = $1 AND g.ended_at IS NULL AND ($2 IS NULL OR g.id = $2);
    GET DIAGNOSTICS pages = ROW_COUNT;
    RETURN sessions + pages;
END $$
"""


async def forwards(schema: Schema) -> None:
    """Let the function know the sessions of one sign-in by the moment at which they began."""
    await schema.execute(_END)
    await schema.demand_proof("end_sessions")
