"""Jobs, which belong to a space each, and the queue, in which those of all spaces wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dramatiq_postgres.schema import generate_init_sql

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

#: Table to the reason why it lies outside every space.
QUEUE_TABLES = {
    "job_queue": "one process serves all spaces; a message holds the ids of a space and a job, no more",
    "job_result": "made by the library of the queue and kept empty: results stand in the row of the job",
    "job_worker": "heartbeats of the processes that serve the queue",
}


async def forwards(schema: Schema) -> None:
    """Create both."""
    await schema.create_table(
        "job",
        {
            "name": "text NOT NULL",
            "state": "text NOT NULL",
            "account_id": "uuid",
            "login": "text NOT NULL",
            "arguments": "jsonb NOT NULL DEFAULT '{}'",
            "attempts": "integer NOT NULL DEFAULT 0",
            "error": "text",
            "enqueued_at": "timestamptz NOT NULL",
            "started_at": "timestamptz",
            "finished_at": "timestamptz",
        },
        checks={"job_state": "state IN ('queued', 'running', 'retrying', 'succeeded', 'failed')"},
        indexes=[("enqueued_at",)],
    )
    await schema.execute(generate_init_sql(schema="homeroom", prefix="job_"))
    for table, reason in QUEUE_TABLES.items():
        await schema.execute(f"COMMENT ON TABLE homeroom.{table} IS 'global: {reason}'")
        await schema.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON homeroom.{table} TO {{app}}")
