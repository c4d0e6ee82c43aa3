"""Signs of life of worker processes, and jobs in figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_BEAT = """
CREATE FUNCTION homeroom.beat_of_worker(worker uuid, host text, pid integer, figures jsonb)
RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    INSERT INTO homeroom.worker_process AS w (id, host, pid, started_at, seen_at, figures)
    VALUES ($1, $2, $3, now(), now(), $4)
    ON CONFLICT (id) DO UPDATE SET seen_at = now(), figures = EXCLUDED.figures;
    DELETE FROM homeroom.worker_process WHERE seen_at < now() - interval '1 hour';
$$
"""
_END = """
CREATE FUNCTION homeroom.end_of_worker(worker uuid)
RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DELETE FROM homeroom.worker_process WHERE id = $1
$$
"""
_ALIVE = """
CREATE FUNCTION homeroom.worker_is_alive(seconds double precision)
RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT EXISTS (SELECT FROM homeroom.worker_process WHERE seen_at > now() - make_interval(secs => $1))
$$
"""
# Runs as the owner, who sees past the walls in maintenance alone, and tells the caller numbers of the whole.
_FIGURES = """
CREATE FUNCTION homeroom.job_figures()
RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    states jsonb;
    overdue timestamptz;
    workers jsonb;
BEGIN
    PERFORM set_config('homeroom.maintenance', 'on', true);
    SELECT coalesce(jsonb_object_agg(found.state, found.number), '{}') INTO states FROM (
        SELECT j.state, count(*) AS number FROM public.job j
        WHERE j.state IN ('queued', 'retrying', 'running') GROUP BY 1
        UNION ALL
        SELECT j.state, count(*) FROM public.job j WHERE j.state IN ('failed', 'forbidden') GROUP BY 1) found;
    -- A job is brought again a minute after it should have been begun.
    SELECT min(j.wake_at) - interval '60 seconds' INTO overdue FROM public.job j
    WHERE j.state IN ('queued', 'retrying');
    PERFORM set_config('homeroom.maintenance', 'off', true);
    SELECT coalesce(jsonb_agg(jsonb_build_object('id', w.id, 'host', w.host, 'pid', w.pid,
        'silent', extract(epoch FROM now() - w.seen_at), 'durations', w.figures) ORDER BY w.started_at), '[]')
    INTO workers FROM homeroom.worker_process w;
    RETURN jsonb_build_object('states', states, 'workers', workers,
        'waiting', greatest(0, coalesce(extract(epoch FROM now() - overdue), 0)));
END $$
"""


async def forwards(schema: Schema) -> None:
    """Create the table, and the functions by which it is reached."""
    await schema.create_global_table(
        "worker_process",
        {
            "id": "uuid PRIMARY KEY",
            "host": "text NOT NULL",
            "pid": "integer NOT NULL",
            "started_at": "timestamptz NOT NULL",
            "seen_at": "timestamptz NOT NULL",
            "figures": "jsonb NOT NULL",
        },
        reason="signs of life of the processes that run the jobs of all spaces",
    )
    await schema.execute("CREATE INDEX job_undecided ON job (state) WHERE state IN ('failed', 'forbidden')")
    for each in (_BEAT, _END, _ALIVE, _FIGURES):
        await schema.create_function(each)
