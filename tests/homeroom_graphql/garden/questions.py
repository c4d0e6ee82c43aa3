"""What can be asked about the garden, and is no row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import strawberry
from garden.tables import Stage

from homeroom import Context, Ref, Refusal, query
from homeroom.refusals import INVALID

__all__ = ["BedReport", "Rain", "StageCount", "ask_wrongly", "bed_report", "rain_of", "read_and_write"]


@dataclass(frozen=True)
class StageCount:
    """How many plants are in a stage.

    Args:
        stage: The stage.
        plants: How many.
    """

    stage: Stage
    plants: int


@dataclass(frozen=True)
class BedReport:
    """What grows in a bed.

    Args:
        bed: The bed.
        title: Its title.
        worth: What its plants cost together.
        stages: The stages that its plants are in.
        oldest: When the first was planted.
        options: As they were asked for.
    """

    bed: Annotated[UUID, Ref("Bed")]
    title: str
    worth: Decimal | None
    stages: list[StageCount]
    oldest: date | None
    options: dict[str, Any] | None


@query("garden.bed.report")
async def bed_report(
    context: Context,
    *,
    bed: Annotated[UUID, Ref("Bed")],
    stages: list[Stage] | None = None,
    most: Decimal = Decimal(10),
    options: dict[str, Any] | None = None,
) -> BedReport:
    """What grows in a bed.

    Args:
        bed: The bed.
        stages: Only these stages.
        most: Nothing in particular.
        options: Given back.
    """
    await context.permit("Bed", [bed], field="bed")
    if most < 0:
        raise Refusal(INVALID.with_text("at least nothing"), "most")
    row = await context.fetchrow(
        "SELECT b.title, sum(p.price) AS worth, min(p.planted_on) AS oldest"
        " FROM garden_bed b LEFT JOIN garden_plant p ON p.bed_id = b.id WHERE b.id = $1 GROUP BY b.title",
        bed,
    )
    assert row is not None
    counted = await context.fetch(
        "SELECT stage, count(*) AS n FROM garden_plant WHERE bed_id = $1 AND stage IS NOT NULL"
        " AND ($2::text[] IS NULL OR stage = ANY($2))"
        " GROUP BY stage ORDER BY stage",
        bed,
        None if stages is None else [each.value for each in stages],
    )
    context.trail.looked("garden_bed", bed, ["title"])
    return BedReport(
        bed,
        row["title"],
        row["worth"],
        [StageCount(Stage(each["stage"]), each["n"]) for each in counted],
        row["oldest"],
        options,
    )


@strawberry.type
class Rain:
    """Rain at a station."""

    station: strawberry.ID
    millimetres: int = strawberry.field(description="How much fell.", name="fell")


@query("garden.rain.list")
async def rain_of(context: Context) -> tuple[Rain, ...]:
    """The rain of the day."""
    return Rain(station=strawberry.ID("north"), millimetres=3), Rain(station=strawberry.ID("south"), millimetres=0)


@query("garden.bed.spoil")
async def read_and_write(context: Context, *, bed: Annotated[UUID, Ref("Bed")]) -> int:
    """Try to write, which no query can."""
    await context.execute("UPDATE garden_bed SET title = 'spoiled' WHERE id = $1", bed)
    return 1


@query("garden.ask_wrongly")
async def ask_wrongly(context: Context) -> list[int]:
    """Answer with something else than was declared."""
    return [1, 2**40]
