"""What the owner of an account can undo, and sign-ins of pages of other origins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom_tenants.global_tables import GLOBAL_TABLES

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_INNER = """
CREATE FUNCTION homeroom.end_access(account uuid, at timestamptz, kept_session uuid, kept_tokens uuid[])
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    sessions integer;
    pages integer;
BEGIN
    -- Whatever would open the account later counts like what has it open now.
    DELETE FROM homeroom.handover h WHERE h.account_id = $1;
    DELETE FROM homeroom.address_code c WHERE c.account_id = $1;
    UPDATE homeroom.api_token t SET revoked_at = $2
    WHERE t.account_id = $1 AND t.revoked_at IS NULL AND t.id <> ALL($4);
    UPDATE homeroom.page_grant g SET ended_at = $2 WHERE g.account_id = $1 AND g.ended_at IS NULL;
    GET DIAGNOSTICS pages = ROW_COUNT;
    UPDATE homeroom.session s SET ended_at = $2
    WHERE s.account_id = $1 AND s.ended_at IS NULL AND s.id IS DISTINCT FROM $3;
    GET DIAGNOSTICS sessions = ROW_COUNT;
    RETURN sessions + pages;
END $$
"""

_FUNCTIONS = (
    # Sessions.
    """
    CREATE FUNCTION homeroom.open_session(
        id uuid, digest bytea, account uuid, agent text, address text, began_at timestamptz, at timestamptz)
    RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    INSERT INTO homeroom.session (id, digest, account_id, agent, address, created_at, last_seen_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    $$
    """,
    """
    CREATE FUNCTION homeroom.end_sessions(account uuid, this_one uuid, all_but uuid, at timestamptz)
    RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DECLARE
        sessions integer;
        pages integer;
    BEGIN
        IF $2 IS NULL THEN
            -- A hand-over that is under way would become a session that nobody ended.
            DELETE FROM homeroom.handover h WHERE h.account_id = $1;
        END IF;
        UPDATE homeroom.session s SET ended_at = $4
        WHERE s.account_id = $1 AND s.ended_at IS NULL
            AND ($2 IS NULL OR s.id = $2) AND ($3 IS NULL OR s.id <> $3);
        GET DIAGNOSTICS sessions = ROW_COUNT;
        UPDATE homeroom.page_grant g SET ended_at = $4
        WHERE g.account_id = $1 AND g.ended_at IS NULL AND ($2 IS NULL OR g.id = $2);
        GET DIAGNOSTICS pages = ROW_COUNT;
        RETURN sessions + pages;
    END $$
    """,
    """
    CREATE FUNCTION homeroom.sessions_of(account uuid, seen_since timestamptz, made_since timestamptz)
    RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT coalesce(jsonb_agg(to_jsonb(o) ORDER BY o.created_at DESC), '[]') FROM (
        SELECT s.id, s.agent, s.address, s.created_at, s.last_seen_at, NULL::text AS origin, NULL::uuid AS space
        FROM homeroom.session s
        WHERE s.account_id = $1 AND s.ended_at IS NULL AND s.last_seen_at > $2 AND s.created_at > $3
        UNION ALL
        SELECT g.id, g.agent, g.address, g.created_at, g.last_seen_at, g.origin, g.space_id
        FROM homeroom.page_grant g
        WHERE g.account_id = $1 AND g.ended_at IS NULL AND g.last_seen_at > $2 AND g.created_at > $3
            AND EXISTS (SELECT FROM homeroom.page_token t WHERE t.grant_id = g.id AND t.kind = 'access')) o
    $$
    """,
    # Hand-overs: the new session is no younger than the one that it comes from.
    """
    CREATE FUNCTION homeroom.open_handover(
        digest bytea, account uuid, space uuid, began_at timestamptz, expires_at timestamptz)
    RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    INSERT INTO homeroom.handover (digest, account_id, space_id, began_at, expires_at) VALUES ($1, $2, $3, $4, $5)
    $$
    """,
    """
    CREATE FUNCTION homeroom.take_handover(digest bytea, space uuid, at timestamptz) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DECLARE
        taken jsonb;
    BEGIN
        DELETE FROM homeroom.handover h WHERE h.expires_at <= $3;
        DELETE FROM homeroom.handover h WHERE h.digest = $1 AND h.space_id = $2
            RETURNING jsonb_build_object('account', h.account_id, 'began_at', coalesce(h.began_at, $3)) INTO taken;
        RETURN taken;
    END $$
    """,
    # API tokens.
    """
    CREATE FUNCTION homeroom.token_standing(digest bytea) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT homeroom.standing_of(t.account_id, jsonb_build_object(
        'id', t.id, 'created_at', t.created_at, 'last_seen_at', coalesce(t.last_used_at, t.created_at),
        'used', t.last_used_at IS NOT NULL, 'expires_at', t.expires_at, 'space', t.space_id))
    FROM homeroom.api_token t WHERE t.digest = $1 AND t.revoked_at IS NULL
    $$
    """,
    """
    CREATE FUNCTION homeroom.tokens_of(account uuid) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'id', t.id, 'title', t.title, 'space', t.space_id, 'created_at', t.created_at,
        'expires_at', t.expires_at, 'last_used_at', t.last_used_at) ORDER BY t.created_at DESC), '[]')
    FROM homeroom.api_token t WHERE t.account_id = $1 AND t.revoked_at IS NULL
    $$
    """,
    """
    CREATE FUNCTION homeroom.touch_token(id uuid, at timestamptz) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    UPDATE homeroom.api_token t SET last_used_at = $2
    WHERE t.id = $1 AND (t.last_used_at IS NULL OR t.last_used_at < $2)
    $$
    """,
    # Passwords and addresses.
    """
    CREATE FUNCTION homeroom.change_password(
        account uuid, password_hash text, at timestamptz, kept_session uuid, kept_tokens uuid[]) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        UPDATE homeroom.account a SET password_hash = $2 WHERE a.id = $1;
        DELETE FROM homeroom.reset_link r WHERE r.account_id = $1;
        RETURN homeroom.end_access($1, $3, $4, $5);
    END $$
    """,
    """
    CREATE FUNCTION homeroom.take_reset(digest bytea, password_hash text, at timestamptz) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DECLARE
        account uuid;
    BEGIN
        DELETE FROM homeroom.reset_link r WHERE r.expires_at <= $3;
        DELETE FROM homeroom.reset_link r USING homeroom.account a
        WHERE r.digest = $1 AND a.id = r.account_id AND a.disabled_at IS NULL
        RETURNING r.account_id INTO account;
        IF account IS NOT NULL THEN
            -- Whoever knew the old password is out at once.
            PERFORM homeroom.change_password(account, $2, $3, NULL, '{}');
        END IF;
        RETURN account;
    END $$
    """,
    """
    CREATE FUNCTION homeroom.take_address_code(digest bytea, account uuid, at timestamptz) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DECLARE
        proved text;
        before text;
    BEGIN
        DELETE FROM homeroom.address_code c WHERE c.expires_at <= $3;
        -- Only for the account that asked: a code that somebody else was sent proves nothing of them.
        DELETE FROM homeroom.address_code c WHERE c.digest = $1 AND c.account_id = $2 RETURNING c.email INTO proved;
        IF proved IS NULL THEN
            RETURN NULL;
        END IF;
        SELECT a.email INTO before FROM homeroom.account a WHERE a.id = $2 AND a.disabled_at IS NULL FOR UPDATE;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
        UPDATE homeroom.account a SET email = proved WHERE a.id = $2;
        -- A link that lies in the old mailbox is no way in any more, but for the one that undoes this.
        DELETE FROM homeroom.reset_link r WHERE r.account_id = $2;
        RETURN jsonb_build_object('email', proved, 'before', before);
    END $$
    """,
    """
    CREATE FUNCTION homeroom.open_address_undo(
        digest bytea, account uuid, email text, changed_at timestamptz, expires_at timestamptz) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        -- A mail that is sent once more carries another link to the same change.
        DELETE FROM homeroom.address_undo u WHERE u.account_id = $2 AND u.changed_at = $4;
        INSERT INTO homeroom.address_undo (digest, account_id, email, changed_at, expires_at)
        VALUES ($1, $2, $3, $4, $5);
    END $$
    """,
    """
    CREATE FUNCTION homeroom.take_address_undo(
        digest bytea, at timestamptz, reset_digest bytea, reset_expires_at timestamptz) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DECLARE
        account uuid;
        address text;
        since timestamptz;
    BEGIN
        DELETE FROM homeroom.address_undo u WHERE u.expires_at <= $2;
        DELETE FROM homeroom.address_undo u USING homeroom.account a
        WHERE u.digest = $1 AND a.id = u.account_id AND a.disabled_at IS NULL
        RETURNING u.account_id, u.email, u.changed_at INTO account, address, since;
        IF account IS NULL THEN
            RETURN NULL;
        END IF;
        -- Later changes go with this one: their links lie in mailboxes that are none of the owner's.
        DELETE FROM homeroom.address_undo u WHERE u.account_id = account AND u.changed_at >= since;
        -- Whoever changed the address may have changed the password too: the owner chooses another.
        UPDATE homeroom.account a SET email = address WHERE a.id = account;
        PERFORM homeroom.change_password(account, NULL, $2, NULL, '{}');
        INSERT INTO homeroom.reset_link (digest, account_id, expires_at) VALUES ($3, account, $4);
        RETURN account;
    END $$
    """,
    # Pages of other origins.
    """
    CREATE FUNCTION homeroom.open_page_grant(
        id uuid, digest bytea, account uuid, origin text, redirect_uri text, challenge text, agent text,
        address text, at timestamptz, expires_at timestamptz, made_since timestamptz) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        -- Those that have come to their end are in nobody's list.
        DELETE FROM homeroom.page_grant g WHERE g.id IN (
            SELECT o.id FROM homeroom.page_grant o WHERE o.created_at < $11 LIMIT 100 FOR UPDATE SKIP LOCKED);
        INSERT INTO homeroom.page_grant (
            id, account_id, space_id, origin, redirect_uri, challenge, agent, address, created_at, last_seen_at)
        SELECT $1, $3, homeroom.space(), $4, $5, $6, $7, $8, $9, $9
        WHERE homeroom.space() IS NOT NULL AND (
            EXISTS (SELECT FROM homeroom.membership m
                    WHERE m.account_id = $3 AND m.space_id = homeroom.space())
            OR EXISTS (SELECT FROM homeroom.district_grant g
                       WHERE g.account_id = $3 AND g.space_id = homeroom.space()));
        IF NOT FOUND THEN
            RETURN false;
        END IF;
        INSERT INTO homeroom.page_token (digest, grant_id, kind, expires_at) VALUES ($2, $1, 'code', $10);
        RETURN true;
    END $$
    """,
    """
    CREATE FUNCTION homeroom.take_page_token(digest bytea, kind text, at timestamptz) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DECLARE
        owner uuid;
    BEGIN
        UPDATE homeroom.page_token t SET used_at = $3
        WHERE t.digest = $1 AND t.kind = $2 AND t.used_at IS NULL RETURNING t.grant_id INTO owner;
        IF owner IS NULL THEN
            -- Shown twice: one of the two is a thief, and nobody knows which (RFC 9700, 4.14.2; RFC 6749, 4.1.2).
            UPDATE homeroom.page_grant g SET ended_at = $3 FROM homeroom.page_token t
            WHERE t.digest = $1 AND t.kind = $2 AND g.id = t.grant_id AND g.ended_at IS NULL;
            RETURN NULL;
        END IF;
        RETURN (
            SELECT jsonb_build_object(
                'id', g.id, 'account', g.account_id, 'space', g.space_id, 'origin', g.origin,
                'redirect_uri', g.redirect_uri, 'challenge', g.challenge, 'created_at', g.created_at)
            FROM homeroom.page_grant g JOIN homeroom.page_token t ON t.grant_id = g.id
            WHERE g.id = owner AND t.digest = $1 AND t.expires_at > $3 AND g.ended_at IS NULL);
    END $$
    """,
    """
    CREATE FUNCTION homeroom.add_page_tokens(
        id uuid, access bytea, access_expires_at timestamptz, refresh bytea, refresh_expires_at timestamptz,
        at timestamptz) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    INSERT INTO homeroom.page_token (digest, grant_id, kind, expires_at)
    VALUES ($2, $1, 'access', $3), ($4, $1, 'refresh', $5);
    UPDATE homeroom.page_grant g SET last_seen_at = $6 WHERE g.id = $1
    $$
    """,
    """
    CREATE FUNCTION homeroom.page_standing(digest bytea) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT homeroom.standing_of(g.account_id, jsonb_build_object(
        'id', g.id, 'created_at', g.created_at, 'last_seen_at', g.last_seen_at, 'expires_at', t.expires_at,
        'space', g.space_id, 'origin', g.origin))
    FROM homeroom.page_token t JOIN homeroom.page_grant g ON g.id = t.grant_id
    WHERE t.digest = $1 AND t.kind = 'access' AND g.ended_at IS NULL
    $$
    """,
    """
    CREATE FUNCTION homeroom.end_page_grant(digest bytea, origin text, at timestamptz) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DECLARE
        account uuid;
    BEGIN
        UPDATE homeroom.page_grant g SET ended_at = $3 FROM homeroom.page_token t
        WHERE t.digest = $1 AND t.kind <> 'code' AND g.id = t.grant_id AND g.origin = $2 AND g.ended_at IS NULL
        RETURNING g.account_id INTO account;
        RETURN account;
    END $$
    """,
)

#: Functions that get other arguments or another answer.
_DROPPED = (
    "open_session(uuid, bytea, uuid, text, text, timestamptz)",
    "end_sessions(uuid, uuid, uuid, timestamptz)",
    "sessions_of(uuid, timestamptz, timestamptz)",
    "open_handover(bytea, uuid, uuid, timestamptz)",
    "take_handover(bytea, uuid, timestamptz)",
    "token_standing(bytea)",
    "tokens_of(uuid)",
    "take_reset(bytea, text, timestamptz)",
    "take_address_code(bytea, uuid, timestamptz)",
)


async def forwards(schema: Schema) -> None:
    """Create the tables, and the functions that reach them."""
    await schema.execute("ALTER TABLE homeroom.handover ADD COLUMN began_at timestamptz")
    await schema.execute("ALTER TABLE homeroom.api_token ADD COLUMN last_used_at timestamptz")
    await schema.create_global_table(
        "address_undo",
        {
            "digest": "bytea PRIMARY KEY CHECK (length(digest) = 32)",
            "account_id": "uuid NOT NULL REFERENCES homeroom.account ON DELETE CASCADE",
            "email": "text NOT NULL",
            "changed_at": "timestamptz NOT NULL",
            "expires_at": "timestamptz NOT NULL",
        },
        reason=GLOBAL_TABLES["address_undo"],
    )
    await schema.execute("CREATE INDEX address_undo_account_ix ON homeroom.address_undo (account_id)")
    await schema.create_global_table(
        "page_grant",
        {
            "id": "uuid PRIMARY KEY",
            "account_id": "uuid NOT NULL REFERENCES homeroom.account ON DELETE CASCADE",
            "space_id": "uuid NOT NULL REFERENCES homeroom.space ON DELETE CASCADE",
            "origin": "text NOT NULL",
            "redirect_uri": "text NOT NULL",
            "challenge": "text NOT NULL",
            "agent": "text NOT NULL",
            "address": "text NOT NULL",
            "created_at": "timestamptz NOT NULL",
            "last_seen_at": "timestamptz NOT NULL",
            "ended_at": "timestamptz",
        },
        reason=GLOBAL_TABLES["page_grant"],
    )
    await schema.execute("CREATE INDEX page_grant_account_ix ON homeroom.page_grant (account_id)")
    await schema.execute("CREATE INDEX page_grant_created_ix ON homeroom.page_grant (created_at)")
    await schema.create_global_table(
        "page_token",
        {
            "digest": "bytea PRIMARY KEY CHECK (length(digest) = 32)",
            "grant_id": "uuid NOT NULL REFERENCES homeroom.page_grant ON DELETE CASCADE",
            "kind": "text NOT NULL CHECK (kind IN ('code', 'access', 'refresh'))",
            "expires_at": "timestamptz NOT NULL",
            "used_at": "timestamptz",
        },
        reason=GLOBAL_TABLES["page_token"],
    )
    await schema.execute("CREATE INDEX page_token_grant_ix ON homeroom.page_token (grant_id)")
    await schema.execute(
        "CREATE TRIGGER tell_directory AFTER UPDATE OF ended_at ON homeroom.page_grant"
        " FOR EACH ROW EXECUTE FUNCTION homeroom.tell_directory('account', 'account_id')"
    )
    for function in _DROPPED:
        await schema.execute(f"DROP FUNCTION homeroom.{function}")
    await schema.execute(_INNER)
    await schema.execute("REVOKE ALL ON FUNCTION homeroom.end_access(uuid, timestamptz, uuid, uuid[]) FROM PUBLIC")
    for function in _FUNCTIONS:
        await schema.create_function(function)
