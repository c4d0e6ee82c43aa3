"""Endpoints and deliveries, and what writes deliveries: a command's own entry in the audit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

# Within the space of whoever writes the entry, for the walls bind the owner too. Neither a command nor its caller has
# to think of it, and no process has to remember who listens. Looking at what is sensitive is no command.
_NOTE = """
CREATE FUNCTION homeroom.note_webhooks() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO public.webhook_delivery
        (tenant_id, id, endpoint_id, event, entry_id, occurred_at, state, attempts, next_at)
    SELECT NEW.tenant_id, gen_random_uuid(), e.id, NEW.command, NEW.id, NEW.at, 'waiting', 0, NEW.at
    FROM public.webhook_endpoint e
    WHERE e.tenant_id = NEW.tenant_id AND e.state = 'active' AND NEW.command LIKE ANY (e.patterns);
    RETURN NULL;
END $$
"""
# Runs as the owner, who sees past the walls in maintenance alone; it tells which spaces have something due, and nothing
# of what.
_DUE = """
CREATE FUNCTION homeroom.spaces_with_due_webhooks(at timestamptz)
RETURNS uuid[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    due uuid[];
BEGIN
    PERFORM set_config('homeroom.maintenance', 'on', true);
    SELECT array_agg(DISTINCT d.tenant_id) INTO due
    FROM public.webhook_delivery d
    JOIN public.webhook_endpoint e ON e.tenant_id = d.tenant_id AND e.id = d.endpoint_id
    WHERE d.state = 'waiting' AND d.next_at <= $1 AND e.state = 'active';
    PERFORM set_config('homeroom.maintenance', 'off', true);
    RETURN coalesce(due, '{}');
END $$
"""


async def forwards(schema: Schema) -> None:
    """Create both tables, the trigger and a narrow function."""
    await schema.create_table(
        "webhook_endpoint",
        {
            "title": "varchar(200)",
            "url": "text NOT NULL",
            "events": "text[] NOT NULL",
            "patterns": "text[] NOT NULL",
            "document": "text",
            "state": "text NOT NULL",
            "disabled_reason": "text",
            "account_id": "uuid",
            "login": "text NOT NULL",
            "registered_at": "timestamptz NOT NULL",
            "failing_since": "timestamptz",
            "secret_version": "integer NOT NULL DEFAULT 1",
            "previous_until": "timestamptz",
        },
        checks={"webhook_endpoint_state": "state IN ('active', 'disabled')"},
    )
    await schema.create_table(
        "webhook_delivery",
        {
            "endpoint_id": "uuid NOT NULL",
            "event": "text NOT NULL",
            "entry_id": "uuid NOT NULL",
            "occurred_at": "timestamptz NOT NULL",
            "state": "text NOT NULL",
            "attempts": "integer NOT NULL DEFAULT 0",
            "next_at": "timestamptz NOT NULL",
            "response_status": "integer",
            "duration_ms": "integer",
            "error": "text",
            "delivered_at": "timestamptz",
        },
        references={"endpoint_id": "webhook_endpoint"},
        indexes=[("endpoint_id", "occurred_at"), ("occurred_at",)],
        checks={"webhook_delivery_state": "state IN ('waiting', 'delivered', 'failed', 'refused')"},
    )
    await schema.execute("CREATE INDEX webhook_delivery_next_at ON webhook_delivery (next_at) WHERE state = 'waiting'")
    await schema.create_function(_NOTE)
    await schema.execute(
        "CREATE TRIGGER note_webhooks AFTER INSERT ON audit_entry FOR EACH ROW"
        " WHEN (NEW.command <> 'audit.read') EXECUTE FUNCTION homeroom.note_webhooks()"
    )
    await schema.create_function(_DUE)
