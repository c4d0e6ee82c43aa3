"""What keeps jobs from being lost and people informed: runs, progress, results, decisions, the calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

# Runs as the owner, who sees past the walls in maintenance alone, and tells the caller no more than how many there
# were. A message that waits already is left as it is; one that lies in another broker may come twice, which harms
# nobody: a job that runs or has ended is passed over.
_WAKE = """
CREATE FUNCTION homeroom.wake_jobs(queue text, actor text)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    woken integer;
BEGIN
    PERFORM set_config('homeroom.maintenance', 'on', true);
    WITH overdue AS (
        UPDATE public.job j SET wake_at = now() + interval '10 minutes'
        WHERE (j.tenant_id, j.id) IN (
            SELECT o.tenant_id, o.id FROM public.job o
            WHERE o.state IN ('queued', 'retrying', 'running') AND o.wake_at < now()
            ORDER BY o.wake_at LIMIT 500 FOR UPDATE SKIP LOCKED)
        RETURNING j.tenant_id, j.id)
    INSERT INTO homeroom.job_queue (queue_name, message_id, state, message)
    SELECT $1, o.id, 'queued', jsonb_build_object(
        'queue_name', $1, 'actor_name', $2, 'args', jsonb_build_array(o.tenant_id, o.id), 'kwargs', '{}'::jsonb,
        'options', '{}'::jsonb, 'message_id', o.id,
        'message_timestamp', (extract(epoch FROM now()) * 1000)::bigint)
    FROM overdue o ON CONFLICT (message_id) DO NOTHING;
    GET DIAGNOSTICS woken = ROW_COUNT;
    PERFORM set_config('homeroom.maintenance', 'off', true);
    IF woken > 0 THEN
        PERFORM pg_notify('dramatiq.' || $1 || '.enqueue', '');
    END IF;
    RETURN woken;
END $$
"""

# The same; it tells which spaces have something due, and nothing of what.
_DUE = """
CREATE FUNCTION homeroom.spaces_with_due_jobs(at timestamptz)
RETURNS uuid[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    due uuid[];
BEGIN
    PERFORM set_config('homeroom.maintenance', 'on', true);
    SELECT array_agg(DISTINCT s.tenant_id) INTO due FROM public.job_schedule s WHERE s.next_at <= $1;
    PERFORM set_config('homeroom.maintenance', 'off', true);
    RETURN coalesce(due, '{}');
END $$
"""


async def forwards(schema: Schema) -> None:
    """Add the columns, two tables and two narrow functions."""
    for column, definition in {
        "persons": "uuid[] NOT NULL DEFAULT '{}'",
        "run_id": "uuid",
        "wake_at": "timestamptz NOT NULL DEFAULT now()",
        "progress_done": "integer",
        "progress_total": "integer",
        "progress_message": "text",
        "result": "jsonb",
        "decision_reason": "text",
    }.items():
        await schema.add_column("job", column, definition)
    await schema.execute(
        "ALTER TABLE job DROP CONSTRAINT job_state, ADD CONSTRAINT job_state CHECK (state IN"
        " ('queued', 'running', 'retrying', 'succeeded', 'failed', 'forbidden', 'discarded'))"
    )
    await schema.execute("CREATE INDEX job_wake_at ON job (wake_at) WHERE state IN ('queued', 'retrying', 'running')")
    await schema.create_table(
        "job_effect",
        {"key": "text NOT NULL CHECK (length(key) <= 200)", "job": "text NOT NULL", "at": "timestamptz NOT NULL"},
        unique=[("key",)],
        append_only=True,
    )
    await schema.create_table(
        "job_schedule",
        {
            "job": "text NOT NULL",
            "cron": "text NOT NULL",
            "time_zone": "text NOT NULL",
            "next_at": "timestamptz NOT NULL",
        },
        unique=[("job",)],
    )
    await schema.execute("CREATE INDEX job_schedule_next_at ON job_schedule (next_at)")
    await schema.create_function(_WAKE)
    await schema.create_function(_DUE)
