"""Which rows came from rosters."""

from __future__ import annotations

from homeroom.resources import EVERYTHING, Resource, resource
from homeroom_rosters.tables import RosterLink

__all__ = ["RESOURCES"]

RESOURCES: tuple[Resource, ...] = (
    resource(
        RosterLink,
        scopes={"school": EVERYTHING},
        # The record holds what the bundle said of a person, restricted fields included.
        exclude=("record", "position", "ended_on"),
        filters=("system", "noun", "source_id", "row_id"),
        order=("source_id",),
        default_order=("system", "noun", "source_id"),
    ),
)
