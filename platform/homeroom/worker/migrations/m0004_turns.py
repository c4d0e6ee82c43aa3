"""Whose turn it is among the spaces, and which jobs nobody runs any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

# Runs as the owner, who sees past the walls in maintenance alone, and tells the caller two ids. Each look is one probe
# of an index, however many spaces there are and however many jobs wait in each; also before PostgreSQL has counted
# them, when it would rather sort them all.
_IN_TURN = """
CREATE FUNCTION homeroom.job_in_turn(space uuid, job uuid, after uuid, passed uuid[])
RETURNS uuid[]
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog SET enable_sort = off SET enable_bitmapscan = off SET enable_seqscan = off AS $$
DECLARE
    named text;
    turn uuid[];
BEGIN
    PERFORM set_config('homeroom.maintenance', 'on', true);
    SELECT j.state INTO named FROM public.job j WHERE j.tenant_id = $1 AND j.id = $2;
    IF named = 'retrying' THEN
        turn := ARRAY[$1, $2];
    ELSIF named = 'queued' THEN
        SELECT ARRAY[j.tenant_id, j.id] INTO turn FROM public.job j
        WHERE j.state = 'queued' AND j.tenant_id > $3 AND j.id <> ALL($4) ORDER BY j.tenant_id, j.id LIMIT 1;
        IF turn IS NULL THEN
            SELECT ARRAY[j.tenant_id, j.id] INTO turn FROM public.job j
            WHERE j.state = 'queued' AND j.id <> ALL($4) ORDER BY j.tenant_id, j.id LIMIT 1;
        END IF;
        IF turn IS NULL OR turn[1] = $1 THEN
            turn := ARRAY[$1, $2];
        END IF;
    END IF;
    PERFORM set_config('homeroom.maintenance', 'off', true);
    RETURN turn;
END $$
"""
# As before, but a job runs as long as its attempt holds its lock, and not as long as it might take; one without it is
# tried again. One that waits is not overdue while messages wait.
_WAKE = """
CREATE OR REPLACE FUNCTION homeroom.wake_jobs(queue text, actor text)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    woken integer;
    waits boolean;
BEGIN
    PERFORM set_config('homeroom.maintenance', 'on', true);
    SELECT EXISTS (SELECT FROM homeroom.job_queue q
        WHERE q.queue_name = $1 AND q.state = 'queued' AND q.available_at <= now()) INTO waits;
    WITH locks AS MATERIALIZED (
        SELECT (l.classid::bigint << 32) | l.objid::bigint AS key FROM pg_locks l
        WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted
            AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())),
    overdue AS (
        UPDATE public.job j SET wake_at = now() + interval '10 minutes',
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


async def forwards(schema: Schema) -> None:
    """Create the index of what waits and the function that looks around it; look for the forgotten more closely."""
    await schema.execute("CREATE INDEX job_waiting ON job (tenant_id, id) WHERE state = 'queued'")
    await schema.create_function(_IN_TURN)
    await schema.create_function(_WAKE)
