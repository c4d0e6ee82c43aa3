"""The types of a schema as they are declared, before anybody makes them: by name, in GraphQL's own notation.

To declare costs nothing and needs no library, so the host does it when it starts, to find names that clash.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from homeroom.claims import Claim
from homeroom.errors import PluginError

__all__ = ["SCALARS", "Declarations", "FieldSpec", "TypeSpec"]

#: The scalars of every schema.
SCALARS = ("ID", "String", "Int", "Float", "Boolean", "Decimal", "Date", "DateTime", "JSON", "BigInt", "Upload")
#: Python reads these as values where a type is named.
_WORDS = ("None", "True", "False")
#: GraphQL, October 2021, 2.1.9: a name; those that begin with two underscores are introspection's.
_NAME = re.compile(r"(?!__)[_A-Za-z][_0-9A-Za-z]*")


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field, an input field or an argument.

    Args:
        name: In GraphQL.
        type: In GraphQL notation, ``[Student!]!``.
        description: For the schema.
        arguments: For fields: its arguments.
        source: The declaration that it follows from, if that is another than its type's.
        deprecated: Why frontends should stop using it, if they should.
    """

    name: str
    type: str
    description: str = ""
    arguments: Sequence[FieldSpec] = ()
    source: str = ""
    deprecated: str = ""


@dataclass(frozen=True, slots=True)
class TypeSpec:
    """A type.

    Args:
        kind: ``object``, ``interface``, ``input`` or ``enum``.
        name: In GraphQL.
        fields: Of all kinds but enums.
        values: Of an enum, upper case.
        description: For the schema.
        interfaces: Names of those that it implements.
        descriptions: Of an enum, what each value means.
        source: The declaration that it follows from: a resource, a field of one or a command; empty for the host's own.
    """

    kind: str
    name: str
    fields: tuple[FieldSpec, ...] = ()
    values: tuple[str, ...] = ()
    description: str = ""
    interfaces: tuple[str, ...] = ()
    source: str = ""
    descriptions: tuple[str, ...] = ()

    @property
    def meaning(self) -> Hashable:
        """Equal for types that are the same one: an enum or an input may be used in many places. Else none."""
        if self.kind not in ("enum", "input"):
            return None
        return self.kind, frozenset(self.values), frozenset((each.name, each.type) for each in self.fields)


@dataclass(slots=True)
class Declarations:
    """Collects types. See :meth:`of`."""

    specs: list[TypeSpec] = field(default_factory=list)
    _source: str = ""

    def of(self, source: str) -> Declarations:
        """The same collection, for types that follow from one declaration.

        Args:
            source: A resource, a field of one (``Student.status``) or a command.
        """
        return Declarations(self.specs, source)

    def object(
        self, name: str, fields: Sequence[FieldSpec], description: str = "", interfaces: Sequence[str] = ()
    ) -> None:
        """An object type."""
        self._add(TypeSpec("object", name, tuple(fields), (), description, tuple(interfaces), self._source))

    def interface(self, name: str, fields: Sequence[FieldSpec], description: str = "") -> None:
        """An interface."""
        self._add(TypeSpec("interface", name, tuple(fields), (), description, (), self._source))

    def input(self, name: str, fields: Sequence[FieldSpec], description: str = "") -> None:
        """An input type."""
        self._add(TypeSpec("input", name, tuple(fields), (), description, (), self._source))

    def enum(self, name: str, values: Sequence[str], description: str = "") -> None:
        """An enum of upper case names."""
        self._add(TypeSpec("enum", name, (), tuple(values), description, (), self._source))

    def _add(self, spec: TypeSpec) -> None:
        self.specs.append(spec)

    def claims(self, given_by: Mapping[str, str], host: str) -> Iterator[Claim]:
        """Every name that the schema needs.

        Args:
            given_by: Declaration to plugin.
            host: The plugin that the types without a declaration belong to.

        Raises:
            PluginError: A name is none by the rules of GraphQL, or a type is asked for that nobody declares.
        """
        known = {*SCALARS, *(spec.name for spec in self.specs)}
        for name in (*SCALARS, *_WORDS):
            yield Claim("GraphQL type", name, host)
        seen: set[tuple[str, Hashable]] = set()
        for spec in self.specs:
            plugin, meaning = given_by.get(spec.source, host), spec.meaning
            yield Claim("GraphQL type", _checked(spec.name, plugin), plugin, spec.source, meaning)
            if meaning is not None:
                if (spec.name, meaning) in seen:
                    continue
                seen.add((spec.name, meaning))
            for value in spec.values:
                yield Claim(f"value of the GraphQL enum {spec.name}", _checked(value, plugin), plugin, spec.source)
            kind = f"field of the GraphQL type {spec.name}"
            for each in spec.fields:
                owner = given_by.get(each.source, plugin)
                if each.type.strip("[]!") not in known:
                    raise PluginError(owner, f"{spec.name}.{each.name}: there is no GraphQL type {each.type}")
                yield Claim(kind, _checked(each.name, owner), owner, each.source or spec.source)


def _checked(name: str, plugin: str) -> str:
    if not _is_name(name):
        raise PluginError(plugin, f"{name!r} is no name in GraphQL")
    return name


@lru_cache(maxsize=10_000)
def _is_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None
