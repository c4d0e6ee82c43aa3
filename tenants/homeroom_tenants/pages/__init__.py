"""Pages for people who are not signed in, as files, and how the console shows who may use a school."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from homeroom.pages import Nav, Page
from homeroom_tenants.pages.looks import LOOKS

__all__ = ["LOOKS", "PAGES"]

_HERE: Final = Path(__file__).parent


def _asked(given: Mapping[str, Any], _today: date) -> dict[str, Any]:
    """Whom the form asks for: everybody, before it is filled in."""
    return {"named": str(given.get("named", "")).strip(), "role": str(given.get("role", "")).strip() or None}


PAGES: Final = (
    Page(
        "tenants.members",
        title="Members and their roles",
        path="members",
        query=_HERE / "members.graphql",
        template=_HERE / "members.html",
        nav=Nav("settings", 20),
        needs=("tenants.member.add",),
        fill=_asked,
    ),
)
