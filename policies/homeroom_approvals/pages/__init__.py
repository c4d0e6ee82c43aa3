"""What people see of requests in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from homeroom.pages import Figure, Nav, Page, Widget
from homeroom_approvals.pages.arranging import inbox
from homeroom_approvals.pages.looks import LOOKS

__all__ = ["FIGURES", "LOOKS", "PAGES", "WIDGETS"]

_HERE: Final = Path(__file__).parent

PAGES: Final = (
    Page(
        "approvals.inbox",
        title="Approvals inbox",
        path="approvals",
        query=_HERE / "inbox.graphql",
        template=_HERE / "inbox.html",
        operations={"decide": _HERE / "decide.graphql"},
        modules=(_HERE / "inbox.js",),
        arrange=inbox,
        nav=Nav("office", 10),
    ),
)
WIDGETS: Final = (
    Widget(
        "approvals.waiting",
        title="Waits for your decision",
        query=_HERE / "waiting.graphql",
        template=_HERE / "waiting.html",
        order=10,
    ),
)
FIGURES: Final = (
    Figure(
        "approvals.pending",
        "Requests that wait",
        "{ approvals(filter: {state: {eq: PENDING}}) { totalCount } }",
        "approvals",
        order=30,
    ),
)
