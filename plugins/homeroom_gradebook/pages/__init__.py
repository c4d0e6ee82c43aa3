"""What people see of the gradebook in the browser."""

from __future__ import annotations

from homeroom_gradebook.pages.home import WIDGETS
from homeroom_gradebook.pages.looks import LOOKS

__all__ = ["LOOKS", "WIDGETS"]
