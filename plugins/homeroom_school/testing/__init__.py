"""Generated rosters for tests and demonstrations. Every person in them is made up by a random generator."""

from __future__ import annotations

from homeroom_school.testing.names import generated_name
from homeroom_school.testing.rosters import SchoolShape, generate_roster

__all__ = ["SchoolShape", "generate_roster", "generated_name"]
