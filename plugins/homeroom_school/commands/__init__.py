"""What can be done in the registry: one function a verb of the office."""

from __future__ import annotations

from homeroom.commands import Command
from homeroom_school.commands.bells import change_bell_schedule, create_bell_schedule, use_bell_schedules
from homeroom_school.commands.calendar import (
    add_terms,
    change_school_year,
    change_term,
    create_school_year,
    make_school_year_current,
    remove_school_year,
    remove_term,
)
from homeroom_school.commands.classes import (
    change_school_class,
    create_school_class,
    plan_class_subjects,
    remove_school_class,
)
from homeroom_school.commands.components import plan_subject_components
from homeroom_school.commands.destinations import record_destinations
from homeroom_school.commands.employment import change_employment, end_employment, remove_employments, start_employment
from homeroom_school.commands.enrolment import (
    end_enrolments,
    enrol_students,
    move_students,
    number_class,
)
from homeroom_school.commands.enrolment_corrections import correct_enrolment, remove_enrolments
from homeroom_school.commands.groups import (
    change_group,
    correct_group_membership,
    create_group,
    end_group_memberships,
    join_group,
    remove_group,
    remove_group_memberships,
)
from homeroom_school.commands.guardianship import (
    change_guardianship,
    end_guardianship,
    remove_guardianships,
    start_guardianship,
)
from homeroom_school.commands.identity import (
    record_identifier,
    record_name,
    remove_identifier,
    remove_name,
)
from homeroom_school.commands.leaving import let_staff_leave
from homeroom_school.commands.lesson_import import import_lessons
from homeroom_school.commands.lessons import (
    cancel_lessons,
    move_lesson,
    plan_lessons,
    plan_lessons_by_pattern,
    remove_lessons,
    restore_lessons,
    substitute_teacher,
)
from homeroom_school.commands.mistakes import (
    merge_guardians,
    merge_staff,
    merge_students,
    remove_guardians,
    remove_staff,
    remove_students,
)
from homeroom_school.commands.people import (
    change_guardian,
    change_staff,
    change_student,
    create_guardian,
    create_staff,
    create_student,
)
from homeroom_school.commands.photos import remove_photo, set_photo, set_photos
from homeroom_school.commands.premises import (
    change_building,
    change_campus,
    change_room,
    create_building,
    create_campus,
    create_rooms,
    equip_room,
    import_rooms,
    remove_building,
    remove_campus,
    remove_room,
    retire_room,
)
from homeroom_school.commands.roster import export_roster, import_roster
from homeroom_school.commands.school_days import (
    add_calendar_entries,
    change_calendar_entry,
    import_calendar,
    plan_calendar,
    remove_calendar_entries,
)
from homeroom_school.commands.seating import plan_seats, remove_seating_plan
from homeroom_school.commands.status import (
    annul_status_change,
    apply_for_status_change,
    decide_status_change,
    withdraw_status_change,
)
from homeroom_school.commands.structure import (
    change_grade_level,
    change_subject,
    create_grade_level,
    create_subject,
    plan_grade_subjects,
    remove_grade_level,
    remove_subject,
)
from homeroom_school.commands.students import create_students, import_students
from homeroom_school.commands.teaching import (
    appoint_homeroom_teacher,
    assign_teaching,
    correct_homeroom_appointment,
    correct_teaching,
    end_homeroom_appointment,
    end_teaching,
    remove_homeroom_appointments,
    remove_teaching,
)
from homeroom_school.settings import REGISTRY_SETTINGS

__all__ = ["COMMANDS"]

COMMANDS: tuple[Command, ...] = (
    REGISTRY_SETTINGS.change,
    create_school_year,
    change_school_year,
    make_school_year_current,
    add_terms,
    change_term,
    remove_term,
    remove_school_year,
    create_grade_level,
    change_grade_level,
    create_subject,
    change_subject,
    remove_grade_level,
    remove_subject,
    plan_grade_subjects,
    create_school_class,
    change_school_class,
    plan_class_subjects,
    remove_school_class,
    create_student,
    create_students,
    change_student,
    import_students,
    create_staff,
    change_staff,
    create_guardian,
    change_guardian,
    remove_students,
    remove_staff,
    remove_guardians,
    merge_students,
    merge_staff,
    merge_guardians,
    record_identifier,
    remove_identifier,
    record_name,
    remove_name,
    set_photo,
    set_photos,
    remove_photo,
    start_employment,
    change_employment,
    end_employment,
    let_staff_leave,
    remove_employments,
    start_guardianship,
    change_guardianship,
    end_guardianship,
    remove_guardianships,
    enrol_students,
    move_students,
    end_enrolments,
    correct_enrolment,
    remove_enrolments,
    number_class,
    appoint_homeroom_teacher,
    end_homeroom_appointment,
    correct_homeroom_appointment,
    remove_homeroom_appointments,
    assign_teaching,
    end_teaching,
    correct_teaching,
    remove_teaching,
    plan_calendar,
    add_calendar_entries,
    change_calendar_entry,
    remove_calendar_entries,
    import_calendar,
    create_bell_schedule,
    change_bell_schedule,
    use_bell_schedules,
    create_campus,
    change_campus,
    create_building,
    change_building,
    create_rooms,
    change_room,
    retire_room,
    import_rooms,
    equip_room,
    remove_campus,
    remove_building,
    remove_room,
    plan_lessons,
    plan_lessons_by_pattern,
    cancel_lessons,
    restore_lessons,
    move_lesson,
    substitute_teacher,
    remove_lessons,
    import_lessons,
    apply_for_status_change,
    decide_status_change,
    withdraw_status_change,
    annul_status_change,
    record_destinations,
    create_group,
    change_group,
    remove_group,
    join_group,
    end_group_memberships,
    correct_group_membership,
    remove_group_memberships,
    plan_seats,
    remove_seating_plan,
    plan_subject_components,
    import_roster,
    export_roster,
)
