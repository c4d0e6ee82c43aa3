"""Schools that are filled as the demonstration fills them, for tests of what shows a whole school."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from homeroom_demo.plans import SchoolPlan
from homeroom_demo.populate import Filled, populate

if TYPE_CHECKING:
    from homeroom.callers import Space
    from homeroom.host import Host

__all__ = ["Peopled", "peopled"]


@dataclass(frozen=True)
class Peopled:
    """A school and some of its people."""

    space: Space
    filled: Filled


async def peopled(host: Host, space: Space, *, grades: tuple[int, int], size: int, staff: int, marks: bool) -> Peopled:
    """Fill a school that is new.

    Args:
        host: The host.
        space: The school.
        grades: The lowest and the highest; each has one class.
        size: Students of a class.
        staff: How many people work there.
        marks: Whether its books have marks.
    """
    plan = SchoolPlan(space.slug, space.name, space.region, *grades, "{grade}A", class_size=size, staff=staff)
    return Peopled(space, await populate(host, space, plan, with_marks=marks))
