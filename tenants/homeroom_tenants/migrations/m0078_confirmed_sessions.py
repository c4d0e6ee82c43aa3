"""A session knows when its password was last given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_STANDING: Final = """
CREATE OR REPLACE FUNCTION homeroom.session_standing(digest bytea) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
SELECT homeroom.standing_of(s.account_id, jsonb_build_object(
    'id', s.id, 'created_at', s.created_at, 'last_seen_at', s.last_seen_at,
    'confirmed_at', coalesce(s.confirmed_at, s.created_at)))
FROM homeroom.session s WHERE s.digest = $1 AND s.ended_at IS NULL
$$
"""

_CONFIRM: Final = """
CREATE FUNCTION homeroom.confirm_session(id uuid, at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
UPDATE homeroom.session s SET confirmed_at = $2 WHERE s.id = $1 AND s.ended_at IS NULL
$$
"""


async def forwards(schema: Schema) -> None:
    """Add the column, the function that writes it, and let other processes hear of it."""
    # None: not since the sign-in. A session that came by hand-over has the beginning of the one that it comes from.
    await schema.execute("ALTER TABLE homeroom.session ADD COLUMN confirmed_at timestamptz")
    await schema.execute(_STANDING)
    await schema.create_function(_CONFIRM)
    for name in ("session_standing", "confirm_session"):
        await schema.demand_proof(name)
    await schema.execute("DROP TRIGGER tell_directory ON homeroom.session")
    await schema.execute(
        "CREATE TRIGGER tell_directory AFTER UPDATE OF ended_at, confirmed_at OR DELETE ON homeroom.session"
        " FOR EACH ROW EXECUTE FUNCTION homeroom.tell_directory('account', 'account_id')"
    )
