"""Commands: the only way to write.

A command is one function and one verb of the office. It is a GraphQL mutation, a verb of the command line and
a callable for jobs and other commands at once. It runs in one transaction: permission, validation, change, audit,
events, payload; a :class:`~homeroom.errors.Refusal` from anywhere inside leaves nothing behind.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

import msgspec

from homeroom.null_arguments import null_finder
from homeroom.signatures import declared_function
from homeroom.spelling import camel_case
from homeroom.text_arguments import text_finder

if TYPE_CHECKING:
    from homeroom.text_arguments import Finder

__all__ = [
    "RESERVED",
    "UNSET",
    "Command",
    "Event",
    "Ref",
    "Unset",
    "command",
    "command_of",
    "given",
    "given_or",
    "stored_arguments",
]

#: The default of a parameter that may be left out, where leaving it out and giving None are two things.
UNSET: Final = msgspec.UNSET
#: The type of :data:`UNSET`: ``capacity: int | None | Unset = UNSET``. A type checker demands that the code
#: distinguishes both.
Unset = msgspec.UnsetType

Value = TypeVar("Value")
Other = TypeVar("Other")

#: What every call of a command takes beside the command's own arguments; no parameter is called so.
RESERVED = ("audit_reason", "idempotency_key", "rehearse")


@dataclass(frozen=True, slots=True)
class Ref:
    """Marks a UUID parameter as the id of a resource: ``Annotated[UUID, Ref("Student")]``.

    In GraphQL it is an ``ID``; one of another type is refused by name.
    """

    resource: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a command did. Other plugins receive it in the same transaction.

    Args:
        name: Dotted, past tense: ``gradebook.marks.entered``.
        values: What others need to know.
    """

    name: str
    values: Mapping[str, Any]


class RunsCommands(Protocol):
    """What a command is called with: a :class:`homeroom.context.Context`."""

    async def run(self, command: Command, arguments: Mapping[str, Any], /) -> Any:
        """Run a command in the present transaction, under the caller's permission for it."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command. Made by :func:`command`.

    Args:
        name: Dotted, also the permission's name.
        function: ``async def verb_noun(context, *, ...)``.
        parameters: Parameter name to (type, default); ``inspect.Parameter.empty`` where it is required.
        returns: The resource that the function's returned id or ids belong to, or none.
        many: Whether the function returns a list of ids.
        description: The docstring.
        audited_arguments: Whether the audit keeps the arguments themselves.
        value: The type of what the function returns, if that is no resource's id: see :mod:`homeroom.values`. None if
            it returns nothing.
        texts: Parameter to its field and what finds the texts in it; see :mod:`homeroom.texts`.
        removes: The parameter that holds the id, or the ids, of the rows that it removes; empty if it removes none.
        nulls: Parameter to its field and what finds the values in it that are None and must not be; see
            :mod:`homeroom.null_arguments`.
        confirmed: Whether a session runs it only after a recent proof of the password; see
            :mod:`homeroom.confirmation`.
    """

    name: str
    function: Callable[..., Awaitable[Any]]
    parameters: Mapping[str, tuple[Any, Any]]
    returns: str | None
    many: bool
    description: str
    audited_arguments: bool
    value: Any = None
    texts: Mapping[str, tuple[str, Finder]] = dataclasses.field(default_factory=dict)
    removes: str = ""
    nulls: Mapping[str, tuple[str, Finder]] = dataclasses.field(default_factory=dict)
    confirmed: bool = False

    @property
    def removed_resource(self) -> str:
        """The resource whose rows it removes; empty if it removes none."""
        return _resource_of(self.parameters[self.removes][0]) if self.removes else ""

    @property
    def field(self) -> str:
        """The mutation's name: ``enter_marks`` as ``enterMarks``."""
        return camel_case(self.function.__name__)

    async def __call__(self, context: RunsCommands, /, **arguments: Any) -> Any:
        """Run inside the caller's command, in its transaction, under the caller's permission for this one."""
        return await context.run(self, arguments)


def command(
    name: str,
    *,
    returns: str | None = None,
    many: bool = False,
    audited_arguments: bool = False,
    confirmed: bool = False,
) -> Callable[[Callable[..., Awaitable[Any]]], Command]:
    """Declare a command.

    The parameters after the context are keyword-only and annotated; they become the mutation's input. Types:
    ``str``, ``int``, ``bool``, ``Decimal``, ``date``, ``datetime``, ``UUID``, ``Annotated[UUID, Ref("Student")]``,
    ``Literal`` and ``StrEnum``, :class:`~homeroom.uploads.Upload` for a file, frozen dataclasses as nested inputs,
    ``list`` of these, and ``| None``.

    In a command that changes rows, what is left out stays as it is, and None clears it. Such a parameter has the
    default :data:`UNSET`: ``capacity: int | None | Unset = UNSET``. Where None is not among its types, as in
    ``name: str | Unset = UNSET``, the host refuses None (REQUIRED) and the command never sees it. :func:`given` picks
    the values that were given.

    A call also carries what is not the command's: ``audit_reason``, ``idempotency_key`` and ``rehearse`` (see
    :meth:`homeroom.host.Host.run`). A command may have a parameter ``reason`` of its own, of any type; a text in it is
    the audit's reason too, unless the call gives another.

    A command answers with rows, with a value, or with nothing but errors. ``returns`` names the resource whose rows it
    answers with. Without it, the annotation of what the function returns declares the value, which the payload shows
    as ``result``: see :mod:`homeroom.values`. A command ``<plugin>.<noun>.remove``, or ``remove_...``, that
    returns nothing, and whose first parameter is the id or the ids of rows, answers with these ids as ``removed``.

    Args:
        name: Dotted: ``<plugin>.<noun>.<verb>``.
        returns: The resource whose id (or ids, with ``many``) the function returns; the answer shows those
            of them that the caller may see.
        many: The function returns a list of ids.
        audited_arguments: Keep the arguments in the audit entry; changed rows are always kept.
        confirmed: A session needs a recent proof of its password; for what gives somebody more access. See
            :mod:`homeroom.confirmation`.
    """

    def declare(function: Callable[..., Awaitable[Any]]) -> Command:
        declared = declared_function(f"command {name}", function, reserved=RESERVED)
        return command_of(
            name,
            function,
            declared.parameters,
            declared.description,
            returns=returns,
            many=many,
            audited_arguments=audited_arguments,
            value=declared.value if returns is None else None,
            confirmed=confirmed,
        )

    return declare


def command_of(
    name: str,
    function: Callable[..., Awaitable[Any]],
    parameters: Mapping[str, tuple[Any, Any]],
    description: str,
    *,
    returns: str | None = None,
    many: bool = False,
    audited_arguments: bool = False,
    value: Any = None,
    confirmed: bool = False,
) -> Command:
    """A command of parts that are known already; :func:`command` reads them from a function's signature.

    Args:
        name: Dotted, also the permission's name.
        function: Takes the context and the parameters by name.
        parameters: Parameter name to (type, default); ``inspect.Parameter.empty`` where it is required.
        description: A docstring.
        returns: The resource that the returned id or ids belong to.
        many: Whether it returns a list of ids.
        audited_arguments: Whether the audit keeps the arguments.
        value: The type of what it returns, if that is no resource's id.
        confirmed: Whether a session needs a recent proof of its password.
    """
    return Command(
        name,
        function,
        parameters,
        returns,
        many,
        description,
        audited_arguments,
        value,
        _found_by(text_finder, parameters),
        _removed(name, parameters) if returns is None and value is None else "",
        _found_by(null_finder, parameters),
        confirmed,
    )


def given_or(value: Value | Unset, otherwise: Other) -> Value | Other:
    """A value that was given, or another one in its place where it was left out."""
    return otherwise if value is UNSET else value


def given(**values: Any) -> dict[str, Any]:
    """Those values that were given, by column: ``given(name=name, capacity=capacity)``. None is a value."""
    return {name: value for name, value in values.items() if value is not UNSET}


def stored_arguments(command: Command, stored: str | None) -> dict[str, Any]:
    """The arguments of a command that were kept as JSON, in the types of its parameters.

    Args:
        command: The command; what it does not take any more is passed over.
        stored: An object by the names of parameters; None is an empty one.
    """
    return {
        name: msgspec.convert(value, command.parameters[name][0], strict=False)
        for name, value in msgspec.json.decode(stored or "{}").items()
        if name in command.parameters
    }


def _removed(name: str, parameters: Mapping[str, tuple[Any, Any]]) -> str:
    """The parameter with what a command of this name removes."""
    first = next(iter(parameters), "")
    verb = name.rpartition(".")[2]
    return first if verb.split("_")[0] == "remove" and first and _resource_of(parameters[first][0]) else ""


def _found_by(
    make: Callable[[Any, Callable[[str], str]], Finder | None], parameters: Mapping[str, tuple[Any, Any]]
) -> dict[str, tuple[str, Finder]]:
    found = {name: make(kind, camel_case) for name, (kind, _) in parameters.items()}
    return {name: (camel_case(name), finder) for name, finder in found.items() if finder is not None}


def _resource_of(kind: Any) -> str:
    """The resource that a parameter holds an id of, or a list of ids; empty for others."""
    if typing.get_origin(kind) is list:
        kind = typing.get_args(kind)[0]
    return next((each.resource for each in typing.get_args(kind)[1:] if isinstance(each, Ref)), "")
