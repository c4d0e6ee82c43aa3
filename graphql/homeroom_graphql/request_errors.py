"""What can be wrong with an operation once it runs, and its errors."""

from __future__ import annotations

import logging

import asyncpg

from homeroom_graphql.inputs import BadInput
from homeroom_graphql.limits import TooComplex
from homeroom_graphql.operations import RequestError
from homeroom_graphql.refusals import BAD_INPUT, QUERY_TOO_DEEP, TOO_SLOW

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
    """The errors of a request for an error among :data:`REFUSED`."""
    if isinstance(error, BadInput):
        return RequestError.of_value(error)
    if isinstance(error, TooComplex):
        return RequestError.of(error.code, error.values)
    if isinstance(error, asyncpg.DataError):
        # A value passed its type but not PostgreSQL: a year of 20000, a cursor that somebody made up.
        logger.info("refused by PostgreSQL: %s", error)
        return RequestError.of(BAD_INPUT)
    if isinstance(error, asyncpg.QueryCanceledError):
        return RequestError.of(TOO_SLOW)
    return RequestError.of(QUERY_TOO_DEEP)
