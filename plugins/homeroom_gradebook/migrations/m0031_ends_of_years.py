"""Books know the last day of their school year also after it was changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_BOOKS = (
    "UPDATE gradebook g SET ends_on = y.ends_on FROM school_class c JOIN school_year y"
    " ON y.tenant_id = c.tenant_id AND y.id = c.school_year_id"
    " WHERE c.tenant_id = g.tenant_id AND c.id = g.school_class_id AND g.ends_on <> y.ends_on"
)


async def forwards(schema: Schema) -> None:
    """Correct the books whose year has another last day by now, and let a changed year change its books."""
    await schema.execute(_BOOKS)
    await schema.execute(
        "CREATE FUNCTION gradebook_ends_with_year() RETURNS trigger LANGUAGE plpgsql"
        " SET search_path = public, pg_temp AS $$ BEGIN"
        f" {_BOOKS} AND y.tenant_id = NEW.tenant_id AND y.id = NEW.id; RETURN NULL; END $$"
    )
    await schema.execute(
        "CREATE TRIGGER gradebook_ends_with_year AFTER UPDATE OF ends_on ON school_year FOR EACH ROW"
        " WHEN (OLD.ends_on IS DISTINCT FROM NEW.ends_on) EXECUTE FUNCTION gradebook_ends_with_year()"
    )
