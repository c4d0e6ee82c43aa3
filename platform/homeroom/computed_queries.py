"""Computed queries: answers that are no rows of a table.

A query is one async function with typed arguments that gives a declared value (:mod:`homeroom.values`). It is a field
of GraphQL's ``Query`` type and a callable for commands and jobs. It runs under a permission of its own, as a command
does, in a read-only transaction that sees one state of the database.

::

    @dataclass(frozen=True)
    class Occupancy:
        \"\"\"How full a class is.

        Args:
            students: Students who are enrolled today.
            places: Places that its room has; none if it has no room.
        \"\"\"

        students: int
        places: int | None

    @query("school.class.occupancy")
    async def class_occupancy(context: Context, *, school_class: Annotated[UUID, Ref("SchoolClass")]) -> Occupancy:
        \"\"\"How full a class is today.

        Args:
            school_class: The class.
        \"\"\"
        await context.permit("SchoolClass", [school_class], field="schoolClass")
        ...
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from homeroom.errors import ConfigurationError
from homeroom.signatures import declared_function

if TYPE_CHECKING:
    from homeroom.context import Context

__all__ = ["ComputedQuery", "query"]


@dataclass(frozen=True, slots=True)
class ComputedQuery:
    """A computed query. Made by :func:`query`.

    Args:
        name: Dotted, also the permission's name.
        function: ``async def answer_question(context, *, ...)``.
        parameters: Parameter name to (type, default); ``inspect.Parameter.empty`` where it is required.
        value: The type of the answer.
        description: The docstring.
    """

    name: str
    function: Callable[..., Awaitable[Any]]
    parameters: Mapping[str, tuple[Any, Any]]
    value: Any
    description: str

    @property
    def field(self) -> str:
        """The field's name: ``class_occupancy`` as ``classOccupancy``."""
        from homeroom.resources import camel_case

        return camel_case(self.function.__name__)

    async def __call__(self, context: Context, /, **arguments: Any) -> Any:
        """Ask inside a command, in its transaction, under the caller's permission for this query."""
        return await context.ask(self, arguments)


def query(name: str) -> Callable[[Callable[..., Awaitable[Any]]], ComputedQuery]:
    """Declare a computed query.

    The parameters after the context are keyword-only and annotated, with the types that a command's may have, files
    apart; they become the field's arguments. The annotation of what the function returns declares the answer's type.

    The function reads: by ``context.fetch`` and its like, and it checks the rows that it was asked about by
    ``context.permit``. A :class:`~homeroom.errors.Refusal` or a :class:`~homeroom.errors.Forbidden` is an error of the
    field, which is null then. What it notes with ``context.trail.looked`` is written to the audit before anybody sees
    the answer.

    Args:
        name: Dotted: ``<plugin>.<noun>.<question>``.
    """

    def declare(function: Callable[..., Awaitable[Any]]) -> ComputedQuery:
        declared = declared_function(f"query {name}", function, reserved=())
        if declared.value is None:
            raise ConfigurationError(f"query {name}: annotate what {function.__qualname__} returns")
        return ComputedQuery(name, function, declared.parameters, declared.value, declared.description)

    return declare
