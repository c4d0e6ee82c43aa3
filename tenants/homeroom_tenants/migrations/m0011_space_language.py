"""A space chooses its language, after its preset did."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Add the function that writes it."""
    await schema.create_function(
        """
        CREATE FUNCTION homeroom.set_space_locale(locale text) RETURNS boolean
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
        BEGIN
            UPDATE homeroom.space s SET locale = $1, version = version + 1 WHERE s.id = homeroom.space();
            RETURN FOUND;
        END $$
        """
    )
