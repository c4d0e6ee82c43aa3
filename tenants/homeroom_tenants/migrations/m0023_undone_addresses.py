"""A link that undoes a change of an address is mailed only while that change stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_RENEW = """
CREATE FUNCTION homeroom.renew_address_undo(digest bytea, account uuid, changed_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    -- Gone, if an earlier change was undone meanwhile: what was mailed late must not bring this one back.
    UPDATE homeroom.address_undo u SET digest = $1 WHERE u.account_id = $2 AND u.changed_at = $3;
    RETURN FOUND;
END $$
"""


async def forwards(schema: Schema) -> None:
    """Create the function."""
    await schema.create_function(_RENEW)
    await schema.demand_proof("renew_address_undo")
