"""Whether the servers do the same: equal answers, and after a save equal rows and equal audit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from homeroom_bench.client import BadAnswer, ask
from homeroom_bench.operations import OPERATIONS
from homeroom_bench.servers import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from homeroom_bench.servers import Server
    from homeroom_bench.workload import Sources

__all__ = ["compare", "difference"]


async def compare(
    owner: Any, servers: Mapping[Kind, Server], sources: Mapping[Kind, Sources], space: UUID
) -> dict[tuple[str, Kind], int]:
    """Ask every server for every operation.

    Args:
        owner: A connection as the owner.
        servers: The servers.
        sources: Their requests.
        space: The school.

    Returns:
        The length of each answer in bytes.

    Raises:
        BadAnswer: Two of them differ.
    """
    lengths = {}
    for operation in OPERATIONS:
        answers: dict[Kind, Any] = {}
        for kind, server in servers.items():
            if operation == "save":
                body, answers[kind] = await _saved(owner, server, sources[kind], space)
            else:
                (source,) = sources[kind].of(operation, 1)
                body = await ask("127.0.0.1", server.port, source)
                answers[kind] = _normal(msgspec.json.decode(body))
            lengths[operation, kind] = len(body)
        for kind, answer in answers.items():
            if answer != answers[Kind.OURS]:
                raise BadAnswer(f"{operation}: {kind} differs: {difference(answers[Kind.OURS], answer)}")
    return lengths


async def _saved(owner: Any, server: Server, sources: Sources, space: UUID) -> tuple[bytes, Any]:
    """Save twice; the second answer, and what it changed in the tables. Both start from the same marks."""
    (source,) = sources.of("save", 1)
    if sources.at_first():
        await ask("127.0.0.1", server.port, source)
    sources.rewind()
    first = msgspec.json.decode(await ask("127.0.0.1", server.port, source))
    before = await _entries(owner, space)
    body = await ask("127.0.0.1", server.port, source)
    answer = msgspec.json.decode(body)
    for mark, was in zip(_marks(answer), _marks(first), strict=True):
        mark["version"] -= was["version"]  # the servers write the same marks one after another
    entries = [each for entry, each in (await _entries(owner, space)).items() if entry not in before]
    return body, (_normal(answer), entries, await _rows(owner, space, _marks(answer)))


def _marks(answer: Any) -> list[Any]:
    marks: list[Any] = answer["data"]["enterMarks"]["marks"]
    return marks


_ENTRIES = """
SELECT e.id, e.command, l.noun, l.row_id, l.old_values, l.new_values
FROM audit_entry e JOIN audit_line l ON l.tenant_id = e.tenant_id AND l.entry_id = e.id
WHERE e.tenant_id = $1 AND e.id IN (
    SELECT id FROM audit_entry WHERE tenant_id = $1 AND command = 'gradebook.mark.enter' ORDER BY id DESC LIMIT 3)
ORDER BY e.id, l.noun, l.row_id
"""


async def _entries(owner: Any, space: UUID) -> dict[Any, list[Any]]:
    made: dict[Any, list[Any]] = {}
    async with owner.transaction():
        await owner.execute("SET LOCAL homeroom.maintenance = 'on'")
        for entry, *line in await owner.fetch(_ENTRIES, space):
            made.setdefault(entry, []).append(line)
    return made


async def _rows(owner: Any, space: UUID, marks: list[Any]) -> list[Any]:
    ids = [mark["id"].partition("_")[2] for mark in marks]
    async with owner.transaction():
        await owner.execute("SET LOCAL homeroom.maintenance = 'on'")
        rows = await owner.fetch(
            "SELECT m.id, m.number, m.code, r.score, r.code, r.scheme_version, y.score FROM mark m"
            " JOIN subject_result r ON r.tenant_id = m.tenant_id AND r.id = m.subject_result_id"
            " LEFT JOIN subject_result y ON y.tenant_id = r.tenant_id AND y.gradebook_id = r.gradebook_id"
            " AND y.student_id = r.student_id AND y.term_id IS NULL"
            " WHERE m.tenant_id = $1 AND m.id = ANY($2::uuid[]) ORDER BY m.id",
            space,
            ids,
        )
    return [tuple(row) for row in rows]


def _normal(answer: Any) -> Any:
    """An answer without what may differ: how a cursor is written is each server's own affair."""
    if isinstance(answer, dict):
        return {name: None if name == "endCursor" else _normal(value) for name, value in answer.items()}
    return [_normal(each) for each in answer] if isinstance(answer, list) else answer


def difference(one: Any, other: Any, path: str = "") -> str:
    """Where two answers first differ, and how."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in [*one, *other]:
            if one.get(name) != other.get(name):
                return difference(one.get(name), other.get(name), f"{path}.{name}")
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)) and len(one) == len(other):
        for place, (mine, theirs) in enumerate(zip(one, other, strict=True)):
            if mine != theirs:
                return difference(mine, theirs, f"{path}[{place}]")
    return f"at {path or 'the top'}: {str(one)[:300]} and {str(other)[:300]}"
