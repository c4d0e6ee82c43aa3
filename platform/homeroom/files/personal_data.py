"""How files stand to people."""

from __future__ import annotations

from typing import Final

from homeroom.files.tables import StoredFile
from homeroom.personal_data import REFERRED, PersonalData, about, deleted

__all__ = ["PERSONAL_DATA"]

PERSONAL_DATA: Final[tuple[PersonalData, ...]] = (about(StoredFile, REFERRED, erasure=deleted()),)
