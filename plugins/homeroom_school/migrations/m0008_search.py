"""The words by which people are found.

They have no index of their own: under row level security PostgreSQL takes an index only for operators that it holds
to be leakproof, and LIKE is not. A school's people are reached by the index that begins with the school.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom.names import PersonName, Script, search_text

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_BATCH = 5000


async def forwards(schema: Schema) -> None:
    """Add the words, for the people who are there too."""
    for table, script in (
        ("student", "name_script"),
        ("staff", "name_script"),
        ("guardian", "name_script"),
        ("person_name", "script"),
    ):
        await schema.add_column(table, "search_text", "varchar(2000) NOT NULL DEFAULT ''")
        rows = await schema.fetch(
            f"SELECT tenant_id, id, {script} AS script, family_name, middle_name, given_name FROM {table}"
        )
        for start in range(0, len(rows), _BATCH):
            part = rows[start : start + _BATCH]
            await schema.execute(
                f"UPDATE {table} t SET search_text = n.words"
                " FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS n (tenant_id, id, words)"
                " WHERE t.tenant_id = n.tenant_id AND t.id = n.id",
                [each["tenant_id"] for each in part],
                [each["id"] for each in part],
                [_words(each) for each in part],
            )


def _words(row: object) -> str:
    each = dict(row)  # type: ignore[call-overload]
    return search_text(
        PersonName(
            Script(each["script"]), given=each["given_name"], family=each["family_name"], middle=each["middle_name"]
        )
    )
