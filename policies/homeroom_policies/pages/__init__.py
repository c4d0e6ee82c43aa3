"""What administrators see of permissions in the browser, and a district of its schools."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from homeroom.pages import Nav, Page
from homeroom_policies.pages.arranging import asked_access, asked_rule, role_in_words, rules_in_words
from homeroom_policies.pages.looks import LOOKS

__all__ = ["LOOKS", "PAGES"]

_HERE: Final = Path(__file__).parent


PAGES: Final = (
    Page(
        "policies.access",
        title="Who may see or do what",
        path="access",
        query=_HERE / "access.graphql",
        template=_HERE / "access.html",
        nav=Nav("settings", 30),
        needs=("policies.access.explain",),
        fill=asked_access,
    ),
    Page(
        "policies.district",
        title="Rules of the district",
        path="district-rules",
        query=_HERE / "district.graphql",
        template=_HERE / "district.html",
        nav=Nav("school", 6),
        needs=("policies.district.effects",),
    ),
    Page(
        "policies.roles",
        title="Roles and what they may do",
        path="roles",
        query=_HERE / "roles.graphql",
        template=_HERE / "roles.html",
        nav=Nav("settings", 25),
        needs=("policies.role.list",),
        arrange=role_in_words,
    ),
    Page(
        "policies.rules",
        title="Rules of our own",
        path="rules",
        query=_HERE / "rules.graphql",
        template=_HERE / "rules.html",
        nav=Nav("settings", 35),
        needs=("policies.rule.effects",),
        fill=asked_rule,
        arrange=rules_in_words,
    ),
)
