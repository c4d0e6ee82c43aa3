"""What can be done in the garden."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from garden.questions import StageCount
from garden.tables import Bed, Gardener, Plant, Stage

from homeroom import Context, Event, Problem, Ref, Refusal, command
from homeroom.database.ids import new_id
from homeroom.refusals import CONFLICT, INVALID, NOT_FOUND
from homeroom.uploads import Upload

__all__ = [
    "PlantRow",
    "cut_back",
    "describe_garden",
    "dig_bed",
    "grow_everything",
    "grow_one",
    "hire_gardener",
    "move_steward",
    "picture_bed",
    "plant_many",
    "stumble",
    "take_stock",
]


@dataclass(frozen=True)
class PlantRow:
    """One plant to be planted."""

    label: str
    price: Decimal | None = None
    height: int | None = None
    stage: Stage = Stage.SEED
    tags: list[str] | None = None


@command("garden.plants.plant", returns="Plant", many=True, audited_arguments=True)
async def plant_many(
    context: Context, *, bed: Annotated[UUID, Ref("Bed")], rows: list[PlantRow], planted_on: date | None = None
) -> list[UUID]:
    """Plant several plants in one bed."""
    await context.permit("Bed", [bed], field="bed")
    problems = [
        Problem(INVALID.with_text("a plant needs a label"), "rows.label", index)
        for index, row in enumerate(rows)
        if not row.label.strip()
    ]
    if problems:
        raise Refusal.of(problems)
    ids = await context.rows(Plant).insert(
        [
            {
                "bed_id": bed,
                "label": row.label,
                "price": row.price,
                "height": row.height,
                "stage": row.stage,
                "tags": row.tags,
                "planted_on": planted_on,
            }
            for row in rows
        ]
    )
    await context.emit(Event("garden.plants.planted", {"count": len(ids), "bed": bed, "plants": ids}))
    return ids


@command("garden.bed.picture", returns="Bed", audited_arguments=True)
async def picture_bed(
    context: Context, *, bed: Annotated[UUID, Ref("Bed")], pictures: list[Upload], plan: Upload | None = None
) -> UUID:
    """Say under a bed's title what its pictures hold."""
    await context.permit("Bed", [bed], field="bed")
    texts = []
    for each in [*pictures, *([plan] if plan is not None else [])]:
        size = 0
        digest = hashlib.sha256()
        async for piece in each.chunks():
            size += len(piece)
            digest.update(piece)
        assert (each.size, each.sha256) == (size, digest.hexdigest())
        texts.append(f"{each.name} {each.content_type} {each.size}")
    await context.rows(Bed).update(bed, {"title": "; ".join(texts)[:200]}, field="bed")
    return bed


@command("garden.plant.grow", returns="Plant")
async def grow_one(
    context: Context,
    *,
    plant: Annotated[UUID, Ref("Plant")],
    height: int,
    expected_version: int | None = None,
    latin: str | None = None,
    how: Literal["slow", "very_fast"] = "slow",
) -> UUID:
    """Say how high a plant is."""
    await context.permit("Plant", [plant], field="plant")
    changes: dict[str, Any] = {"height": height}
    if latin is not None:
        changes["latin"] = latin
    await context.rows(Plant).update(plant, changes, expected_version=expected_version, field="plant")
    await context.emit(Event("garden.plant.grown", {"plant": plant}))
    return plant


@command("garden.plants.grow_all", returns="Plant", many=True)
async def grow_everything(context: Context, *, plants: list[Annotated[UUID, Ref("Plant")]]) -> list[UUID]:
    """Let plants grow by one, each within the caller's reach."""
    await context.permit("Plant", plants, field="plants", rows=True)
    sql = "SELECT id, coalesce(height, 0) + 1 AS h FROM garden_plant WHERE id = ANY($1)"
    heights = await context.fetch(sql, plants)
    await context.rows(Plant).update_many([{"id": each["id"], "height": each["h"]} for each in heights])
    return plants


@command("garden.plant.cut_back")
async def cut_back(context: Context, *, plant: Annotated[UUID, Ref("Plant")], reason: str) -> None:
    """Remove a plant; the reason is the command's own."""
    await context.permit("Plant", [plant], field="plant")
    await context.rows(Plant).delete(plant, field="plant")


@command("garden.bed.dig", returns="Bed")
async def dig_bed(
    context: Context,
    *,
    title: str,
    area: Decimal | None = None,
    dug_at: datetime | None = None,
    steward: Annotated[UUID, Ref("Gardener")] | None = None,
    options: dict[str, Any] | None = None,
) -> UUID:
    """Dig a new bed."""
    (made,) = await context.rows(Bed).insert([{"title": title, "area": area, "steward_id": steward}])
    return made


@command("garden.gardener.hire", returns="Gardener")
async def hire_gardener(context: Context, *, name: str, born_on: date | None = None, balance: int = 0) -> UUID:
    """Hire somebody; the table itself refuses a name that is taken or too long."""
    (made,) = await context.rows(Gardener).insert([{"name": name, "born_on": born_on, "balance": balance}])
    return made


@command("garden.bed.move_steward", returns="Bed")
async def move_steward(
    context: Context, *, bed: Annotated[UUID, Ref("Bed")], steward: Annotated[UUID, Ref("Gardener")]
) -> UUID:
    """Give a bed another steward; whether there is such a person is the table's affair."""
    await context.rows(Bed).update(bed, {"steward_id": steward}, field="bed")
    return bed


@command("garden.plants.stumble", returns="Plant", many=True)
async def stumble(context: Context, *, bed: Annotated[UUID, Ref("Bed")], kind: str) -> list[UUID]:
    """Write something and then fail in the way that is asked for."""
    await context.rows(Plant).insert([{"id": new_id(), "bed_id": bed, "label": "half done"}])
    failures: dict[str, Exception] = {
        "invalid": Refusal(INVALID.with_text("no"), "kind"),
        "not_found": Refusal(NOT_FOUND.with_text("no"), "kind", 3),
        "conflict": Refusal(CONFLICT.with_text("no"), "kind"),
        "accident": RuntimeError("a secret of the house"),
    }
    raise failures[kind]


@dataclass(frozen=True)
class TakenStock:
    """What there is in the garden."""

    beds: int
    first: Annotated[UUID, Ref("Bed")] | None
    plants: list[StageCount]


@command("garden.take_stock")
async def take_stock(context: Context, *, refuse: bool = False) -> TakenStock:
    """Count what there is.

    Returns:
        What was counted.
    """
    if refuse:
        raise Refusal(INVALID.with_text("no"), "refuse")
    beds = await context.fetch("SELECT id FROM garden_bed ORDER BY id")
    plants = await context.fetch(
        "SELECT stage, count(*) AS n FROM garden_plant WHERE stage IS NOT NULL GROUP BY stage ORDER BY stage"
    )
    counted = [StageCount(Stage(each["stage"]), each["n"]) for each in plants]
    return TakenStock(len(beds), beds[0]["id"] if beds else None, counted)


@command("garden.describe")
async def describe_garden(context: Context) -> None:
    """Change nothing at all."""
