"""What can be wrong with an operation once it runs, and how that is told."""

from __future__ import annotations

import logging

import asyncpg

from homeroom_graphql.inputs import BadInput
from homeroom_graphql.limits import TooComplex
from homeroom_graphql.operations import RequestError

__all__ = ["REFUSED", "refusal"]

logger = logging.getLogger(__name__)

#: What can be wrong with an operation once it runs; see :func:`refusal`.
REFUSED = (
    BadInput,
    TooComplex,
    RecursionError,
    asyncpg.DataError,
    asyncpg.ProgramLimitExceededError,
    asyncpg.QueryCanceledError,
)


def refusal(error: Exception) -> RequestError:
    """What is told of an error among :data:`REFUSED`."""
    if isinstance(error, BadInput):
        return RequestError.of(error.message, "BAD_USER_INPUT", path=error.path)
    if isinstance(error, TooComplex):
        return RequestError.of(str(error), "TOO_COMPLEX")
    if isinstance(error, asyncpg.DataError):
        # A value passed its type but not PostgreSQL: a year of 20000, a cursor that somebody made up.
        logger.info("refused by PostgreSQL: %s", error)
        return RequestError.of("a value is out of range or malformed", "BAD_USER_INPUT")
    if isinstance(error, asyncpg.QueryCanceledError):
        return RequestError.of("the query took too long", "TOO_COMPLEX")
    return RequestError.of("the query is nested too deeply", "TOO_COMPLEX")
