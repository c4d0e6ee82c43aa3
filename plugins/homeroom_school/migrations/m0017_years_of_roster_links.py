"""The school years of records whose ids are used again in another year, and what imports ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_OF_CLASSES: Final = """
UPDATE roster_link l SET school_year_id = c.school_year_id FROM school_class c
WHERE c.tenant_id = l.tenant_id AND c.id = l.row_id AND l.noun IN ('homeroom', 'section', 'taught')
"""
_OF_PERIODS: Final = """
UPDATE roster_link l SET school_year_id = c.school_year_id
FROM (SELECT tenant_id, id, school_class_id FROM class_enrolment
      UNION ALL SELECT tenant_id, id, school_class_id FROM homeroom_appointment
      UNION ALL SELECT a.tenant_id, a.id, s.school_class_id FROM teaching_assignment a
                JOIN class_subject s ON s.tenant_id = a.tenant_id AND s.id = a.class_subject_id) p
JOIN school_class c ON c.tenant_id = p.tenant_id AND c.id = p.school_class_id
WHERE p.tenant_id = l.tenant_id AND p.id = l.row_id AND l.noun IN ('enrolment', 'teaching', 'homeroom_teacher')
"""
_OF_ATTENDANCE: Final = """
UPDATE roster_link l SET school_year_id = s.school_year_id FROM roster_link s
WHERE l.noun = 'attendance' AND s.tenant_id = l.tenant_id AND s.system = l.system AND s.source_id = l.source_id
  AND s.noun IN ('homeroom', 'section', 'taught')
"""
# Imports ended what was gone with the day before they ran; that cannot be told from what the office ended so.
_OF_PEOPLE: Final = """
UPDATE roster_link l SET row_id = p.row_id FROM roster_link p
WHERE l.noun IN ('person', 'demographics') AND l.row_id IS NULL AND p.tenant_id = l.tenant_id
  AND p.system = l.system AND p.source_id = l.source_id AND p.noun IN ('student', 'staff', 'guardian')
"""


async def forwards(schema: Schema) -> None:
    """Add the columns, and tell them of the links that there are."""
    await schema.add_column("roster_link", "school_year_id", "uuid", references="school_year")
    await schema.add_column("roster_link", "ended_on", "date")
    for statement in (_OF_CLASSES, _OF_PERIODS, _OF_ATTENDANCE, _OF_PEOPLE):
        await schema.execute(statement)
    await schema.execute("ALTER TABLE roster_link DROP CONSTRAINT roster_link_system_noun_source_id_uq")
    await schema.execute(
        "ALTER TABLE roster_link ADD CONSTRAINT roster_link_record_uq"
        " UNIQUE NULLS NOT DISTINCT (tenant_id, system, noun, source_id, school_year_id)"
    )
    await schema.add_index("roster_link", ["school_year_id"])
