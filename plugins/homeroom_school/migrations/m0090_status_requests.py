"""Changes of status are decided by approvals: pending ones become open requests, and columns keep their limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

#: Pending changes with who applied for them, as the audit has it. Those that another school decides have no request.
_REQUESTS = """
INSERT INTO approval_request (tenant_id, id, flow, subject_kind, subject_id, title, note, seen, asked_by, asked_account,
    asked_persons, asked_at)
SELECT c.tenant_id, gen_random_uuid(), 'school.status', 'StudentStatusChange', c.id, left(s.full_name, 300), c.reason,
    encode(sha256(convert_to(jsonb_build_array(
        jsonb_strip_nulls(to_jsonb(c) - ARRAY['tenant_id', 'version']))::text, 'UTF8')), 'hex'),
    coalesce(e.login, ''), e.account_id,
    ARRAY(SELECT m.person_id FROM homeroom.membership m
          WHERE m.account_id = e.account_id AND m.space_id = c.tenant_id AND m.person_id IS NOT NULL),
    coalesce(e.at, c.applied_on::timestamptz)
FROM student_status_change c JOIN student s ON s.tenant_id = c.tenant_id AND s.id = c.student_id
LEFT JOIN LATERAL (
    SELECT e.login, e.account_id, e.at FROM audit_line l
    JOIN audit_entry e ON e.tenant_id = l.tenant_id AND e.id = l.entry_id
    WHERE l.tenant_id = c.tenant_id AND l.noun = 'student_status_change' AND l.row_id = c.id
        AND e.command = 'school.status.apply'
    ORDER BY e.at LIMIT 1
) e ON true
WHERE c.state = 'pending' AND NOT EXISTS (SELECT FROM student_transfer t
    WHERE t.tenant_id = c.tenant_id AND t.change_id = c.id AND t.direction = 'out' AND t.state = 'offered')
"""
_STEPS = """
INSERT INTO approval_step (tenant_id, id, request_id, position, name, state, days, opened_at, due_on)
SELECT r.tenant_id, gen_random_uuid(), r.id, 0, 'decision', 'open', 5, now(), current_date + 7
FROM approval_request r WHERE r.flow = 'school.status'
"""
_DECIDERS = """
INSERT INTO approval_decider (tenant_id, id, step_id, role)
SELECT s.tenant_id, gen_random_uuid(), s.id, role
FROM approval_step s JOIN approval_request r ON r.tenant_id = s.tenant_id AND r.id = s.request_id
CROSS JOIN unnest(ARRAY['principal', 'registrar']) AS role WHERE r.flow = 'school.status'
"""


async def forwards(schema: Schema) -> None:
    """Run the migration."""
    for statement in (_REQUESTS, _STEPS, _DECIDERS):
        await schema.execute(statement)
    for table in ("space_rule", "district_rule"):
        await schema.execute(
            f"DELETE FROM homeroom.{table} WHERE object IN ('school.status.decide', 'school.status.withdraw')"
        )
    name = "student_status_change"
    await schema.add_check(name, f"{name}_return_by_holds", "return_by > effective_on")
