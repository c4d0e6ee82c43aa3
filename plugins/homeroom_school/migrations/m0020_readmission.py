"""The readmission of students, in the schools that have the types of change."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_TITLES = {"en": "Readmission", "zh-Hant": "重新入學", "zh-Hans": "重新入学", "vi": "Tiếp nhận lại"}


async def forwards(schema: Schema) -> None:
    """Add the code beside that of the withdrawal, in the language of each school; it is active where that one is."""
    pairs = ", ".join(f"'{tag}', '{title}'" for tag, title in _TITLES.items())
    await schema.execute(
        "INSERT INTO code_value (tenant_id, id, code_table, code, title, titles, layer, position, active)"
        " SELECT c.tenant_id, gen_random_uuid(), c.code_table, 'readmit',"
        "        COALESCE(t.titles ->> s.locale, t.titles ->> substring(s.locale FROM '^[a-z]+-[A-Z][a-z]+'),"
        "                 t.titles ->> substring(s.locale FROM '^[a-z]+'), t.titles ->> 'en'),"
        "        t.titles, 'standard', 99, c.active"
        " FROM code_value c JOIN homeroom.space s ON s.id = c.tenant_id"
        f" CROSS JOIN (SELECT jsonb_build_object({pairs}) AS titles) t"
        " WHERE c.code_table = 'school.status_change' AND c.code = 'withdraw'"
        " ON CONFLICT DO NOTHING"
    )
