"""What can be done with the calendar, bell schedules and lessons."""

from __future__ import annotations

from typing import Final

from homeroom.commands import Command
from homeroom.parts import values_in

COMMANDS: Final = values_in(__name__, Command)
