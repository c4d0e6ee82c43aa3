"""What students and their guardians see of rows that are about the student."""

from __future__ import annotations

from typing import Any

from homeroom import Rule
from homeroom.resources import EVERYTHING, through

__all__ = ["seen_by_family"]


def seen_by_family(reference: Any) -> dict[str, Any]:
    """Arguments of :func:`homeroom.nouns.ordinary`: students read rows about themselves, guardians those of children.

    Args:
        reference: The column that leads to the student: ``LaptopLoan.student_id``.
    """
    noun = reference._meta.table.__name__
    return {
        "scopes": {
            "school": EVERYTHING,
            "self": through(reference, "self"),
            "children": through(reference, "children"),
        },
        "rules": (Rule("student", noun, scope="self"), Rule("guardian", noun, scope="children")),
    }
