"""How the console shows pictures of people."""

from __future__ import annotations

from typing import Final

from homeroom.pages import Look

LOOKS: Final = (Look("PersonPhoto", columns=("student", "staff", "taken_on")),)
