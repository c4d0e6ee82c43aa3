"""Shelves, books and loans."""

from __future__ import annotations

from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Create the tables."""
    await schema.create_table(
        "shelf",
        {"name": "varchar(40) NOT NULL", "room": "smallint NOT NULL", "owner_id": "uuid"},
        unique=[("name",)],
        checks={"shelf_room": "room > 0"},
    )
    await schema.create_table(
        "book",
        {
            "shelf_id": "uuid NOT NULL",
            "title": "varchar(200) NOT NULL",
            "binding": "varchar(20)",
            "pages": "integer",
            "number": "bigint",
            "price": "numeric(8, 2)",
            "lent": "boolean",
            "printed_on": "date",
            "read_at": "timestamptz",
            "sleeve_id": "uuid",
            "note": "text",
            "keywords": "text[]",
            "marks": "integer[]",
            "details": "jsonb",
            "version": "integer NOT NULL DEFAULT 1",
        },
        references={"shelf_id": "shelf"},
        indexes=[("shelf_id",)],
    )
    # Deferred, so that a test can make the commit itself fail.
    await schema.execute("ALTER TABLE book ALTER CONSTRAINT book_shelf_id_fk DEFERRABLE INITIALLY DEFERRED")
    await schema.create_table(
        "loan",
        {"book_id": "uuid NOT NULL", "reader_id": "uuid NOT NULL", "day": "date NOT NULL"},
        references={"book_id": "book"},
        indexes=[("book_id",), ("reader_id",)],
    )
    await schema.create_global_table("opening_hours", {"day": "date PRIMARY KEY"}, reason="one town, one library")
    await schema.create_function(
        "CREATE FUNCTION homeroom.is_open(on_day date) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER"
        " SET search_path = pg_catalog AS"
        " $$ SELECT EXISTS (SELECT FROM homeroom.opening_hours WHERE day = on_day) $$"
    )
