"""Fields of records about pupils whose reads a region proposes to have logged."""

from __future__ import annotations

from typing import Final

from homeroom.privacy.proposals import ProposedLogging

#: Who the pupils and their guardians are, beside what is sensitive anyway; and what the pupils achieved, where the
#: school keeps it: what it does not keep is without effect.
_FIELDS: Final = (
    ("Student", ("full_name", "sex", "birth_date")),
    ("PersonName", ("full_name",)),
    ("Guardian", ("full_name", "email", "phone")),
    ("SubjectResult", ("score", "code", "again_score", "again_code")),
    ("Mark", ("number", "code")),
    (
        "StudentResult",
        ("absences", "average", "level", "unadjusted_level", "title", "promotion", "final_level", "final_promotion"),
    ),
    ("TraitMark", ("level", "again_level")),
)


def records_about_pupils(legal_basis: str, *, active: bool = True) -> tuple[ProposedLogging, ...]:
    """Names, birth dates and marks of pupils, and who their guardians are.

    Args:
        legal_basis: The law, and whether it asks for a record or the record is a recommendation.
        active: Whether reads are logged from the first day.
    """
    return tuple(ProposedLogging(resource, fields, legal_basis, active) for resource, fields in _FIELDS)
