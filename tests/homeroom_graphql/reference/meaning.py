"""What the garden's declarations mean, said again in Python: scopes, relations, computed fields.

Truth has three values, as in SQL: none is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

__all__ = [
    "DEFAULT_ORDER", "LEAVES", "PLURALS", "RELATIONS", "SCOPES", "WAYS", "Relation", "Row", "World", "camel",
    "value_of",
]  # fmt: skip

Row = dict[str, Any]
Truth = bool | None


@dataclass
class World:
    """All rows of a space, and who asks when.

    Args:
        rows: Resource name to its rows.
        persons: The caller's persons.
        today: The date in the space.
        rank: Text to its place in the database's collation.
    """

    rows: dict[str, list[Row]]
    persons: tuple[UUID, ...]
    today: date
    rank: dict[str, int]
    by_id: dict[str, dict[UUID, Row]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_id = {name: {row["id"]: row for row in rows} for name, rows in self.rows.items()}


@dataclass(frozen=True)
class Relation:
    """A way to other rows."""

    target: str
    here: str = "id"
    there: str = "id"
    many: bool = False
    where: Callable[[Row, World], Truth] = lambda _row, _world: True
    order: tuple[str, ...] = ()


def _equals_any(value: Any, options: Sequence[Any]) -> Truth:
    if not options:
        return False
    return None if value is None else value in options


def _or(*truths: Truth) -> Truth:
    if any(truth is True for truth in truths):
        return True
    return None if any(truth is None for truth in truths) else False


def _and(*truths: Truth) -> Truth:
    if any(truth is False for truth in truths):
        return False
    return None if any(truth is None for truth in truths) else True


def _current(row: Row, world: World) -> Truth:
    if row["starts_on"] > world.today:
        return False
    return row["ends_on"] is None or row["ends_on"] >= world.today


def _on_duty(bed: Row, world: World) -> Truth:
    duties = world.rows["Duty"]
    return any(
        duty["bed_id"] == bed["id"] and duty["gardener_id"] in world.persons and _current(duty, world)
        for duty in duties
    )


def _through(column: str, target: str, scope: str) -> Callable[[Row, World], Truth]:
    def meaning(row: Row, world: World) -> Truth:
        return SCOPES[target][scope](world.by_id[target][row[column]], world) is True

    return meaning


def _everything(_row: Row, _world: World) -> Truth:
    return True


#: Resource to scope to its meaning.
SCOPES: dict[str, dict[str, Callable[[Row, World], Truth]]] = {
    "Gardener": {
        "school": _everything,
        "self": lambda row, world: _equals_any(row["id"], world.persons),
        "active": lambda row, _world: row["active"],
    },
    "Bed": {
        "school": _everything,
        "own_bed": _on_duty,
        "self": lambda row, world: _equals_any(row["steward_id"], world.persons),
    },
    "Duty": {
        "school": _everything,
        "own_bed": _through("bed_id", "Bed", "own_bed"),
        "self": lambda row, world: _equals_any(row["gardener_id"], world.persons),
        "current": _current,
    },
    "Plant": {
        "school": _everything,
        "own_bed": _through("bed_id", "Bed", "own_bed"),
        "self": lambda row, world: _or(
            _through("bed_id", "Bed", "self")(row, world), _through("bed_id", "Bed", "own_bed")(row, world)
        ),
        "alive": lambda row, _world: row["alive"],
        "own_alive": lambda row, world: _and(_through("bed_id", "Bed", "own_bed")(row, world), row["alive"]),
    },
    "Harvest": {
        "school": _everything,
        "self": lambda row, world: _or(
            _equals_any(row["gardener_id"], world.persons), _through("plant_id", "Plant", "alive")(row, world)
        ),
        "own_bed": _through("plant_id", "Plant", "own_bed"),
        "own_alive": _through("plant_id", "Plant", "own_alive"),
        "own_recent": lambda row, world: _and(
            _through("plant_id", "Plant", "own_bed")(row, world), row["picked_on"] > world.today - timedelta(days=7)
        ),
        "recent": lambda row, world: row["picked_on"] > world.today - timedelta(days=7),
    },
}

#: Resource to field to relation.
RELATIONS: dict[str, dict[str, Relation]] = {
    "Gardener": {
        "mentor": Relation("Gardener", here="mentor_id"),
        "duties": Relation("Duty", there="gardener_id", many=True, order=("-starts_on",)),
        "currentDuty": Relation("Duty", there="gardener_id", where=_current, order=("-starts_on",)),
        "pupils": Relation("Gardener", there="mentor_id", many=True),
        "harvests": Relation(
            "Harvest", there="gardener_id", many=True, where=lambda row, _world: row["weight"] > 0,
            order=("picked_on", "-weight"),
        ),
    },
    "Bed": {
        "steward": Relation("Gardener", here="steward_id"),
        "plants": Relation("Plant", there="bed_id", many=True, order=("label",)),
        "oldestPlant": Relation(
            "Plant", there="bed_id", where=lambda row, _world: row["alive"], order=("planted_on",)
        ),
        "duties": Relation("Duty", there="bed_id", many=True),
    },
    "Duty": {"gardener": Relation("Gardener", here="gardener_id"), "bed": Relation("Bed", here="bed_id")},
    "Plant": {
        "bed": Relation("Bed", here="bed_id"),
        "harvests": Relation("Harvest", there="plant_id", many=True),
    },
    "Harvest": {"plant": Relation("Plant", here="plant_id"), "gardener": Relation("Gardener", here="gardener_id")},
}  # fmt: skip

PLURALS = {
    "gardeners": "Gardener",
    "beds": "Bed",
    "duties": "Duty",
    "plants": "Plant",
    "harvests": "Harvest",
}
DEFAULT_ORDER: dict[str, tuple[str, ...]] = {"Bed": ("-position",), "Plant": ("stage", "-price")}


#: (Resource, name) to the way that the rows can be grouped by, where it is not the name itself.
WAYS: dict[tuple[str, str], str] = {
    ("Gardener", "current_bed"): "current_duty.bed",
    ("Gardener", "mentors_rank"): "mentor.rank",
    ("Harvest", "bed"): "plant.bed",
    ("Harvest", "stage"): "plant.stage",
    ("Harvest", "watered"): "plant.watered_at",
}


def _greeting(row: Row) -> str:
    rank = row["rank"]
    return f"{rank.upper() if rank else 'DEAR'} {row['name'].upper()}!"


#: (Resource, field) that Python makes.
LEAVES: dict[tuple[str, str], Callable[[Row], Any]] = {("Gardener", "greeting"): _greeting}

_COMPUTED: dict[tuple[str, str], Callable[[Row], Any]] = {
    ("Gardener", "initial"): lambda row: row["name"][:1],
    ("Plant", "worth"): lambda row: (
        None if row["price"] is None or row["height"] is None else row["price"] * row["height"]
    ),
}


def value_of(resource: str, name: str, row: Row) -> Any:
    """A field's value, no matter who asks; ``name`` is snake case."""
    computed = _COMPUTED.get((resource, name))
    return computed(row) if computed is not None else row[name]


def camel(name: str) -> str:
    """``born_on`` as ``bornOn``."""
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)
