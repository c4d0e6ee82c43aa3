"""The roles of a membership end on one day."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Add the function."""
    await schema.create_function(
        """
        CREATE FUNCTION homeroom.end_roles(account uuid, person uuid, until timestamptz) RETURNS jsonb
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
        DECLARE
            membership uuid;
            before jsonb;
        BEGIN
            SELECT m.id, homeroom.roles_of(m.id) INTO membership, before FROM homeroom.membership m
            WHERE m.account_id = $1 AND m.space_id = homeroom.space() AND m.person_id IS NOT DISTINCT FROM $2;
            DELETE FROM homeroom.membership_role r WHERE r.membership_id = membership AND r.valid_from >= $3;
            UPDATE homeroom.membership_role r SET valid_until = $3
            WHERE r.membership_id = membership AND (r.valid_until IS NULL OR r.valid_until > $3);
            RETURN before;
        END $$
        """
    )
