"""A student leaves for another school: the parcel gets the published items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from homeroom.code_tables import titles
from homeroom.hookspecs import hookimpl

if TYPE_CHECKING:
    from homeroom.context import Context
    from homeroom_transfers.parcel import Parcel

_TITLE: Final = titles("Talent bank", "人才資料庫", "人才资料库", "Ngân hàng năng khiếu")
_ITEMS: Final = """
SELECT ti.section, v.code AS category, ti.title, ti.happened_on::text, ti.level, ti.award, ti.rank, ti.grade,
    ti.organiser
FROM talent_item ti JOIN code_value v ON v.id = ti.category_id
WHERE ti.student_id = $1 AND ti.state = 'published' ORDER BY ti.happened_on, ti.id
"""


@hookimpl(optionalhook=True)
async def student_leaving(context: Context, student: UUID, parcel: Parcel) -> None:
    """Put the published items into the parcel."""
    rows = await context.fetch(_ITEMS, student)
    if rows:
        parcel.record("talent.items", _TITLE, {"items": [dict(row) for row in rows]})
