"""Operations: parsed, validated and planned once, then looked up."""

from __future__ import annotations

import functools
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    parse,
    type_from_ast,
    validate,
    visit,
)

from homeroom.errors import Refusal
from homeroom.messages import Message
from homeroom.refusals import REQUIRED
from homeroom_graphql.arguments import Arguments, default_value
from homeroom_graphql.inputs import BadInput, Coercer, command_coercer, query_coercer
from homeroom_graphql.limits import LONG_NUMBER, MAX_LENGTH, TooComplex, check_document
from homeroom_graphql.refusals import (
    BAD_INPUT,
    BAD_VALUE,
    CHOOSE_OPERATION,
    DOCUMENT_LENGTH,
    NESTED_TOO_DEEPLY,
    NO_OPERATION,
    NOT_VALID,
    NUMBER_TOO_LONG,
    REFUSED_DOCUMENT,
    SYNTAX,
    VALUE_TOO_DEEP,
)
from homeroom_graphql.schema import build_schema
from homeroom_graphql.selections import collect
from homeroom_graphql.sharing import Shared
from homeroom_graphql.variables import ABSENT, Coercers, shape

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from homeroom.commands import Command
    from homeroom.computed_queries import ComputedQuery
    from homeroom.refusals import FailureCode
    from homeroom.variants import Variant
    from homeroom_graphql.limits import Limits
    from homeroom_graphql.plans import Plan

__all__ = ["Operation", "Operations", "RequestError"]

#: Operations that are remembered, and the characters of their documents in all.
_DOCUMENTS = 1_000
_CHARACTERS = 2_000_000
_PLANS = 64
_COERCERS = Shared()


class RequestError(Exception):
    """An operation that is not executed at all.

    Args:
        errors: As GraphQL shows them, with a :class:`~homeroom.messages.Message` for a text.
        status: The HTTP status for ``application/graphql-response+json``.
    """

    def __init__(self, errors: list[dict[str, Any]], status: int = 400) -> None:
        super().__init__(str(errors[0]["message"]))
        self.errors = errors
        self.status = status

    def without_suggestions(self) -> RequestError:
        """The same, without the names that somebody might have meant."""
        shown = []
        for each in self.errors:
            message: Message = each["message"]
            detail = message.values.get("detail")
            if isinstance(detail, str):
                message = Message(message.code, {"detail": detail.partition(" Did you mean ")[0]})
            shown.append({**each, "message": message})
        return RequestError(shown, self.status)

    @classmethod
    def of(cls, code: FailureCode, values: Mapping[str, Any] | None = None, **extensions: Any) -> RequestError:
        """One error with its code.

        Args:
            code: The code.
            values: What its text names in braces.
            extensions: What else the error says to programs.
        """
        return cls(
            [{"message": Message(code, values or {}), "extensions": {"code": str(code), **extensions}}], code.status
        )

    def refusal(self, field: str | None = None) -> Refusal:
        """The same as a refusal of a command that takes documents.

        Args:
            field: The input field that has the document.
        """
        return Refusal(REFUSED_DOCUMENT, field, detail=self.errors[0]["message"])

    @classmethod
    def of_value(cls, error: BadInput, variable: str | None = None) -> RequestError:
        """The error of a value that does not fit its type.

        Args:
            error: What is wrong, and where.
            variable: The name of the variable that has the value, without the dollar sign.
        """
        place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.path)
        place = place.removeprefix(".") if variable is None else f"${variable}{place}"
        extensions = {"path": error.path} if variable is None else {"variable": variable, "path": error.path}
        if not place:
            return cls(
                [{"message": error.message, "extensions": {"code": str(BAD_INPUT), **extensions}}], BAD_INPUT.status
            )
        return cls.of(BAD_VALUE, {"place": place, "problem": error.message}, **extensions)


@dataclass(frozen=True, slots=True)
class _Variable:
    """A variable of an operation.

    Args:
        name: Without the dollar sign.
        coerce: From JSON.
        required: Whether it must be given.
        default: Its default, or ``ABSENT``.
        node: Whether it holds ids that decide which tables are read.
    """

    name: str
    coerce: Coercer
    required: bool
    default: Any
    node: bool


@dataclass(slots=True)
class Operation:
    """One operation of a document, ready to be planned.

    Args:
        kind: ``query``, ``mutation`` or ``subscription``.
        definition: The operation in the document.
        fragments: The document's fragments.
    """

    kind: str
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
                    raise RequestError.of_value(BadInput(REQUIRED), variable.name)
                value = variable.default
            if value is not ABSENT:
                try:
                    value = variable.coerce(value)
                except RecursionError:
                    raise RequestError.of_value(BadInput(VALUE_TOO_DEEP), variable.name) from None
                except BadInput as error:
                    raise RequestError.of_value(error, variable.name) from None
                made[variable.name] = value
            shapes.append(shape(value))
            if variable.node:
                shapes.append(_prefixes(value))
        return made, tuple(shapes)

    def root(self, variables: Mapping[str, Any]) -> dict[str, list[FieldNode]]:
        """The root fields by response key."""
        return collect([self.definition.selection_set], self.kind.capitalize(), frozenset(), self.fragments, variables)

    def asking(self, selections: Sequence[FieldNode]) -> DocumentNode:
        """A document that asks for some of the root fields, with the variables that these use."""
        used = _Used(self.fragments)
        for each in selections:
            visit(each, used)
        definition = replace(
            self.definition,
            selection_set=SelectionSetNode(selections=tuple(selections)),
            variable_definitions=tuple(
                each for each in self.definition.variable_definitions or () if each.variable.name.value in used.names
            ),
        )
        return DocumentNode(definitions=(definition, *self.fragments.values()))

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
        self.schema = build_schema(variant)
        self.commands: dict[str, tuple[Command, Coercer]] = {
            command.field: (command, _COERCERS.of(command, None, functools.partial(command_coercer, command)))
            for command in variant.commands.values()
        }
        self.queries: dict[str, tuple[ComputedQuery, Coercer]] = {
            query.field: (query, _COERCERS.of(query, None, functools.partial(query_coercer, query)))
            for query in variant.queries.values()
        }
        #: The fields of a query that the compiler does not answer.
        self.apart = frozenset({"__schema", "__type", *self.queries})
        self.coercers = Coercers(
            {f"{name[0].upper()}{name[1:]}Input": coercer for name, (_, coercer) in self.commands.items()}
        )
        self.arguments = Arguments(self.schema, self.coercers)
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
        """A document, parsed, valid and within the limits in each of its operations. Raises RequestError."""
        return self._check(query, None, every=True)[0]

    def _check(
        self, query: str, name: str | None, *, every: bool = False
    ) -> tuple[DocumentNode, OperationDefinitionNode | None]:
        """A document and the operation that is meant; none if there is none, or if all are. Raises RequestError."""
        if len(query) > MAX_LENGTH:
            raise RequestError.of(DOCUMENT_LENGTH, {"most": MAX_LENGTH})
        if LONG_NUMBER.search(query):
            raise RequestError.of(NUMBER_TOO_LONG)
        try:
            document = parse(query, max_tokens=self.limits.tokens)
            chosen = None if every else _chosen(document, name)
            check_document(document, self.limits, chosen)
        except GraphQLSyntaxError as error:
            raise RequestError([_shown(error, SYNTAX)]) from None
        except RecursionError:
            raise RequestError.of(NESTED_TOO_DEEPLY) from None
        except TooComplex as error:
            raise RequestError.of(error.code, error.values) from None
        errors = validate(self.schema, document, max_errors=20)
        if errors:
            raise RequestError([_shown(error, NOT_VALID) for error in errors])
        return document, chosen

    def _prepare(self, query: str, name: str | None) -> Operation:
        document, chosen = self._check(query, name)
        if chosen is None:
            raise RequestError.of(NO_OPERATION, {"name": name}) if name else RequestError.of(CHOOSE_OPERATION)
        return self._operation(document, chosen)

    def _operation(self, document: DocumentNode, definition: OperationDefinitionNode) -> Operation:
        fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
        # Of this operation alone: another one of the document may use the same names for something else.
        nodes = _Nodes(fragments)
        visit(definition, nodes)
        variables = tuple(self._variable(each, nodes.names) for each in definition.variable_definitions or ())
        return Operation(definition.operation.value, definition, fragments, variables)

    def _variable(self, definition: Any, nodes: Collection[str]) -> _Variable:
        name = definition.variable.name.value
        kind: Any = type_from_ast(self.schema, definition.type)
        default = ABSENT
        if definition.default_value is not None:
            try:
                default = default_value(kind, definition.default_value)
            except BadInput as error:
                raise RequestError.of_value(error, name) from None
        required = definition.type.kind == "non_null_type" and default is ABSENT
        return _Variable(name, self.coercers.of(kind), required, default, name in nodes)


class _Used(Visitor):
    """Finds the variables that a part of an operation uses.

    Args:
        fragments: Of the document; those that are spread are looked into.
    """

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        super().__init__()
        self.names: set[str] = set()
        self._left = dict(fragments)

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        """Note the variable."""
        self.names.add(node.name.value)

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
        """Look into the fragment, once."""
        fragment = self._left.pop(node.name.value, None)
        if fragment is not None:
            visit(fragment, self)


class _Nodes(_Used):
    """Finds the variables that are ids for ``node`` and ``nodes``: their types decide which tables are read."""

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        """Those of other fields and of directives do not count."""

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """Note the variables in the arguments."""
        if node.name.value in ("node", "nodes"):
            used = _Used({})
            for argument in node.arguments or ():
                visit(argument, used)
            self.names |= used.names


def _chosen(document: DocumentNode, name: str | None) -> OperationDefinitionNode | None:
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    if name is None:
        return operations[0] if len(operations) == 1 else None
    return next((each for each in operations if each.name is not None and each.name.value == name), None)


def _prefixes(value: Any) -> Any:
    """The names before the underscores of an id, or of a list of them."""
    if isinstance(value, list):
        return frozenset(_prefixes(each) for each in value)
    return value.rpartition("_")[0] if isinstance(value, str) else value


def _shown(error: GraphQLError, code: FailureCode) -> dict[str, Any]:
    return {**error.formatted, "message": Message(code, {"detail": error.message}), "extensions": {"code": str(code)}}
