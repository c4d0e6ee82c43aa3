"""What students, their guardians and their teachers see of rows that are about the student."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from homeroom import Rule
from homeroom.resources import EVERYTHING, Predicate, all_of, along, through


def seen_by_family(
    reference: Any,
    *,
    where: str = EVERYTHING,
    teachers: Sequence[str] = (),
    scopes: Mapping[str, Predicate] | None = None,
    rules: Sequence[Rule] = (),
) -> dict[str, Any]:
    """Arguments of :func:`homeroom.nouns.ordinary`: students read rows about themselves, guardians those of children.

    Args:
        reference: The column that leads to the student: ``LaptopLoan.student_id``.
        where: Which of these rows the family sees, in SQL over ``{row}``: those that are published, for example.
        teachers: Scopes of students in which teachers read, such as ``own_class`` and ``own_teaching``.
        scopes: Further scopes of the noun.
        rules: Further rules.
    """
    noun = reference._meta.table.__name__
    family = {"student": "self", "guardian": "children"}
    return {
        "scopes": {
            **along(reference, *teachers),
            **{each: _limited(where, through(reference, each)) for each in family.values()},
            **(scopes or {}),
        },
        "rules": (
            *(Rule(role, noun, scope=scope) for role, scope in family.items()),
            *(Rule("teacher", noun, scope=each) for each in teachers),
            *rules,
        ),
    }


def _limited(where: str, predicate: Predicate) -> Predicate:
    return predicate if where == EVERYTHING else all_of(where, predicate)
