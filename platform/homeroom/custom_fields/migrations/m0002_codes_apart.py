"""What was chosen of several codes stands apart from what people write, for programs read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_HOLDS_ONE = "num_nonnulls(text_value, number_value, date_value, boolean_value, code_value, codes_value) = 1"


async def forwards(schema: Schema) -> None:
    """Add the column, and move the codes there."""
    await schema.add_column("custom_value", "code_value", "text")
    await schema.execute("ALTER TABLE custom_value DROP CONSTRAINT custom_value_is_one")
    await schema.execute(
        "UPDATE custom_value v SET code_value = v.text_value, text_value = NULL FROM custom_field f"
        " WHERE f.tenant_id = v.tenant_id AND f.id = v.field_id AND f.kind = 'choice'"
    )
    await schema.execute(f"ALTER TABLE custom_value ADD CONSTRAINT custom_value_is_one CHECK ({_HOLDS_ONE})")
