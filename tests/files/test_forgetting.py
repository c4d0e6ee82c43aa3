"""Files that are forgotten: their contents go with the last row, and never from under somebody who keeps one."""

from __future__ import annotations

import asyncio
import base64
import contextvars
import hashlib
from collections.abc import Coroutine
from pathlib import Path
from typing import Any
from uuid import UUID

from album.plugin import Bytes, add_picture, remove_picture

from homeroom.audit import AuditTrail
from homeroom.callers import Space
from homeroom.context import Context
from homeroom.files.keeping import content_lock, keep_file, storage_of
from homeroom.files.kinds import DOCUMENTS
from homeroom.host import Host
from homeroom.worker.runner import JobRunner

WAITING = "SELECT id FROM job WHERE state IN ('queued', 'retrying') AND name = 'files.content.drop'"


async def _add(gallery: Host, space: Space, content: bytes) -> UUID:
    given = base64.b64encode(content).decode()
    made: UUID = await gallery.execute(
        gallery.system_caller(space), add_picture, title="x", name="x.txt", content=given
    )
    return made


async def _remove(gallery: Host, space: Space, picture: UUID) -> None:
    await gallery.execute(gallery.system_caller(space), remove_picture, picture=picture)


async def _work(gallery: Host, space: Space) -> list[Any]:
    """Run what waits once; gives what is left of it then."""
    async with gallery.database.transaction(space.id) as transaction:
        waiting = [row["id"] for row in await transaction.fetch(WAITING)]
    for each in waiting:
        await JobRunner(gallery).run(space.id, each)
    async with gallery.database.transaction(space.id) as transaction:
        return list(await transaction.fetch("SELECT state, error FROM job WHERE id = ANY($1::uuid[])", waiting))


def _elsewhere(something: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """Something that another process might do: it knows nothing of the transaction in which it is begun."""
    return asyncio.create_task(something, context=contextvars.Context())


def _path(gallery: Host, space: Space, content: bytes) -> Path:
    return storage_of(gallery).path(space.id, hashlib.sha256(content).hexdigest())


async def test_a_content_is_removed_with_its_last_row_and_stays_in_other_schools(
    gallery: Host, east: Space, west: Space
) -> None:
    content = b"seen by three"
    one, other = await _add(gallery, east, content), await _add(gallery, east, content)
    await _add(gallery, west, content)
    await _remove(gallery, east, one)
    assert ["succeeded"] == [row["state"] for row in await _work(gallery, east)]
    assert _path(gallery, east, content).is_file(), "somebody still has a row of it"
    await _remove(gallery, east, other)
    assert _path(gallery, east, content).is_file(), "the command might not have been the last word"
    assert ["succeeded"] == [row["state"] for row in await _work(gallery, east)]
    assert not _path(gallery, east, content).exists()
    assert _path(gallery, west, content).is_file()


async def test_a_content_that_is_being_kept_is_not_taken_away(gallery: Host, east: Space) -> None:
    content = b"kept now"
    await _remove(gallery, east, await _add(gallery, east, content))
    caller = gallery.system_caller(east)
    async with gallery.database.transaction(east.id) as transaction:
        context = Context(gallery, caller, transaction, AuditTrail("album.picture.add"), gallery.clock())
        await keep_file(context, Bytes("x.txt", content), kinds=DOCUMENTS, field="content")
        # Its row is not to be seen yet by anybody else.
        assert [("retrying", "An internal error occurred (RuntimeError).")] == [
            tuple(row) for row in await _elsewhere(_work(gallery, east))
        ]
        assert _path(gallery, east, content).is_file()
    assert ["succeeded"] == [row["state"] for row in await _work(gallery, east)]
    assert _path(gallery, east, content).is_file(), "it has a row again"


async def test_a_content_that_went_while_it_was_given_is_written_again(gallery: Host, east: Space) -> None:
    content = b"given while it went"
    path = _path(gallery, east, content)

    async def keep() -> None:
        async with gallery.database.transaction(east.id) as transaction:
            context = Context(
                gallery, gallery.system_caller(east), transaction, AuditTrail("album.picture.add"), gallery.clock()
            )
            await keep_file(context, Bytes("x.txt", content), kinds=DOCUMENTS, field="content")

    async with gallery.database.transaction(east.id) as removing:
        lock = content_lock(east.id, path.name)
        await removing.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", lock)
        keeping = _elsewhere(keep())
        while not path.is_file():
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        assert not keeping.done(), "it waits for anyone who removes"
        path.unlink()
    await keeping
    assert content == path.read_bytes()
