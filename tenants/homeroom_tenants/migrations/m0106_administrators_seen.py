"""A district sees when an administrator of each of its schools was last there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Add the function that answers, for the district of the signed context."""
    await schema.create_function(
        """
        CREATE FUNCTION homeroom.administrators_seen() RETURNS jsonb
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
        SELECT coalesce(jsonb_agg(jsonb_build_object('school', s.slug, 'at', (
            SELECT max(e.last_seen_at) FROM homeroom.membership m
            JOIN homeroom.membership_role r ON r.membership_id = m.id AND r.role = 'admin'
            JOIN homeroom.session e ON e.account_id = m.account_id
            WHERE m.space_id = s.id)) ORDER BY s.slug), '[]')
        FROM homeroom.space s WHERE s.district_id = homeroom.space()
        $$
        """
    )
    await schema.demand_proof("administrators_seen")
