"""What other pages show of the gradebook, and what a district sees of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from homeroom.pages import Figure, Widget

_HERE: Final = Path(__file__).parent

WIDGETS: Final = (
    Widget(
        "gradebook.open_rounds",
        title="Open entry rounds",
        query=_HERE / "open_rounds.graphql",
        template=_HERE / "open_rounds.html",
        order=20,
        needs=("gradebook.mark.enter",),
    ),
    Widget(
        "gradebook.class_day",
        title="Marks entered in open rounds",
        query=_HERE / "class_day.graphql",
        template=_HERE / "class_day.html",
        place="school.class_day",
        order=60,
        needs=("gradebook.mark.enter", "gradebook.round.open"),
    ),
    Widget(
        "gradebook.student",
        title="Results of this school year",
        query=_HERE / "student.graphql",
        template=_HERE / "student.html",
        place="Student",
        order=20,
    ),
    Widget(
        "gradebook.progress_home",
        title="Progress of entry",
        query=_HERE / "progress.graphql",
        template=_HERE / "progress_home.html",
        order=20,
        needs=("gradebook.round.close",),
    ),
    Widget(
        "gradebook.my_results",
        title="Your results",
        query=_HERE / "my_results.graphql",
        template=_HERE / "results.html",
        order=20,
        person="Student",
    ),
    Widget(
        "gradebook.children_results",
        title="Results of your children",
        query=_HERE / "children_results.graphql",
        template=_HERE / "results.html",
        order=20,
        person="Guardian",
    ),
)


def _cells(data: Mapping[str, Any]) -> int | None:
    return sum(each["cells"] for each in data["entryProgress"]) or None


def _entered(data: Mapping[str, Any]) -> int | None:
    cells = _cells(data)
    return None if cells is None else cells - sum(each["missing"] for each in data["entryProgress"])


FIGURES: Final = (
    Figure(
        "gradebook.entered",
        "Marks entered in open rounds",
        "{ entryProgress { cells missing } }",
        _entered,
        of=_cells,
        order=20,
    ),
)
