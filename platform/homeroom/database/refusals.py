"""What PostgreSQL refuses, in the words of a refusal.

Commands check what they can name; what slips through (two people at once, a text too long for its column)
is refused by the database, and the caller learns what kind of thing was wrong, never a row that it may not see.
"""

from __future__ import annotations

import asyncpg

from homeroom.database.date_bounds import SUFFIX
from homeroom.database.twins import SUFFIX as TWINS
from homeroom.dates import EARLIEST, LATEST
from homeroom.errors import Refusal
from homeroom.refusals import CONFLICT, DUPLICATE, INVALID, OUT_OF_RANGE, OVERLAP, REFERENCE_BROKEN, REQUIRED, SIMILAR

__all__ = ["refusal_of"]


def refusal_of(error: asyncpg.PostgresError) -> Refusal | None:
    """The refusal that an error of PostgreSQL amounts to, or none if it is a fault of ours.

    Args:
        error: Raised by a statement of a command, or by its commit.
    """
    constraint = getattr(error, "constraint_name", None)
    if isinstance(error, asyncpg.ExclusionViolationError) and constraint is not None and constraint.endswith(TWINS):
        return Refusal(SIMILAR)
    if isinstance(error, asyncpg.ExclusionViolationError):
        return Refusal(OVERLAP)
    if isinstance(error, asyncpg.UniqueViolationError):
        return Refusal(DUPLICATE)
    if isinstance(error, asyncpg.ForeignKeyViolationError):
        # Also what a row of another space gives: the composite key does not tell the two apart.
        return Refusal(REFERENCE_BROKEN)
    if isinstance(error, asyncpg.CheckViolationError):
        if constraint is not None and constraint.endswith(SUFFIX):
            from homeroom.resources import camel_case

            return Refusal(OUT_OF_RANGE, camel_case(constraint.removesuffix(SUFFIX)), least=EARLIEST, most=LATEST)
        return Refusal(INVALID)
    if isinstance(error, asyncpg.NotNullViolationError):
        return Refusal(REQUIRED)
    if isinstance(error, asyncpg.DataError):
        return Refusal(INVALID)
    if isinstance(error, asyncpg.SerializationError | asyncpg.DeadlockDetectedError):
        return Refusal(CONFLICT)
    return None
