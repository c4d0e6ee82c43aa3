"""Descriptions for what follows from something that is described already; see :class:`Descriptions`.

A field of a table, an argument of a command or a type of somebody's own must be described by its author. What has the
same meaning everywhere (a reference, a version, a condition on a text, the order by a field) is described here.
"""

from __future__ import annotations

import functools
import re
import typing
from dataclasses import is_dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from homeroom.resources import camel_case
from homeroom.signatures import documented

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from homeroom.commands import Command
    from homeroom.resources import Resource
    from homeroom.variants import Variant
    from homeroom_graphql.declarations import FieldSpec, TypeSpec

__all__ = ["Descriptions"]

#: What has one meaning everywhere.
_ANYWHERE: Final = {
    "version": "Rises with every change; send the one that you read as `expectedVersion`.",
    "expectedVersion": "The version that you read; if the row has another by now, nothing is written.",
}


class Descriptions:
    """Describes what describes itself. What is known of the names of a variant is gathered when it is first needed.

    Args:
        variant: What the types were made from.
        specs: The types.
    """

    def __init__(self, variant: Variant, specs: Iterable[TypeSpec]) -> None:
        self._variant = variant
        self._specs = specs

    @functools.cached_property
    def _inputs(self) -> dict[str, dict[str, str]]:
        variant = self._variant
        inputs: dict[str, dict[str, str]] = {}
        for command in variant.commands.values():
            for name, described in _inputs_of(command, variant):
                inputs.setdefault(name, {}).update(described)
        for query in variant.queries.values():
            for kind, _ in query.parameters.values():
                for name, described in _inputs_within(kind):
                    inputs.setdefault(name, {}).update(described)
        return inputs

    @functools.cached_property
    def _enums(self) -> dict[str, str]:
        return dict(_enums_of(self._variant))

    @functools.cached_property
    def _nested(self) -> dict[str, str]:
        """Inputs within inputs say what a field of their type holds."""
        return {
            spec.name: spec.description.split("\n\n")[0].replace("\n", " ")
            for spec in self._specs
            if spec.kind == "input" and spec.description
        }

    def type(self, spec: TypeSpec) -> TypeSpec:
        """The same type with everything described that describes itself."""
        return replace(
            spec,
            description=spec.description or self._of_type(spec),
            fields=tuple(
                field if field.description else replace(field, description=self._of_field(spec, field))
                for field in spec.fields
            ),
            descriptions=tuple(self._of_value(spec, value) for value in spec.values),
        )

    def _of_type(self, spec: TypeSpec) -> str:
        resource, found = re.subn(r"OrderField$", "", spec.name)
        if found:
            return f"By what rows of {resource} can be ordered."
        subject, found = re.subn(r"Filter$", "", spec.name)
        if found:
            return f"Conditions on a value of the type {subject}; all of them must hold."
        command = self._variant.commands.get(spec.source)
        if command is not None and spec.kind == "input":
            return f"The input of `{command.field}`."
        return self._enums.get(spec.name, "") or (f"{_words(spec.name).capitalize()}." if spec.kind == "enum" else "")

    def _of_field(self, spec: TypeSpec, field: FieldSpec) -> str:
        # Only descriptions of inputs come from commands, and most queries name no input; reading all commands is slow.
        inputs = self._inputs.get(spec.name, {}) if spec.name.endswith("Input") else {}
        own = inputs.get(field.name) or _ANYWHERE.get(field.name)
        if own:
            return own
        kind = field.type.strip("[]!")
        if spec.kind == "input":
            owner = self._variant.resources.get(spec.name.removesuffix("Filter"))
            if owner is not None:
                return _described(owner).get(field.name) or self._enums.get(kind.removesuffix("Filter"), "")
            if kind in ("ID", "Upload"):
                return f"Which {_words(field.name)}."
            return self._enums.get(kind, "") or self._nested.get(kind, "")
        target = kind.removesuffix("Connection")
        if target in self._variant.resources:
            return f"The {_words(field.name)}: {_sentence(self._variant.resources[target].description)}"
        return self._enums.get(kind, "")

    def _of_value(self, spec: TypeSpec, value: str) -> str:
        owner = self._variant.resources.get(spec.name.removesuffix("OrderField"))
        if owner is not None:
            return f"By {_words(value.lower())}."
        return f"{_words(value.lower()).capitalize()}."


def _described(resource: Resource) -> dict[str, str]:
    """By GraphQL name, the descriptions of a resource's parts."""
    parts: list[Any] = [*resource.fields.values(), *resource.leaves.values(), *resource.relations.values()]
    return {camel_case(part.name): part.description for part in parts if part.description}


def _inputs_of(command: Command, variant: Variant) -> Iterator[tuple[str, Mapping[str, str]]]:
    """By the name of an input type, the descriptions of its fields."""
    resource = variant.resources.get(command.returns or "")
    shown = _described(resource) if resource is not None else {}
    written = {camel_case(name): text for name, text in documented(command.description).items()}
    known = {**{name: shown[name] for name in map(camel_case, command.parameters) if name in shown}, **written}
    yield f"{command.field[0].upper()}{command.field[1:]}Input", known
    for kind, _ in command.parameters.values():
        yield from _inputs_within(kind)


def _inputs_within(kind: Any) -> Iterator[tuple[str, Mapping[str, str]]]:
    if is_dataclass(kind) and isinstance(kind, type):
        # What several inputs have in common is described where it is declared.
        described = [documented(vars(each).get("__doc__")) for each in reversed(kind.__mro__) if is_dataclass(each)]
        yield f"{kind.__name__}Input", {camel_case(name): text for each in described for name, text in each.items()}
        for each in typing.get_type_hints(kind, include_extras=True).values():
            yield from _inputs_within(each)
    for each in typing.get_args(kind):
        yield from _inputs_within(each)


def _enums_of(variant: Variant) -> Iterator[tuple[str, str]]:
    """By the name of an enum, what its values are about: what some field of it says."""
    for resource in variant.resources.values():
        for field in resource.fields.values():
            if field.values and (field.enum_description or field.description):
                yield field.enum, field.enum_description or field.description


def _words(name: str) -> str:
    """``schoolClass``, ``SCHOOL_CLASS`` or ``SchoolClass`` in words."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ").lower()


def _sentence(text: str) -> str:
    """The first sentence of a text, to stand after a colon."""
    first = text.split(". ", maxsplit=1)[0].rstrip(".")
    return f"{first[:1].lower()}{first[1:]}."
