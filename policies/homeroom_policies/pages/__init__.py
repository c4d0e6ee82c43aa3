"""What administrators see of permissions in the browser, and a district of its schools."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from homeroom.pages import Nav, Page
from homeroom_policies.pages.looks import LOOKS

__all__ = ["LOOKS", "PAGES"]

_HERE: Final = Path(__file__).parent


def _asked(given: Mapping[str, Any], _today: date) -> dict[str, Any]:
    """What the form of the page asks for; nothing is asked before it is filled in."""
    login, thing = str(given.get("login", "")).strip(), str(given.get("object", "")).strip()
    action = "RUN" if "." in thing and thing[:1].islower() else "READ"
    row = str(given.get("row", "")).strip() or None
    return {"ask": bool(login and thing), "login": login, "object": thing, "action": action, "row": row}


PAGES: Final = (
    Page(
        "policies.access",
        title="Who may see or do what",
        path="access",
        query=_HERE / "access.graphql",
        template=_HERE / "access.html",
        nav=Nav("settings", 30),
        needs=("policies.access.explain",),
        fill=_asked,
    ),
    Page(
        "policies.district",
        title="Rules of the district",
        path="district-rules",
        query=_HERE / "district.graphql",
        template=_HERE / "district.html",
        nav=Nav("school", 6),
        needs=("policies.district.apply",),
    ),
)
