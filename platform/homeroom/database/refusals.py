"""What PostgreSQL refuses, in the words of a refusal.

Commands check what they can name; what slips through (two people at once, a text too long for its column)
is refused by the database, and the caller learns what kind of thing was wrong, never a row that it may not see.
"""

from __future__ import annotations

import asyncpg

from homeroom.database.date_bounds import SUFFIX
from homeroom.database.twins import SUFFIX as TWINS
from homeroom.dates import EARLIEST, LATEST
from homeroom.errors import Conflict, Invalid, NotFound, Refusal

__all__ = ["refusal_of"]


def refusal_of(error: asyncpg.PostgresError) -> Refusal | None:
    """The refusal that an error of PostgreSQL amounts to, or none if it is a fault of ours.

    Args:
        error: Raised by a statement of a command, or by its commit.
    """
    constraint = getattr(error, "constraint_name", None)
    if isinstance(error, asyncpg.ExclusionViolationError) and constraint is not None and constraint.endswith(TWINS):
        return Conflict("There is another one with this name, or with one that looks the same.", code="DUPLICATE")
    if isinstance(error, asyncpg.ExclusionViolationError):
        return Conflict(f"This overlaps a period that is there already ({constraint}).", code="OVERLAP")
    if isinstance(error, asyncpg.UniqueViolationError):
        return Conflict(f"this clashes with what is there already ({constraint})", code="DUPLICATE")
    if isinstance(error, asyncpg.ForeignKeyViolationError):
        # Also what a row of another space gives: the composite key does not tell the two apart.
        return NotFound(f"this points to something that is not there, or something still points to it ({constraint})")
    if isinstance(error, asyncpg.CheckViolationError):
        if constraint is not None and constraint.endswith(SUFFIX):
            from homeroom.resources import camel_case

            return Invalid(
                f"expected a date from {EARLIEST} to {LATEST}",
                code="OUT_OF_RANGE",
                field=camel_case(constraint.removesuffix(SUFFIX)),
            )
        return Invalid(f"this breaks a rule of the table ({constraint})")
    if isinstance(error, asyncpg.NotNullViolationError):
        return Invalid(f"{error.column_name} is required")
    if isinstance(error, asyncpg.DataError):
        return Invalid("a value is too long, out of range or malformed")
    if isinstance(error, asyncpg.SerializationError | asyncpg.DeadlockDetectedError):
        return Conflict("somebody changed this at the same moment; try again")
    return None
