"""What can be read of the garden."""

from __future__ import annotations

from typing import Any

from garden.tables import Bed, Duty, Gardener, Harvest, Plant

from homeroom.resources import (
    EVERYTHING,
    all_of,
    any_of,
    computed,
    extend,
    leaf,
    many,
    one,
    resource,
    statistics,
    through,
)

__all__ = ["bed", "duty", "gardener", "greetings", "harvest", "of_gardener", "plant"]

_ON_DUTY = (
    "(SELECT d.bed_id FROM garden_duty d WHERE d.gardener_id = ANY(:persons)"
    " AND d.starts_on <= :today AND (d.ends_on IS NULL OR d.ends_on >= :today))"
)
_TODAY = "{row}.starts_on <= :today AND ({row}.ends_on IS NULL OR {row}.ends_on >= :today)"


def greetings(rows: list[dict[str, Any]]) -> list[str]:
    """How to greet each gardener, made in Python."""
    return [f"{row['rank'] or 'DEAR'} {row['name'].upper()}!" for row in rows]


gardener = resource(
    Gardener,
    leaf("greeting", "String", ["name", "rank"], greetings, "How to greet."),
    many("duties", Duty.gardener_id, order=("-starts_on",)),
    one("current_duty", Duty.gardener_id, where=_TODAY, order=("-starts_on",)),
    many("pupils", Gardener.mentor_id),
    scopes={"school": EVERYTHING, "self": "{row}.id = ANY(:persons)", "active": "{row}.active"},
    filters=("name", "rank", "born_on", "joined_at", "balance", "shoe_size", "active", "mentor",
             "duties", "current_duty", "pupils"),
    order=("name", "rank", "born_on", "joined_at", "balance", "shoe_size", "active"),
    restricted=("born_on", "profile"),
    statistics=statistics({"current_bed": "current_duty.bed", "mentors_rank": "mentor.rank"}, without=("shoe_size",)),
)  # fmt: skip
#: As another plugin would add them.
of_gardener = extend(
    Gardener,
    computed("initial", "String", "left({row}.name, 1)", "The first letter."),
    many("harvests", Harvest.gardener_id, where="{row}.weight > 0", order=("picked_on", "-weight")),
    filters=("initial", "harvests"),
    order=("initial",),
)
bed = resource(
    Bed,
    many("plants", Plant.bed_id, order=("label",)),
    one("oldest_plant", Plant.bed_id, where="{row}.alive", order=("planted_on",), carries={"own_bed": "alive"}),
    many("duties", Duty.bed_id),
    scopes={"school": EVERYTHING, "own_bed": f"{{row}}.id IN {_ON_DUTY}", "self": "{row}.steward_id = ANY(:persons)"},
    exclude=("position",),
    filters=("title", "area", "steward", "plants", "oldest_plant"),
    order=("title", "area"),
    default_order=("-position",),
)
duty = resource(
    Duty,
    plural="duties",
    scopes={
        "school": EVERYTHING,
        "own_bed": through(Duty.bed_id, "own_bed"),
        "self": "{row}.gardener_id = ANY(:persons)",
        "current": _TODAY,
    },
    filters=("starts_on", "ends_on", "gardener", "bed"),
    order=("starts_on", "ends_on"),
)
plant = resource(
    Plant,
    many("harvests", Harvest.plant_id),
    computed("worth", "Decimal", "{row}.price * {row}.height"),
    scopes={
        "school": EVERYTHING,
        "own_bed": through(Plant.bed_id, "own_bed"),
        "self": any_of(through(Plant.bed_id, "self"), through(Plant.bed_id, "own_bed")),
        "alive": "{row}.alive",
        "own_alive": all_of(through(Plant.bed_id, "own_bed"), "{row}.alive"),
    },
    filters=("label", "latin", "price", "planted_on", "seen", "stage", "watered_at", "alive", "height", "worth",
             "bed", "harvests"),
    order=("label", "latin", "price", "planted_on", "seen", "stage", "watered_at", "alive", "height", "worth"),
    default_order=("stage", "-price"),
    restricted=("notes",),
    enums={"stage": "GrowthStage"},
    statistics=statistics(("latin", "height")),
)  # fmt: skip
harvest = resource(
    Harvest,
    scopes={
        "school": EVERYTHING,
        "self": any_of("{row}.gardener_id = ANY(:persons)", through(Harvest.plant_id, "alive")),
        "own_bed": through(Harvest.plant_id, "own_bed"),
        "own_alive": through(Harvest.plant_id, "own_alive"),
        "own_recent": all_of(through(Harvest.plant_id, "own_bed"), "{row}.picked_on > :today - 7"),
        "recent": "{row}.picked_on > :today - 7",
    },
    filters=("weight", "picked_on", "plant", "gardener"),
    order=("weight", "picked_on"),
    statistics=statistics({"bed": "plant.bed", "stage": "plant.stage", "watered": "plant.watered_at"}),
)
