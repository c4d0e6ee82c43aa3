"""Sacks of flour."""

from __future__ import annotations

from piccolo.columns import Integer

from homeroom.database.tables import SchoolTable


class Flour(SchoolTable, tablename="flour"):
    """What one job leaves behind."""

    number = Integer()
