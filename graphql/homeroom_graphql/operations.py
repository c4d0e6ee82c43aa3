"""Operations: parsed, validated and planned once, then looked up."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    parse,
    type_from_ast,
    validate,
    value_from_ast_untyped,
    visit,
)

from homeroom_graphql.inputs import BadInput, Coercer, command_coercer
from homeroom_graphql.limits import LONG_NUMBER, MAX_LENGTH, TooComplex, check_document
from homeroom_graphql.schema import build_schema
from homeroom_graphql.selections import collect
from homeroom_graphql.variables import ABSENT, input_coercer, shape

if TYPE_CHECKING:
    from collections.abc import Mapping

    from homeroom.commands import Command
    from homeroom.variants import Variant
    from homeroom_graphql.limits import Limits
    from homeroom_graphql.plans import Plan

__all__ = ["Operation", "Operations", "RequestError"]

#: Operations that are remembered, and the characters of their documents in all.
_DOCUMENTS = 1_000
_CHARACTERS = 2_000_000
_PLANS = 64


class RequestError(Exception):
    """An operation that is not executed at all.

    Args:
        errors: As GraphQL shows them.
        status: The HTTP status for ``application/graphql-response+json``.
    """

    def __init__(self, errors: list[dict[str, Any]], status: int = 400) -> None:
        super().__init__(errors[0]["message"])
        self.errors = errors
        self.status = status

    def without_suggestions(self) -> RequestError:
        """The same, without the names that somebody might have meant."""
        shown = [{**each, "message": each["message"].partition(" Did you mean ")[0]} for each in self.errors]
        return RequestError(shown, self.status)

    @classmethod
    def of(cls, message: str, code: str, *, status: int = 400, **extensions: Any) -> RequestError:
        """One error with its code."""
        return cls([{"message": message, "extensions": {"code": code, **extensions}}], status)


@dataclass(frozen=True, slots=True)
class _Variable:
    """A variable of an operation.

    Args:
        name: Without the dollar sign.
        coerce: From JSON.
        required: Whether it must be given.
        default: Its default, or ``ABSENT``.
        role: ``node`` if its type decides which table is meant, ``page`` if its magnitude decides whether a query
            is too large, else empty.
    """

    name: str
    coerce: Coercer
    required: bool
    default: Any
    role: str


@dataclass(slots=True)
class Operation:
    """One operation of a document, ready to be planned.

    Args:
        kind: ``query``, ``mutation`` or ``subscription``.
        document: The parsed document, for introspection.
        definition: The operation in it.
        fragments: The document's fragments.
    """

    kind: str
    document: DocumentNode
    definition: OperationDefinitionNode
    fragments: dict[str, FragmentDefinitionNode]
    variables: tuple[_Variable, ...]
    plans: OrderedDict[Any, Plan] = field(default_factory=OrderedDict)
    #: What it asked of the schema itself, if no variable has a say in that.
    about_schema: ExecutionResult | None = None

    def coerce(self, given: Mapping[str, Any]) -> tuple[dict[str, Any], Any]:
        """Coerced variables and their shape. Raises RequestError naming the variable."""
        made: dict[str, Any] = {}
        shapes: list[Any] = []
        for variable in self.variables:
            value = given.get(variable.name, ABSENT)
            if value is ABSENT:
                if variable.required:
                    raise RequestError.of(
                        f'variable "${variable.name}" is required', "BAD_USER_INPUT", variable=variable.name
                    )
                value = variable.default
            if value is not ABSENT:
                try:
                    value = variable.coerce(value)
                except RecursionError:
                    raise RequestError.of(
                        f'variable "${variable.name}": nested too deeply', "BAD_USER_INPUT", variable=variable.name
                    ) from None
                except BadInput as error:
                    path = "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in error.path)
                    raise RequestError.of(
                        f'variable "${variable.name}{path}": {error.message}',
                        "BAD_USER_INPUT",
                        variable=variable.name,
                        path=error.path,
                    ) from None
                made[variable.name] = value
            if variable.role == "node":
                shapes.append(str(value).rpartition("_")[0])
            elif variable.role == "page":
                shapes.append(value.bit_length() if isinstance(value, int) else value)
            else:
                shapes.append(shape(value))
        return made, tuple(shapes)

    def root(self, variables: Mapping[str, Any]) -> dict[str, list[FieldNode]]:
        """The root fields by response key."""
        return collect([self.definition.selection_set], self.kind.capitalize(), frozenset(), self.fragments, variables)

    def remember(self, key: Any, plan: Plan) -> None:
        """Keep a plan, within a bound."""
        self.plans[key] = plan
        if len(self.plans) > _PLANS:
            self.plans.popitem(last=False)


class Operations:
    """The schema of one variant, and the operations seen against it.

    Args:
        variant: What the space consists of.
        limits: What an operation may ask for.
    """

    def __init__(self, variant: Variant, limits: Limits) -> None:
        self.variant = variant
        self.limits = limits
        self.schema: GraphQLSchema = build_schema(variant)
        self.commands: dict[str, tuple[Command, Coercer]] = {
            command.field: (command, command_coercer(command)) for command in variant.commands.values()
        }
        self._inputs: dict[str, Coercer] = {
            f"{name[0].upper()}{name[1:]}Input": coercer for name, (_, coercer) in self.commands.items()
        }
        self._known: OrderedDict[tuple[str, str | None], Operation] = OrderedDict()
        self._characters = 0

    def known(self, query: str, name: str | None) -> Operation | None:
        """The operation of a document that was asked before, if it is remembered."""
        return self._known.get((query, name))

    def get(self, query: str, name: str | None) -> Operation:
        """The operation of a document. Raises RequestError if it cannot be parsed or is not valid."""
        key = (query, name)
        operation = self._known.get(key)
        if operation is None:
            operation = self._known[key] = self._prepare(query, name)
            self._characters += len(query)
            while len(self._known) > _DOCUMENTS or self._characters > _CHARACTERS:
                (oldest, _), _ = self._known.popitem(last=False)
                self._characters -= len(oldest)
        return operation

    def check(self, query: str) -> DocumentNode:
        """A document, parsed and valid. Raises RequestError."""
        if len(query) > MAX_LENGTH:
            raise RequestError.of(f"a document has at most {MAX_LENGTH} characters: use variables", "TOO_COMPLEX")
        if LONG_NUMBER.search(query):
            raise RequestError.of("a number in the document is too long", "GRAPHQL_PARSE_FAILED")
        try:
            document = parse(query, max_tokens=self.limits.tokens)
            check_document(document, self.limits)
        except GraphQLSyntaxError as error:
            raise RequestError([_shown(error, "GRAPHQL_PARSE_FAILED")]) from None
        except RecursionError:
            raise RequestError.of("the query is nested too deeply", "GRAPHQL_PARSE_FAILED") from None
        except TooComplex as error:
            raise RequestError.of(str(error), "TOO_COMPLEX") from None
        errors = validate(self.schema, document, max_errors=20)
        if errors:
            raise RequestError([_shown(error, "GRAPHQL_VALIDATION_FAILED") for error in errors])
        return document

    def _prepare(self, query: str, name: str | None) -> Operation:
        document = self.check(query)
        return self._operation(document, _chosen(document, name))

    def _operation(self, document: DocumentNode, definition: OperationDefinitionNode) -> Operation:
        fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
        finder = _Roles()
        visit(document, finder)
        variables = tuple(self._variable(each, finder.roles) for each in definition.variable_definitions or ())
        return Operation(definition.operation.value, document, definition, fragments, variables)

    def _variable(self, definition: Any, roles: Mapping[str, str]) -> _Variable:
        name = definition.variable.name.value
        kind = type_from_ast(self.schema, definition.type)
        default = ABSENT
        if definition.default_value is not None:
            default = value_from_ast_untyped(definition.default_value)
        required = definition.type.kind == "non_null_type" and default is ABSENT
        return _Variable(name, input_coercer(kind, self._inputs), required, default, roles.get(name, ""))


class _Roles(Visitor):
    """Finds the variables whose values decide more than a parameter of the SQL."""

    def __init__(self) -> None:
        super().__init__()
        self.roles: dict[str, str] = {}

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """Note the variables of ``node(id: $x)``, ``first: $x`` and ``last: $x``."""
        for argument in node.arguments or ():
            if isinstance(argument.value, VariableNode):
                name = argument.name.value
                if node.name.value == "node":
                    self.roles[argument.value.name.value] = "node"
                elif name in ("first", "last"):
                    self.roles[argument.value.name.value] = "page"


def _chosen(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    if name is None and len(operations) == 1:
        return operations[0]
    for each in operations:
        if name is not None and each.name is not None and each.name.value == name:
            return each
    message = f"there is no operation {name!r}" if name else "operationName must choose one of the operations"
    raise RequestError.of(message, "OPERATION_RESOLUTION_FAILURE")


def _shown(error: GraphQLError, code: str) -> dict[str, Any]:
    shown = dict(error.formatted)
    shown["extensions"] = {"code": code}
    return shown
