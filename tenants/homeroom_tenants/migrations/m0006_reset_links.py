"""One-time links by which somebody who has lost the password chooses a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom_tenants.global_tables import GLOBAL_TABLES

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_FUNCTIONS = (
    """
    CREATE FUNCTION homeroom.open_reset(digest bytea, account uuid, expires_at timestamptz) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        -- A newer link makes an older one worthless: one of them at most lies about in somebody's mail.
        DELETE FROM homeroom.reset_link r WHERE r.account_id = $2;
        INSERT INTO homeroom.reset_link (digest, account_id, expires_at) VALUES ($1, $2, $3);
    END $$
    """,
    """
    CREATE FUNCTION homeroom.reset_login(digest bytea, at timestamptz) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT a.login FROM homeroom.reset_link r JOIN homeroom.account a ON a.id = r.account_id
    WHERE r.digest = $1 AND r.expires_at > $2 AND a.disabled_at IS NULL
    $$
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
        -- Whoever knew the old password is out at once.
        UPDATE homeroom.account a SET password_hash = $2 WHERE a.id = account;
        UPDATE homeroom.session s SET ended_at = $3 WHERE s.account_id = account AND s.ended_at IS NULL;
        RETURN account;
    END $$
    """,
)


async def forwards(schema: Schema) -> None:
    """Create the table of links and the functions that reach it."""
    await schema.create_global_table(
        "reset_link",
        {
            "digest": "bytea PRIMARY KEY CHECK (length(digest) = 32)",
            "account_id": "uuid NOT NULL UNIQUE REFERENCES homeroom.account ON DELETE CASCADE",
            "expires_at": "timestamptz NOT NULL",
        },
        reason=GLOBAL_TABLES["reset_link"],
    )
    for function in _FUNCTIONS:
        await schema.create_function(function)
