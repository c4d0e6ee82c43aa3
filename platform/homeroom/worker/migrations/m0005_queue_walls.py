"""Walls of the queue: a space sees its own messages, and the processes that serve the queue see all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

# The message of a job that gives way may be another space's.
_AGAIN = """
CREATE FUNCTION homeroom.queue_again(queue text, jobs uuid[], messages text[], seconds double precision)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO homeroom.job_queue AS q (queue_name, message_id, state, message, available_at)
    SELECT $1, m.id, 'queued', m.message::jsonb, now() + make_interval(secs => $4)
    FROM unnest($2, $3) AS m (id, message)
    ON CONFLICT (message_id) DO UPDATE SET state = 'queued', message = EXCLUDED.message, mtime = now(),
        available_at = EXCLUDED.available_at, worker_id = NULL, consumed_at = NULL;
    PERFORM pg_notify('dramatiq.' || $1 || '.enqueue', '');
END $$
"""
_OURS = "(message -> 'args' ->> 0) = (SELECT homeroom.space())::text"
_PROVED = "(SELECT homeroom.proof_holds())"


async def forwards(schema: Schema) -> None:
    """Raise the walls, and have the functions over all spaces ask for proof."""
    for table in ("job_queue", "job_result", "job_worker"):
        await schema.execute(f"ALTER TABLE homeroom.{table} ENABLE ROW LEVEL SECURITY")
        await schema.execute(
            f"CREATE POLICY worker ON homeroom.{table} TO {{app}} USING ({_PROVED}) WITH CHECK ({_PROVED})"
        )
    await schema.execute(f"CREATE POLICY space ON homeroom.job_queue TO {{app}} USING ({_OURS}) WITH CHECK ({_OURS})")
    await schema.create_function(_AGAIN)
    for name in (
        "queue_again",
        "job_in_turn",
        "job_figures",
        "worker_is_alive",
        "beat_of_worker",
        "end_of_worker",
        "spaces_with_due_jobs",
        "wake_jobs",
    ):
        await schema.demand_proof(name)
