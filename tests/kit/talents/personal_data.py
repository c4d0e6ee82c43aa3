"""How talents stand to people."""

from __future__ import annotations

from homeroom.personal_data import DataCategory, about, deleted
from talents.tables import Talent

PERSONAL_DATA = (about(Talent, "student_id", erasure=deleted(), category=DataCategory.ACADEMIC_RECORD),)
