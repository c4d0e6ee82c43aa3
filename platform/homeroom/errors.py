"""What can go wrong, as types: refusals that belong to a person's input, and failures that belong to us.

A :class:`Refusal` is part of a command's result: it names the field or the row that is wrong, and has a stable code
whose text people read in their language. A :class:`Failure` is a GraphQL or HTTP error with a stable code;
what caused it is logged and never shown.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from traceback import walk_tb
from typing import Any, Final

from homeroom import refusals
from homeroom.refusals import Code, FailureCode
from homeroom.wording import english

__all__ = [
    "ConfigurationError",
    "Failure",
    "Forbidden",
    "HookError",
    "InsufficientStorage",
    "PluginError",
    "Problem",
    "Refusal",
    "Unauthenticated",
    "WallError",
    "refuse_all",
]


#: Packages whose code runs the parts of plugins.
_NOT_OF_PLUGINS: Final = frozenset({"homeroom", "pluggy", "", *sys.stdlib_module_names})
#: Problems that one refusal lists.
MOST_PROBLEMS: Final = 100


class Problem:
    """One thing that is wrong with an input.

    Args:
        code: What is wrong.
        field: The input field in Python spelling, dotted for nested ones (``rows.exam_capacity``), or none.
        row: The zero-based index in the list that the field lies in, or none. In a file, its line; 1 is the header.
        values: What the text of the code names in braces.

    Attributes:
        column: In a file, the header of the column; empty elsewhere.
    """

    __slots__ = ("code", "column", "field", "row", "values")

    def __init__(self, code: Code, /, field: str | None = None, row: int | None = None, **values: Any) -> None:
        self.code = code
        self.field = field
        self.row = row
        self.values: Mapping[str, Any] = values
        self.column = ""

    def in_column(self, header: str) -> Problem:
        """The same problem in a column of a file."""
        made = Problem(self.code, self.field, self.row, **self.values)
        made.column = header
        return made

    @property
    def message(self) -> str:
        """The text in English, for logs."""
        return english(self.code, self.values)

    def at(self, field: str | None, row: int | None = None) -> Problem:
        """The same problem in another place."""
        return Problem(self.code, field, row, **self.values)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Problem):
            return NotImplemented
        mine = (self.code, self.field, self.row, self.column, self.values)
        return mine == (other.code, other.field, other.row, other.column, other.values)

    def __hash__(self) -> int:
        return hash((self.code, self.field, self.row))

    def __repr__(self) -> str:
        return f"Problem({str(self.code)!r}, {self.field!r}, {self.row!r}, {self.message!r})"


class Refusal(Exception):  # noqa: N818 - it is an answer, not an accident
    """A command will not be carried out; nothing of it was written.

    Args:
        code: What is wrong: one of :mod:`homeroom.refusals` or of the plugin's own module ``refusals``.
        field: The input field that is wrong, in Python spelling (``exam_capacity``, ``rows.exam_capacity``).
        row: The zero-based row that is wrong.
        values: What the text of the code names in braces.
    """

    def __init__(self, code: Code, /, field: str | None = None, row: int | None = None, **values: Any) -> None:
        self.problems: tuple[Problem, ...] = (Problem(code, field, row, **values),)
        self.code = code
        super().__init__(code)

    def __str__(self) -> str:
        return self.problems[0].message

    @classmethod
    def of(cls, problems: Sequence[Problem]) -> Refusal:
        """A refusal that carries several problems at once, such as every bad row of a batch.

        Of many, the first :data:`MOST_PROBLEMS` are listed, and one more says how many there are: an answer stays
        small, whatever was asked.
        """
        first = problems[0]
        refusal = cls(first.code, first.field, first.row, **first.values)
        listed = list(problems[:MOST_PROBLEMS])
        if len(problems) > MOST_PROBLEMS:
            field = None if first.field is None else first.field.partition(".")[0]
            listed.append(Problem(refusals.MORE_PROBLEMS, field, total=len(problems), listed=MOST_PROBLEMS))
        refusal.problems = tuple(listed)
        return refusal


def refuse_all(problems: Sequence[Problem]) -> None:
    """Raise a Refusal with all that is wrong, if anything is.

    Example:
        refuse_all([Problem(NOT_FOUND, "rows.book", place) for place, row in enumerate(rows) if row.book not in known])
    """
    if problems:
        raise Refusal.of(problems)


class Failure(Exception):  # noqa: N818 - see Refusal
    """A request failed as a whole. Shown: code and text; never the cause.

    Args:
        code: What is wrong; by default what the class says.
        values: What the text of the code names in braces.
    """

    code: FailureCode = refusals.INTERNAL

    def __init__(self, code: FailureCode | None = None, /, **values: Any) -> None:
        self.code = code or self.code
        self.values: Mapping[str, Any] = values
        super().__init__(self.code)

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.code.status

    def __str__(self) -> str:
        return english(self.code, self.values)


class Unauthenticated(Failure):
    """Nobody is signed in, or the credentials are wrong or have ended."""

    code = refusals.UNAUTHENTICATED


class Forbidden(Failure):
    """The caller may not do this here."""

    code = refusals.FORBIDDEN


class Unavailable(Failure):
    """What the answer needs is unavailable, such as the database; try again later."""

    code = refusals.UNAVAILABLE


class InsufficientStorage(Failure):
    """There is no room on the disk for a file; the operator has to make some."""

    code = refusals.INSUFFICIENT_STORAGE


class ConfigurationError(Exception):
    """The installation is set up wrongly; the message says what to change."""


class WallError(ConfigurationError):
    """A table lacks one of the walls between schools, or a role is too powerful."""


class PluginError(Exception):
    """A plugin is broken: it is left out, or the host does not start if it is a part of the host.

    An implementation of a hook may raise it to say so of another plugin.

    Args:
        plugin: The plugin.
        reason: What is wrong with it, for the operator.
    """

    def __init__(self, plugin: str, reason: str) -> None:
        super().__init__(f"plugin {plugin}: {reason}")
        self.plugin = plugin


class HookError(PluginError):
    """An implementation of a hook failed.

    Args:
        plugin: The plugin whose implementation it is.
        hook: The hook's name.
        cause: What it raised.
    """

    def __init__(self, plugin: str, hook: str, cause: BaseException) -> None:
        super().__init__(plugin, f"hook {hook}: {type(cause).__name__}: {cause}{place_in_plugin(cause)}")
        self.hook = hook


def place_in_plugin(cause: BaseException) -> str:
    """The line of the plugin's own code that an error comes from, for its author; empty if it is not known."""
    frames = [(frame.f_globals.get("__name__", ""), frame, line) for frame, line in walk_tb(cause.__traceback__)]
    foreign = [
        each
        for each in frames
        if each[0].partition(".")[0] not in _NOT_OF_PLUGINS and not each[1].f_code.co_filename.startswith("<")
    ]
    if not foreign:
        return ""
    package = foreign[0][0].partition(".")[0]
    _, frame, line = [each for each in foreign if each[0].partition(".")[0] == package][-1]
    return f" ({frame.f_code.co_filename}:{line})"
