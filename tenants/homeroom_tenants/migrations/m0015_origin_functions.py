"""The functions that keep and show where rules and roles come from, and views on what they show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_DROPPED = (
    "set_space_rule(text, text, text, text, text)",
    "remove_space_rule(text, text, text, text)",
    "apply_district_policy()",
    "add_member(uuid, uuid, text[], timestamptz, timestamptz, uuid, timestamptz)",
    "join_member(uuid, uuid, text[], uuid, timestamptz)",
    "remove_member(uuid, uuid)",
    "grant_in_school(uuid, uuid, uuid, text, timestamptz, timestamptz)",
    "revoke_in_school(uuid, uuid, text)",
    "note_in_schools(uuid[], uuid[], timestamptz, uuid, text, text, text, jsonb)",
)

#: Not for the application: signature to text.
_INNER: Final[dict[str, str]] = {
    "copy_district_rules(uuid[])": """
    CREATE FUNCTION homeroom.copy_district_rules(schools uuid[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        DELETE FROM homeroom.space_rule r WHERE r.space_id = ANY ($1) AND r.district_id IS NOT NULL;
        INSERT INTO homeroom.space_rule (space_id, role, object, action, scope, effect, district_id)
        SELECT s.id, d.role, d.object, d.action, d.scope, d.effect, d.district_id
        FROM homeroom.space s JOIN homeroom.district_rule d ON d.district_id = s.district_id WHERE s.id = ANY ($1);
    END $$
    """,
    "follow_district()": """
    CREATE FUNCTION homeroom.follow_district() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND OLD.district_id IS NOT DISTINCT FROM NEW.district_id THEN
            RETURN NULL;
        END IF;
        -- Not while the district applies its rules: this school would have the old ones.
        PERFORM FROM homeroom.space d WHERE d.id = NEW.district_id FOR SHARE;
        PERFORM homeroom.copy_district_rules(ARRAY[NEW.id]);
        DELETE FROM homeroom.district_grant g
        WHERE g.space_id = NEW.id AND g.district_id IS DISTINCT FROM NEW.district_id;
        RETURN NULL;
    END $$
    """,
    "roles_of(uuid)": """
    CREATE FUNCTION homeroom.roles_of(membership uuid) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'role', r.role, 'valid_from', r.valid_from, 'valid_until', r.valid_until) ORDER BY r.role), '[]')
    FROM homeroom.membership_role r WHERE r.membership_id = $1
    $$
    """,
}

_FUNCTIONS: Final[tuple[str, ...]] = (
    """
    CREATE FUNCTION homeroom.set_space_rule(role text, object text, action text, scope text, effect text)
    RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    #variable_conflict use_column
    DECLARE
        before text;
        rule uuid;
    BEGIN
        SELECT r.effect INTO before FROM homeroom.space_rule r WHERE r.space_id = homeroom.space()
            AND r.district_id IS NULL AND r.role = $1 AND r.object = $2 AND r.action = $3 AND r.scope = $4 FOR UPDATE;
        INSERT INTO homeroom.space_rule AS r (space_id, role, object, action, scope, effect)
        VALUES (homeroom.space(), $1, $2, $3, $4, $5)
        ON CONFLICT (space_id, role, object, action, scope) WHERE district_id IS NULL DO UPDATE
        SET effect = excluded.effect RETURNING r.id INTO rule;
        UPDATE homeroom.space s SET version = version + 1 WHERE s.id = homeroom.space();
        RETURN jsonb_build_object('id', rule, 'effect', before);
    END $$
    """,
    """
    CREATE FUNCTION homeroom.remove_space_rule(role text, object text, action text, scope text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DECLARE
        removed jsonb;
    BEGIN
        DELETE FROM homeroom.space_rule r WHERE r.space_id = homeroom.space() AND r.district_id IS NULL
            AND r.role = $1 AND r.object = $2 AND r.action = $3 AND r.scope = $4
        RETURNING jsonb_build_object('id', r.id, 'effect', r.effect) INTO removed;
        UPDATE homeroom.space s SET version = version + 1 WHERE removed IS NOT NULL AND s.id = homeroom.space();
        RETURN removed;
    END $$
    """,
    """
    CREATE FUNCTION homeroom.apply_district_policy(at timestamptz DEFAULT now()) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    #variable_conflict use_column
    DECLARE
        district uuid := homeroom.space();
        schools uuid[];
        changes jsonb;
    BEGIN
        -- A school that joins at this moment waits, and has the new rules.
        PERFORM FROM homeroom.space d WHERE d.id = district AND d.kind = 'district' FOR UPDATE;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
        SELECT coalesce(array_agg(s.id ORDER BY s.slug), '{}') INTO schools
        FROM homeroom.space s WHERE s.district_id = district;
        SELECT coalesce(jsonb_agg(jsonb_build_object('id', coalesce(d.id, gen_random_uuid()),
            'role', role, 'object', object, 'action', action, 'scope', scope, 'old', d.effect, 'new', o.effect)
            ORDER BY role, action, object, scope), '[]') INTO changes
        FROM (SELECT * FROM homeroom.space_rule r WHERE r.space_id = district AND r.district_id IS NULL) o
        FULL JOIN (SELECT * FROM homeroom.district_rule r WHERE r.district_id = district) d
            USING (role, object, action, scope)
        WHERE o.effect IS DISTINCT FROM d.effect;
        DELETE FROM homeroom.district_rule d USING jsonb_array_elements(changes) c
        WHERE d.id = (c ->> 'id')::uuid AND c ->> 'new' IS NULL;
        INSERT INTO homeroom.district_rule (id, district_id, role, object, action, scope, effect, applied_at)
        SELECT (c ->> 'id')::uuid, district, c ->> 'role', c ->> 'object', c ->> 'action', c ->> 'scope', c ->> 'new',
            $1
        FROM jsonb_array_elements(changes) c WHERE c ->> 'new' IS NOT NULL
        ON CONFLICT ON CONSTRAINT district_rule_pkey DO UPDATE
        SET effect = excluded.effect, applied_at = excluded.applied_at;
        PERFORM homeroom.copy_district_rules(schools);
        UPDATE homeroom.space s SET version = version + 1 WHERE s.id = ANY (schools);
        RETURN jsonb_build_object('schools', to_jsonb(schools), 'changes', changes);
    END $$
    """,
    """
    CREATE FUNCTION homeroom.add_member(
        account uuid, person uuid, roles text[], valid_from timestamptz, valid_until timestamptz, id uuid,
        at timestamptz, login text DEFAULT NULL, reason text DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DECLARE
        membership uuid;
        before jsonb;
    BEGIN
        SELECT homeroom.roles_of(m.id) INTO before FROM homeroom.membership m
        WHERE m.account_id = $1 AND m.space_id = homeroom.space() AND m.person_id IS NOT DISTINCT FROM $2;
        INSERT INTO homeroom.membership AS m (id, account_id, space_id, person_id, created_at)
        VALUES ($6, $1, homeroom.space(), $2, $7)
        ON CONFLICT ON CONSTRAINT membership_uq DO UPDATE SET person_id = excluded.person_id
        RETURNING m.id INTO membership;
        DELETE FROM homeroom.membership_role r WHERE r.membership_id = membership AND NOT (
            r.role = ANY ($3) AND r.valid_from IS NOT DISTINCT FROM $4 AND r.valid_until IS NOT DISTINCT FROM $5);
        INSERT INTO homeroom.membership_role
            (membership_id, role, valid_from, valid_until, granted_at, granted_by, reason)
        SELECT DISTINCT membership, role, $4, $5, $7, $8, $9 FROM unnest($3) AS role
        ON CONFLICT ON CONSTRAINT membership_role_pkey DO NOTHING;
        RETURN before;
    END $$
    """,
    """
    CREATE FUNCTION homeroom.join_member(
        account uuid, person uuid, roles text[], id uuid, at timestamptz, login text DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DECLARE
        membership uuid;
        before jsonb;
    BEGIN
        SELECT homeroom.roles_of(m.id) INTO before FROM homeroom.membership m
        WHERE m.account_id = $1 AND m.space_id = homeroom.space() AND m.person_id IS NOT DISTINCT FROM $2;
        INSERT INTO homeroom.membership AS m (id, account_id, space_id, person_id, created_at)
        VALUES ($4, $1, homeroom.space(), $2, $5)
        ON CONFLICT ON CONSTRAINT membership_uq DO UPDATE SET person_id = excluded.person_id
        RETURNING m.id INTO membership;
        -- Roles that somebody has are not replaced; one that has ended, or is yet to begin, holds from now on.
        INSERT INTO homeroom.membership_role AS r (membership_id, role, granted_at, granted_by)
        SELECT DISTINCT membership, role, $5, $6 FROM unnest($3) AS role
        ON CONFLICT ON CONSTRAINT membership_role_pkey DO UPDATE
        SET valid_from = NULL, valid_until = NULL, granted_at = excluded.granted_at, granted_by = excluded.granted_by
        WHERE r.valid_from > $5 OR r.valid_until <= $5;
        RETURN before;
    END $$
    """,
    """
    CREATE FUNCTION homeroom.remove_member(account uuid, person uuid) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DECLARE
        before jsonb;
    BEGIN
        SELECT homeroom.roles_of(m.id) INTO before FROM homeroom.membership m
        WHERE m.account_id = $1 AND m.space_id = homeroom.space() AND m.person_id IS NOT DISTINCT FROM $2 FOR UPDATE;
        DELETE FROM homeroom.membership m WHERE m.account_id = $1 AND m.space_id = homeroom.space()
            AND m.person_id IS NOT DISTINCT FROM $2;
        RETURN before;
    END $$
    """,
    """
    CREATE FUNCTION homeroom.grant_in_school(
        id uuid, account uuid, school uuid, role text, valid_from timestamptz, valid_until timestamptz,
        at timestamptz DEFAULT now(), login text DEFAULT NULL, reason text DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DECLARE
        before jsonb;
    BEGIN
        SELECT jsonb_build_object('role', g.role, 'valid_from', g.valid_from, 'valid_until', g.valid_until) INTO before
        FROM homeroom.district_grant g WHERE g.district_id = homeroom.space()
            AND g.account_id = $2 AND g.space_id = $3 AND g.role = $4 FOR UPDATE;
        -- The context is the district's: it grants in its own schools, to its own members, and nowhere else.
        INSERT INTO homeroom.district_grant
            (id, district_id, account_id, space_id, role, valid_from, valid_until, granted_at, granted_by, reason)
        SELECT $1, homeroom.space(), $2, s.id, $4, $5, $6, $7, $8, $9 FROM homeroom.space s
        WHERE s.id = $3 AND s.district_id = homeroom.space() AND EXISTS (
            SELECT FROM homeroom.membership m WHERE m.account_id = $2 AND m.space_id = homeroom.space())
        ON CONFLICT ON CONSTRAINT district_grant_uq DO UPDATE
        SET valid_from = excluded.valid_from, valid_until = excluded.valid_until, granted_at = excluded.granted_at,
            granted_by = excluded.granted_by, reason = excluded.reason;
        RETURN CASE WHEN FOUND THEN jsonb_build_object('before', before) END;
    END $$
    """,
    """
    CREATE FUNCTION homeroom.revoke_in_school(account uuid, school uuid, role text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DECLARE
        removed jsonb;
    BEGIN
        DELETE FROM homeroom.district_grant g WHERE g.district_id = homeroom.space()
            AND g.account_id = $1 AND g.space_id = $2 AND g.role = $3
        RETURNING jsonb_build_object('role', g.role, 'valid_from', g.valid_from, 'valid_until', g.valid_until)
        INTO removed;
        RETURN removed;
    END $$
    """,
    # Runs as the owner, who sees past the walls in maintenance alone: for the length of this function, and only for
    # schools of the district that the signed context names.
    """
    CREATE FUNCTION homeroom.note_in_schools(
        ids uuid[], schools uuid[], at timestamptz, account uuid, login text, via text, command text, arguments jsonb,
        reason text DEFAULT NULL, lines jsonb DEFAULT '[]', line_ids uuid[] DEFAULT '{}') RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DECLARE
        noted integer;
        kinds integer := jsonb_array_length($10);
    BEGIN
        PERFORM set_config('homeroom.maintenance', 'on', true);
        INSERT INTO public.audit_entry (tenant_id, id, at, account_id, login, via, command, arguments, reason)
        SELECT s.id, note.id, $3, $4, $5, $6, $7, $8, $9
        FROM unnest($1, $2) AS note (id, school) JOIN homeroom.space s ON s.id = note.school
        WHERE s.district_id = homeroom.space();
        GET DIAGNOSTICS noted = ROW_COUNT;
        INSERT INTO public.audit_line (tenant_id, id, entry_id, noun, row_id, old_values, new_values)
        SELECT s.id, $11[(note.number - 1) * kinds + line.number], note.id, line.value ->> 'noun',
            (line.value ->> 'row')::uuid, nullif(line.value -> 'old', 'null'), nullif(line.value -> 'new', 'null')
        FROM unnest($1, $2) WITH ORDINALITY AS note (id, school, number)
        JOIN homeroom.space s ON s.id = note.school
        CROSS JOIN jsonb_array_elements($10) WITH ORDINALITY AS line (value, number)
        WHERE s.district_id = homeroom.space();
        PERFORM set_config('homeroom.maintenance', 'off', true);
        RETURN noted;
    END $$
    """,
    """
    CREATE FUNCTION homeroom.role_rows() RETURNS TABLE (
        id uuid, account_id uuid, person_id uuid, role text, origin text, valid_from timestamptz,
        valid_until timestamptz, granted_at timestamptz, granted_by text, reason text, district text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT r.id, m.account_id, m.person_id, r.role, 'membership', r.valid_from, r.valid_until,
        coalesce(r.granted_at, m.created_at), r.granted_by, r.reason, NULL
    FROM homeroom.membership m JOIN homeroom.membership_role r ON r.membership_id = m.id
    WHERE m.space_id = homeroom.space()
    UNION ALL
    SELECT g.id, g.account_id, NULL, g.role, 'district', g.valid_from, g.valid_until, g.granted_at, g.granted_by,
        g.reason, d.slug
    FROM homeroom.district_grant g JOIN homeroom.space s ON s.id = g.space_id AND s.district_id = g.district_id
    JOIN homeroom.space d ON d.id = g.district_id
    WHERE g.space_id = homeroom.space()
    $$
    """,
    """
    CREATE FUNCTION homeroom.member_rows() RETURNS TABLE (id uuid, login text, name text, disabled_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT a.id, a.login, a.name, a.disabled_at FROM homeroom.account a WHERE a.id IN (
        SELECT m.account_id FROM homeroom.membership m WHERE m.space_id = homeroom.space()
        UNION ALL
        SELECT g.account_id FROM homeroom.district_grant g
        JOIN homeroom.space s ON s.id = g.space_id AND s.district_id = g.district_id
        WHERE g.space_id = homeroom.space())
    $$
    """,
    """
    CREATE FUNCTION homeroom.rule_rows() RETURNS TABLE (
        id uuid, role text, object text, action text, scope text, effect text, origin text, district text,
        applied_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT r.id, r.role, r.object, r.action, r.scope, r.effect, 'own', NULL, NULL::timestamptz
    FROM homeroom.space_rule r WHERE r.space_id = homeroom.space() AND r.district_id IS NULL
    UNION ALL
    SELECT r.id, r.role, r.object, r.action, r.scope, r.effect, 'district', d.slug, r.applied_at
    FROM homeroom.space s JOIN homeroom.space d ON d.id = s.district_id OR (d.id = s.id AND d.kind = 'district')
    JOIN homeroom.district_rule r ON r.district_id = d.id
    WHERE s.id = homeroom.space()
    $$
    """,
    """
    CREATE FUNCTION homeroom.district_school_rows() RETURNS TABLE (
        id uuid, slug text, name text, region text, locale text, time_zone text, plugins text[],
        created_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT s.id, s.slug, s.name, s.region, s.locale, s.time_zone, s.plugins, s.created_at
    FROM homeroom.space s WHERE s.district_id = homeroom.space()
    $$
    """,
    """
    CREATE FUNCTION homeroom.district_grant_rows() RETURNS TABLE (
        id uuid, account_id uuid, login text, name text, school_id uuid, role text, valid_from timestamptz,
        valid_until timestamptz, granted_at timestamptz, granted_by text, reason text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT g.id, g.account_id, a.login, a.name, g.space_id, g.role, g.valid_from, g.valid_until, g.granted_at,
        g.granted_by, g.reason
    FROM homeroom.district_grant g JOIN homeroom.account a ON a.id = g.account_id
    JOIN homeroom.space s ON s.id = g.space_id AND s.district_id = g.district_id
    WHERE g.district_id = homeroom.space()
    $$
    """,
)

#: View to the function whose rows it shows.
_VIEWS: Final[dict[str, str]] = {
    "space_member": "member_rows",
    "space_role": "role_rows",
    "policy_rule": "rule_rows",
    "district_school": "district_school_rows",
    "district_grant_given": "district_grant_rows",
}


async def forwards(schema: Schema) -> None:
    """Replace the functions, add the views, and give each school the rules of its district."""
    for function in _DROPPED:
        await schema.execute(f"DROP FUNCTION homeroom.{function}")
    for name, function in _INNER.items():
        await schema.execute(function)
        await schema.execute(f"REVOKE ALL ON FUNCTION homeroom.{name} FROM PUBLIC")
    for function in _FUNCTIONS:
        await schema.create_function(function)
    await schema.execute(
        "CREATE TRIGGER follow_district AFTER INSERT OR UPDATE OF district_id ON homeroom.space"
        " FOR EACH ROW EXECUTE FUNCTION homeroom.follow_district()"
    )
    for view, function in _VIEWS.items():
        # The function sees to the space; the view has no rights of its own.
        await schema.execute(f"CREATE VIEW {view} WITH (security_invoker) AS SELECT * FROM homeroom.{function}()")
        await schema.execute(f"GRANT SELECT ON {view} TO {{app}}")
    await schema.execute(
        "SELECT homeroom.copy_district_rules(array_agg(s.id)) FROM homeroom.space s WHERE s.district_id IS NOT NULL"
    )
