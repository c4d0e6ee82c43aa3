"""Houses and groups, seating plans, and the components of subjects."""

from __future__ import annotations

from typing import Final

from homeroom.resources import along, many, resource
from homeroom_school.tables import (
    GroupMembership,
    Seat,
    SeatingPlan,
    StudentGroup,
    SubjectComponent,
)

_OF_CLASS: Final = ("own_class", "own_teaching", "self", "children")

STUDENT_GROUP = resource(
    StudentGroup,
    many("memberships", GroupMembership.student_group_id, order=("starts_on",), filter=True),
    default_order=("kind", "code"),
    enums={"kind": "StudentGroupKind"},
)

GROUP_MEMBERSHIP = resource(
    GroupMembership,
    scopes=along(GroupMembership.student_id, *_OF_CLASS),
    exclude=("one_at_a_time",),
)

SEATING_PLAN = resource(
    SeatingPlan,
    many("seats", Seat.seating_plan_id, order=("row_number", "place")),
    scopes=along(SeatingPlan.school_class_id, *_OF_CLASS),
    default_order=("-starts_on", "name"),
)

SEAT = resource(
    Seat,
    scopes=along(Seat.student_id, *_OF_CLASS),
    default_order=("row_number", "place"),
)

SUBJECT_COMPONENT = resource(
    SubjectComponent,
    order=("position", "code", "title"),
    default_order=("position", "code"),
)
