"""What can go wrong, as types: refusals that belong to a person's input, and failures that belong to us.

A :class:`Refusal` is part of a command's result: it names the field or the row that is wrong, has a stable
code and a message that a person may read. A :class:`Failure` is a GraphQL or HTTP error with a stable code;
what caused it is logged and never shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = [
    "ConfigurationError",
    "Conflict",
    "Failure",
    "Forbidden",
    "InsufficientStorage",
    "Invalid",
    "NotFound",
    "Problem",
    "Refusal",
    "Unauthenticated",
    "WallError",
]


#: Problems that one refusal lists.
MOST_PROBLEMS: Final = 100


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an input.

    Args:
        code: Stable, upper snake case, for programs.
        message: For people.
        field: The input field in GraphQL spelling, dotted for nested ones (``rows.value``), or none.
        row: The zero-based index in the list that the field lies in, or none.
    """

    code: str
    message: str
    field: str | None = None
    row: int | None = None


class Refusal(Exception):  # noqa: N818 - it is an answer, not an accident
    """A command will not be carried out; nothing of it was written.

    Args:
        message: For people.
        code: Stable code; a subclass gives its own.
        field: The input field that is wrong.
        row: The zero-based row that is wrong.
    """

    code = "REFUSED"

    def __init__(
        self, message: str, *, code: str | None = None, field: str | None = None, row: int | None = None
    ) -> None:
        super().__init__(message)
        self.problems: tuple[Problem, ...] = (Problem(code or self.code, message, field, row),)

    @classmethod
    def of(cls, problems: list[Problem]) -> Refusal:
        """A refusal that carries several problems at once, such as every bad row of a batch.

        Of many, the first :data:`MOST_PROBLEMS` are listed, and one more says how many there are: an answer stays
        small, whatever was asked.
        """
        first = problems[0]
        refusal = cls(first.message, code=first.code, field=first.field, row=first.row)
        listed = problems[:MOST_PROBLEMS]
        if len(problems) > MOST_PROBLEMS:
            message = f"There are {len(problems):,} problems in all; the first {MOST_PROBLEMS} are listed."
            field = None if first.field is None else first.field.partition(".")[0]
            listed = [*listed, Problem("MORE_PROBLEMS", message, field)]
        refusal.problems = tuple(listed)
        return refusal


class Invalid(Refusal):
    """A value is malformed or out of range."""

    code = "INVALID"


class NotFound(Refusal):
    """There is no such row, or it is not the caller's to see: one answer for both."""

    code = "NOT_FOUND"


class Conflict(Refusal):
    """Somebody changed the row since the caller read it."""

    code = "CONFLICT"


class Failure(Exception):  # noqa: N818 - see Refusal
    """A request failed as a whole. Shown: code and message; never the cause."""

    code = "INTERNAL"
    status = 500

    def __init__(self, message: str, *, code: str | None = None, status: int | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code
        if status is not None:
            self.status = status


class Unauthenticated(Failure):
    """Nobody is signed in, or the credentials are wrong or have ended."""

    code = "UNAUTHENTICATED"
    status = 401


class Forbidden(Failure):
    """The caller may not do this here."""

    code = "FORBIDDEN"
    status = 403


class Unavailable(Failure):
    """What the answer needs is away, such as the database; try again later."""

    code = "UNAVAILABLE"
    status = 503


class InsufficientStorage(Failure):
    """There is no room on the disk for a file; the operator has to make some."""

    code = "INSUFFICIENT_STORAGE"
    status = 507


class ConfigurationError(Exception):
    """The installation is set up wrongly; the message says what to change."""


class WallError(ConfigurationError):
    """A table lacks one of the walls between schools, or a role is too powerful."""
