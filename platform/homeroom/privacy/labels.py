"""English labels in place of those that follow from names; see :mod:`homeroom.labels`."""

from __future__ import annotations

from typing import Final

__all__ = ["LABELS"]

LABELS: Final = {
    "privacy.person.export": "Make person copy",
    "LoggedField.because": "Logged because",
    "LoggedField.alike": "Same as",
    "LoggedField.by": "Chosen by",
}
