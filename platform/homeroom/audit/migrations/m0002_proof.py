"""The erasure of values asks for proof, and sees the space of the signed context alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_ERASE = """
CREATE OR REPLACE FUNCTION homeroom.erase_audit_values(entries uuid[], lines uuid[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    erased bigint;
    more bigint;
BEGIN
    PERFORM homeroom.demand_proof();
    -- Whoever calls it cannot bring the owner's view of all spaces along.
    PERFORM set_config('homeroom.maintenance', 'off', true);
    UPDATE public.audit_seal s SET line_salts = (
        SELECT string_agg(CASE WHEN (encode(substr(s.line_ids, n * 16 + 1, 16), 'hex'))::uuid = ANY ($2)
                               THEN decode(repeat('00', 16), 'hex')
                               ELSE substr(s.line_salts, n * 16 + 1, 16) END, ''::bytea ORDER BY n)
        FROM generate_series(0, length(s.line_ids) / 16 - 1) AS n)
    WHERE s.id IN (SELECT l.entry_id FROM public.audit_line l WHERE l.id = ANY ($2) AND l.noun <> 'audit_erasure');
    UPDATE public.audit_line l SET old_values = NULL, new_values = NULL
    WHERE l.id = ANY ($2) AND l.noun <> 'audit_erasure' AND (l.old_values IS NOT NULL OR l.new_values IS NOT NULL)
    AND EXISTS (SELECT FROM public.audit_seal s WHERE s.id = l.entry_id);
    GET DIAGNOSTICS erased = ROW_COUNT;
    UPDATE public.audit_seal s SET salt = decode(repeat('00', 16), 'hex')
    WHERE s.id IN (SELECT e.id FROM public.audit_entry e WHERE e.id = ANY ($1) AND e.command <> 'audit.erase');
    UPDATE public.audit_entry e SET account_id = NULL, login = '', reason = NULL, arguments = NULL
    WHERE e.id = ANY ($1) AND e.command <> 'audit.erase' AND e.login <> ''
    AND EXISTS (SELECT FROM public.audit_seal s WHERE s.id = e.id);
    GET DIAGNOSTICS more = ROW_COUNT;
    RETURN erased + more;
END $$
"""


async def forwards(schema: Schema) -> None:
    """Replace the function."""
    await schema.create_function(_ERASE)
