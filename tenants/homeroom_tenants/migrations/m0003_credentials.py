"""Sessions, API tokens and hand-overs: digests of what callers show, never the secrets themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom_tenants.global_tables import GLOBAL_TABLES

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_FUNCTIONS = (
    """
    CREATE FUNCTION homeroom.open_session(
        id uuid, digest bytea, account uuid, agent text, address text, at timestamptz) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    INSERT INTO homeroom.session (id, digest, account_id, agent, address, created_at, last_seen_at)
    VALUES ($1, $2, $3, $4, $5, $6, $6)
    $$
    """,
    """
    CREATE FUNCTION homeroom.session_standing(digest bytea) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT homeroom.standing_of(s.account_id, jsonb_build_object(
        'id', s.id, 'created_at', s.created_at, 'last_seen_at', s.last_seen_at))
    FROM homeroom.session s WHERE s.digest = $1 AND s.ended_at IS NULL
    $$
    """,
    """
    CREATE FUNCTION homeroom.touch_session(id uuid, at timestamptz) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    UPDATE homeroom.session s SET last_seen_at = $2 WHERE s.id = $1 AND s.last_seen_at < $2
    $$
    """,
    """
    CREATE FUNCTION homeroom.end_sessions(account uuid, this_one uuid, all_but uuid, at timestamptz)
    RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DECLARE
        ended integer;
    BEGIN
        UPDATE homeroom.session s SET ended_at = $4
        WHERE s.account_id = $1 AND s.ended_at IS NULL
            AND ($2 IS NULL OR s.id = $2) AND ($3 IS NULL OR s.id <> $3);
        GET DIAGNOSTICS ended = ROW_COUNT;
        RETURN ended;
    END $$
    """,
    """
    CREATE FUNCTION homeroom.sessions_of(account uuid, seen_since timestamptz, made_since timestamptz)
    RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'id', s.id, 'agent', s.agent, 'address', s.address, 'created_at', s.created_at,
        'last_seen_at', s.last_seen_at) ORDER BY s.created_at DESC), '[]')
    FROM homeroom.session s WHERE s.account_id = $1 AND s.ended_at IS NULL
        AND s.last_seen_at > $2 AND s.created_at > $3
    $$
    """,
    """
    CREATE FUNCTION homeroom.issue_token(
        id uuid, digest bytea, account uuid, title text, at timestamptz, expires_at timestamptz)
    RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        -- For the space of the context, and for those alone who have something to do with it.
        INSERT INTO homeroom.api_token (id, digest, account_id, space_id, title, created_at, expires_at)
        SELECT $1, $2, $3, homeroom.space(), $4, $5, $6
        WHERE homeroom.space() IS NOT NULL AND (
            EXISTS (SELECT FROM homeroom.membership m
                    WHERE m.account_id = $3 AND m.space_id = homeroom.space())
            OR EXISTS (SELECT FROM homeroom.district_grant g
                       WHERE g.account_id = $3 AND g.space_id = homeroom.space()));
        RETURN FOUND;
    END $$
    """,
    """
    CREATE FUNCTION homeroom.token_standing(digest bytea) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT homeroom.standing_of(t.account_id, jsonb_build_object(
        'id', t.id, 'created_at', t.created_at, 'last_seen_at', t.created_at, 'expires_at', t.expires_at,
        'space', t.space_id))
    FROM homeroom.api_token t WHERE t.digest = $1 AND t.revoked_at IS NULL
    $$
    """,
    """
    CREATE FUNCTION homeroom.tokens_of(account uuid) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'id', t.id, 'title', t.title, 'space', t.space_id, 'created_at', t.created_at,
        'expires_at', t.expires_at) ORDER BY t.created_at DESC), '[]')
    FROM homeroom.api_token t WHERE t.account_id = $1 AND t.revoked_at IS NULL
    $$
    """,
    """
    CREATE FUNCTION homeroom.revoke_token(id uuid, account uuid, at timestamptz) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        UPDATE homeroom.api_token t SET revoked_at = $3
        WHERE t.id = $1 AND t.account_id = $2 AND t.revoked_at IS NULL;
        RETURN FOUND;
    END $$
    """,
    """
    CREATE FUNCTION homeroom.open_handover(digest bytea, account uuid, space uuid, expires_at timestamptz)
    RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    INSERT INTO homeroom.handover (digest, account_id, space_id, expires_at) VALUES ($1, $2, $3, $4)
    $$
    """,
    """
    CREATE FUNCTION homeroom.take_handover(digest bytea, space uuid, at timestamptz) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DECLARE
        account uuid;
    BEGIN
        DELETE FROM homeroom.handover h WHERE h.expires_at <= $3;
        DELETE FROM homeroom.handover h WHERE h.digest = $1 AND h.space_id = $2
            RETURNING h.account_id INTO account;
        RETURN account;
    END $$
    """,
)


async def forwards(schema: Schema) -> None:
    """Create the tables of credentials and the functions that reach them."""
    await schema.create_global_table(
        "session",
        {
            "id": "uuid PRIMARY KEY",
            "digest": "bytea NOT NULL UNIQUE CHECK (length(digest) = 32)",
            "account_id": "uuid NOT NULL REFERENCES homeroom.account ON DELETE CASCADE",
            "agent": "text NOT NULL",
            "address": "text NOT NULL",
            "created_at": "timestamptz NOT NULL",
            "last_seen_at": "timestamptz NOT NULL",
            "ended_at": "timestamptz",
        },
        reason=GLOBAL_TABLES["session"],
    )
    await schema.execute("CREATE INDEX session_account_ix ON homeroom.session (account_id)")
    await schema.create_global_table(
        "api_token",
        {
            "id": "uuid PRIMARY KEY",
            "digest": "bytea NOT NULL UNIQUE CHECK (length(digest) = 32)",
            "account_id": "uuid NOT NULL REFERENCES homeroom.account ON DELETE CASCADE",
            "space_id": "uuid NOT NULL REFERENCES homeroom.space ON DELETE CASCADE",
            "title": "text NOT NULL",
            "created_at": "timestamptz NOT NULL",
            "expires_at": "timestamptz",
            "revoked_at": "timestamptz",
        },
        reason=GLOBAL_TABLES["api_token"],
    )
    await schema.execute("CREATE INDEX api_token_account_ix ON homeroom.api_token (account_id)")
    await schema.create_global_table(
        "handover",
        {
            "digest": "bytea PRIMARY KEY CHECK (length(digest) = 32)",
            "account_id": "uuid NOT NULL REFERENCES homeroom.account ON DELETE CASCADE",
            "space_id": "uuid NOT NULL REFERENCES homeroom.space ON DELETE CASCADE",
            "expires_at": "timestamptz NOT NULL",
        },
        reason=GLOBAL_TABLES["handover"],
    )
    # Not on every change: that a session was used again is nothing that others must hear.
    for table, column in (("session", "ended_at"), ("api_token", "revoked_at")):
        await schema.execute(
            f"CREATE TRIGGER tell_directory AFTER UPDATE OF {column} OR DELETE ON homeroom.{table}"
            " FOR EACH ROW EXECUTE FUNCTION homeroom.tell_directory('account', 'account_id')"
        )
    for function in _FUNCTIONS:
        await schema.create_function(function)
