"""The talent bank looks for achievements: the titles of the years that have ended lately."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from homeroom.hookspecs import hookimpl

if TYPE_CHECKING:
    from homeroom.context import Context

_TITLES: Final = """
SELECT r.id, r.student_id, r.title_label, y.name, least(y.ends_on, $1) AS day FROM student_result r
JOIN school_class c ON c.id = r.school_class_id JOIN school_year y ON y.id = c.school_year_id
WHERE r.span = 'year' AND r.title_label IS NOT NULL AND y.ends_on >= $1::date - 120
"""


@hookimpl(optionalhook=True)
async def talent_finding(context: Context, found: Any) -> None:
    """Add the title that a student has earned for a year."""
    for row in await context.fetch(_TITLES, context.today):
        title = f"{row['title_label']}, {row['name']}"
        found.add(f"gradebook.title:{row['id']}", row["student_id"], title, row["day"])
