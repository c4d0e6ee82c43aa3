"""English labels in place of those that follow from names; see :mod:`homeroom.labels`."""

from __future__ import annotations

from typing import Final

__all__ = ["LABELS"]

LABELS: Final = {
    "AppearanceSettings": "Colour and crest",
    "AppearanceSettings.accent": "Colour",
    "AppearanceSettings.crest_url": "Crest",
    "console.appearance.change": "Choose the colour of the pages",
    "console.crest.set": "Set the crest",
    "console.crest.remove": "Remove the crest",
}
