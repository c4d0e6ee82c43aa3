"""What is ordinary: the settings of a school."""

from __future__ import annotations

from homeroom.school_settings import school_settings
from talents.tables import TalentSettings

SETTINGS = school_settings(TalentSettings, "talents.settings", change_by=("registrar",))
NOUNS = (SETTINGS,)
