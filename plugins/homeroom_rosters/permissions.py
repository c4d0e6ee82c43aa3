"""Who reads which rows came from rosters, and who imports and exports rosters."""

from __future__ import annotations

from typing import Final

from homeroom.permissions import Rule

RULES: Final[tuple[Rule, ...]] = (
    *(Rule(role, "ImportLink") for role in ("principal", "registrar")),
    *(Rule(role, "rosters.*", "run") for role in ("principal", "registrar")),
)
