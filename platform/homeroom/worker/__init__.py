"""Jobs at work: the queue in PostgreSQL, the process that runs what waits there, and the record of each job.

The queue carries nothing but the ids of a space and of a job in it. What to run, with which arguments and for
whom is in the job's own row, behind the walls of its space; so nobody who manages to put a message
into the queue can make a job of another school out of it.
"""

from __future__ import annotations

__all__: list[str] = []
