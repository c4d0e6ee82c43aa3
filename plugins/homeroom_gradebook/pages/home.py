"""What the first page shows of the gradebook."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from homeroom.pages import Widget

_HERE: Final = Path(__file__).parent

WIDGETS: Final = (
    Widget(
        "gradebook.open_rounds",
        title="Open entry rounds",
        query=_HERE / "open_rounds.graphql",
        template=_HERE / "open_rounds.html",
        order=20,
        needs=("gradebook.mark.enter", "gradebook.round.open"),
    ),
    Widget(
        "gradebook.my_results",
        title="Your results",
        query=_HERE / "my_results.graphql",
        template=_HERE / "my_results.html",
        order=20,
        person="Student",
    ),
)
