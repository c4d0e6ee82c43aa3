"""Achievements that other plugins find in their records: they are nominated by the installation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from homeroom.context import Context
from homeroom.jobs import Job, job
from homeroom_approvals.opening import open_requests
from homeroom_talent.nouns import ITEM, NOMINATION
from homeroom_talent.tables import TalentLevel, TalentSection

__all__ = ["JOBS", "Found"]

_THERE: Final = "SELECT source FROM talent_item WHERE source = ANY($1::text[])"


@dataclass(slots=True)
class Found:
    """Achievements that plugins have found.

    Args:
        items: Source to the arguments of an item.
    """

    items: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(
        self,
        source: str,
        student: UUID,
        title: str,
        happened_on: date,
        *,
        category: str = "other",
        section: TalentSection = TalentSection.ACADEMIC,
        level: TalentLevel = TalentLevel.SCHOOL,
        **more: Any,
    ) -> None:
        """Add one.

        Args:
            source: By what the plugin knows it, beginning with the plugin's name: it is nominated once.
            student: Whose it is.
            title: In the school's own language.
            happened_on: The day.
            category: A code of the categories.
            section: The section of the talent bank.
            level: How far it reached.
            more: Other arguments of an item, such as ``rank`` or ``titles``.
        """
        self.items[source] = {
            "student": student, "title": title, "happened_on": happened_on, "category": category, "section": section,
            "level": level, **more,
        }  # fmt: skip


@job("talent.item.find", cron="30 4 1 * *")
async def find_talents(context: Context) -> int:
    """Nominate what other plugins find in their records: the first of a year, an award."""
    found = Found()
    await context.host.hooks.each("talent_finding", only=context.variant.plugins, context=context, found=found)
    there = {row["source"] for row in await context.fetch(_THERE, list(found.items))}
    new = {source: given for source, given in found.items.items() if source not in there}
    if not new:
        return 0
    rows = await ITEM.noun.checked(context, list(new.values()), listed=True)
    filled = dict.fromkeys(name for row in rows for name in row)
    made = await ITEM.noun.insert(
        context, [{**filled, **row, "source": source} for source, row in zip(new, rows, strict=True)]
    )
    await open_requests(context, NOMINATION, made)
    return len(made)


JOBS: Final[tuple[Job, ...]] = (find_talents,)
