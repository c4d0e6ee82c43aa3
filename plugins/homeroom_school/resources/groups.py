"""Houses and groups, seating plans, and the components of subjects."""

from __future__ import annotations

from typing import Final

from homeroom.resources import EVERYTHING, many, resource, through
from homeroom_school.tables import (
    GroupMembership,
    Seat,
    SeatingPlan,
    StudentGroup,
    SubjectComponent,
)

_PERIOD: Final = ("starts_on", "ends_on")
_OF_CLASS: Final = ("own_class", "own_teaching", "self", "children")

STUDENT_GROUP = resource(
    StudentGroup,
    many("memberships", GroupMembership.student_group_id, order=("starts_on",)),
    scopes={"school": EVERYTHING},
    filters=("code", "name", "kind", "active", "leader", "memberships"),
    order=("code", "name"),
    default_order=("kind", "code"),
    enums={"kind": "StudentGroupKind"},
)

GROUP_MEMBERSHIP = resource(
    GroupMembership,
    scopes={"school": EVERYTHING, **{each: through(GroupMembership.student_id, each) for each in _OF_CLASS}},
    filters=("role", *_PERIOD, "student", "student_group"),
    exclude=("one_at_a_time",),
    order=_PERIOD,
    default_order=("-starts_on",),
)

SEATING_PLAN = resource(
    SeatingPlan,
    many("seats", Seat.seating_plan_id, order=("row_number", "place")),
    scopes={"school": EVERYTHING, **{each: through(SeatingPlan.school_class_id, each) for each in _OF_CLASS}},
    filters=("name", "starts_on", "school_class", "room"),
    order=("starts_on", "name"),
    default_order=("-starts_on", "name"),
)

SEAT = resource(
    Seat,
    scopes={"school": EVERYTHING, **{each: through(Seat.student_id, each) for each in _OF_CLASS}},
    filters=("row_number", "place", "student", "seating_plan"),
    order=("row_number", "place"),
    default_order=("row_number", "place"),
)

SUBJECT_COMPONENT = resource(
    SubjectComponent,
    scopes={"school": EVERYTHING},
    filters=("code", "title", "subject", "grade_level"),
    order=("position", "code"),
    default_order=("position", "code"),
)
