"""Forgetting files: the rows at once, and what they held as soon as nobody has a row of it any more."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import TYPE_CHECKING, Final
from uuid import UUID

from homeroom.context import Context
from homeroom.files.keeping import content_lock, storage_of
from homeroom.files.tables import StoredFile
from homeroom.jobs import Job, job

if TYPE_CHECKING:
    from homeroom.database.engine import Transaction

__all__ = ["JOBS", "digests_of", "drop_contents", "forget_contents", "forget_files"]


async def forget_files(context: Context, files: Collection[UUID]) -> None:
    """Remove files, whose rows nothing refers to any more.

    Args:
        context: A command's or a job's.
        files: Ids of :class:`~homeroom.files.tables.StoredFile`.
    """
    digests = await digests_of(context, files)
    await context.rows(StoredFile).delete_many(files)
    await forget_contents(context, digests)


async def digests_of(context: Context, files: Collection[UUID]) -> list[str]:
    """The digests of files, each once."""
    rows = await context.fetch("SELECT DISTINCT digest FROM stored_file WHERE id = ANY($1::uuid[])", list(files))
    return [row["digest"] for row in rows]


async def forget_contents(context: Context, digests: Collection[str]) -> None:
    """Have contents removed once this transaction has committed; those of which somebody has a row stay.

    Args:
        context: A command's or a job's.
        digests: SHA-256, hexadecimal.
    """
    if digests:
        await context.enqueue_as("files", drop_contents, digests=sorted(digests))


@job("files.content.drop", attempts=12)
async def drop_contents(context: Context, *, digests: list[str]) -> int:
    """Remove contents of files that nobody has a row of. Gives how many; one that is just being kept is tried again."""
    dropped = busy = 0
    for digest in digests:
        if not await _alone(context.transaction, context.space.id, digest):
            busy += 1
            continue
        if await context.fetchval("SELECT EXISTS (SELECT FROM stored_file WHERE digest = $1)", digest):
            continue
        await asyncio.to_thread(storage_of(context.host).path(context.space.id, digest).unlink, missing_ok=True)
        dropped += 1
    if busy:
        raise RuntimeError(f"{busy} contents are being kept now")
    return dropped


async def _alone(transaction: Transaction, space: UUID, digest: str) -> bool:
    """Whether nobody is keeping this content; a transaction that begins to waits for the end of this one."""
    # Tried and not waited for: a transaction that keeps several files would otherwise wait for this one, and this one
    # for it.
    return bool(
        await transaction.fetchval(
            "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))", content_lock(space, digest)
        )
    )


JOBS: Final[tuple[Job, ...]] = (drop_contents,)
