"""An account gets another name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Add the function that writes it."""
    await schema.create_function(
        """
        CREATE FUNCTION homeroom.set_account_name(account uuid, name text) RETURNS text
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
        DECLARE
            before text;
        BEGIN
            SELECT a.name INTO before FROM homeroom.account a WHERE a.id = $1 FOR UPDATE;
            UPDATE homeroom.account a SET name = $2 WHERE a.id = $1;
            RETURN before;
        END $$
        """
    )
    await schema.demand_proof("set_account_name")
