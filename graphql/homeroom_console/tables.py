"""How a school looks in the browser."""

from __future__ import annotations

from homeroom.columns import choice, version
from homeroom.database.tables import belongs_to
from homeroom.files.tables import StoredFile
from homeroom.school_settings import SettingsTable
from homeroom_console.brands import Accent

__all__ = ["AppearanceSettings"]


class AppearanceSettings(SettingsTable, tablename="appearance_settings"):
    """How the school's pages look; one row."""

    accent = choice(Accent, "The colour of the school's pages.", default=Accent.TEAL)
    crest_id = belongs_to(StoredFile, null=True)
    version = version()
