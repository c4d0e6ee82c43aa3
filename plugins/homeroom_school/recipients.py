"""Who belongs to students and classes: families and teachers, as they are today."""

from __future__ import annotations

from typing import Final

from homeroom.code_tables import titles
from homeroom.parts import values_in
from homeroom.recipients import Recipients
from homeroom_school.tables import SchoolClass, Student


def _today(row: str) -> str:
    return f"{row}.starts_on <= $2 AND ({row}.ends_on IS NULL OR {row}.ends_on >= $2)"


_GUARDIANS: Final = f"""
SELECT gs.student_id AS row, gs.guardian_id AS person FROM guardianship gs
WHERE gs.student_id = ANY($1::uuid[]) AND {_today("gs")}
"""
#: Homeroom teachers of classes.
_HOMEROOM: Final = f"""
SELECT ha.school_class_id AS row, ha.staff_id AS person FROM homeroom_appointment ha
WHERE ha.school_class_id = ANY($1::uuid[]) AND {_today("ha")}
"""
_TEACHING: Final = f"""
SELECT cs.school_class_id AS row, ta.staff_id AS person
FROM class_subject cs JOIN teaching_assignment ta ON ta.class_subject_id = cs.id
WHERE cs.school_class_id = ANY($1::uuid[]) AND {_today("ta")}
"""
_HOMEROOM_OF_STUDENTS: Final = f"""
SELECT ce.student_id AS row, ha.staff_id AS person
FROM class_enrolment ce JOIN homeroom_appointment ha ON ha.school_class_id = ce.school_class_id
WHERE ce.student_id = ANY($1::uuid[]) AND {_today("ce")} AND {_today("ha")}
"""
_TEACHING_OF_STUDENTS: Final = f"""
SELECT ce.student_id AS row, ta.staff_id AS person
FROM class_enrolment ce JOIN class_subject cs ON cs.school_class_id = ce.school_class_id
JOIN teaching_assignment ta ON ta.class_subject_id = cs.id
WHERE ce.student_id = ANY($1::uuid[]) AND {_today("ce")} AND {_today("ta")}
"""
_FAMILIES_OF_CLASSES: Final = f"""
SELECT ce.school_class_id AS row, p.person
FROM class_enrolment ce CROSS JOIN LATERAL (
    SELECT ce.student_id AS person
    UNION ALL SELECT gs.guardian_id FROM guardianship gs WHERE gs.student_id = ce.student_id AND {_today("gs")}
) p
WHERE ce.school_class_id = ANY($1::uuid[]) AND {_today("ce")}
"""

GUARDIANS: Final = Recipients(
    "school.guardians",
    Student,
    titles("The student's guardians", "學生的監護人", "学生的监护人", "Người giám hộ của học sinh"),
    _GUARDIANS,
)
FAMILY: Final = Recipients(
    "school.family",
    Student,
    titles("The student and the guardians", "學生及其監護人", "学生及其监护人", "Học sinh và người giám hộ"),
    f"{_GUARDIANS} UNION ALL SELECT s.id, s.id FROM student s WHERE s.id = ANY($1::uuid[])",
)
HOMEROOM_TEACHERS: Final = Recipients(
    "school.homeroom_teachers",
    Student,
    titles("The student's homeroom teachers", "學生的班主任", "学生的班主任", "Giáo viên chủ nhiệm của học sinh"),
    _HOMEROOM_OF_STUDENTS,
)
TEACHERS: Final = Recipients(
    "school.teachers",
    Student,
    titles("The student's teachers", "學生的教師", "学生的教师", "Giáo viên của học sinh"),
    f"{_HOMEROOM_OF_STUDENTS} UNION {_TEACHING_OF_STUDENTS}",
)
HOMEROOM_TEACHERS_OF_CLASS: Final = Recipients(
    "school.class_homeroom_teachers",
    SchoolClass,
    titles("The homeroom teachers of the class", "該班的班主任", "该班的班主任", "Giáo viên chủ nhiệm của lớp"),
    _HOMEROOM,
)
CLASS_TEACHERS: Final = Recipients(
    "school.class_teachers",
    SchoolClass,
    titles("The teachers of the class", "該班的教師", "该班的教师", "Giáo viên của lớp"),
    f"{_HOMEROOM} UNION {_TEACHING}",
)
CLASS_FAMILIES: Final = Recipients(
    "school.class_families",
    SchoolClass,
    titles(
        "The students of the class and their guardians",
        "該班的學生及其監護人",
        "该班的学生及其监护人",
        "Học sinh của lớp và người giám hộ",
    ),
    _FAMILIES_OF_CLASSES,
)
RECIPIENTS: Final = values_in(__name__, Recipients)
