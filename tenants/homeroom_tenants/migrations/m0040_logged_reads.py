"""The fields whose reads a space has chosen to have logged, known with the space in every process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

# What a district has chosen holds in each of its schools, whichever they are just now.
_TOLD: Final = """jsonb_build_object(
    'id', s.id, 'slug', s.slug, 'kind', s.kind, 'name', s.name, 'region', s.region,
    'time_zone', s.time_zone, 'locale', s.locale, 'plugins', s.plugins,
    'prepared', s.prepared, 'version', s.version, 'fields', s.fields,
    'logged', s.logged || coalesce((SELECT d.logged FROM homeroom.space d WHERE d.id = s.district_id), '[]'),
    'origins', s.origins, 'district', s.district_id,
    'hosts', (SELECT coalesce(jsonb_agg(h.host ORDER BY h.host), '[]') FROM homeroom.space_host h
              WHERE h.space_id = s.id),
    'rules', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                  'role', r.role, 'object', r.object, 'action', r.action, 'scope', r.scope,
                  'effect', r.effect) ORDER BY r.role, r.action, r.object, r.scope), '[]')
              FROM homeroom.space_rule r WHERE r.space_id = s.id))"""
_REDEFINED: Final = (
    f"""
    CREATE OR REPLACE FUNCTION homeroom.spaces() RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT homeroom.demand_proof();
    SELECT coalesce(jsonb_agg({_TOLD} ORDER BY s.slug), '[]') FROM homeroom.space s
    $$
    """,
    f"""
    CREATE OR REPLACE FUNCTION homeroom.spaces_named(ids uuid[]) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT homeroom.demand_proof();
    SELECT coalesce(jsonb_agg({_TOLD} ORDER BY s.slug), '[]') FROM homeroom.space s WHERE s.id = ANY($1)
    $$
    """,
)
_NEW: Final = (
    # Gives the schools in which the choice of a district holds. Their new version tells every process of them.
    """
    CREATE FUNCTION homeroom.set_space_logged(logged jsonb) RETURNS uuid[]
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DECLARE
        schools uuid[];
    BEGIN
        PERFORM homeroom.demand_proof();
        UPDATE homeroom.space s SET logged = $1, version = s.version + 1 WHERE s.id = homeroom.space();
        WITH told AS (
            UPDATE homeroom.space s SET version = s.version + 1 WHERE s.district_id = homeroom.space() RETURNING s.id)
        SELECT coalesce(array_agg(told.id), '{}') INTO schools FROM told;
        RETURN schools;
    END $$
    """,
    # What the district of the signed context's space has chosen, with its short name.
    """
    CREATE FUNCTION homeroom.logged_by_district() RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT coalesce((SELECT jsonb_build_object('district', d.slug, 'logged', d.logged)
                     FROM homeroom.space s JOIN homeroom.space d ON d.id = s.district_id
                     WHERE s.id = homeroom.space()), '{"district": null, "logged": []}')
    $$
    """,
)


async def forwards(schema: Schema) -> None:
    """Add the column, and tell it with the rest."""
    await schema.execute("ALTER TABLE homeroom.space ADD COLUMN logged jsonb NOT NULL DEFAULT '[]'")
    for function in _REDEFINED:
        await schema.execute(function)
    for function in _NEW:
        await schema.create_function(function)
