"""The ordinary nouns of the registry: what is read, done and permitted follows from their tables."""

from __future__ import annotations

from typing import Final

from homeroom_school.commands.status import STATUS
from homeroom_school.settings import REGISTRY_SETTINGS

NOUNS: Final = (REGISTRY_SETTINGS, STATUS)
