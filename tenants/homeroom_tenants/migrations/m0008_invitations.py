"""Invitations, and joining a space without losing what one is there already."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_JOIN = """
CREATE FUNCTION homeroom.join_member(account uuid, person uuid, roles text[], id uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    membership uuid;
BEGIN
    INSERT INTO homeroom.membership AS m (id, account_id, space_id, person_id, created_at)
    VALUES ($4, $1, homeroom.space(), $2, $5)
    ON CONFLICT ON CONSTRAINT membership_uq DO UPDATE SET person_id = excluded.person_id
    RETURNING m.id INTO membership;
    -- Roles that somebody has are not replaced; one that has ended, or is yet to begin, holds from now on.
    INSERT INTO homeroom.membership_role AS r (membership_id, role)
    SELECT DISTINCT membership, role FROM unnest($3) AS role
    ON CONFLICT ON CONSTRAINT membership_role_pkey DO UPDATE SET valid_from = NULL, valid_until = NULL
    WHERE r.valid_from > $5 OR r.valid_until <= $5;
END $$
"""


async def forwards(schema: Schema) -> None:
    """Create the table and the function."""
    await schema.create_table(
        "invitation",
        {
            "address": "text NOT NULL",
            "roles": "text[] NOT NULL",
            "person_id": "uuid",
            "invited_by": "text NOT NULL",
            "digest": "varchar(64)",
            "account_id": "uuid",
            "created_at": "timestamptz NOT NULL",
            "expires_at": "timestamptz NOT NULL",
            "mailed_at": "timestamptz",
            "accepted_at": "timestamptz",
            "revoked_at": "timestamptz",
        },
        unique=[("digest",)],
        indexes=[("created_at",)],
        checks={"invitation_digest": "digest ~ '^[0-9a-f]{64}$'"},
    )
    await schema.create_function(_JOIN)
