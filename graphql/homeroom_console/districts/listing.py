"""The list of the schools of a district: which are shown, in which order, and what is drawn of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from homeroom_console.districts.figures import Number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from homeroom.pages import Figure

__all__ = ["SchoolLine", "alarms_of", "chart_of", "ordered", "share_of"]


@dataclass(frozen=True, slots=True)
class SchoolLine:
    """A school of the district.

    Args:
        id: Of its row, as the schema shows it.
        slug: Its short name.
        name: Its name.
        region: The preset that it was made from.
        entered: Whether the reader has a role there.
        seen: When an administrator was last there; none: never, as far as is known.
        numbers: Its figures by name; empty where the reader has no role.
    """

    id: str
    slug: str
    name: str
    region: str
    entered: bool
    seen: datetime | None = None
    numbers: Mapping[str, Number] = field(default_factory=dict)

    def number(self, name: str) -> Number:
        """A figure; one without a number, if the school does not have it."""
        return self.numbers.get(name, Number())


def share_of(number: Number) -> int | None:
    """A figure for comparing: a share in hundredths, else the number itself."""
    if number.count is None or number.of is None:
        return number.count
    return round(100 * number.count / number.of) if number.of else None


def alarms_of(line: SchoolLine, figures: Mapping[str, tuple[Figure, str]]) -> list[tuple[str, int]]:
    """What needs somebody's attention in a school: titles and numbers."""
    return [
        (title, count)
        for name, (figure, title) in figures.items()
        if figure.wrong and (count := line.number(name).count)
    ]


def ordered(lines: Iterable[SchoolLine], order: str) -> list[SchoolLine]:
    """Schools in an order; those without the number always come last.

    Args:
        lines: The schools, by name.
        order: ``name``, ``seen`` or the name of a figure; a minus sign before it turns the order round.
    """
    down, name = order.startswith("-"), order.removeprefix("-")

    def key(line: SchoolLine) -> Any:
        if name == "name":
            return line.name.casefold()
        return line.seen.timestamp() if name == "seen" and line.seen else share_of(line.number(name))

    found = list(lines)
    known = [each for each in found if key(each) is not None]
    return sorted(known, key=key, reverse=down) + [each for each in found if key(each) is None]


def chart_of(lines: Sequence[SchoolLine], name: str) -> list[dict[str, Any]]:
    """The rows of a chart of one figure."""
    rows: list[dict[str, Any]] = []
    for line in lines:
        number = line.number(name)
        row: dict[str, Any] = {
            "label": line.name,
            "value": share_of(number),
            "href": f"/nouns/districtSchools/{line.id}",
        }
        if number.of is not None and number.count is not None:
            row |= {"of": 100, "text": f"{number.count} / {number.of}"}
        rows.append(row)
    return rows
