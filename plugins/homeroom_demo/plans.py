"""What the demonstration consists of."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DISTRICT", "SCHOOLS", "DistrictPlan", "Login", "SchoolPlan"]


@dataclass(frozen=True, slots=True)
class DistrictPlan:
    """The district.

    Args:
        slug: Its short name.
        name: For people.
        region: Whose preset it takes.
    """

    slug: str
    name: str
    region: str


@dataclass(frozen=True, slots=True)
class SchoolPlan:
    """One school.

    Args:
        slug: Its short name, the first label of its host name.
        name: For people; says that it is a demonstration.
        region: Whose preset it takes.
        first_grade: The number of its first grade level.
        last_grade: The number of its last.
        class_name: How its classes are called, with ``{grade}`` for the number of the level.
        class_size: Students of a class.
        staff: Members of staff.
    """

    slug: str
    name: str
    region: str
    first_grade: int
    last_grade: int
    class_name: str
    class_size: int
    staff: int


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody who can sign in.

    Args:
        login: What they type.
        role: Their role.
        who: For people.
    """

    login: str
    role: str
    who: str


DISTRICT = DistrictPlan("district", "Demonstration District", "vn")

SCHOOLS = (
    SchoolPlan("hoasen", "Trường Tiểu học và THCS Hoa Sen (demonstration)", "vn", 1, 9, "{grade}A", 26, 14),
    SchoolPlan("bauhinia", "洋紫荊小學 Bauhinia Primary School (demonstration)", "hk", 1, 6, "{grade}A", 22, 12),
    SchoolPlan("ginkgo", "银杏职业技术学院 Ginkgo College (demonstration)", "cn", 1, 3, "{grade}班", 30, 12),
)
