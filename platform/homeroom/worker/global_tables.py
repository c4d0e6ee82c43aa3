"""The tables of the queue, which lie outside every space."""

from __future__ import annotations

from typing import Final

__all__ = ["QUEUE_TABLES", "WORKER_TABLES"]

#: Table to the reason.
QUEUE_TABLES: Final = {
    "job_queue": "one process serves all spaces; a message holds the ids of a space and a job, no more",
    "job_result": "made by the library of the queue and kept empty: results stand in the row of the job",
    "job_worker": "heartbeats of the processes that serve the queue",
}
#: Reached through narrow functions alone.
WORKER_TABLES: Final = {"worker_process": "heartbeats of the processes that run the jobs of all spaces"}
