"""What the first page shows of the host's own parts: things to do, notices, jobs, imports, and a district's schools."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from homeroom.pages import Widget

__all__ = ["WIDGETS"]

_HERE: Final = Path(__file__).parent

WIDGETS: Final = (
    Widget("console.todo", title="To do", query=_HERE / "todo.graphql", template=_HERE / "todo.html", order=1),
    Widget(
        "console.notices",
        title="New notices",
        query=_HERE / "notices.graphql",
        template=_HERE / "notices.html",
        order=40,
    ),
    Widget(
        "console.jobs", title="Jobs in progress", query=_HERE / "jobs.graphql", template=_HERE / "jobs.html", order=3
    ),
    Widget(
        "console.imports",
        title="Imports that did not work",
        query=_HERE / "imports.graphql",
        template=_HERE / "imports.html",
        order=25,
    ),
    Widget(
        "console.schools",
        title="Schools of the district",
        query=_HERE / "schools.graphql",
        template=_HERE / "schools.html",
        order=20,
    ),
)
