"""From JSON to the arguments of a command: compiled once per type, strict, and without graphql-core's executor.

For each parameter type there is a GraphQL notation and a *coercer*, a closure that takes a JSON value (or one that
was coerced before) and gives the Python value, or raises :class:`BadInput` with the path of what is wrong.
"""

from __future__ import annotations

import dataclasses
import enum
import inspect
import re
import sys
import types as python_types
import typing
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from homeroom.commands import UNSET, Command, Ref, Unset
from homeroom.database.ids import parse_id
from homeroom.dates import EARLIEST, LATEST, OutOfBounds, read_date, read_moment
from homeroom.errors import ConfigurationError
from homeroom.idempotency import FIELD as IDEMPOTENCY_KEY
from homeroom.messages import Message
from homeroom.numbers import read_decimal
from homeroom.personal_data import PersonKind
from homeroom.refusals import BAD_CHARACTER, ONE_OF, OUT_OF_RANGE, REQUIRED
from homeroom.resources import camel_case
from homeroom.signatures import documented
from homeroom.texts import composed
from homeroom.uploads import Upload
from homeroom_graphql.declarations import FieldSpec
from homeroom_graphql.refusals import (
    DATE_EXPECTED,
    DECIMAL_EXPECTED,
    FILE_EXPECTED,
    FILE_NOT_EXPECTED,
    ID_EXPECTED,
    ID_OF_EXPECTED,
    MOMENT_EXPECTED,
    NO_SUCH_FIELD,
    NUMBER_EXPECTED,
    OBJECT_EXPECTED,
    PERSON_KIND_EXPECTED,
    TEXT_EXPECTED,
    TRUE_OR_FALSE,
    WHOLE_NUMBER_EXPECTED,
)

if TYPE_CHECKING:
    from homeroom.computed_queries import ComputedQuery
    from homeroom.refusals import Code
    from homeroom_graphql.declarations import Declarations

__all__ = [
    "BadInput",
    "Coercer",
    "SentFile",
    "command_coercer",
    "command_input",
    "decode_id",
    "query_arguments",
    "query_coercer",
    "reason_field",
    "scalar_coercer",
]

Coercer = Callable[[Any], Any]

_INT_LIMIT = 2**31
#: A whole number of no more digits than 64 bits have.
_WHOLE = re.compile("-?[0-9]{1,19}")
#: The id of no row: what a malformed id stands for where a filter asks for it.
NO_ID = UUID(int=0)


class BadInput(Exception):  # noqa: N818 - it becomes a GraphQL error
    """A value does not fit its type.

    Args:
        problem: What is wrong with it.
        values: What the text of the code names in braces.
    """

    def __init__(self, problem: Code, /, **values: Any) -> None:
        super().__init__(problem)
        self.message = Message(problem, values)
        #: The names and indexes that lead to the value, from the outside in.
        self.path: list[str | int] = []

    def __str__(self) -> str:
        return str(self.message)

    def at(self, step: str | int) -> BadInput:
        """The same, one step further out."""
        self.path.insert(0, step)
        return self


class SentFile:
    """What came as a file; :mod:`homeroom_graphql.uploads` makes them."""

    __slots__ = ()


# Scalars ------------------------------------------------------------------------------------------------


def _string(value: Any) -> str:
    if type(value) is str:
        if "\0" in value:
            raise BadInput(BAD_CHARACTER, character="NUL")
        return composed(value)
    raise BadInput(TEXT_EXPECTED)


def _int(value: Any) -> int:
    if type(value) is float and value.is_integer():
        value = int(value)
    if type(value) is int and -_INT_LIMIT <= value < _INT_LIMIT:
        return value
    raise BadInput(WHOLE_NUMBER_EXPECTED, bits=32)


def _big_int(value: Any) -> int:
    if type(value) is str and _WHOLE.fullmatch(value):
        value = int(value)
    if type(value) is int and -(2**63) <= value < 2**63:
        return value
    raise BadInput(WHOLE_NUMBER_EXPECTED, bits=64)


def _float(value: Any) -> float:
    if type(value) in (int, float) and abs(value) <= sys.float_info.max:
        return float(value)
    raise BadInput(NUMBER_EXPECTED)


def _boolean(value: Any) -> bool:
    if type(value) is bool:
        return value
    raise BadInput(TRUE_OR_FALSE)


def _decimal(value: Any) -> Decimal:
    if type(value) is Decimal:
        return value
    if type(value) is str:
        try:
            return read_decimal(value)
        except ValueError:
            raise BadInput(DECIMAL_EXPECTED) from None
    if type(value) in (int, float):
        # repr of a float is the shortest text that means it: 7.5 stays 7.5
        made = Decimal(value if type(value) is not float else repr(value))
        if made.is_finite() and made.adjusted() < 100 and made.as_tuple().exponent > -100:  # type: ignore[operator]
            return made
    raise BadInput(DECIMAL_EXPECTED)


def _date(value: Any) -> date:
    if type(value) is str:
        try:
            return read_date(value)
        except OutOfBounds:
            raise BadInput(OUT_OF_RANGE, least=EARLIEST, most=LATEST) from None
        except ValueError:
            pass
    elif type(value) is date:
        return value
    raise BadInput(DATE_EXPECTED)


def _datetime(value: Any) -> datetime:
    if type(value) is str:
        try:
            return read_moment(value)
        except OutOfBounds:
            raise BadInput(OUT_OF_RANGE, least=EARLIEST, most=LATEST) from None
        except ValueError:
            pass
    elif isinstance(value, datetime):
        return value
    raise BadInput(MOMENT_EXPECTED)


def _id(value: Any) -> str:
    if type(value) is str:
        if "\0" in value:
            raise BadInput(BAD_CHARACTER, character="NUL")
        return value
    if type(value) is int:
        return str(value)
    raise BadInput(ID_EXPECTED)


def _person_kind(value: Any) -> str:
    if isinstance(
        value, str
    ):  # the schema has looked whether the school has this kind, unless a whole input is a variable
        return _string(str(value))
    raise BadInput(PERSON_KIND_EXPECTED)


def _any(value: Any) -> Any:
    if isinstance(value, SentFile):
        raise BadInput(FILE_NOT_EXPECTED)
    for each in value.values() if type(value) is dict else value if type(value) is list else ():
        _any(each)
    return value


def _upload(value: Any) -> SentFile:
    if isinstance(value, SentFile):
        return value
    raise BadInput(FILE_EXPECTED)


_SCALARS: dict[str, Coercer] = {
    "String": _string,
    "Int": _int,
    "BigInt": _big_int,
    "Float": _float,
    "Boolean": _boolean,
    "Decimal": _decimal,
    "Date": _date,
    "DateTime": _datetime,
    "ID": _id,
    "PersonKind": _person_kind,
    "JSON": _any,
    "Upload": _upload,
}


def scalar_coercer(name: str) -> Coercer | None:
    """The coercer of a scalar by its GraphQL name, or none if it is no scalar of ours."""
    return _SCALARS.get(name)


def decode_id(value: str, resource: str) -> UUID | None:
    """The UUID in an id such as ``Student_0190...``; none if it is of another type or malformed."""
    prefix, _, rest = value.rpartition("_")
    if prefix != resource or len(rest) != 36:
        return None
    try:
        return parse_id(rest)
    except ValueError:
        return None


def _reference(resource: str) -> Coercer:
    start = len(resource) + 1
    prefix = resource + "_"

    def coerce(value: Any) -> UUID:
        if type(value) is str and value.startswith(prefix) and len(value) == start + 36:
            try:
                return parse_id(value[start:])
            except ValueError:
                pass
        elif isinstance(value, UUID):
            return value
        raise BadInput(ID_OF_EXPECTED, resource=resource)

    return coerce


def _any_reference(value: Any) -> UUID:
    if isinstance(value, UUID):
        return value
    try:
        return parse_id(value.rpartition("_")[2])
    except (AttributeError, ValueError):
        raise BadInput(ID_EXPECTED) from None


# From Python types --------------------------------------------------------------------------------------

_PYTHON_SCALARS: dict[Any, str] = {
    str: "String",
    int: "Int",
    float: "Float",
    bool: "Boolean",
    Decimal: "Decimal",
    date: "Date",
    datetime: "DateTime",
    UUID: "ID",
    Upload: "Upload",
    PersonKind: "PersonKind",
}


@dataclasses.dataclass(frozen=True, slots=True)
class _Parameter:
    """How one Python type looks in GraphQL, and how its values are made."""

    notation: str
    coerce: Coercer


def command_input(types: Declarations, command: Command, name: str) -> str:
    """Declare the input type of a command and of the dataclasses in it; gives its name."""
    fields = []
    for parameter, (kind, default) in command.parameters.items():
        notation = _parameter(kind, types, command).notation
        optional = default is not inspect.Parameter.empty
        if optional:
            notation = notation.removesuffix("!")
        fields.append(FieldSpec(camel_case(parameter), notation))
    fields.append(FieldSpec(reason_field(command), "String", "Why, for the audit."))
    fields.append(FieldSpec(IDEMPOTENCY_KEY, "String", "A call repeated with the same key does nothing twice."))
    fields.append(FieldSpec("rehearse", "Boolean", "Do everything, answer, and keep nothing of it."))
    types.input(name, fields)
    return name


def command_coercer(command: Command) -> Coercer:
    """From a mutation's ``input`` to the command's arguments, with those of the call (``RESERVED``) among them."""
    fields = {}
    for parameter, (kind, default) in command.parameters.items():
        made = _parameter(kind, None, command)
        fields[camel_case(parameter)] = (parameter, made.coerce, default)
    fields[reason_field(command)] = ("audit_reason", _optional(_string), None)
    fields[IDEMPOTENCY_KEY] = ("idempotency_key", _optional(_string), None)
    fields["rehearse"] = ("rehearse", _boolean, False)
    return _mapping(fields, dict)


def query_arguments(types: Declarations, query: ComputedQuery) -> list[FieldSpec]:
    """The arguments of a computed query, the input types in them declared."""
    described = documented(query.description)
    made = []
    for parameter, (kind, default) in query.parameters.items():
        notation = _parameter(kind, types, query).notation
        if default is not inspect.Parameter.empty:
            notation = notation.removesuffix("!")
        made.append(FieldSpec(camel_case(parameter), notation, described.get(parameter, "")))
    return made


def query_coercer(query: ComputedQuery) -> Coercer:
    """From the arguments of a computed query, as JSON, to those of its function."""
    fields = {
        camel_case(parameter): (parameter, _parameter(kind, None, query).coerce, default)
        for parameter, (kind, default) in query.parameters.items()
    }
    return _mapping(fields, dict)


def reason_field(command: Command) -> str:
    """The input field for the audit's reason: ``reason``, unless the command has an argument of that name."""
    return "reason" if "reason" not in command.parameters else "auditReason"


def _parameter(kind: Any, types: Declarations | None, command: Command | ComputedQuery) -> _Parameter:
    """The GraphQL side of a Python type; declares nested input types when ``types`` is given."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        reference = next((each for each in arguments[1:] if isinstance(each, Ref)), None)
        if reference is not None and arguments[0] is UUID:
            return _Parameter("ID!", _reference(reference.resource))
        return _parameter(arguments[0], types, command)
    if origin in (typing.Union, python_types.UnionType):
        rest = [each for each in arguments if each not in (type(None), Unset)]
        if len(rest) == 1:
            inner = _parameter(rest[0], types, command)
            return _Parameter(inner.notation.removesuffix("!"), _optional(inner.coerce))
    if origin in (list, typing.Sequence) or (origin is not None and getattr(origin, "__name__", "") == "Sequence"):
        inner = _parameter(arguments[0], types, command)
        return _Parameter(f"[{inner.notation}]!", _list(inner.coerce))
    if origin is typing.Literal:
        name = f"{command.field[0].upper()}{command.field[1:]}" + "".join(v.title() for v in arguments[:1])
        return _enum_parameter(name.replace("_", ""), [str(each) for each in arguments], types)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        made = _enum_parameter(kind.__name__, [str(each.value) for each in kind], types)
        return _Parameter(made.notation, lambda value: value if isinstance(value, kind) else kind(made.coerce(value)))
    if dataclasses.is_dataclass(kind):
        return _dataclass_parameter(kind, types, command)
    if kind is dict or origin is dict:
        return _Parameter("JSON!", _any)
    if kind in _PYTHON_SCALARS:
        scalar = _PYTHON_SCALARS[kind]
        if kind is UUID:  # of whatever resource, such as a person's: the command looks which
            return _Parameter("ID!", _any_reference)
        return _Parameter(f"{scalar}!", _SCALARS[scalar])
    raise ConfigurationError(f"command {command.name}: no GraphQL input for {kind!r}")


def _enum_parameter(name: str, values: list[str], types: Declarations | None) -> _Parameter:
    by_name = {value.upper(): value for value in values}
    if types is not None:
        types.enum(name, list(by_name))

    def coerce(value: Any) -> str:
        if isinstance(value, str) and value in by_name:
            return by_name[value]
        raise BadInput(ONE_OF, options=list(by_name))

    return _Parameter(f"{name}!", coerce)


def _dataclass_parameter(kind: Any, types: Declarations | None, command: Command | ComputedQuery) -> _Parameter:
    hints = typing.get_type_hints(kind, include_extras=True)
    specs, fields = [], {}
    for each in dataclasses.fields(kind):
        made = _parameter(hints[each.name], types, command)
        default: Any = inspect.Parameter.empty
        if each.default is not dataclasses.MISSING:
            default = each.default
        elif each.default_factory is not dataclasses.MISSING:
            default = each.default_factory()
        required = default is inspect.Parameter.empty
        notation = made.notation if required else made.notation.removesuffix("!")
        specs.append(FieldSpec(camel_case(each.name), notation))
        fields[camel_case(each.name)] = (each.name, made.coerce, default)
    name = f"{kind.__name__}Input"
    if types is not None:
        types.input(name, specs, inspect.getdoc(kind) or "")
    return _Parameter(f"{name}!", _mapping(fields, kind, kind))


def _mapping(
    fields: dict[str, tuple[str, Coercer, Any]], build: Callable[..., Any], made_of: type | None = None
) -> Coercer:
    """A coercer of JSON objects: unknown names, missing ones and wrong values are refused by name.

    What was left out and has the default UNSET is not among what ``build`` gets: the function or dataclass has the
    default itself. Null is passed on as None there, and stands for any other default elsewhere.

    Args:
        fields: GraphQL name to the Python name, the coercer and the default.
        build: Makes the value.
        made_of: The class of values that were coerced before and stay as they are.
    """
    steps = [(graphql, python, coerce, default) for graphql, (python, coerce, default) in fields.items()]
    empty = inspect.Parameter.empty

    def coerce_object(value: Any) -> Any:
        if type(value) is not dict:
            if made_of is not None and isinstance(value, made_of):
                return value
            raise BadInput(OBJECT_EXPECTED)
        made = {}
        seen = 0
        for graphql, python, coerce, default in steps:
            given = value.get(graphql, empty)
            if given is empty:
                if default is empty:
                    raise BadInput(REQUIRED).at(graphql)
                if default is not UNSET:
                    made[python] = default
                continue
            seen += 1
            if given is None and default is not empty:
                made[python] = None if default is UNSET else default
                continue
            try:
                made[python] = coerce(given)
            except BadInput as error:
                raise error.at(graphql) from None
        if seen != len(value):
            unknown = next(name for name in value if name not in fields)
            raise BadInput(NO_SUCH_FIELD).at(unknown)
        return build(**made)

    return coerce_object


def _list(inner: Coercer) -> Coercer:
    def coerce_list(value: Any) -> list[Any]:
        if value is None:
            raise BadInput(REQUIRED)
        if type(value) is not list:
            value = [value]  # GraphQL: a single value stands for a list of one
        made = []
        for index, each in enumerate(value):
            try:
                made.append(inner(each))
            except BadInput as error:
                raise error.at(index) from None
        return made

    return coerce_list


def _optional(inner: Coercer) -> Coercer:
    return lambda value: None if value is None else inner(value)
