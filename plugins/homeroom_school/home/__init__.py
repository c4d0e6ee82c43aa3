"""What other pages show of the registry: the first page, and details."""

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
        "school.card",
        title="Card",
        query=_HERE / "card.graphql",
        template=_HERE / "card.html",
        place="Student",
        order=1,
    ),
    Widget(
        "school.class_todo",
        title="Due",
        query=_HERE / "class_todo.graphql",
        template=_HERE / "class_todo.html",
        place="school.class_day",
        order=40,
    ),
    Widget(
        "school.begin",
        title="First steps",
        query=_HERE / "begin.graphql",
        template=_HERE / "begin.html",
        order=5,
        needs=("school.year.create",),
    ),
    Widget(
        "school.unfinished",
        title="Unfinished",
        query=_HERE / "unfinished.graphql",
        template=_HERE / "unfinished.html",
        order=15,
        needs=("school.student.create",),
    ),
    Widget(
        "school.statuses",
        title="Students by status",
        query=_HERE / "statuses.graphql",
        template=_HERE / "statuses.html",
        order=72,
        needs=("school.student.create", "approvals.flow.set"),
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
