"""How the console shows the nouns of the registry."""

from __future__ import annotations

from typing import Final

from homeroom.pages import Look, Nav

__all__ = ["LOOKS"]

LOOKS: Final = (
    Look("Student", nav=Nav("people", 10)),
    Look("Staff", nav=Nav("people", 20)),
    Look("SchoolClass", nav=Nav("school", 10)),
)
