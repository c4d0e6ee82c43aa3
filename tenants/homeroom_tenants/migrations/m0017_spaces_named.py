"""Some spaces are read as all are, so that a change of one makes no process read all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

# What `homeroom.spaces` gives, of some.
_NAMED = """
CREATE FUNCTION homeroom.spaces_named(ids uuid[]) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
SELECT homeroom.demand_proof();
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
) ORDER BY s.slug), '[]') FROM homeroom.space s WHERE s.id = ANY($1)
$$
"""


async def forwards(schema: Schema) -> None:
    """Create the function."""
    await schema.create_function(_NAMED)
