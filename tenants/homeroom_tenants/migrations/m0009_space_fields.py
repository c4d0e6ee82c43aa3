"""The fields that a school has added itself, known with the space in every process."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_FUNCTIONS = (
    """
    CREATE OR REPLACE FUNCTION homeroom.spaces() RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'id', s.id, 'slug', s.slug, 'kind', s.kind, 'name', s.name, 'region', s.region,
        'time_zone', s.time_zone, 'locale', s.locale, 'plugins', s.plugins,
        'prepared', s.prepared, 'version', s.version, 'fields', s.fields,
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
    CREATE FUNCTION homeroom.set_space_fields(fields jsonb) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        UPDATE homeroom.space s SET fields = $1, version = version + 1 WHERE s.id = homeroom.space();
        RETURN FOUND;
    END $$
    """,
)


async def forwards(schema: Schema) -> None:
    """Add the column, and tell it with the rest."""
    await schema.execute("ALTER TABLE homeroom.space ADD COLUMN fields jsonb NOT NULL DEFAULT '[]'")
    for function in _FUNCTIONS:
        await schema.create_function(function)
