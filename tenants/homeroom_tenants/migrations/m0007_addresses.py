"""E-mail addresses and languages of accounts, the codes by which addresses are proved, and who is told something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom_tenants.global_tables import GLOBAL_TABLES

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

# A member of the space of the context: a role of a membership, or a district's grant, holds now.
_HOLDS = """
    (SELECT m.account_id, m.person_id, r.role FROM homeroom.membership m
     JOIN homeroom.membership_role r ON r.membership_id = m.id
     WHERE m.space_id = homeroom.space() AND (r.valid_from IS NULL OR r.valid_from <= {at})
        AND (r.valid_until IS NULL OR r.valid_until > {at})
     UNION ALL
     SELECT g.account_id, NULL, g.role FROM homeroom.district_grant g
     JOIN homeroom.space s ON s.id = g.space_id AND s.district_id = g.district_id
     WHERE g.space_id = homeroom.space() AND (g.valid_from IS NULL OR g.valid_from <= {at})
        AND (g.valid_until IS NULL OR g.valid_until > {at})
        AND EXISTS (SELECT FROM homeroom.membership m JOIN homeroom.membership_role r ON r.membership_id = m.id
            WHERE m.account_id = g.account_id AND m.space_id = g.district_id
                AND (r.valid_from IS NULL OR r.valid_from <= {at})
                AND (r.valid_until IS NULL OR r.valid_until > {at})))
"""

_FUNCTIONS = (
    f"""
    CREATE FUNCTION homeroom.notice_recipients(accounts uuid[], roles text[], persons uuid[], at timestamptz)
    RETURNS TABLE (account uuid, login text, language text, has_address boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT a.id, a.login, a.language, a.email IS NOT NULL FROM homeroom.account a
    WHERE a.disabled_at IS NULL AND a.id IN (
        SELECT h.account_id FROM {_HOLDS.format(at="$4")} h
        WHERE h.account_id = ANY($1) OR h.role = ANY($2) OR h.person_id = ANY($3))
    $$
    """,
    f"""
    CREATE FUNCTION homeroom.mail_address(account uuid, at timestamptz)
    RETURNS TABLE (email text, name text, language text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT a.email, a.name, a.language FROM homeroom.account a
    WHERE a.id = $1 AND a.disabled_at IS NULL AND a.id IN (SELECT h.account_id FROM {_HOLDS.format(at="$2")} h)
    $$
    """,
    f"""
    CREATE FUNCTION homeroom.accounts_by_address(wanted text, at timestamptz)
    RETURNS TABLE (account uuid, login text, email text, language text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT a.id, a.login, a.email, a.language FROM homeroom.account a
    WHERE (a.login = $1 OR lower(a.email) = $1) AND a.email IS NOT NULL AND a.disabled_at IS NULL
        AND a.id IN (SELECT h.account_id FROM {_HOLDS.format(at="$2")} h)
    ORDER BY a.id LIMIT 5
    $$
    """,
    """
    CREATE FUNCTION homeroom.set_address(account uuid, email text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        DELETE FROM homeroom.address_code c WHERE c.account_id = $1;
        UPDATE homeroom.account a SET email = $2 WHERE a.id = $1;
        RETURN FOUND;
    END $$
    """,
    """
    CREATE FUNCTION homeroom.address_of(account uuid) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT jsonb_build_object('email', a.email, 'language', a.language) FROM homeroom.account a WHERE a.id = $1
    $$
    """,
    """
    CREATE FUNCTION homeroom.set_language(account uuid, language text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        UPDATE homeroom.account a SET language = $2 WHERE a.id = $1;
        RETURN FOUND;
    END $$
    """,
    """
    CREATE FUNCTION homeroom.open_address_code(digest bytea, account uuid, email text, expires_at timestamptz)
    RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        DELETE FROM homeroom.address_code c WHERE c.account_id = $2;
        INSERT INTO homeroom.address_code (digest, account_id, email, expires_at) VALUES ($1, $2, $3, $4);
    END $$
    """,
    """
    CREATE FUNCTION homeroom.take_address_code(digest bytea, account uuid, at timestamptz) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DECLARE
        proved text;
    BEGIN
        DELETE FROM homeroom.address_code c WHERE c.expires_at <= $3;
        -- Only for the account that asked: a code that somebody else was sent proves nothing of them.
        DELETE FROM homeroom.address_code c WHERE c.digest = $1 AND c.account_id = $2 RETURNING c.email INTO proved;
        IF proved IS NULL THEN
            RETURN false;
        END IF;
        UPDATE homeroom.account a SET email = proved WHERE a.id = $2 AND a.disabled_at IS NULL;
        RETURN FOUND;
    END $$
    """,
)


async def forwards(schema: Schema) -> None:
    """Add the columns and the table, and the functions that reach them."""
    await schema.execute(
        "ALTER TABLE homeroom.account ADD COLUMN email text CHECK (email <> ''), ADD COLUMN language text"
        " CHECK (language IN ('en', 'zh-Hant', 'zh-Hans', 'vi'))"
    )
    # Not unique: a family may share one address.
    await schema.execute("CREATE INDEX account_email_ix ON homeroom.account (lower(email))")
    await schema.create_global_table(
        "address_code",
        {
            "digest": "bytea PRIMARY KEY CHECK (length(digest) = 32)",
            "account_id": "uuid NOT NULL UNIQUE REFERENCES homeroom.account ON DELETE CASCADE",
            "email": "text NOT NULL",
            "expires_at": "timestamptz NOT NULL",
        },
        reason=GLOBAL_TABLES["address_code"],
    )
    for function in _FUNCTIONS:
        await schema.create_function(function)
