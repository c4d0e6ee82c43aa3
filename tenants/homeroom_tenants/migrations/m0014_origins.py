"""Each rule and each role shows where it comes from: the school itself, or its district.

What a district has applied is kept once, in `district_rule`. Its schools get copies that only these functions write, so
that a school has the rules of its district from the moment at which it joins until it leaves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom_tenants.global_tables import GLOBAL_TABLES

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_KEY = "role, object, action, scope"

# A district's rules as they were applied last. The copies in its schools say so, except where a school had put a rule
# of its own in the place of every copy: of those, the district's present rules that were set before it applied last.
_APPLIED = f"""
INSERT INTO homeroom.district_rule (district_id, {_KEY}, effect, applied_at)
SELECT DISTINCT ON (found.district_id, {_KEY}) found.district_id, {_KEY}, effect, coalesce(applied.at, now())
FROM (
    SELECT r.district_id, r.role, r.object, r.action, r.scope, r.effect, 1 AS rank
    FROM homeroom.space_rule r JOIN homeroom.space s ON s.id = r.space_id
    WHERE r.district_id IS NOT NULL AND s.district_id = r.district_id
    UNION ALL
    SELECT r.space_id, r.role, r.object, r.action, r.scope, r.effect, 2
    FROM homeroom.space_rule r JOIN homeroom.space s ON s.id = r.space_id
    WHERE s.kind = 'district' AND r.district_id IS NULL AND EXISTS (
        SELECT FROM public.audit_entry a WHERE a.tenant_id = s.id AND a.command = 'policies.district.apply'
            AND a.at >= coalesce((
                SELECT max(e.at) FROM public.audit_entry e WHERE e.tenant_id = s.id
                    AND e.command = 'policies.rule.set' AND e.arguments ->> 'role' = r.role
                    AND e.arguments ->> 'object' = r.object AND lower(e.arguments ->> 'action') = r.action), a.at))
) AS found
LEFT JOIN LATERAL (
    SELECT max(a.at) AS at FROM public.audit_entry a
    WHERE a.tenant_id = found.district_id AND a.command = 'policies.district.apply') AS applied ON true
ORDER BY found.district_id, {_KEY}, rank, effect DESC
"""


async def forwards(schema: Schema) -> None:
    """Keep rules of both origins beside each other, and who gave each role, when and why."""
    await schema.create_global_table(
        "district_rule",
        {
            "id": "uuid PRIMARY KEY DEFAULT gen_random_uuid()",
            "district_id": "uuid NOT NULL REFERENCES homeroom.space ON DELETE CASCADE",
            "role": "text NOT NULL",
            "object": "text NOT NULL",
            "action": "text NOT NULL CHECK (action IN ('read', 'run', 'inherit'))",
            "scope": "text NOT NULL",
            "effect": "text NOT NULL CHECK (effect IN ('allow', 'deny'))",
            "applied_at": "timestamptz NOT NULL",
        },
        reason=GLOBAL_TABLES["district_rule"],
    )
    await schema.execute(f"ALTER TABLE homeroom.district_rule ADD CONSTRAINT rule_uq UNIQUE (district_id, {_KEY})")
    await schema.execute(_APPLIED)
    await schema.execute("DELETE FROM homeroom.space_rule WHERE district_id IS NOT NULL")
    await schema.execute("ALTER TABLE homeroom.space_rule DROP CONSTRAINT space_rule_pkey")
    await schema.execute(
        "ALTER TABLE homeroom.space_rule ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY"
    )
    for name, condition in (("own", "IS NULL"), ("district", "IS NOT NULL")):
        await schema.execute(
            f"CREATE UNIQUE INDEX space_rule_{name}_uq ON homeroom.space_rule (space_id, {_KEY})"
            f" WHERE district_id {condition}"
        )
    await schema.execute("ALTER TABLE homeroom.membership_role ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid()")
    await schema.execute("ALTER TABLE homeroom.membership_role ADD CONSTRAINT membership_role_id_uq UNIQUE (id)")
    for table in ("membership_role", "district_grant"):
        for column in ("granted_at timestamptz", "granted_by text", "reason text"):
            await schema.execute(f"ALTER TABLE homeroom.{table} ADD COLUMN {column}")
    await schema.execute("CREATE INDEX district_grant_space_ix ON homeroom.district_grant (space_id)")
    await schema.execute("CREATE INDEX district_grant_district_ix ON homeroom.district_grant (district_id)")
