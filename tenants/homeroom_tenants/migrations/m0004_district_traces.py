"""A district's acts stand in the audit of the school that they concern, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

# Runs as the owner, who sees past the walls in maintenance alone: for the length of this function, one insert, and
# only for schools of the district that the signed context names.
_NOTE = """
CREATE FUNCTION homeroom.note_in_schools(
    ids uuid[], schools uuid[], at timestamptz, account uuid, login text, via text, command text, arguments jsonb)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    noted integer;
BEGIN
    PERFORM set_config('homeroom.maintenance', 'on', true);
    INSERT INTO public.audit_entry (tenant_id, id, at, account_id, login, via, command, arguments)
    SELECT s.id, note.id, $3, $4, $5, $6, $7, $8
    FROM unnest($1, $2) AS note (id, school) JOIN homeroom.space s ON s.id = note.school
    WHERE s.district_id = homeroom.space();
    GET DIAGNOSTICS noted = ROW_COUNT;
    PERFORM set_config('homeroom.maintenance', 'off', true);
    RETURN noted;
END $$
"""


async def forwards(schema: Schema) -> None:
    """Create the function."""
    await schema.create_function(_NOTE)
