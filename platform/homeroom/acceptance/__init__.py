"""Whether a plugin is fit for other people's installations: a list of points, each held or not, with what to do.

``homeroom plugin check`` prints it. A part of the host that asks something of every plugin adds its points by the hook
``acceptance_points``.
"""

from __future__ import annotations

from homeroom.acceptance.points import Point, points_for
from homeroom.acceptance.statements import Statement
from homeroom.acceptance.subject import Subject, subjects

__all__ = ["Point", "Statement", "Subject", "points_for", "subjects"]
