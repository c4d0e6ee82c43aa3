"""The registry of a school: its years, classes, subjects and people, and how they belong together.

Words of the field: *school year, term, grade level, class, class number, subject, staff, student,
guardian, enrolment, homeroom teacher* (GVCN, 班主任), *teaching assignment* (phân công giảng dạy, 任課).
Facts that change with time (class, homeroom teacher, teaching) are dated rows, never columns of a person.
"""

from __future__ import annotations
