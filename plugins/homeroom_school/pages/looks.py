"""How the console shows the nouns of the registry."""

from __future__ import annotations

from typing import Final

from homeroom.pages import Look, Nav
from homeroom_school.permissions import FAMILY_ROLES

LOOKS: Final = (
    Look(
        "Student",
        columns=("full_name", "code", "current_enrolment", "current_status", "sex", "birth_date"),
        filters=("current_enrolment", "current_status", "sex", "birth_date"),
        # The card shows what matters of them first.
        quiet=(
            *("code", "current_enrolment", "current_status", "full_name", "sex", "birth_date"),
            *("family_name", "middle_name", "given_name", "name_script", "erased"),
        ),
        shows=("guardianships", "enrolments", "statuses"),
        actions=("school.student.change", "school.status.apply"),
        absent={"current_status": "Enrolled"},
        nav=Nav("people", 10),
    ),
    Look(
        "Guardian",
        columns=("full_name", "phone", "email"),
        quiet=("family_name", "middle_name", "given_name", "name_script", "erased"),
        shows=("guardianships",),
        actions=("school.guardian.change",),
        nav=Nav(
            "people",
            20,
            needs=(
                "school.guardian.change",
                "school.guardian.create",
            ),
        ),
    ),
    Look(
        "Staff",
        columns=("full_name", "code", "sex", "phone", "email"),
        filters=("sex", "teaching_assignments", "employments"),
        groups={"Person": ("full_name", "code", "sex", "birth_date"), "Contact": ("phone", "email")},
        quiet=("family_name", "middle_name", "given_name", "name_script", "erased"),
        shows=("homeroom_appointments", "teaching_assignments"),
        actions=("school.staff.change",),
        nav=Nav("people", 30, without=FAMILY_ROLES),
    ),
    Look(
        "StudentStatusChange",
        order="-applied_on",
        nav=Nav(
            "people",
            40,
            needs=(
                "school.status.apply",
                "school.status.change",
            ),
        ),
    ),
    Look(
        "SchoolClass",
        columns=("name", "grade_level", "current_homeroom_appointment", "kind", "places", "school_year"),
        filters=("school_year", "grade_level", "kind"),
        shows=("current_enrolments", "subjects"),
        actions=("school.class.change", "school.enrolment.enrol"),
        nav=Nav("school", 10),
    ),
    Look(
        "StudentGroup",
        columns=("name", "code", "kind", "leader", "active"),
        filters=("kind", "leader", "active"),
        shows=("memberships",),
        nav=Nav("school", 20, without=FAMILY_ROLES),
    ),
    Look(
        "Subject",
        columns=("title", "code", "position", "active"),
        shows=("components",),
        nav=Nav("school", 30, without=FAMILY_ROLES),
    ),
    Look(
        "SchoolYear",
        columns=("name", "status", "starts_on", "ends_on"),
        order="-starts_on",
        shows=("terms",),
        actions=("school.year.change",),
        nav=Nav("school", 40, needs=("school.year.change",)),
    ),
    Look(
        "Room",
        columns=("code", "name", "building", "kind", "floor", "capacity", "active"),
        filters=("building", "kind", "capacity", "active"),
        shows=("facilities",),
        actions=("school.room.change",),
        nav=Nav("school", 50, needs=("school.room.change",)),
    ),
    Look(
        "RegistrySettings",
        actions=("school.settings.change",),
        shows=("history",),
        nav=Nav("settings", 10, needs=("school.settings.change",)),
    ),
)
