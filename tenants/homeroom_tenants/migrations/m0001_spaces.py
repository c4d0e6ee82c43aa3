"""Spaces, their host names and their own rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom_tenants.global_tables import GLOBAL_TABLES

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_TELL = """
CREATE FUNCTION homeroom.tell_directory() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    changed jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END);
BEGIN
    -- What was changed, for every process that remembers it: "space:<id>" or "account:<id>".
    PERFORM pg_notify('homeroom_directory', TG_ARGV[0] || ':' || coalesce(changed ->> TG_ARGV[1], ''));
    RETURN NULL;
END $$
"""

_FUNCTIONS = (
    """
    CREATE FUNCTION homeroom.spaces() RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'id', s.id, 'slug', s.slug, 'kind', s.kind, 'name', s.name, 'region', s.region,
        'time_zone', s.time_zone, 'locale', s.locale, 'plugins', s.plugins,
        'prepared', s.prepared, 'version', s.version,
        'origins', s.origins, 'district', s.district_id,
        'hosts', (SELECT coalesce(jsonb_agg(h.host ORDER BY h.host), '[]') FROM homeroom.space_host h
                  WHERE h.space_id = s.id),
        'rules', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                      'role', r.role, 'object', r.object, 'action', r.action, 'scope', r.scope,
                      'effect', r.effect) ORDER BY r.role, r.action, r.object, r.scope), '[]')
                  FROM homeroom.space_rule r WHERE r.space_id = s.id)
    ) ORDER BY s.slug), '[]') FROM homeroom.space s
    $$
    """,
    """
    CREATE FUNCTION homeroom.create_space(
        slug text, kind text, name text, region text, time_zone text, locale text, plugins text[],
        at timestamptz) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        INSERT INTO homeroom.space (id, slug, kind, name, region, time_zone, locale, plugins, prepared,
        created_at) VALUES (homeroom.space(), $1, $2, $3, $4, $5, $6, $7, $7, $8) ON CONFLICT DO NOTHING;
        RETURN FOUND;
    END $$
    """,
    """
    CREATE FUNCTION homeroom.set_space_plugins(plugins text[], prepared text[]) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        UPDATE homeroom.space SET plugins = $1, prepared = $2, version = version + 1 WHERE id =
        homeroom.space(); RETURN FOUND;
    END $$
    """,
    """
    CREATE FUNCTION homeroom.set_space_origins(origins text[]) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        UPDATE homeroom.space SET origins = $1, version = version + 1 WHERE id = homeroom.space();
        RETURN FOUND;
    END $$
    """,
    """
    CREATE FUNCTION homeroom.add_space_host(host text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        INSERT INTO homeroom.space_host (host, space_id) VALUES ($1, homeroom.space()) ON CONFLICT DO NOTHING;
        RETURN FOUND;
    END $$
    """,
    """
    CREATE FUNCTION homeroom.set_space_district(district uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        UPDATE homeroom.space s SET district_id = $1, version = version + 1
        WHERE s.id = homeroom.space() AND s.kind = 'school' AND ($1 IS NULL OR EXISTS (
            SELECT FROM homeroom.space d WHERE d.id = $1 AND d.kind = 'district'));
        RETURN FOUND;
    END $$
    """,
    """
    CREATE FUNCTION homeroom.set_space_rule(role text, object text, action text, scope text, effect text)
    RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        INSERT INTO homeroom.space_rule (space_id, role, object, action, scope, effect)
        VALUES (homeroom.space(), $1, $2, $3, $4, $5)
        ON CONFLICT ON CONSTRAINT space_rule_pkey DO UPDATE
        SET effect = excluded.effect, district_id = NULL;
        UPDATE homeroom.space SET version = version + 1 WHERE id = homeroom.space();
    END $$
    """,
    """
    CREATE FUNCTION homeroom.remove_space_rule(role text, object text, action text, scope text)
    RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DECLARE
        removed boolean;
    BEGIN
        DELETE FROM homeroom.space_rule r WHERE r.space_id = homeroom.space()
            AND r.role = $1 AND r.object = $2 AND r.action = $3 AND r.scope = $4;
        removed := FOUND;
        UPDATE homeroom.space SET version = version + 1 WHERE removed AND id = homeroom.space();
        RETURN removed;
    END $$
    """,
    """
    CREATE FUNCTION homeroom.apply_district_policy() RETURNS uuid[]
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DECLARE
        district uuid := homeroom.space();
        schools uuid[];
    BEGIN
        SELECT coalesce(array_agg(s.id ORDER BY s.slug), '{}') INTO schools
        FROM homeroom.space s WHERE s.district_id = district;
        DELETE FROM homeroom.space_rule WHERE district_id = district;
        -- Where a school says the contrary about the same, the district's word takes its place.
        INSERT INTO homeroom.space_rule (space_id, role, object, action, scope, effect, district_id)
        SELECT school, r.role, r.object, r.action, r.scope, r.effect, district
        FROM homeroom.space_rule r CROSS JOIN unnest(schools) AS school
        WHERE r.space_id = district
        ON CONFLICT ON CONSTRAINT space_rule_pkey DO UPDATE
        SET effect = excluded.effect, district_id = excluded.district_id;
        UPDATE homeroom.space SET version = version + 1 WHERE id = ANY (schools);
        RETURN schools;
    END $$
    """,
)


async def forwards(schema: Schema) -> None:
    """Create the tables of spaces and the functions that reach them."""
    await schema.create_global_table(
        "space",
        {
            "id": "uuid PRIMARY KEY",
            "slug": "text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$')",
            "kind": "text NOT NULL CHECK (kind IN ('school', 'district'))",
            "name": "text NOT NULL CHECK (name <> '')",
            "region": "text NOT NULL",
            "time_zone": "text NOT NULL",
            "locale": "text NOT NULL",
            "plugins": "text[] NOT NULL",
            "prepared": "text[] NOT NULL",
            "origins": "text[] NOT NULL DEFAULT '{}'",
            "district_id": "uuid REFERENCES homeroom.space",
            "version": "integer NOT NULL DEFAULT 1",
            "created_at": "timestamptz NOT NULL",
        },
        reason=GLOBAL_TABLES["space"],
    )
    await schema.execute("CREATE INDEX space_district_ix ON homeroom.space (district_id)")
    await schema.create_global_table(
        "space_host",
        {"host": "text PRIMARY KEY", "space_id": "uuid NOT NULL REFERENCES homeroom.space ON DELETE CASCADE"},
        reason=GLOBAL_TABLES["space_host"],
    )
    await schema.create_global_table(
        "space_rule",
        {
            "space_id": "uuid NOT NULL REFERENCES homeroom.space ON DELETE CASCADE",
            "role": "text NOT NULL",
            "object": "text NOT NULL",
            "action": "text NOT NULL CHECK (action IN ('read', 'run', 'inherit'))",
            "scope": "text NOT NULL",
            "effect": "text NOT NULL CHECK (effect IN ('allow', 'deny'))",
            "district_id": "uuid REFERENCES homeroom.space ON DELETE CASCADE",
        },
        reason=GLOBAL_TABLES["space_rule"],
    )
    await schema.execute("ALTER TABLE homeroom.space_rule ADD PRIMARY KEY (space_id, role, object, action, scope)")
    await schema.execute(_TELL)
    await schema.execute("REVOKE ALL ON FUNCTION homeroom.tell_directory() FROM PUBLIC")
    for table, column in (("space", "id"), ("space_host", "space_id"), ("space_rule", "space_id")):
        await schema.execute(
            f"CREATE TRIGGER tell_directory AFTER INSERT OR UPDATE OR DELETE ON homeroom.{table}"
            f" FOR EACH ROW EXECUTE FUNCTION homeroom.tell_directory('space', '{column}')"
        )
    for function in _FUNCTIONS:
        await schema.create_function(function)
