"""Whose data pictures are."""

from __future__ import annotations

from typing import Final

from homeroom.personal_data import DataCategory, about, deleted
from homeroom_photos.tables import PersonPhoto

PERSONAL_DATA: Final = (about(PersonPhoto, "student_id", "staff_id", erasure=deleted(), category=DataCategory.IMAGE),)
