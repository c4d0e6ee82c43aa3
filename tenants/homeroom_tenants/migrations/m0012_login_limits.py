"""Attempts to sign in are counted under several names at once: login and address, address, login."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_FUNCTIONS = (
    """
    CREATE FUNCTION homeroom.login_begin(
        login text, buckets text[], limits integer[], at timestamptz, period interval) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DECLARE
        n integer;
        made integer;
    BEGIN
        -- Counted before the password is looked at and whether or not there is such an account, so that
        -- neither many attempts at once nor an unknown login get past or tell anything.
        DELETE FROM homeroom.login_attempt l WHERE l.login IN (
            SELECT o.login FROM homeroom.login_attempt o WHERE o.began_at < $4 - $5 LIMIT 100 FOR UPDATE SKIP LOCKED);
        FOR n IN 1 .. cardinality($2) LOOP
            INSERT INTO homeroom.login_attempt AS l (login, began_at, attempts) VALUES ($2[n], $4, 1)
            ON CONFLICT ON CONSTRAINT login_attempt_pkey DO UPDATE SET
                attempts = CASE WHEN l.began_at < $4 - $5 THEN 1 ELSE l.attempts + 1 END,
                began_at = CASE WHEN l.began_at < $4 - $5 THEN $4 ELSE l.began_at END
            RETURNING l.attempts INTO made;
            IF made > $3[n] THEN
                -- Who is refused uses up no limit that others share.
                UPDATE homeroom.login_attempt l SET attempts = l.attempts - 1 WHERE l.login = ANY($2[1:n]);
                RETURN jsonb_build_object('allowed', false);
            END IF;
        END LOOP;
        RETURN jsonb_build_object('allowed', true) || coalesce((
            SELECT jsonb_build_object('account', a.id, 'password_hash', a.password_hash)
            FROM homeroom.account a WHERE a.login = $1 AND a.disabled_at IS NULL), '{}');
    END $$
    """,
    """
    CREATE FUNCTION homeroom.login_done(buckets text[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DECLARE
        n integer;
        made integer;
    BEGIN
        -- The errors of somebody who was right in the end are no guesses, and count against nobody.
        DELETE FROM homeroom.login_attempt l WHERE l.login = $1[1] RETURNING l.attempts INTO made;
        FOR n IN 2 .. cardinality($1) LOOP
            UPDATE homeroom.login_attempt l SET attempts = greatest(l.attempts - coalesce(made, 0), 0)
            WHERE l.login = $1[n];
        END LOOP;
    END $$
    """,
    """
    CREATE FUNCTION homeroom.login_forget(buckets text[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DELETE FROM homeroom.login_attempt l WHERE l.login = ANY($1)
    $$
    """,
)


async def forwards(schema: Schema) -> None:
    """Replace the functions that count."""
    await schema.execute("DROP FUNCTION homeroom.login_begin(text, text, timestamptz, integer, interval)")
    await schema.execute("DROP FUNCTION homeroom.login_done(text)")
    for function in _FUNCTIONS:
        await schema.create_function(function)
