"""Attempts to sign in are counted apart for devices that are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_BEGIN = """
CREATE FUNCTION homeroom.login_begin(
    login text, bucket text, at timestamptz, attempts integer, period interval) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    made integer;
BEGIN
    -- Counted before the password is looked at and whether or not there is such an account, so that
    -- neither many attempts at once nor an unknown login get past or tell anything.
    DELETE FROM homeroom.login_attempt l WHERE l.began_at < $3 - $5;
    INSERT INTO homeroom.login_attempt AS l (login, began_at, attempts) VALUES ($2, $3, 1)
    ON CONFLICT ON CONSTRAINT login_attempt_pkey DO UPDATE SET attempts = l.attempts + 1
    RETURNING l.attempts INTO made;
    IF made > $4 THEN
        RETURN jsonb_build_object('allowed', false);
    END IF;
    RETURN jsonb_build_object('allowed', true) || coalesce((
        SELECT jsonb_build_object('account', a.id, 'password_hash', a.password_hash)
        FROM homeroom.account a WHERE a.login = $1 AND a.disabled_at IS NULL), '{}');
END $$
"""


async def forwards(schema: Schema) -> None:
    """Replace the function that begins a login."""
    await schema.execute("DROP FUNCTION homeroom.login_begin(text, timestamptz, integer, interval)")
    await schema.create_function(_BEGIN)
