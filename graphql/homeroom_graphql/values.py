"""Declared values in the schema and in answers; see :mod:`homeroom.values`."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from homeroom.signatures import prose
from homeroom.values import Kind, kind_of
from homeroom_graphql.declarations import FieldSpec

if TYPE_CHECKING:
    from graphql import FieldNode, FragmentDefinitionNode

    from homeroom_graphql.declarations import Declarations

__all__ = ["Shower", "declare_value"]

#: GraphQL's ``Int`` has 32 bits.
_INT_LIMIT = 2**31


def declare_value(types: Declarations, annotation: Any, known: dict[str, Any]) -> str:
    """Declare the types of a value; gives its notation, which ends with an exclamation mark unless it may be null.

    Args:
        types: Where they are declared.
        annotation: The value's declaration.
        known: Object types that are declared already, by name; new ones are added.
    """
    return _notation(types, kind_of(annotation), known)


def _notation(types: Declarations, kind: Kind, known: dict[str, Any]) -> str:
    if kind.element is not None:
        made = f"[{_notation(types, kind.element, known)}]"
    elif kind.scalar:
        made = kind.scalar
    elif issubclass(kind.python, enum.Enum):
        types.enum(kind.python.__name__, [str(each.value).upper() for each in kind.python])
        made = kind.python.__name__
    else:
        made = kind.python.__name__
        if known.get(made) is not kind.python:  # another class of the name is declared again, and that is refused
            known[made] = kind.python
            fields = [
                FieldSpec(each.field, _notation(types, each.kind, known), each.description) for each in kind.parts
            ]
            types.object(made, fields, prose(kind.python.__doc__ or ""))
    return made if kind.optional else f"{made}!"


Show = Callable[[Any], Any]


class Shower:
    """Shows declared values as far as a selection asks for them.

    Args:
        fragments: The document's fragments.
        variables: Coerced variables.
    """

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any]) -> None:
        self._fragments = fragments
        self._variables = variables

    def show(self, annotation: Any, value: Any, nodes: Sequence[FieldNode]) -> Any:
        """A value as JSON would have it.

        Args:
            annotation: Its declaration.
            value: The value.
            nodes: The merged field nodes that ask for it.

        Raises:
            TypeError: It is not what was declared.
        """
        return self._of(kind_of(annotation), nodes)(value)

    def _of(self, kind: Kind, nodes: Sequence[FieldNode]) -> Show:
        """Made once for each place in the selection, however many values are shown there."""
        show = self._required(kind, nodes)

        def checked(value: Any) -> Any:
            if value is None:
                if kind.optional:
                    return None
                raise TypeError("a value that may not be none is none")
            return show(value)

        return checked

    def _required(self, kind: Kind, nodes: Sequence[FieldNode]) -> Show:
        if kind.element is not None:
            element = self._of(kind.element, nodes)
            return lambda value: [element(each) for each in value]
        if kind.scalar:
            prefix = f"{kind.resource}_" if kind.resource else ""
            return _SHOWN.get(kind.python, lambda value: value) if not prefix else lambda value: f"{prefix}{value}"
        if issubclass(kind.python, enum.Enum):
            return lambda value: str(value.value).upper()
        return self._object(kind, nodes)

    def _object(self, kind: Kind, nodes: Sequence[FieldNode]) -> Show:
        name = kind.python.__name__
        parts = {each.field: each for each in kind.parts}
        sets = [each.selection_set for each in nodes if each.selection_set]
        members: list[tuple[str, str, Show]] = []
        from homeroom_graphql.selections import collect  # here, because graphql-core takes long to import

        for key, inner_nodes in collect(sets, name, frozenset(), self._fragments, self._variables).items():
            asked = inner_nodes[0].name.value
            if asked == "__typename":
                members.append((key, "", lambda _value: name))
            else:
                part = parts[asked]
                members.append((key, part.name, self._of(part.kind, inner_nodes)))
        return lambda value: {key: show(getattr(value, field) if field else value) for key, field, show in members}


def _int(value: Any) -> int:
    if not -_INT_LIMIT <= value < _INT_LIMIT:
        raise TypeError("a whole number has more than 32 bits")
    return int(value)


_SHOWN: Mapping[Any, Show] = {
    int: _int,
    Decimal: lambda value: format(value, "f"),
    UUID: str,
    date: date.isoformat,
    datetime: datetime.isoformat,
}
