"""Sealing: chaining what is new in each space, and putting the head where the database's owner cannot reach it.

An entry is chained when it is first seen, whatever its time: one whose transaction took long comes after others that
began later, and none is missed. Transaction ids say where to look: all that was written by transactions
below the *watermark* (the oldest that was running when the space was last sealed) is sealed already. In a database that
was restored elsewhere transaction ids start again; the sealer then looks everywhere once.

The head is written into the database with the seals, and into the file right afterwards. If that is interrupted, the
next run writes it; more than one missing head is a gap, which is left for the verifier to find.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from homeroom.audit.chain import SealedEntry, genesis, link, seal_entry
from homeroom.audit.heads import Head, HeadFiles
from homeroom.database.connection import AWAY, connect
from homeroom.database.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from homeroom.callers import Space
    from homeroom.database.engine import Transaction
    from homeroom.host import Host

__all__ = ["ENTRY_COLUMNS", "LINE_COLUMNS", "Sealed", "Sealer"]

logger = logging.getLogger(__name__)

#: Of the advisory lock that the one sealer at work holds: "seal" in ASCII.
LOCK = 0x7365616C
#: Entries that one transaction seals at most.
BATCH = 500
_FIRST = UUID(int=0)

ENTRY_COLUMNS = "e.id, e.at, e.account_id, e.login, e.via, e.command, e.reason, e.arguments::text AS arguments"
LINE_COLUMNS = "l.entry_id, l.id, l.noun, l.row_id, l.old_values::text AS old_values, l.new_values::text AS new_values"

_OLDEST = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_LAST = """
SELECT h.number, h.position, h.chain, h.watermark, h.sealed_at,
       pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest_running
FROM (SELECT) one LEFT JOIN (SELECT * FROM audit_head ORDER BY number DESC LIMIT 1) h ON TRUE
"""
# The sub-select is one look into an index for each entry, whatever the planner believes about a table that has just
# grown.
_NEW = f"""
SELECT {ENTRY_COLUMNS}, e.txid FROM audit_entry e
WHERE (e.txid, e.id) > ($1, $2) AND (SELECT s.id FROM audit_seal s WHERE s.id = e.id LIMIT 1) IS NULL
ORDER BY e.txid, e.id LIMIT {BATCH}
"""
_LINES = f"SELECT {LINE_COLUMNS} FROM audit_line l WHERE l.entry_id = ANY ($1::uuid[])"
_SEAL = """
INSERT INTO audit_seal (tenant_id, id, position, salt, digest, line_ids, line_salts, line_digests, chain)
SELECT (SELECT homeroom.space()), * FROM unnest(
    $1::uuid[], $2::bigint[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bytea[], $7::bytea[], $8::bytea[])
"""
_HEAD = """
INSERT INTO audit_head (tenant_id, id, number, position, chain, watermark, sealed_at)
VALUES ((SELECT homeroom.space()), $1, $2, $3, $4, $5, $6)
"""


@dataclass(slots=True)
class Sealed:
    """What one round did.

    Args:
        spaces: How many had something new.
        entries: How many entries were sealed.
        lines: How many lines they have.
        failed: Spaces that could not be sealed now, by their slugs.
        busy: Whether another process is at it, so that nothing was done.
    """

    spaces: int = 0
    entries: int = 0
    lines: int = 0
    failed: tuple[str, ...] = ()
    busy: bool = False


class Sealer:
    """Seals the spaces of an installation. Several processes may have one; a single one is at work at a time.

    Args:
        host: The open host.
        files: Where the heads go; by default what the settings say.
    """

    def __init__(self, host: Host, files: HeadFiles | None = None) -> None:
        self._host = host
        self._files = files
        #: Below it this sealer has seen every transaction, in every space; none until it has seen all.
        self._seen: int | None = None

    async def run(self, spaces: Sequence[Space] | None = None) -> Sealed:
        """Seal what is new, once.

        Args:
            spaces: By default all.
        """
        # A connection of its own: the lock must outlive the transactions, and go with the process.
        connection = await connect(self._host.database.url, statement_timeout="5s")
        try:
            if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
                return Sealed(busy=True)
            if spaces is not None:
                return await self._all(spaces)
            oldest = await connection.fetchval(_OLDEST)
            since, self._seen = self._seen, None  # a round that is broken off has seen nothing
            done = await self._all(await self._with_new(since, oldest))
            if not done.failed:
                self._seen = oldest
            return done
        finally:
            await connection.close()

    async def _with_new(self, since: int | None, oldest: int) -> Sequence[Space]:
        """The spaces that may have new entries; all of them in the first round and after a restore elsewhere."""
        spaces = await self._host.directory.spaces()
        if since is None or since > oldest:
            return spaces
        new = set(await self._host.database.call("homeroom.spaces_with_new_audit($1)", since, writes=False))
        return [space for space in spaces if space.id in new]

    async def _all(self, spaces: Sequence[Space]) -> Sealed:
        if self._files is None:
            self._files = HeadFiles.of(self._host.settings)
        files = self._files
        files.read()
        done, heads = Sealed(), list[Head]()
        try:
            for space in spaces:
                try:
                    heads += await self._space(space, files, done)
                except AWAY:
                    raise  # for the others it is unavailable as well
                except (asyncpg.PostgresError, OSError):
                    logger.exception("the audit of %s cannot be sealed now", space.slug)
                    done.failed += (space.slug,)
        finally:
            files.append(heads)
        return done

    async def _space(self, space: Space, files: HeadFiles, done: Sealed) -> list[Head]:
        """Seal one space; gives the heads that the file lacks."""
        heads: list[Head] = []
        started = done.entries
        # (txid, id) of the last entry that was looked at, and what the round may conclude about the transactions before
        # it.
        after: tuple[int, UUID] | None = None
        since = watermark = 0
        while True:
            async with self._host.database.transaction(space.id, isolation="REPEATABLE READ") as transaction:
                last = await transaction.fetchrow(_LAST)
                assert last is not None
                if not heads:
                    heads += _interrupted(space, last, files)
                if after is None:
                    since, watermark = last["watermark"] or 0, last["oldest_running"]
                    if since > watermark:
                        since = 0  # the database was restored elsewhere: transaction ids start again
                    after = (since, _FIRST)
                entries = await transaction.fetch(_NEW, *after)
                if not entries:
                    break
                after = (entries[-1]["txid"], entries[-1]["id"])
                whole = len(entries) < BATCH
                # What ended before the round began is seen by all of its batches; of what ended meanwhile, a later
                # batch may have passed the place. So it is the first snapshot that counts.
                head = await self._seal(space, transaction, last, entries, watermark if whole else since, done)
                heads.append(head)
            if whole:
                break
        done.spaces += done.entries > started
        return heads

    async def _seal(
        self,
        space: Space,
        transaction: Transaction,
        last: asyncpg.Record,
        entries: Sequence[asyncpg.Record],
        watermark: int,
        done: Sealed,
    ) -> Head:
        lines: dict[UUID, list[asyncpg.Record]] = {entry["id"]: [] for entry in entries}
        for line in await transaction.fetch(_LINES, list(lines)):
            lines[line["entry_id"]].append(line)
        position, chain = last["position"] or 0, last["chain"] or genesis(space.id)
        rows: list[tuple[Any, ...]] = []
        for row in entries:
            entry = SealedEntry.of(row, lines[row["id"]])
            seal = seal_entry(entry)
            position += 1
            chain = link(chain, position, seal.content(entry))
            rows.append(
                (entry.id, position, seal.salt, seal.digest, seal.line_ids, seal.line_salts, seal.line_digests, chain)
            )
            done.lines += len(entry.lines)
        number, now = (last["number"] or 0) + 1, self._host.clock()
        await transaction.execute(_SEAL, *map(list, zip(*rows, strict=True)))
        await transaction.execute(_HEAD, new_id(), number, position, chain, watermark, now)
        done.entries += len(rows)
        return Head(
            space=UUID(int=space.id.int),
            number=number,
            position=position,
            chain=chain.hex(),
            watermark=watermark,
            at=now,
            signed=True,
        )


def _interrupted(space: Space, last: asyncpg.Record, files: HeadFiles) -> list[Head]:
    """The head that is in the database alone, because its sealer was interrupted."""
    number = last["number"]
    if number is None:
        return []
    written = files.last(space.id)
    known = written.number if written is not None else 0
    if written is None and not files.heads:
        logger.warning(
            "%s is a new folder: the audit of %s is proved from head %d on", files.folder, space.slug, number
        )
        known = number - 1
    if known < number - 1:
        logger.error("heads %d to %d of %s are missing in %s", known + 1, number, space.slug, files.folder)
    if known != number - 1:
        return []
    return [
        Head(
            space=UUID(int=space.id.int), number=number, position=last["position"], chain=last["chain"].hex(),
            watermark=last["watermark"], at=last["sealed_at"], signed=True,
        )
    ]  # fmt: skip
