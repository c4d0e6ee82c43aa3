"""Who reads which rows came from rosters, and who imports and exports rosters."""

from __future__ import annotations

from typing import Final

from homeroom.permissions import allow

_OFFICE: Final = ("principal", "registrar")

RULES: Final = (*allow(_OFFICE, "ImportLink"), *allow(_OFFICE, "rosters.*", action="run"))
