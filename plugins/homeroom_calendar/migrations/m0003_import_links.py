"""What files said about lessons is kept with the links of imports, as the host keeps it for all other systems."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Move it, under the same ids, so that earlier imports can still be undone."""
    columns = "tenant_id, id, system, source_id, present, record"
    await schema.execute(
        f"INSERT INTO import_link (command, noun, row_id, made, {columns})"
        f" SELECT 'calendar.lesson.import', 'lesson', lesson_id, true, {columns} FROM lesson_source"
    )
    await schema.execute("DROP TABLE lesson_source")
    await schema.execute("UPDATE import_change SET table_name = 'import_link' WHERE table_name = 'lesson_source'")
