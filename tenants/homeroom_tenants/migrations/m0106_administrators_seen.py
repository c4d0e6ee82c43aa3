"""A district sees when an administrator of each of its schools last did something there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

# Runs as the owner, who sees past the walls in maintenance alone: for the length of this function, and only for schools
# of the district that the signed context names. A session belongs to an account in all its schools, so when it was last
# used says nothing of one school. The school's own audit does, without what was done in the district or to the account.
_SEEN = """
CREATE FUNCTION homeroom.administrators_seen(at timestamptz) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    answer jsonb;
BEGIN
    PERFORM set_config('homeroom.maintenance', 'on', true);
    WITH held AS (
        SELECT m.space_id, m.account_id
        FROM homeroom.membership m JOIN homeroom.membership_role r ON r.membership_id = m.id
        WHERE r.role = 'admin'
            AND (r.valid_from IS NULL OR r.valid_from <= $1) AND (r.valid_until IS NULL OR r.valid_until > $1)
        UNION
        SELECT g.space_id, g.account_id
        FROM homeroom.district_grant g
        JOIN homeroom.space s ON s.id = g.space_id AND s.district_id = g.district_id
        WHERE g.role = 'admin'
            AND (g.valid_from IS NULL OR g.valid_from <= $1) AND (g.valid_until IS NULL OR g.valid_until > $1)
            AND EXISTS (
                SELECT FROM homeroom.membership m JOIN homeroom.membership_role r ON r.membership_id = m.id
                WHERE m.account_id = g.account_id AND m.space_id = g.district_id
                    AND (r.valid_from IS NULL OR r.valid_from <= $1)
                    AND (r.valid_until IS NULL OR r.valid_until > $1))
    ), seen AS (
        SELECT h.space_id, max((
            SELECT max(e.at) FROM public.audit_entry e
            WHERE e.tenant_id = h.space_id AND e.account_id = h.account_id AND e.via = 'session'
                AND e.command <> 'tenants.account.rename' AND NOT coalesce(e.arguments ? 'district', false))) AS at
        FROM held h JOIN homeroom.space s ON s.id = h.space_id AND s.district_id = homeroom.space()
        JOIN homeroom.account a ON a.id = h.account_id AND a.disabled_at IS NULL
        GROUP BY h.space_id
    )
    SELECT coalesce(jsonb_agg(jsonb_build_object('school', s.slug, 'at', e.at) ORDER BY s.slug), '[]') INTO answer
    FROM homeroom.space s LEFT JOIN seen e ON e.space_id = s.id WHERE s.district_id = homeroom.space();
    PERFORM set_config('homeroom.maintenance', 'off', true);
    RETURN answer;
END $$
"""


async def forwards(schema: Schema) -> None:
    """Add the function that answers, for the district of the signed context."""
    await schema.create_function(_SEEN)
    await schema.demand_proof("administrators_seen")
