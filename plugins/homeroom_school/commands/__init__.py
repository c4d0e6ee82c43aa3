"""What can be done in the registry: one function a verb of the office."""

from __future__ import annotations

from typing import Final

from homeroom.commands import Command
from homeroom.parts import values_in

COMMANDS: Final = values_in(__name__, Command)
