"""What ``homeroom plugin check`` finds in rules: roles, objects and scopes that do not exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from homeroom.acceptance import Point
from homeroom.permissions import Rule

from .catalogue import catalogue_of
from .check import check_line
from .errors import PolicyError
from .rules import PolicyLine

if TYPE_CHECKING:
    from homeroom.acceptance import Subject

__all__ = ["POINTS"]


def _faults(subject: Subject) -> Iterator[str]:
    catalogue = catalogue_of(subject.host.variant(frozenset(subject.registry.plugins)))
    for rule in subject.given("rules", Rule):
        try:
            check_line(PolicyLine(rule, origin=subject.name), catalogue)
        except PolicyError as error:
            yield str(error)


POINTS: Final = (
    Point(
        "Its rules name what there is",
        "Correct the rule, or list the command in COMMANDS: a server leaves out a plugin with such a rule. Of a noun,"
        " the roles of `run_by` have a rule for all its verbs.",
        _faults,
    ),
)
