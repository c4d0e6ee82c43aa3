"""Student status, its changes, and where those who left went."""

from __future__ import annotations

from typing import Final

from homeroom.resources import along, resource
from homeroom_school.tables import GraduateDestination, StudentStatus, StudentStatusChange

_SCOPES: Final = ("own_class", "self", "children")

STUDENT_STATUS = resource(
    StudentStatus,
    scopes=along(StudentStatus.student_id, "own_teaching", *_SCOPES),
    plural="studentStatuses",
    filters=("status", "starts_on", "ends_on", "student"),
    order=("starts_on", "ends_on"),
    default_order=("-starts_on",),
    enums={"status": "StudentStatusValue"},
)

STUDENT_STATUS_CHANGE = resource(
    StudentStatusChange,
    scopes=along(StudentStatusChange.student_id, *_SCOPES),
    filters=(
        "state",
        "from_status",
        "to_status",
        "applied_on",
        "effective_on",
        "return_by",
        "document_number",
        "student",
        "change_type",
    ),
    order=("applied_on", "effective_on", "return_by"),
    default_order=("-effective_on",),
    restricted=("reason", "decision_note", "document_number"),
    exclude=("ended_enrolments",),
    enums={
        "from_status": "StudentStatusValue",
        "to_status": "StudentStatusValue",
        "state": "StudentStatusChangeState",
    },
)

GRADUATE_DESTINATION = resource(
    GraduateDestination,
    scopes=along(GraduateDestination.student_id, *_SCOPES),
    filters=("left_on", "name", "place", "student", "kind"),
    order=("left_on", "name"),
    default_order=("-left_on", "name"),
    restricted=("note",),
)
