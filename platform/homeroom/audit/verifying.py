"""Verifying: whether the audit is what it was, and if not, what was done to it.

Three things are compared for each space: the entries with their lines, the chain of seals in the database, and the
heads outside it. The heads are read before the database: whatever they speak of must be there. What the database has
beyond them was written since.
"""

from __future__ import annotations

import hmac
import itertools
from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec

from homeroom.audit.chain import ERASED, Line, Seal, SealedEntry, digest_of, genesis, link
from homeroom.audit.erasing import TOMBSTONES, sign_tombstone
from homeroom.audit.heads import audit_key
from homeroom.audit.sealing import ENTRY_COLUMNS, LINE_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import asyncpg

    from homeroom.audit.heads import Head, HeadFiles
    from homeroom.callers import Space
    from homeroom.database.engine import Transaction
    from homeroom.host import Host

__all__ = ["Fault", "Report", "gone_spaces", "verify_space"]

#: How long a transaction of a request may last, and one of a job or of the command line.
_LONG: Final = timedelta(minutes=15)
_LONGEST: Final = timedelta(days=1)
#: Entries that are held in memory at once.
BATCH = 1_000

_SEALS = "SELECT * FROM audit_seal WHERE position > $1 ORDER BY position LIMIT $2"
_ENTRIES = f"SELECT {ENTRY_COLUMNS} FROM audit_entry e WHERE e.id = ANY ($1::uuid[])"
_LINES = f"SELECT {LINE_COLUMNS} FROM audit_line l WHERE l.entry_id = ANY ($1::uuid[])"
_UNSEALED = """
SELECT e.id, e.command, e.txid FROM audit_entry e
WHERE (SELECT s.id FROM audit_seal s WHERE s.id = e.id LIMIT 1) IS NULL ORDER BY e.txid, e.id
"""
_ORPHANS = """
SELECT l.id, l.entry_id FROM audit_line l WHERE (SELECT e.id FROM audit_entry e WHERE e.id = l.entry_id LIMIT 1) IS NULL
"""
_NEXT_TRANSACTION = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"


@dataclass(frozen=True, slots=True)
class Fault:
    """One sign of tampering.

    Args:
        kind: ``changed``, ``removed``, ``inserted``, ``cut``, ``rechained``, ``erased`` or ``heads``.
        message: What and where, a sentence.
        entry: The entry that it is about, if it is one.
        line: The line, if it is one.
    """

    kind: str
    message: str
    entry: UUID | None = None
    line: UUID | None = None


@dataclass(slots=True)
class Report:
    """What was found in one space.

    Args:
        space: Its slug, or its id if it is gone.
        entries: Sealed entries that were looked at.
        waiting: Entries that are not sealed yet.
        erased: Entries and lines whose values were taken away, as tombstones say.
        faults: Signs of tampering; none in a good audit.
        notes: What is worth a word and no fault.
    """

    space: str
    entries: int = 0
    waiting: int = 0
    erased: int = 0
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


async def verify_space(host: Host, space: Space, files: HeadFiles) -> Report:
    """Verify the audit of one space. Safe while others write and seal.

    Args:
        host: The open host.
        space: The space.
        files: The heads, just read.
    """
    heads = list(files.heads.get(UUID(int=space.id.int), ()))
    async with host.database.transaction(space.id, isolation="REPEATABLE READ", read_only=True) as transaction:
        walk = _Walk(space, transaction, [head for head in heads if head.kind == "head"], audit_key(host.settings))
        await walk.run()
        await walk.compare_heads(files)
        return walk.report


def gone_spaces(files: HeadFiles, known: frozenset[UUID]) -> list[Report]:
    """What the heads say about spaces that the installation does not have (any more)."""
    reports = []
    for space, heads in files.heads.items():
        if space in known:
            continue
        report = Report(str(space))
        tombstone = next((head for head in reversed(heads) if head.kind == "gone"), None)
        if tombstone is None:
            report.faults.append(Fault("removed", "the whole space is gone, and nobody noted that it was deleted"))
        else:
            report.notes.append(f"deleted at {tombstone.at.isoformat()}, {tombstone.note}")
        reports.append(report)
    return reports


class _Walk:
    """One pass over one space."""

    def __init__(self, space: Space, transaction: Transaction, heads: list[Head], key: bytes) -> None:
        self._space = space
        self._key = key
        self._unsigned_until = max((head.position for head in heads if not head.signed), default=0)
        self._transaction = transaction
        self._heads = heads
        #: Position to the link there, at the positions of heads.
        self._links: dict[int, bytes] = {}
        self._tombstones: set[UUID] = set()
        self._changed_links = 0
        self.report = Report(space.slug)

    def _fault(self, kind: str, message: str, entry: UUID | None = None, line: UUID | None = None) -> None:
        self.report.faults.append(Fault(kind, message, entry, line))

    async def run(self) -> None:
        """Walk the chain, then look at what is outside it."""
        for row in await self._transaction.fetch(TOMBSTONES):
            said = msgspec.json.decode(row["new_values"] or "{}")
            if self._is_tombstone(row, said):
                self._tombstones.update(UUID(each) for each in (*said["entries"], *said["lines"]))
        wanted = {head.position for head in self._heads}
        position, previous = 0, genesis(self._space.id)
        while seals := await self._transaction.fetch(_SEALS, position, BATCH):
            ids = [seal["id"] for seal in seals]
            entries = {row["id"]: row for row in await self._transaction.fetch(_ENTRIES, ids)}
            lines: dict[UUID, list[asyncpg.Record]] = {each: [] for each in ids}
            for line in await self._transaction.fetch(_LINES, ids):
                lines[line["entry_id"]].append(line)
            for row in seals:
                if row["position"] != position + 1:
                    self._fault("removed", f"the seals {position + 1} to {row['position'] - 1} are not there")
                position = row["position"]
                self._one(row, entries.get(row["id"]), lines[row["id"]], previous)
                previous = row["chain"]
                if position in wanted:
                    self._links[position] = previous
            self.report.entries += len(seals)
        self._last = position
        await self._outside()

    def _is_tombstone(self, row: asyncpg.Record, said: dict[str, Any]) -> bool:
        """Whether the application set it, and not somebody who has the database alone."""
        if not {"entries", "lines", "reason"} <= said.keys():
            return False
        signature = said.pop("signature", None)
        if signature is None:
            # Set before tombstones were signed, and sealed then: so says a head that the database cannot write.
            return row["position"] is not None and row["position"] <= self._unsigned_until
        by = (row["at"], row["account_id"], row["login"])
        right = sign_tombstone(self._key, self._space.id, row["row_id"], said, by)
        return isinstance(signature, str) and hmac.compare_digest(right, signature)

    def _too_old(self, entry: asyncpg.Record, position: int) -> bool:
        """Whether an entry is older than the seal before it by more than any transaction lasts."""
        at = bisect_left(self._heads, position, key=lambda head: head.position)
        if at in (0, len(self._heads)):
            return False
        lasts = _LONGEST if entry["via"] in ("cli", "job") else _LONG
        return bool(entry["at"] < self._heads[at - 1].at - lasts)

    def _one(
        self,
        row: Mapping[str, object],
        found: asyncpg.Record | None,
        lines: list[asyncpg.Record],
        previous: bytes,
    ) -> None:
        seal = Seal(*(row[each] for each in ("salt", "digest", "line_ids", "line_salts", "line_digests")))  # type: ignore[arg-type]
        identity, position = row["id"], row["position"]
        assert isinstance(identity, UUID)
        assert isinstance(position, int)
        if found is None:
            self._fault("removed", f"the entry at position {position} is not there", identity)
            return
        entry = SealedEntry.of(found, lines)
        before = len(self.report.faults)
        if self._too_old(found, position):
            self._fault(
                "inserted",
                f"the entry {entry.frame[2]} of {entry.frame[0]} was not there at the seal after it",
                identity,
            )
            before += 1
        self._values(identity, f"the entry {entry.frame[2]}", seal.salt, seal.digest, entry.values, blank=entry.blank)
        there = {line.id.bytes: line for line in entry.lines}
        for line_id, salt, digest in seal.lines():
            line = there.pop(line_id, None)
            if line is None:
                self._fault("removed", "a line is not there", identity, UUID(bytes=line_id))
            else:
                self._line(identity, line, salt, digest)
        for line in there.values():
            self._fault("inserted", f"a line about {line.frame[0]} was added later", identity, UUID(int=line.id.int))
        if len(self.report.faults) == before and link(previous, position, seal.content(entry)) != row["chain"]:
            self._fault(
                "changed",
                f"at position {position}: its time, command, rows or seal are not those that were chained",
                identity,
            )

    def _line(self, entry: UUID, line: Line, salt: bytes, digest: bytes) -> None:
        identity = UUID(int=line.id.int)
        noun = f"the line about {line.frame[0]} {line.frame[1]}"
        self._values(entry, noun, salt, digest, line.values, blank=line.blank, line=identity)

    def _values(
        self,
        entry: UUID,
        noun: str,
        salt: bytes,
        digest: bytes,
        values: tuple[object, ...],
        *,
        blank: bool,
        line: UUID | None = None,
    ) -> None:
        if salt == ERASED and blank:
            if (line or UUID(int=entry.int)) in self._tombstones:
                self.report.erased += 1
            else:
                self._fault("erased", f"{noun} lost its values, and no tombstone of ours says why", entry, line)
        elif digest_of(salt, values) != digest:
            self._fault("changed", f"{noun} has other values than were sealed", entry, line)

    async def _outside(self) -> None:
        """Entries that no seal covers, and lines without an entry."""
        watermark = self._heads[-1].watermark if self._heads else 0
        if watermark > await self._transaction.fetchval(_NEXT_TRANSACTION):
            watermark = 0  # restored elsewhere: transaction ids start again, until the sealer has run
        for row in await self._transaction.fetch(_UNSEALED):
            if row["txid"] < watermark:
                self._fault("inserted", f"the entry {row['command']} was slipped in before the last seal", row["id"])
            else:
                self.report.waiting += 1
        for row in await self._transaction.fetch(_ORPHANS):
            self._fault("removed", "the entry of a line is not there", row["entry_id"], row["id"])

    async def compare_heads(self, files: HeadFiles) -> None:
        """Compare the chain with the heads outside."""
        numbers = [head.number for head in self._heads]
        for before, after in itertools.pairwise(numbers):
            if after not in (before, before + 1):
                self._fault("heads", f"of the heads outside the database, {before + 1} to {after - 1} are missing")
        agreed = 0
        for head in self._heads:
            if head.position > self._last:
                self._fault(
                    "cut",
                    f"the head {head.number} outside speaks of {head.position} entries; the chain ends at {self._last}",
                )
                return
            if head.position in self._links and self._links[head.position].hex() != head.chain:
                self._fault(
                    "rechained",
                    f"somewhere in the positions {agreed + 1} to {head.position} the chain was rebuilt:"
                    f" it is not the one of the head {head.number}",
                )
                return
            agreed = head.position
        files.read()  # what was sealed meanwhile: of the heads in the database all but the last must be outside
        last = await self._transaction.fetchval("SELECT max(number) FROM audit_head") or 0
        outside = files.last(UUID(int=self._space.id.int))
        known = outside.number if outside is not None else 0
        if known < last - 1:
            self._fault("heads", f"the heads {known + 1} to {last} stand in the database and not in {files.folder}")
        elif not self._heads and self.report.entries and known == 0 and last > 1:
            self._fault("heads", f"{files.folder} has no head of this space")
