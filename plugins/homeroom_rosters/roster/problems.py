"""What is wrong with a bundle: the faults of files that every reader names, under the words of rosters."""

from __future__ import annotations

from homeroom.reading.faults import Fault as Problem
from homeroom.reading.faults import FileRefused as RosterRejected

__all__ = ["Problem", "RosterRejected"]
