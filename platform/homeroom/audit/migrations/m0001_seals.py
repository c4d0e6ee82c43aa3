"""Seals and heads of the audit's chains, and what the search in the audit needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

# The application may not change the audit; this takes values away and can put none in their place. Under FORCE its
# owner too sees the rows of the signed context's space alone. What a tombstone says is never taken away.
_ERASE = """
CREATE FUNCTION homeroom.erase_audit_values(entries uuid[], lines uuid[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    erased bigint;
    more bigint;
BEGIN
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
    """Create the seals, the heads and the indexes."""
    # Which transaction wrote an entry tells the sealer where to look for new ones, however late they were committed.
    await schema.add_column("audit_entry", "txid", "bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint")
    await schema.add_index("audit_entry", ("txid",))
    await schema.add_index("audit_entry", ("account_id", "at"))
    await schema.add_index("audit_entry", ("command", "at"))
    await schema.create_table(
        "audit_seal",
        {
            "position": "bigint NOT NULL",
            "salt": "bytea NOT NULL",
            "digest": "bytea NOT NULL",
            "line_ids": "bytea NOT NULL",
            "line_salts": "bytea NOT NULL",
            "line_digests": "bytea NOT NULL",
            "chain": "bytea NOT NULL",
        },
        unique=[("position",)],
        append_only=True,
    )
    await schema.create_table(
        "audit_head",
        {
            "number": "bigint NOT NULL",
            "position": "bigint NOT NULL",
            "chain": "bytea NOT NULL",
            "watermark": "bigint NOT NULL",
            "sealed_at": "timestamptz NOT NULL",
        },
        unique=[("number",)],
        append_only=True,
    )
    await schema.create_function(_ERASE)
