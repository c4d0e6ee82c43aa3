"""Which roles people hold together in a space, and a district in its schools: how many people, and who."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Add the function that answers, for the space of the signed context and its schools."""
    await schema.create_function(
        """
        CREATE FUNCTION homeroom.role_sets(at timestamptz, names integer) RETURNS jsonb
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
        WITH held AS (
            SELECT m.space_id, m.account_id, r.role
            FROM homeroom.membership m JOIN homeroom.membership_role r ON r.membership_id = m.id
            WHERE (r.valid_from IS NULL OR r.valid_from <= $1) AND (r.valid_until IS NULL OR r.valid_until > $1)
            UNION
            SELECT g.space_id, g.account_id, g.role
            FROM homeroom.district_grant g
            JOIN homeroom.space s ON s.id = g.space_id AND s.district_id = g.district_id
            WHERE (g.valid_from IS NULL OR g.valid_from <= $1) AND (g.valid_until IS NULL OR g.valid_until > $1)
                AND EXISTS (
                    SELECT FROM homeroom.membership m JOIN homeroom.membership_role r ON r.membership_id = m.id
                    WHERE m.account_id = g.account_id AND m.space_id = g.district_id
                        AND (r.valid_from IS NULL OR r.valid_from <= $1)
                        AND (r.valid_until IS NULL OR r.valid_until > $1))
        ), sets AS (
            SELECT h.space_id, h.account_id, array_agg(h.role ORDER BY h.role) AS roles
            FROM held h JOIN homeroom.space s ON s.id = h.space_id
            WHERE s.id = homeroom.space() OR s.district_id = homeroom.space()
            GROUP BY h.space_id, h.account_id
        ), counted AS (
            SELECT e.space_id, e.roles, count(*) AS people, (array_agg(a.name ORDER BY a.name, a.login))[1:$2] AS names
            FROM sets e JOIN homeroom.account a ON a.id = e.account_id
            WHERE a.disabled_at IS NULL GROUP BY e.space_id, e.roles
        )
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'space', c.space_id, 'roles', c.roles, 'people', c.people, 'names', c.names) ORDER BY c.roles), '[]')
        FROM counted c
        $$
        """
    )
    await schema.demand_proof("role_sets")
