"""What a region proposes to a school: purposes that it asks consent for, how long it keeps what, which reads it logs.

A preset gives them as ``options={"privacy": {"purposes": (...), "retention": (...), "logged_reads": (...)}}``. They are
a start: the school changes them by the commands that it has anyway, and nobody is erased before a person approves it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from homeroom.data_categories import DataCategory

__all__ = ["ProposedLogging", "ProposedPurpose", "ProposedRetention", "a_year_after_leaving"]


@dataclass(frozen=True, slots=True)
class ProposedPurpose:
    """A purpose of consent; see :func:`homeroom.privacy.consent.define_purpose`.

    Args:
        code: Unique.
        title: As people of the region call it.
        text: What people are asked, in the region's language.
        legal_basis: The law by title and article.
        guardian_below_age: Below how many years a guardian answers.
        person_from_age: From how many years the person has to agree beside the guardian.
        active: Whether people are asked from the first day.
    """

    code: str
    title: str
    text: str
    legal_basis: str
    guardian_below_age: int | None = None
    person_from_age: int | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class ProposedRetention:
    """A rule of retention; see :func:`homeroom.privacy.retention.set_retention`.

    Args:
        person_kind: What kind of person it is, such as Student.
        months: From the day on which somebody left.
        legal_basis: The law, and whether the number is the law's or a recommendation.
        category: Which data; none for all that have no rule of their own.
        active: Whether it is looked for what is due from the first day.
    """

    person_kind: str
    months: int
    legal_basis: str
    category: DataCategory | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class ProposedLogging:
    """Fields of one resource whose reads by staff are logged; see :func:`homeroom.privacy.reads.log_reads`.

    Args:
        resource: The resource, such as Student; it may be one of a plugin that the school has not switched on.
        fields: Its fields, in snake case.
        legal_basis: The law, and whether it asks for a record or the record is a recommendation.
        active: Whether reads are logged from the first day.
    """

    resource: str
    fields: tuple[str, ...]
    legal_basis: str
    active: bool = True


#: What a school needs of a student while the student is there, and hardly later.
_DAILY: Final = (
    DataCategory.CONTACT,
    DataCategory.HEALTH,
    DataCategory.IMAGE,
    DataCategory.CORRESPONDENCE,
    DataCategory.ACCOUNT,
)


def a_year_after_leaving(legal_basis: str, *, active: bool = True) -> tuple[ProposedRetention, ...]:
    """Rules for what is of no use once a student has left: twelve months for that, and for the guardians.

    Args:
        legal_basis: The law, and whether the number is the law's or a recommendation.
        active: Whether it is looked for what is due from the first day.
    """
    students = [ProposedRetention("Student", 12, legal_basis, each, active) for each in _DAILY]
    return (*students, ProposedRetention("Guardian", 12, legal_basis, active=active))
