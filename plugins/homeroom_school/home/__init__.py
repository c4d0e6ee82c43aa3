"""What the first page shows of the registry."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from homeroom.pages import Widget

_HERE: Final = Path(__file__).parent

WIDGETS: Final = (
    Widget(
        "school.children",
        title="Your children",
        query=_HERE / "children.graphql",
        template=_HERE / "children.html",
        order=5,
        person="Guardian",
    ),
    Widget(
        "school.my_classes",
        title="Your classes",
        query=_HERE / "my_classes.graphql",
        template=_HERE / "my_classes.html",
        order=30,
        person="Staff",
    ),
    Widget(
        "school.class_figures",
        title="Students by class",
        query=_HERE / "class_figures.graphql",
        template=_HERE / "class_figures.html",
        order=70,
        needs=("school.class.create", "school.student.create", "approvals.flow.set"),
    ),
)
