"""Schools that are suspended or closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_SET = """
CREATE FUNCTION homeroom.set_space_state(state text, reason text, at timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    before text;
BEGIN
    SELECT s.state INTO before FROM homeroom.space s WHERE s.id = homeroom.space() FOR UPDATE;
    UPDATE homeroom.space s SET state = $1, state_reason = $2, state_since = $3, version = version + 1
    WHERE s.id = homeroom.space() AND s.state <> $1;
    RETURN before;
END $$
"""
_CLOSED = """
CREATE FUNCTION homeroom.closed_spaces() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
SELECT coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'state', s.state, 'reason', s.state_reason)), '[]')
FROM homeroom.space s WHERE s.state <> 'open'
$$
"""


async def forwards(schema: Schema) -> None:
    """Give each space a state, with the reason and the moment of its last change."""
    await schema.execute(
        "ALTER TABLE homeroom.space ADD COLUMN state text NOT NULL DEFAULT 'open'"
        " CHECK (state IN ('open', 'suspended', 'closed')),"
        " ADD COLUMN state_reason text, ADD COLUMN state_since timestamptz"
    )
    await schema.execute("CREATE INDEX space_not_open_ix ON homeroom.space (id) WHERE state <> 'open'")
    for function in (_SET, _CLOSED):
        await schema.create_function(function)
    for name in ("set_space_state", "closed_spaces"):
        await schema.demand_proof(name)
