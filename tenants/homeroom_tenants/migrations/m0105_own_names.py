"""An account gets another name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

# Runs as the owner, who sees past the walls in maintenance alone: for the length of this function, and only for spaces
# in which the account has a membership or a role that a district has given.
_SET = """
CREATE FUNCTION homeroom.set_account_name(
    account uuid, name text, at timestamptz, spaces uuid[], ids uuid[], line_ids uuid[]) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    before record;
    own uuid[];
BEGIN
    SELECT a.login, a.name INTO before FROM homeroom.account a WHERE a.id = $1 FOR UPDATE;
    IF before.name IS NULL OR before.name = $2 THEN
        RETURN false;
    END IF;
    UPDATE homeroom.account a SET name = $2 WHERE a.id = $1;
    SELECT array_agg(s.id) INTO own FROM homeroom.space s WHERE s.id = ANY ($4) AND (
        EXISTS (SELECT FROM homeroom.membership m WHERE m.account_id = $1 AND m.space_id = s.id)
        OR EXISTS (SELECT FROM homeroom.district_grant g WHERE g.account_id = $1 AND g.space_id = s.id));
    PERFORM set_config('homeroom.maintenance', 'on', true);
    INSERT INTO public.audit_entry (tenant_id, id, at, account_id, login, via, command, arguments)
    SELECT note.space, note.id, $3, $1, before.login, 'session', 'tenants.account.rename',
        jsonb_build_object('name', $2)
    FROM unnest($4, $5) AS note (space, id) WHERE note.space = ANY (own);
    INSERT INTO public.audit_line (tenant_id, id, entry_id, noun, row_id, old_values, new_values)
    SELECT note.space, note.line, note.id, 'account', $1,
        jsonb_build_object('login', before.login, 'name', before.name),
        jsonb_build_object('login', before.login, 'name', $2)
    FROM unnest($4, $5, $6) AS note (space, id, line) WHERE note.space = ANY (own);
    PERFORM set_config('homeroom.maintenance', 'off', true);
    RETURN true;
END $$
"""


async def forwards(schema: Schema) -> None:
    """Add the function that writes it, and a line in the audit of each space of the account."""
    await schema.create_function(_SET)
    await schema.demand_proof("set_account_name")
