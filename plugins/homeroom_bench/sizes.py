"""How much data a measurement has."""

from __future__ import annotations

import msgspec

__all__ = ["FULL", "MARKS", "Size"]

#: Marks of one student in one subject and term: four regular ones, a midterm and a final.
MARKS = 6


class Size(msgspec.Struct, frozen=True):
    """The installation that is measured: schools that are all alike.

    Args:
        schools: How many.
        students: Of each school.
        classes: Of each school.
        subjects: That each class is taught.
        teachers: Of each subject; the classes are dealt out among them.
    """

    schools: int
    students: int
    classes: int
    subjects: int
    teachers: int

    @property
    def as_one_school(self) -> Size:
        """One school with as many students and marks as all of these together.

        It has at most 480 classes: an answer has at most 500 groups.
        """
        classes = min(self.schools * self.classes, 480)
        return msgspec.structs.replace(self, schools=1, students=self.schools * self.students, classes=classes)

    @property
    def full_classes(self) -> int:
        """Classes that have a student more than the others, or all of them."""
        return self.students % self.classes or self.classes

    @property
    def in_class(self) -> int:
        """Students of a full class."""
        return -(-self.students // self.classes)

    @property
    def marks(self) -> int:
        """Marks of one term, of all schools."""
        return self.schools * self.students * self.subjects * MARKS

    @property
    def books(self) -> int:
        """Teachers of a school who have a book of a full class: so many can save marks at once."""
        return self.subjects * min(self.teachers, self.full_classes)


FULL = Size(schools=20, students=1200, classes=36, subjects=14, teachers=5)
