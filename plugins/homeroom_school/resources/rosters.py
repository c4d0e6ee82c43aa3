"""Which rows came from rosters, and what each import did."""

from __future__ import annotations

from typing import Final

from homeroom.resources import EVERYTHING, Resource, computed, resource
from homeroom_school.tables import RosterLink, RosterRun

__all__ = ["REPORT", "ROSTERS"]

#: The counts of a run, with the names that are kept of it.
REPORT: Final = (
    "({row}.report || coalesce((SELECT jsonb_build_object('names', jsonb_object_agg(x.done, x.names)) FROM ("
    "SELECT n.done, jsonb_agg(jsonb_build_object('noun', n.noun, 'name', n.name, 'detail', n.detail)"
    " ORDER BY n.position) AS names FROM roster_name n WHERE n.run_id = {row}.id GROUP BY n.done) x"
    " HAVING count(*) > 0), '{}'::jsonb))"
)

ROSTERS: tuple[Resource, ...] = (
    resource(
        RosterLink,
        scopes={"school": EVERYTHING},
        # The record holds what the bundle said of a person, restricted fields included.
        exclude=("record", "position", "ended_on"),
        filters=("system", "noun", "source_id", "row_id"),
        order=("source_id",),
        default_order=("system", "noun", "source_id"),
    ),
    resource(
        RosterRun,
        computed(
            "report",
            "JSON",
            REPORT,
            "Rows created, changed, ended and left as they were, and what was left out; under `names` the first 100 of"
            " each kind by name, as long as they are kept.",
        ),
        exclude=("report", "undoes_id"),
        scopes={"school": EVERYTHING},
        filters=("kind", "system", "at"),
        order=("at",),
        default_order=("-at",),
        enums={"kind": "RosterRunKind"},
    ),
)
