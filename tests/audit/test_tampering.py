"""Whatever the owner of the database does to the audit is found, and said what it was."""

from __future__ import annotations

import os
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sealed_office import Office

from homeroom.audit.chain import Seal, SealedEntry, digest_of, genesis, link
from homeroom.audit.sealing import ENTRY_COLUMNS, LINE_COLUMNS
from homeroom.audit.verifying import gone_spaces

ENTRY = "(SELECT e.id FROM audit_entry e JOIN audit_seal s ON (s.tenant_id, s.id) = (e.tenant_id, e.id)"
LAST_CHANGE = f"{ENTRY} WHERE e.tenant_id = $1 AND e.command = 'school.subject.change' ORDER BY s.position LIMIT 1)"

STATEMENTS = {
    "a new value": (
        "changed",
        f'UPDATE audit_line SET new_values = \'{{"title": "x"}}\' WHERE tenant_id = $1 AND entry_id = {LAST_CHANGE}',
    ),
    "another person": (
        "changed",
        f"UPDATE audit_entry SET login = 'somebody.else' WHERE tenant_id = $1 AND id = {LAST_CHANGE}",
    ),
    "another reason": (
        "changed",
        f"UPDATE audit_entry SET reason = 'as ordered' WHERE tenant_id = $1 AND id = {LAST_CHANGE}",
    ),
    "another time": (
        "changed",
        f"UPDATE audit_entry SET at = at - interval '1 day' WHERE tenant_id = $1 AND id = {LAST_CHANGE}",
    ),
    "another row": (
        "changed",
        f"UPDATE audit_line SET row_id = gen_random_uuid() WHERE tenant_id = $1 AND entry_id = {LAST_CHANGE}",
    ),
    "a line less": ("removed", f"DELETE FROM audit_line WHERE tenant_id = $1 AND entry_id = {LAST_CHANGE}"),
    "a line more": (
        "inserted",
        (
            "INSERT INTO audit_line (tenant_id, id, entry_id, noun, row_id, new_values)"
            f" SELECT $1, gen_random_uuid(), {LAST_CHANGE}, 'subject', gen_random_uuid(), '{{}}'"
        ),
    ),
    "an entry less": (
        "removed",
        (
            f"WITH gone AS (SELECT {LAST_CHANGE} AS id),"
            " lines AS (DELETE FROM audit_line WHERE tenant_id = $1 AND entry_id IN (SELECT id FROM gone))"
            " DELETE FROM audit_entry WHERE tenant_id = $1 AND id IN (SELECT id FROM gone)"
        ),
    ),
    "an entry less, with its seal": (
        "removed",
        (
            f"WITH gone AS (SELECT {LAST_CHANGE} AS id),"
            " lines AS (DELETE FROM audit_line WHERE tenant_id = $1 AND entry_id IN (SELECT id FROM gone)),"
            " seals AS (DELETE FROM audit_seal WHERE tenant_id = $1 AND id IN (SELECT id FROM gone))"
            " DELETE FROM audit_entry WHERE tenant_id = $1 AND id IN (SELECT id FROM gone)"
        ),
    ),
    "an entry of the past": (
        "inserted",
        (
            "INSERT INTO audit_entry (tenant_id, id, at, login, via, command, txid)"
            " SELECT tenant_id, gen_random_uuid(), at, login, via, 'school.subject.change', txid FROM audit_entry"
            f" WHERE tenant_id = $1 AND id = {LAST_CHANGE}"
        ),
    ),
    "values taken away without a word": (
        "erased",
        (
            "WITH emptied AS (UPDATE audit_seal SET line_salts = decode(repeat('00', length(line_salts)), 'hex')"
            f" WHERE tenant_id = $1 AND id = {LAST_CHANGE})"
            " UPDATE audit_line SET old_values = NULL, new_values = NULL"
            f" WHERE tenant_id = $1 AND entry_id = {LAST_CHANGE}"
        ),
    ),
    "values taken away with a tombstone in another's name": (
        "erased",
        (
            f"WITH said AS (SELECT gen_random_uuid() AS id), target AS (SELECT {LAST_CHANGE} AS id), entry AS ("
            " INSERT INTO audit_entry (tenant_id, id, at, login, via, command, reason)"
            "  SELECT $1, said.id, now(), 'principal', 'cli', 'audit.erase', 'as ordered' FROM said),"
            " line AS (INSERT INTO audit_line (tenant_id, id, entry_id, noun, row_id, new_values)"
            "  SELECT $1, gen_random_uuid(), said.id, 'audit_erasure', gen_random_uuid(), jsonb_build_object("
            "   'reason', 'as ordered', 'entries', '[]'::jsonb, 'lines', (SELECT jsonb_agg(l.id) FROM audit_line l"
            "   WHERE l.tenant_id = $1 AND l.entry_id = target.id)) FROM said, target),"
            " emptied AS (UPDATE audit_seal SET line_salts = decode(repeat('00', length(line_salts)), 'hex')"
            "  WHERE tenant_id = $1 AND id = (SELECT id FROM target))"
            " UPDATE audit_line SET old_values = NULL, new_values = NULL"
            " WHERE tenant_id = $1 AND entry_id = (SELECT id FROM target)"
        ),
    ),
    "an entry of twenty days ago, written now": (
        "inserted",
        (
            "INSERT INTO audit_entry (tenant_id, id, at, login, via, command) VALUES"
            " ($1, gen_random_uuid(), now() - interval '20 days', 'principal', 'job', 'school.subject.change')"
        ),
    ),
    "a digest that fits nothing": (
        "changed",
        f"UPDATE audit_seal SET digest = sha256('x') WHERE tenant_id = $1 AND id = {LAST_CHANGE}",
    ),
    "a link that fits nothing": (
        "changed",
        f"UPDATE audit_seal SET chain = sha256('x') WHERE tenant_id = $1 AND id = {LAST_CHANGE}",
    ),
}


@pytest.mark.parametrize("name", list(STATEMENTS))
async def test_a_statement_of_the_owner_is_found(office: Office, owner: Any, make_space: Any, name: str) -> None:
    assert [] == (await office.verify()).faults
    kind, statement = STATEMENTS[name]
    await owner.execute(statement, office.space.id)
    await office.work()
    await office.seal()  # what was slipped in is sealed with what came after it
    report = await office.verify()
    assert kind in {fault.kind for fault in report.faults}, report.faults
    assert any(fault.entry is not None or kind == "removed" for fault in report.faults)
    # A school beside it, which nothing else has sealed into another folder, has nothing to do with it.
    beside = Office(office.host, await make_space("vn"), office.folder)
    await beside.seal()
    assert [] == (await beside.verify()).faults


@pytest.mark.parametrize("remove_heads", [False, True])
async def test_a_tail_that_was_cut_off_is_found(office: Office, owner: Any, remove_heads: bool) -> None:
    (last,) = await owner.fetch(
        "SELECT id, position FROM audit_seal WHERE tenant_id = $1 ORDER BY position DESC LIMIT 1", office.space.id
    )
    await owner.execute("DELETE FROM audit_line WHERE tenant_id = $1 AND entry_id = $2", office.space.id, last["id"])
    await owner.execute("DELETE FROM audit_seal WHERE tenant_id = $1 AND id = $2", office.space.id, last["id"])
    await owner.execute("DELETE FROM audit_entry WHERE tenant_id = $1 AND id = $2", office.space.id, last["id"])
    if remove_heads:
        await owner.execute(
            "DELETE FROM audit_head WHERE tenant_id = $1 AND position >= $2", office.space.id, last["position"]
        )
    assert ["cut"] == [fault.kind for fault in (await office.verify()).faults]


async def test_an_audit_that_is_gone_altogether_is_found(office: Office, owner: Any) -> None:
    for table in ("audit_line", "audit_entry", "audit_seal", "audit_head"):
        await owner.execute(f"DELETE FROM {table} WHERE tenant_id = $1", office.space.id)
    assert ["cut"] == [fault.kind for fault in (await office.verify()).faults]


async def test_a_chain_that_was_made_again_is_found(office: Office, owner: Any) -> None:
    """The owner knows how seals are made, and makes all of them again after a change; nothing inside disagrees."""
    await owner.execute(STATEMENTS["a new value"][1], office.space.id)
    chain = genesis(office.space.id)
    seals = await owner.fetch("SELECT * FROM audit_seal WHERE tenant_id = $1 ORDER BY position", office.space.id)
    for row in seals:
        (entry,) = await owner.fetch(
            f"SELECT {ENTRY_COLUMNS} FROM audit_entry e WHERE tenant_id = $1 AND id = $2",
            office.space.id,
            row["id"],
        )
        lines = await owner.fetch(
            f"SELECT {LINE_COLUMNS} FROM audit_line l WHERE tenant_id = $1 AND entry_id = $2",
            office.space.id,
            row["id"],
        )
        made = SealedEntry.of(entry, lines)
        salt = os.urandom(16)
        seal = Seal(
            salt,
            digest_of(salt, made.values),
            b"".join(line.id.bytes for line in made.lines),
            salt * len(made.lines),
            b"".join(digest_of(salt, line.values) for line in made.lines),
        )
        chain = link(chain, row["position"], seal.content(made))
        await owner.execute(
            "UPDATE audit_seal SET salt = $3, digest = $4, line_ids = $5, line_salts = $6, line_digests = $7,"
            " chain = $8 WHERE tenant_id = $1 AND id = $2",
            office.space.id, row["id"], seal.salt, seal.digest, seal.line_ids, seal.line_salts, seal.line_digests,
            chain,
        )  # fmt: skip
    await owner.execute(
        "UPDATE audit_head h SET chain = s.chain FROM audit_seal s"
        " WHERE (s.tenant_id, s.position) = (h.tenant_id, h.position) AND h.tenant_id = $1",
        office.space.id,
    )
    assert ["rechained"] == [fault.kind for fault in (await office.verify()).faults]
    # What is sealed on top of it does not heal it.
    await office.work()
    await office.seal()
    assert ["rechained"] == [fault.kind for fault in (await office.verify()).faults]


async def test_heads_that_were_altered_are_found(office: Office) -> None:
    (path,) = office.folder.glob("heads-*.jsonl")
    whole = path.read_bytes()
    assert [] == office.files.faults
    path.write_bytes(whole.replace(b'"number":1,', b'"number":9,'))
    assert ["was not written with this key"] == [each.partition(": ")[2] for each in office.files.faults]
    first, second = whole.splitlines(keepends=True)
    path.write_bytes(second)
    assert ["the files before it are elsewhere"] == [each.partition(": ")[2] for each in office.files.notes]
    await office.work()
    await office.seal()
    path.write_bytes(first)
    await office.work()
    await office.seal()
    report = await office.verify()
    assert [("heads", "of the heads outside the database, 2 to 3 are missing")] == [
        (fault.kind, fault.message) for fault in report.faults
    ]


async def test_a_new_folder_begins_with_the_heads_that_are_there(office: Office) -> None:
    (path,) = office.folder.glob("heads-*.jsonl")
    path.unlink()
    assert ["heads"] == [fault.kind for fault in (await office.verify()).faults]
    await office.seal()
    assert [] == (await office.verify()).faults


async def test_a_line_that_was_cut_off_while_it_was_written_is_no_tampering(office: Office) -> None:
    (path,) = office.folder.glob("heads-*.jsonl")
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])  # the second head: the disk was full
    await office.work()
    await office.seal()
    report = await office.verify()
    assert [] == report.faults, report.faults
    assert [] == office.files.faults
    assert 1 == len(office.files.notes)


async def test_a_school_that_is_gone_is_missed_unless_its_tombstone_is_there(office: Office) -> None:
    (report,) = gone_spaces(office.files, frozenset())
    assert ["removed"] == [fault.kind for fault in report.faults]
    office.files.bury(UUID(int=office.space.id.int), office.host.clock(), "by the district: the school was closed")
    (report,) = gone_spaces(office.files, frozenset())
    assert [] == report.faults
    assert report.notes[0].endswith("by the district: the school was closed")


async def test_the_application_may_not_alter_the_audit(office: Office) -> None:
    for table in ("audit_entry", "audit_line", "audit_seal", "audit_head"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await office.fetch(f"DELETE FROM {table} RETURNING id")
