"""What can be read of imports: their runs, with what they did by number and by name, and where rows came from."""

from __future__ import annotations

from typing import Final

from homeroom.imports.tables import ImportLink, ImportRun
from homeroom.resources import EVERYTHING, computed, resource

__all__ = ["IMPORT_LINK", "IMPORT_RUN", "REPORT", "RESOURCES"]

#: The counts of a run, with the names that are kept of it.
REPORT: Final = (
    "({row}.report || coalesce((SELECT jsonb_build_object('names', jsonb_object_agg(x.done, x.names)) FROM ("
    "SELECT n.done, jsonb_agg(jsonb_build_object('noun', n.noun, 'name', n.name, 'detail', n.detail)"
    " ORDER BY n.position) AS names FROM import_name n WHERE n.run_id = {row}.id GROUP BY n.done) x"
    " HAVING count(*) > 0), '{}'::jsonb))"
)

IMPORT_RUN: Final = resource(
    ImportRun,
    computed(
        "report",
        "JSON",
        REPORT,
        "Rows created, changed, ended and left as they were, and what was left out; under `names` the rows by name, as"
        " long as they are kept.",
    ),
    exclude=("report", "undoes_id", "file_id", "options"),
    scopes={"school": EVERYTHING},
    filters=("kind", "state", "command", "system", "at"),
    order=("at",),
    default_order=("-at",),
    enums={"kind": "ImportRunKind", "state": "ImportRunState"},
)

IMPORT_LINK: Final = resource(
    ImportLink,
    scopes={"school": EVERYTHING},
    # The record holds what a file said about a person, restricted fields included.
    exclude=("record", "position", "ended_on"),
    filters=("command", "system", "noun", "source_id", "row_id"),
    order=("source_id",),
    default_order=("system", "noun", "source_id"),
)

RESOURCES = (IMPORT_RUN, IMPORT_LINK)
