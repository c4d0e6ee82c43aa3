"""Fields of the registry's types that exist where the gradebook is on."""

from __future__ import annotations

from typing import Final

from homeroom.resources import Extension, extend, many, one
from homeroom_gradebook.resources.predicates import STUDENT_IN_OWN_BOOKS
from homeroom_gradebook.tables import Gradebook, StudentResult, SubjectGrading, SubjectResult, TraitMark
from homeroom_school.tables import ClassSubject, SchoolClass, Student, Subject

__all__ = ["EXTENSIONS"]

EXTENSIONS: Final[tuple[Extension, ...]] = (
    extend(
        Student,
        many("subject_results", SubjectResult.student_id, description="Averages and judgements by subject."),
        many("results", StudentResult.student_id, description="Terms and years over all subjects."),
        many("trait_marks", TraitMark.student_id, description="Conduct and what else homeroom teachers judge."),
        scopes={"own_books": STUDENT_IN_OWN_BOOKS},
    ),
    extend(
        SchoolClass,
        many("gradebooks", Gradebook.school_class_id, description="One book for each subject."),
        many("student_results", StudentResult.school_class_id, description="Results over all subjects."),
        many("trait_marks", TraitMark.school_class_id, order=("trait",), description="Conduct and other traits."),
    ),
    extend(ClassSubject, one("gradebook", Gradebook.class_subject_id, description="The class's book of the subject.")),
    extend(Subject, one("grading", SubjectGrading.subject_id, description="How the subject is graded.")),
)
