"""Finding what somebody did and saw, in one school or in all, and handing it out as evidence."""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec

from homeroom.audit.sealing import ENTRY_COLUMNS, LINE_COLUMNS
from homeroom.audit.trail import LOOK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID

    from homeroom.audit.heads import HeadFiles
    from homeroom.callers import Space
    from homeroom.host import Host

__all__ = ["Wanted", "concerned_rows", "entries_of", "lines_of", "write_evidence"]

_WHERE: Final = """
WHERE ($1::text IS NULL OR e.login = $1)
  AND ($2::text IS NULL OR e.command = $2)
  AND ($3::timestamptz IS NULL OR e.at >= $3)
  AND ($4::timestamptz IS NULL OR e.at < $4)
  AND (($5::uuid IS NULL AND $6::text IS NULL) OR e.id IN (
      SELECT o.entry_id FROM audit_line o
      WHERE ($5::uuid IS NULL OR o.row_id = $5) AND ($6::text IS NULL OR o.noun = $6)))
"""
_LIST: Final = f"""
SELECT e.id, e.at, e.login, e.via, e.command, e.reason, count(l.id) AS lines
FROM audit_entry e LEFT JOIN audit_line l ON l.entry_id = e.id {_WHERE}
GROUP BY e.tenant_id, e.id ORDER BY e.at DESC, e.id DESC LIMIT $7
"""
# Of looks, the names of the fields that were shown and by which a row was found.
_ROWS: Final = f"""
SELECT l.noun, l.row_id, count(*) FILTER (WHERE e.command = $7) AS looks,
       count(*) FILTER (WHERE e.command <> $7) AS changes, min(e.at) AS first_at, max(e.at) AS last_at,
       array(SELECT DISTINCT f FROM unnest(array_agg(l.new_values) FILTER (WHERE e.command = $7)) v,
             LATERAL jsonb_array_elements_text(coalesce(v -> 'read', '[]') || coalesce(v -> 'found_by', '[]')) f
             ORDER BY f) AS fields
FROM audit_entry e JOIN audit_line l ON l.entry_id = e.id {_WHERE}
GROUP BY l.noun, l.row_id ORDER BY l.noun, min(e.at), l.row_id
"""
_EXPORT: Final = f"""
SELECT {ENTRY_COLUMNS}, s.position, s.salt, s.digest, s.line_ids, s.line_salts, s.line_digests, s.chain
FROM audit_entry e LEFT JOIN audit_seal s ON s.id = e.id {_WHERE} ORDER BY e.at, e.id
"""
_LINES: Final = f"SELECT {LINE_COLUMNS} FROM audit_line l WHERE l.entry_id = ANY ($1::uuid[]) ORDER BY l.id"
_encode: Final = msgspec.json.Encoder(uuid_format="canonical").encode
#: Entries whose lines are held in memory at once.
_BATCH: Final = 1_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are meant.

    Args:
        login: Of the account that did it.
        command: What was done; ``audit.read`` for looks at what is sensitive.
        since: From this moment on, as a clock in the school shows it.
        until: Before this moment.
        row: The id of a row that they are about.
        noun: The table of such a row.
    """

    login: str | None = None
    command: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    row: UUID | None = None
    noun: str | None = None

    def arguments(self, space: Space) -> tuple[Any, ...]:
        """What fills the placeholders, in a school's own time zone."""
        start, end = (
            None if each is None else each.replace(tzinfo=space.time_zone) for each in (self.since, self.until)
        )
        return (self.login, self.command, start, end, self.row, self.noun)


async def entries_of(host: Host, space: Space, wanted: Wanted, limit: int) -> Sequence[Mapping[str, Any]]:
    """The latest entries of a school, each with the number of its lines.

    Args:
        host: The open host.
        space: The school.
        wanted: Which.
        limit: How many at most.
    """
    async with host.database.transaction(space.id, read_only=True) as transaction:
        found: Sequence[Mapping[str, Any]] = await transaction.fetch(_LIST, *wanted.arguments(space), limit)
        return found


async def lines_of(host: Host, space: Space, entries: Iterable[UUID]) -> dict[UUID, list[Mapping[str, Any]]]:
    """The lines of entries, by the entry."""
    found: dict[UUID, list[Mapping[str, Any]]] = {}
    async with host.database.transaction(space.id, read_only=True) as transaction:
        for line in await transaction.fetch(_LINES, list(entries)):
            found.setdefault(line["entry_id"], []).append(line)
    return found


async def concerned_rows(host: Host, space: Space, wanted: Wanted) -> Sequence[Mapping[str, Any]]:
    """The rows that were shown or changed, each with how often, when first and last, and which fields were shown.

    Only looks at fields that are sensitive leave a line.

    Args:
        host: The open host.
        space: The school.
        wanted: By which entries.
    """
    async with host.database.transaction(space.id, read_only=True) as transaction:
        found: Sequence[Mapping[str, Any]] = await transaction.fetch(_ROWS, *wanted.arguments(space), LOOK)
        return found


async def write_evidence(
    host: Host, spaces: Sequence[Space], wanted: Wanted, heads: HeadFiles, verified: str, target: Path
) -> str:
    """Write entries with their lines and seals, the heads and the result of a verification to a new zip.

    The zip holds ``<school>.jsonl`` with one entry a line, ``heads/`` with the files by which the chain is proved, and
    ``verification.txt``. Only the own account can read it. With all entries of a school the file proves itself: see
    :mod:`homeroom.audit.chain`. A part of them is proved by the verification and a backup.

    Args:
        host: The open host.
        spaces: The schools.
        wanted: Which entries.
        heads: The heads of the audit.
        verified: What a verification said.
        target: The file; there must be none yet.

    Returns:
        Its SHA-256, hexadecimal.

    Raises:
        FileExistsError: The file is there.
    """
    with (
        os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for space in spaces:
            held = io.BytesIO()
            async for entry in _exported(host, space, wanted):
                held.write(_encode(entry) + b"\n")
            if held.tell():
                made.writestr(f"{space.slug}.jsonl", held.getvalue())
        for path in sorted(heads.folder.glob("heads-*.jsonl")):
            made.write(path, f"heads/{path.name}")
        made.writestr("verification.txt", verified)
    with target.open("rb") as written:
        return hashlib.file_digest(written, "sha256").hexdigest()


async def _exported(host: Host, space: Space, wanted: Wanted) -> AsyncIterator[dict[str, Any]]:
    async with host.database.transaction(space.id, isolation="REPEATABLE READ", read_only=True) as transaction:
        entries = await transaction.fetch(_EXPORT, *wanted.arguments(space))
        for begin in range(0, len(entries), _BATCH):
            batch = entries[begin : begin + _BATCH]
            lines: dict[Any, list[dict[str, Any]]] = {}
            for line in await transaction.fetch(_LINES, [each["id"] for each in batch]):
                lines.setdefault(line["entry_id"], []).append(_plain(line))
            for entry in batch:
                yield {"space": str(space.id), **_plain(entry), "lines": lines.get(entry["id"], [])}


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as JSON: what is JSON in the database stays as PostgreSQL writes it, for a digest is of that."""
    return {
        name: value if value is None or isinstance(value, (str, int)) else _text(value) for name, value in row.items()
    }


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
