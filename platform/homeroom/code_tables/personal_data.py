"""How codes stand to people."""

from __future__ import annotations

from typing import Final

from homeroom.code_tables.tables import CodeValue
from homeroom.personal_data import PersonalData, nobody

__all__ = ["PERSONAL_DATA"]

PERSONAL_DATA: Final[tuple[PersonalData, ...]] = (*nobody("what the school chooses from", CodeValue),)
