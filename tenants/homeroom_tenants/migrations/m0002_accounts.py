"""Accounts, their memberships of spaces, grants by districts, and attempts to sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom_tenants.global_tables import GLOBAL_TABLES

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_STANDING = """
CREATE FUNCTION homeroom.standing_of(account uuid, session jsonb) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
SELECT jsonb_build_object(
    'account', jsonb_build_object('id', a.id, 'login', a.login, 'name', a.name),
    'memberships', (
        SELECT coalesce(jsonb_agg(jsonb_build_object('space', m.space_id, 'person', m.person_id, 'roles', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'role', r.role, 'valid_from', r.valid_from, 'valid_until', r.valid_until) ORDER BY r.role),
                '[]')
            FROM homeroom.membership_role r WHERE r.membership_id = m.id)) ORDER BY m.id), '[]')
        FROM homeroom.membership m WHERE m.account_id = a.id),
    'grants', (
        SELECT coalesce(jsonb_agg(jsonb_build_object('district', g.district_id, 'space', g.space_id,
            'role', jsonb_build_object(
                'role', g.role, 'valid_from', g.valid_from, 'valid_until', g.valid_until)) ORDER BY g.id),
                '[]')
        FROM homeroom.district_grant g JOIN homeroom.space s ON s.id = g.space_id
        WHERE g.account_id = a.id AND s.district_id = g.district_id),
    'session', $2)
FROM homeroom.account a WHERE a.id = $1 AND a.disabled_at IS NULL
$$
"""

_TELL_ROLE = """
CREATE FUNCTION homeroom.tell_directory_of_role() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM pg_notify('homeroom_directory', 'account:' || m.account_id) FROM homeroom.membership m
    WHERE m.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.membership_id ELSE NEW.membership_id END;
    RETURN NULL;
END $$
"""

_FUNCTIONS = (
    """
    CREATE FUNCTION homeroom.standing(account uuid) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT homeroom.standing_of($1, NULL)
    $$
    """,
    """
    CREATE FUNCTION homeroom.create_account(
        id uuid, login text, name text, password_hash text, at timestamptz) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        INSERT INTO homeroom.account (id, login, name, password_hash, created_at)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING;
        RETURN FOUND;
    END $$
    """,
    """
    CREATE FUNCTION homeroom.account_of(login text) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT a.id FROM homeroom.account a WHERE a.login = $1
    $$
    """,
    """
    CREATE FUNCTION homeroom.set_password(account uuid, password_hash text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        UPDATE homeroom.account SET password_hash = $2 WHERE id = $1;
        RETURN FOUND;
    END $$
    """,
    """
    CREATE FUNCTION homeroom.disable_account(account uuid, at timestamptz) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        UPDATE homeroom.account SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL;
        RETURN FOUND;
    END $$
    """,
    """
    CREATE FUNCTION homeroom.login_begin(login text, at timestamptz, attempts integer, period interval)
    RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DECLARE
        made integer;
    BEGIN
        -- Counted before the password is looked at and whether or not there is such an account, so that
        -- neither many attempts at once nor an unknown login get past or tell anything.
        DELETE FROM homeroom.login_attempt l WHERE l.began_at < $2 - $4;
        INSERT INTO homeroom.login_attempt AS l (login, began_at, attempts) VALUES ($1, $2, 1)
        ON CONFLICT ON CONSTRAINT login_attempt_pkey DO UPDATE SET attempts = l.attempts + 1
        RETURNING l.attempts INTO made;
        IF made > $3 THEN
            RETURN jsonb_build_object('allowed', false);
        END IF;
        RETURN jsonb_build_object('allowed', true) || coalesce((
            SELECT jsonb_build_object('account', a.id, 'password_hash', a.password_hash)
            FROM homeroom.account a WHERE a.login = $1 AND a.disabled_at IS NULL), '{}');
    END $$
    """,
    """
    CREATE FUNCTION homeroom.login_done(login text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DELETE FROM homeroom.login_attempt l WHERE l.login = $1
    $$
    """,
    """
    CREATE FUNCTION homeroom.add_member(
        account uuid, person uuid, roles text[], valid_from timestamptz, valid_until timestamptz, id uuid,
        at timestamptz) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DECLARE
        membership uuid;
    BEGIN
        INSERT INTO homeroom.membership AS m (id, account_id, space_id, person_id, created_at)
        VALUES ($6, $1, homeroom.space(), $2, $7)
        ON CONFLICT ON CONSTRAINT membership_uq DO UPDATE SET person_id = excluded.person_id
        RETURNING m.id INTO membership;
        DELETE FROM homeroom.membership_role r WHERE r.membership_id = membership;
        INSERT INTO homeroom.membership_role (membership_id, role, valid_from, valid_until)
        SELECT DISTINCT membership, role, $4, $5 FROM unnest($3) AS role;
    END $$
    """,
    """
    CREATE FUNCTION homeroom.remove_member(account uuid, person uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        DELETE FROM homeroom.membership m WHERE m.account_id = $1 AND m.space_id = homeroom.space()
            AND m.person_id IS NOT DISTINCT FROM $2;
        RETURN FOUND;
    END $$
    """,
    """
    CREATE FUNCTION homeroom.members() RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('account', a.id, 'login', a.login, 'name', a.name,
        'person', m.person_id, 'roles', (
            SELECT coalesce(jsonb_agg(r.role ORDER BY r.role), '[]')
            FROM homeroom.membership_role r WHERE r.membership_id = m.id)) ORDER BY a.login, m.id), '[]')
    FROM homeroom.membership m JOIN homeroom.account a ON a.id = m.account_id
    WHERE m.space_id = homeroom.space()
    $$
    """,
    """
    CREATE FUNCTION homeroom.grant_in_school(
        id uuid, account uuid, school uuid, role text, valid_from timestamptz, valid_until timestamptz)
    RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        -- The context is the district's: it grants in its own schools, to its own members, and nowhere else.
        INSERT INTO homeroom.district_grant
            (id, district_id, account_id, space_id, role, valid_from, valid_until)
        SELECT $1, homeroom.space(), $2, s.id, $4, $5, $6 FROM homeroom.space s
        WHERE s.id = $3 AND s.district_id = homeroom.space() AND EXISTS (
            SELECT FROM homeroom.membership m WHERE m.account_id = $2 AND m.space_id = homeroom.space())
        ON CONFLICT ON CONSTRAINT district_grant_uq DO UPDATE
        SET valid_from = excluded.valid_from, valid_until = excluded.valid_until;
        RETURN FOUND;
    END $$
    """,
    """
    CREATE FUNCTION homeroom.revoke_in_school(account uuid, school uuid, role text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        DELETE FROM homeroom.district_grant g WHERE g.district_id = homeroom.space()
            AND g.account_id = $1 AND g.space_id = $2 AND g.role = $3;
        RETURN FOUND;
    END $$
    """,
)


async def forwards(schema: Schema) -> None:
    """Create the tables of accounts and the functions that reach them."""
    await schema.create_global_table(
        "account",
        {
            "id": "uuid PRIMARY KEY",
            "login": "text NOT NULL UNIQUE CHECK (login = lower(login) AND login <> '')",
            "name": "text NOT NULL CHECK (name <> '')",
            "password_hash": "text",
            "created_at": "timestamptz NOT NULL",
            "disabled_at": "timestamptz",
        },
        reason=GLOBAL_TABLES["account"],
    )
    await schema.create_global_table(
        "membership",
        {
            "id": "uuid PRIMARY KEY",
            "account_id": "uuid NOT NULL REFERENCES homeroom.account ON DELETE CASCADE",
            "space_id": "uuid NOT NULL REFERENCES homeroom.space ON DELETE CASCADE",
            "person_id": "uuid",
            "created_at": "timestamptz NOT NULL",
        },
        reason=GLOBAL_TABLES["membership"],
    )
    await schema.execute(
        "ALTER TABLE homeroom.membership"
        " ADD CONSTRAINT membership_uq UNIQUE NULLS NOT DISTINCT (account_id, space_id, person_id)"
    )
    await schema.execute("CREATE INDEX membership_space_ix ON homeroom.membership (space_id)")
    await schema.create_global_table(
        "membership_role",
        {
            "membership_id": "uuid NOT NULL REFERENCES homeroom.membership ON DELETE CASCADE",
            "role": "text NOT NULL",
            "valid_from": "timestamptz",
            "valid_until": "timestamptz",
        },
        reason=GLOBAL_TABLES["membership_role"],
    )
    await schema.execute("ALTER TABLE homeroom.membership_role ADD PRIMARY KEY (membership_id, role)")
    await schema.create_global_table(
        "district_grant",
        {
            "id": "uuid PRIMARY KEY",
            "district_id": "uuid NOT NULL REFERENCES homeroom.space ON DELETE CASCADE",
            "account_id": "uuid NOT NULL REFERENCES homeroom.account ON DELETE CASCADE",
            "space_id": "uuid NOT NULL REFERENCES homeroom.space ON DELETE CASCADE",
            "role": "text NOT NULL",
            "valid_from": "timestamptz",
            "valid_until": "timestamptz",
        },
        reason=GLOBAL_TABLES["district_grant"],
    )
    await schema.execute(
        "ALTER TABLE homeroom.district_grant"
        " ADD CONSTRAINT district_grant_uq UNIQUE (account_id, space_id, district_id, role)"
    )
    await schema.create_global_table(
        "login_attempt",
        {
            "login": "text PRIMARY KEY",
            "began_at": "timestamptz NOT NULL",
            "attempts": "integer NOT NULL",
        },
        reason=GLOBAL_TABLES["login_attempt"],
    )
    await schema.execute("CREATE INDEX login_attempt_began_at_ix ON homeroom.login_attempt (began_at)")
    await schema.execute(_STANDING)
    await schema.execute("REVOKE ALL ON FUNCTION homeroom.standing_of(uuid, jsonb) FROM PUBLIC")
    await schema.execute(_TELL_ROLE)
    await schema.execute("REVOKE ALL ON FUNCTION homeroom.tell_directory_of_role() FROM PUBLIC")
    for table, column in (("account", "id"), ("membership", "account_id"), ("district_grant", "account_id")):
        await schema.execute(
            f"CREATE TRIGGER tell_directory AFTER INSERT OR UPDATE OR DELETE ON homeroom.{table}"
            f" FOR EACH ROW EXECUTE FUNCTION homeroom.tell_directory('account', '{column}')"
        )
    await schema.execute(
        "CREATE TRIGGER tell_directory AFTER INSERT OR UPDATE OR DELETE ON homeroom.membership_role"
        " FOR EACH ROW EXECUTE FUNCTION homeroom.tell_directory_of_role()"
    )
    for function in _FUNCTIONS:
        await schema.create_function(function)
