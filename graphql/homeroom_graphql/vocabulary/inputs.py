"""From the types of parameters to how people enter them."""

from __future__ import annotations

import dataclasses
import enum
import types
import typing
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec

from homeroom.commands import UNSET, Ref, Unset
from homeroom.nouns import noun_of
from homeroom.personal_data import PersonKind
from homeroom.resources import Field, Relation, camel_case
from homeroom.signatures import REQUIRED, documented
from homeroom.uploads import Upload
from homeroom_graphql.declarations import Declarations
from homeroom_graphql.inputs import command_input, query_arguments
from homeroom_graphql.vocabulary.values import Control, VocabularyInput, VocabularyValue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from homeroom.columns import ColumnKind
    from homeroom.commands import Command
    from homeroom.computed_queries import ComputedQuery
    from homeroom.resources import Resource
    from homeroom_graphql.vocabulary.speaker import Speaker

__all__ = ["InputMaker", "Taken", "taken"]

_BY_TYPE: Final[Mapping[Any, Control]] = {
    str: Control.TEXT,
    int: Control.NUMBER,
    float: Control.DECIMAL,
    Decimal: Control.DECIMAL,
    bool: Control.FLAG,
    date: Control.DATE,
    datetime: Control.MOMENT,
    UUID: Control.REFERENCE,
    Upload: Control.FILE,
    PersonKind: Control.CHOICE,
}
#: The argument with the version that was read.
_VERSION: Final = "expected_version"
#: What an input says about a column in fields of its own.
_SAID: Final = frozenset(
    {"longest", "several_lines", "lowest", "highest", "places", "money", "future", "past", "values", "code_table"}
)


@dataclasses.dataclass(frozen=True, slots=True)
class Taken:
    """A parameter's type, taken apart.

    Args:
        base: The type of one value.
        many: Whether it is a list of such.
        optional: Whether None is among its values.
        noun: Of an id, the resource whose id it is; empty if that is not declared.
    """

    base: Any
    many: bool = False
    optional: bool = False
    noun: str = ""


def taken(kind: Any) -> Taken:
    """Take the type of a parameter apart."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        inner = taken(arguments[0])
        noun = next((each.resource for each in arguments[1:] if isinstance(each, Ref)), inner.noun)
        return dataclasses.replace(inner, noun=noun)
    if origin in (typing.Union, types.UnionType):
        inner = taken(next(each for each in arguments if each not in (types.NoneType, Unset)))
        return dataclasses.replace(inner, optional=types.NoneType in arguments)
    if origin is list or getattr(origin, "__name__", "") == "Sequence":
        return dataclasses.replace(taken(arguments[0]), many=True)
    return Taken(dict if origin is dict else kind)


class InputMaker:
    """Makes the inputs of one verb.

    Args:
        speaker: Says what things are called.
        verb: The command or the computed query.
        noun: The resource that the verb is about; none if it is about none.
        subject: The resource of the row that it is offered at, for the present values; none if there is none.
    """

    def __init__(
        self, speaker: Speaker, verb: Command | ComputedQuery, noun: Resource | None, subject: Resource | None
    ) -> None:
        self._speaker = speaker
        self._verb = verb
        self._noun = noun
        self._subject = subject
        made = noun_of(verb) if hasattr(verb, "returns") else None  # type: ignore[arg-type]
        self._columns = made.columns if made is not None else {}
        self._notations = dict(_notations(verb))

    def all(self) -> list[VocabularyInput]:
        """The inputs, in the order of the declaration."""
        described = documented(self._verb.description)
        return [
            self._input(name, kind, default, described.get(name, ""), "")
            for name, (kind, default) in self._verb.parameters.items()
        ]

    def _input(self, name: str, kind: Any, default: Any, described: str, row: str) -> VocabularyInput:
        parts = taken(kind)
        holds = self._column_kind(name)
        limits = dict(holds.limits()) if holds is not None else {}
        control = Control.VERSION if name == _VERSION else self._control(parts, limits, holds)
        further = {camel_case(each): value for each, value in limits.items() if each not in _SAID}
        about = described or self._shown_description(name)
        return VocabularyInput(
            name=camel_case(name),
            label=self._speaker.labels.argument(self._verb, name, row),
            description=self._speaker.text(self._verb.name, about),
            type=self._notations.get((row, camel_case(name)), ""),
            control=control,
            required=default is REQUIRED,
            many=parts.many,
            clears=parts.optional and default is UNSET,
            default=_json(default),
            noun=parts.noun or None,
            code_table=limits.get("code_table"),
            values=self._values(parts.base) if control is Control.CHOICE else [],
            longest=limits.get("longest"),
            lowest=_text(limits.get("lowest")),
            highest=_text(limits.get("highest")),
            places=limits.get("places"),
            money=bool(limits.get("money", False)),
            future=bool(limits.get("future", True)),
            past=bool(limits.get("past", True)),
            limits=further or None,
            current=self._current(name) if not row else [],
            inputs=list(self._fields(parts.base)) if control is Control.GROUP else [],
        )

    def _fields(self, dataclass: Any) -> Iterator[VocabularyInput]:
        described = documented(dataclass.__doc__)
        hints = typing.get_type_hints(dataclass, include_extras=True)
        for each in dataclasses.fields(dataclass):
            default = each.default
            if default is dataclasses.MISSING:
                default = REQUIRED if each.default_factory is dataclasses.MISSING else each.default_factory()
            yield self._input(each.name, hints[each.name], default, described.get(each.name, ""), dataclass.__name__)

    def _column_kind(self, name: str) -> ColumnKind | None:
        """What may stand in the column that an argument writes, by its name, where the column says so."""
        if name in self._columns:
            return self._columns[name].kind
        part = self._part(self._noun, name)
        kind: ColumnKind | None = getattr(part, "holds", None)
        return kind

    def _control(self, parts: Taken, limits: Mapping[str, Any], holds: ColumnKind | None) -> Control:
        base = parts.base
        if dataclasses.is_dataclass(base):
            return Control.GROUP
        if typing.get_origin(base) is typing.Literal or (isinstance(base, type) and issubclass(base, enum.Enum)):
            return Control.CHOICE
        if base is dict:
            return Control.TRANSLATED if holds is not None and holds.name == "translated" else Control.JSON
        if base is str and "code_table" in limits:
            return Control.CODE
        if base is str and limits.get("several_lines"):
            return Control.LINES
        return _BY_TYPE.get(base, Control.JSON)

    def _values(self, base: Any) -> list[VocabularyValue]:
        if base is PersonKind:
            return self._speaker.persons()
        literal = typing.get_origin(base) is typing.Literal
        name = self._verb.name if literal else base.__name__
        values = typing.get_args(base) if literal else [each.value for each in base]
        return self._speaker.values(name, [str(each) for each in values], self._verb.name)

    def _shown_description(self, name: str) -> str:
        part = self._part(self._noun, name)
        return part.description if part is not None else ""

    def _current(self, name: str) -> list[str]:
        """Where the present value is read in a row of the subject."""
        shown = "version" if name == _VERSION else name
        part = self._part(self._subject, shown)
        if isinstance(part, Relation) and not part.many:
            holds: ColumnKind | None = part.holds
            return [camel_case(shown), "code" if holds is not None and "code_table" in holds.limits() else "id"]
        return [camel_case(shown)] if isinstance(part, Field) and not part.search else []

    @staticmethod
    def _part(resource: Resource | None, name: str) -> Field | Relation | None:
        if resource is None:
            return None
        return resource.fields.get(name) or resource.relations.get(name)


def _notations(verb: Command | ComputedQuery) -> Iterator[tuple[tuple[str, str], str]]:
    """By the dataclass (empty for the verb itself) and the name of an input, its type in GraphQL."""
    found = Declarations()
    if hasattr(verb, "returns"):
        command_input(found, verb, "")  # type: ignore[arg-type]
    else:
        for each in query_arguments(found, verb):
            yield ("", each.name), each.type
    for spec in found.specs:
        for each in spec.fields:
            yield (spec.name.removesuffix("Input"), each.name), each.type


def _json(default: Any) -> Any:
    if default is REQUIRED or default is UNSET or default is None:
        return None
    if isinstance(default, enum.Enum):
        return str(default.value).upper()
    if isinstance(default, Decimal):
        return format(default, "f")
    return msgspec.to_builtins(default, builtin_types=())


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
