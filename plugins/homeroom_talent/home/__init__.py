"""What other pages show of the talent bank."""

from __future__ import annotations

from pathlib import Path

from homeroom.pages import Widget

_HERE = Path(__file__).parent
WIDGETS = (
    Widget("talent.student", "Talent bank", _HERE / "student.html", _HERE / "student.graphql", "Student", order=40),
)
