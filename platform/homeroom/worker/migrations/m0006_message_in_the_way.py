"""A job whose old message is still in the queue is looked at again soon, and not ten minutes later."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

# As before, but for jobs that got no message. Theirs is in the queue still: another worker may be about to remove it,
# because it saw the job running a moment ago.
_WAKE = """
CREATE OR REPLACE FUNCTION homeroom.wake_jobs(queue text, actor text)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    spaces uuid[];
    woken uuid[];
    waits boolean;
BEGIN
    PERFORM homeroom.demand_proof();
    PERFORM set_config('homeroom.maintenance', 'on', true);
    SELECT EXISTS (SELECT FROM homeroom.job_queue q
        WHERE q.queue_name = $1 AND q.state = 'queued' AND q.available_at <= now()) INTO waits;
    WITH locks AS MATERIALIZED (
        SELECT (l.classid::bigint << 32) | l.objid::bigint AS key FROM pg_locks l
        WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted
            AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())),
    overdue AS (
        UPDATE public.job j SET wake_at = now() + interval '15 seconds',
            state = CASE j.state WHEN 'running' THEN 'retrying' ELSE j.state END,
            error = CASE j.state WHEN 'running' THEN 'its worker was lost' ELSE j.error END
        WHERE (j.tenant_id, j.id) IN (
            SELECT o.tenant_id, o.id FROM public.job o
            WHERE o.state IN ('queued', 'retrying', 'running') AND o.wake_at < now()
                AND CASE o.state
                    WHEN 'queued' THEN NOT waits
                    WHEN 'running' THEN hashtextextended('homeroom.job.' || o.id, 0) NOT IN (SELECT key FROM locks)
                    ELSE true END
            ORDER BY o.wake_at LIMIT 500 FOR UPDATE SKIP LOCKED)
        RETURNING j.tenant_id, j.id),
    written AS (
        INSERT INTO homeroom.job_queue (queue_name, message_id, state, message)
        SELECT $1, o.id, 'queued', jsonb_build_object(
            'queue_name', $1, 'actor_name', $2, 'args', jsonb_build_array(o.tenant_id, o.id), 'kwargs', '{}'::jsonb,
            'options', '{}'::jsonb, 'message_id', o.id,
            'message_timestamp', (extract(epoch FROM now()) * 1000)::bigint)
        FROM overdue o ON CONFLICT (message_id) DO NOTHING
        RETURNING (message -> 'args' ->> 0)::uuid AS space, message_id)
    SELECT coalesce(array_agg(w.space), '{}'), coalesce(array_agg(w.message_id), '{}') INTO spaces, woken
    FROM written w;
    UPDATE public.job j SET wake_at = now() + interval '10 minutes'
    FROM unnest(spaces, woken) AS w (space, id) WHERE j.tenant_id = w.space AND j.id = w.id;
    PERFORM set_config('homeroom.maintenance', 'off', true);
    IF woken <> '{}' THEN
        PERFORM pg_notify('dramatiq.' || $1 || '.enqueue', '');
    END IF;
    RETURN cardinality(woken);
END $$
"""


async def forwards(schema: Schema) -> None:
    """Replace the function."""
    await schema.create_function(_WAKE)
