"""A database with pending changes of status of earlier versions keeps them as open requests, which can be decided."""

from __future__ import annotations

import asyncpg
import pytest
from bookshelf.places import FreshDatabase

from homeroom.boot import build_host, migrate_database
from homeroom.database import migrations
from homeroom.database.ids import new_id
from homeroom.plugins import PluginRegistry
from homeroom_approvals import ApprovalOutcome
from homeroom_approvals.commands import ApprovalDecisionRow, decide_approvals

_CHANGE = (
    "INSERT INTO student_status_change (tenant_id, id, student_id, change_type_id, from_status, to_status, state,"
    " applied_on, effective_on, reason, decided_on) SELECT $1, $2, $3, id, 'enrolled', 'suspended', $4::text,"
    " '2026-03-02', '2026-03-09', 'ill', CASE WHEN $4::text <> 'pending' THEN date '2026-03-03' END FROM code_value"
    " WHERE code_table = 'school.status_change' AND code = 'suspend' AND tenant_id = $1"
)


async def test_pending_changes_become_requests(fresh_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, registry = fresh_database(), PluginRegistry.discover()
    every = migrations.migration_modules
    with monkeypatch.context() as patch:
        patch.setattr(
            migrations,
            "migration_modules",
            lambda package: [name for name in every(package) if name != "m0090_status_requests"],
        )
        await migrate_database(settings, registry, check=False)
    host = build_host(settings, registry)
    connection = await asyncpg.connect(settings.owner_database_url)
    try:
        await connection.execute("SET homeroom.maintenance = 'on'; SET search_path = public")
        space, account, person, entry, code = (new_id() for _ in range(5))
        await connection.execute(
            "INSERT INTO homeroom.space"
            " (id, slug, kind, name, region, time_zone, locale, plugins, prepared, created_at)"
            " VALUES ($1, 'old', 'school', 'x', 'vn', 'Asia/Ho_Chi_Minh', 'vi', '{school}', '{school}', now())",
            space,
        )
        await connection.execute(
            "INSERT INTO homeroom.account (id, login, name, created_at) VALUES ($1, 'thu', 'Thu', now())", account
        )
        await connection.execute(
            "INSERT INTO homeroom.membership (id, account_id, space_id, person_id, created_at)"
            " VALUES ($1, $2, $3, $4, now())", new_id(), account, space, person,
        )  # fmt: skip
        await connection.execute(
            "INSERT INTO code_value (tenant_id, id, code_table, code, title, titles)"
            " VALUES ($1, $2, 'school.status_change', 'suspend', 'x', '{}')", space, code,
        )  # fmt: skip
        students, changes = [new_id() for _ in range(3)], [new_id() for _ in range(3)]
        for student in students:
            await connection.execute(
                "INSERT INTO student (tenant_id, id, family_name, given_name, full_name, sort_key, name_script)"
                " VALUES ($1, $2, 'Lê', 'An', 'Lê An', '', 'latin')", space, student,
            )  # fmt: skip
        states = ("pending", "refused", "pending")
        for change, student, state in zip(changes, students, states, strict=True):
            await connection.execute(_CHANGE, space, change, student, state)
        await connection.execute(
            "INSERT INTO student_transfer (tenant_id, id, direction, parcel_id, student_id, change_id, other_school,"
            " state, reason, effective_on, expires_on, proposed_on, parts, seal)"
            " VALUES ($1, $2, 'out', $2, $3, $4, 'x', 'offered', 'x', '2026-03-09', '2026-03-20', '2026-03-02', '{}',"
            " 'x')",
            space, new_id(), students[2], changes[2],
        )  # fmt: skip
        await connection.execute(
            "INSERT INTO audit_entry (tenant_id, id, at, account_id, login, via, command)"
            " VALUES ($1, $2, now(), $3, 'thu', 'session', 'school.status.apply')", space, entry, account,
        )  # fmt: skip
        await connection.execute(
            "INSERT INTO audit_line (tenant_id, id, entry_id, noun, row_id)"
            " VALUES ($1, $2, $3, 'student_status_change', $4)", space, new_id(), entry, changes[0],
        )  # fmt: skip
        rule = "INSERT INTO homeroom.space_rule (space_id, role, object, action, scope, effect)"
        await connection.execute(
            f"{rule} VALUES ($1, 'clerk', 'school.status.decide', 'run', 'school', 'allow')", space
        )
        await migrate_database(settings, registry)
        await connection.execute("SET homeroom.maintenance = 'on'; SET search_path = public")
        (request,) = await connection.fetch("SELECT * FROM approval_request")
        assert (changes[0], "Lê An", "thu", account, [person], "pending") == tuple(
            request[each] for each in ("subject_id", "title", "asked_by", "asked_account", "asked_persons", "state")
        )
        assert ["principal", "registrar"] == [
            each["role"] for each in await connection.fetch("SELECT role FROM approval_decider ORDER BY role")
        ]
        assert 0 == await connection.fetchval("SELECT count(*) FROM homeroom.space_rule")
        await host.open()
        decision = ApprovalDecisionRow(request["id"], ApprovalOutcome.APPROVE, request["seen"])
        system = host.system_caller(await host.directory.space("old"))
        await host.execute(system, decide_approvals, rows=[decision])
        assert "suspended" == await connection.fetchval("SELECT status FROM student_status WHERE tenant_id = $1", space)
    finally:
        await connection.close()
        await host.close()
