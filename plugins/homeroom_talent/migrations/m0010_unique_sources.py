"""What another plugin has found becomes one item, also where two workers look at once."""

from __future__ import annotations

from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Let items of people have no source; of items with one source the first keeps it."""
    await schema.execute("ALTER TABLE talent_item ALTER COLUMN source DROP NOT NULL, ALTER COLUMN source DROP DEFAULT")
    await schema.execute(
        "UPDATE talent_item i SET source = NULL WHERE i.source = '' OR EXISTS (SELECT FROM talent_item first"
        " WHERE first.tenant_id = i.tenant_id AND first.source = i.source AND first.id < i.id)"
    )
    await schema.execute("DROP INDEX talent_item_source_ix")
    await schema.add_unique("talent_item", ["source"])
