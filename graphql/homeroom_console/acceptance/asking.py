"""Whether queries and operations of pages are valid, and whether declarations name what there is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from graphql import (
    GraphQLEnumType,
    GraphQLNonNull,
    GraphQLScalarType,
    OperationType,
    get_named_type,
    parse,
    type_from_ast,
)

from homeroom.acceptance import Statement
from homeroom.pages import Figure, Page, Widget
from homeroom_console.acceptance.parts import asked_by, called, documents_of, operations_for, place_of
from homeroom_console.acceptance.rendering import filled_for, given_at, page_at
from homeroom_console.districts.figures import figure_faults
from homeroom_graphql.operations import RequestError
from homeroom_graphql.request_errors import REFUSED
from homeroom_graphql.samples import SampleAnswer, document_faults, operation_in
from homeroom_graphql.statements import statements_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from graphql import GraphQLSchema, OperationDefinitionNode

    from homeroom.acceptance import Subject

__all__ = ["asking_faults", "asking_statements"]

#: Scalars that no text of an address can be.
_NO_TEXT: Final = frozenset({"Float", "JSON", "Upload"})
#: What the host fills in, with its type.
_FILLED: Final = {"today": "Date", "language": "String"}


def asking_faults(subject: Subject) -> Iterator[str]:
    """What is wrong with the declarations of pages, widgets and figures, and with what they ask."""
    for what in asked_by(subject):
        for fault in _declaration_faults(subject, what):
            yield f"the {called(what)}: {fault}"
    yield from _shared_paths(subject)
    for what in asked_by(subject):
        for title, source, text in documents_of(what):
            for fault in _document_faults(subject, what, title, source, text):
                yield f"the {called(what)}, {fault}"


def asking_statements(subject: Subject) -> Iterator[Statement]:
    """The SQL of what pages, widgets and figures ask."""
    for what in asked_by(subject):
        for title, source, text in documents_of(what):
            if document_faults(operations_for(subject).schema, text) or operation_in(text) is None:
                continue
            try:
                found = list(statements_in(operations_for(subject), text))
            except (RequestError, *REFUSED):  # which the point itself reports
                continue
            place = place_of(subject, source) if isinstance(source, Path) else title
            yield from (Statement(f"the {called(what)}, {place}", each) for each in found)


def _declaration_faults(subject: Subject, what: Page | Widget | Figure) -> Iterator[str]:
    variant = subject.variant
    if not what.name.startswith(f"{subject.name}."):
        yield f"its name does not begin with {subject.name}."
    runnable: Collection[str] = variant.commands.keys() | {each.name for each in variant.queries.values()}
    needs = [*what.needs, *(what.nav.needs if isinstance(what, Page) and what.nav is not None else ())]
    for name in needs:
        if name not in runnable:
            yield f"`needs` names {name!r}, which is no command and no computed query of it or of what it requires"
    if isinstance(what, Figure):
        return
    nouns = [what.tab_of] if isinstance(what, Page) else [what.person]
    if isinstance(what, Widget) and "." in what.place and page_at(subject, what.place) is None:
        yield f"there is no page {what.place}"
    elif isinstance(what, Widget) and what.place != "home" and "." not in what.place:
        nouns.append(what.place)
    for noun in filter(None, nouns):
        if noun not in variant.resources:
            yield f"there is no noun {noun} in this plugin or in those that it requires"


def _shared_paths(subject: Subject) -> Iterator[str]:
    """Pages that answer at one address: only the first would be seen."""
    own = {each.name for each in subject.given("pages", Page)}
    taken: dict[str, Page] = {}
    for page in subject.host.hooks.collect("pages"):
        path = "/".join("{}" if part.startswith("{") else part for part in page.path.split("/"))
        other = taken.setdefault(path, page)
        if other is not page and own & {other.name, page.name}:
            yield f"the pages {other.name} and {page.name} have the same path, {page.path}"


def _document_faults(
    subject: Subject, what: Page | Widget | Figure, title: str, source: str | Path, text: str
) -> Iterator[str]:
    def at(line: int | None = None) -> str:
        if isinstance(source, Path):
            return place_of(subject, source, line)
        return title if line is None else f"{title}, line {line}"

    operations = operations_for(subject)
    faults = document_faults(operations.schema, text)
    for error in faults:
        yield f"{at(error.locations[0].line if error.locations else None)}: {error.message}"
    if faults:
        return
    operation = operation_in(text)
    if operation is None:
        yield f"{at()}: it is to hold one operation"
        return
    if title == "its query":
        if operation.operation is not OperationType.QUERY:
            kind = type(what).__name__.lower()
            yield f"{at()}: it is a {operation.operation.value}, and a {kind} asks a query; name it in `operations`"
            return
        if not isinstance(what, Figure):
            yield from (f"{at(line)}: {fault}" for line, fault in _variable_faults(subject, what, operation))
    try:
        list(statements_in(operations, text))
    except (RequestError, *REFUSED) as error:
        yield f"{at()}: it cannot be asked: {error}"
        return
    if isinstance(what, Figure):
        yield from (f"{at()}: {fault}" for fault in _figure_faults(operations.schema, what))


def _figure_faults(schema: GraphQLSchema, figure: Figure) -> Iterator[str]:
    """Why a district would see no number, though the query of the figure is valid."""
    yield from figure_faults(schema, figure)
    answer = SampleAnswer(schema, parse(figure.document)).answer()
    try:
        figure.counted(answer)
        if figure.of is not None:
            figure.of(answer)
    except Exception as error:  # noqa: BLE001 - it is the author's code
        yield f"no number can be made of an answer: {type(error).__name__}: {error}"


def _variable_faults(
    subject: Subject, what: Page | Widget, operation: OperationDefinitionNode
) -> Iterator[tuple[int | None, str]]:
    """What is wrong with the variables of a query."""
    schema = operations_for(subject).schema
    given = _given_to(subject, what)
    declared: set[str] = set()
    for each in operation.variable_definitions or ():
        name, line = each.variable.name.value, each.loc.start_token.line if each.loc else None
        declared.add(name)
        kind = type_from_ast(schema, each.type)
        wanted = _FILLED.get(name) or ("ID" if name in ("id", "me") and isinstance(what, Widget) else "")
        named = get_named_type(kind)
        assert named is not None  # it is valid in the schema
        if wanted and named.name != wanted and name in given:
            yield line, f"${name} is a {named.name}, and gets a {wanted}"
        elif name in _path_of(what) and not _takes_text(named):
            yield line, f"${name} is a {named.name}, and gets a text from the path {what.path}"  # type: ignore[union-attr]
        elif isinstance(kind, GraphQLNonNull) and each.default_value is None and name not in given:
            gives = (
                f"neither the path {what.path} nor `fill` gives it"
                if isinstance(what, Page)
                else (f"the host gives it {', '.join(f'${each}' for each in sorted(given))} alone")
            )
            yield line, f"${name} has to be given, and {gives}"
    for name in _path_of(what):
        if name not in declared:
            yield None, f"the path has {{{name}}}, and the query no variable ${name}"


def _path_of(what: Page | Widget) -> list[str]:
    return what.variables if isinstance(what, Page) else []


def _given_to(subject: Subject, what: Page | Widget) -> Collection[str]:
    """The variables that a query always gets."""
    if isinstance(what, Widget):
        return {*given_at(subject, what), *(("me",) if what.person else ())}
    try:
        return {*filled_for(subject, what), *what.variables}
    except Exception:  # noqa: BLE001 - the point on rendering reports what the author's code does
        return {*_FILLED, *what.variables}


def _takes_text(kind: object) -> bool:
    """Whether a text of an address can be a value of a type."""
    return isinstance(kind, GraphQLEnumType) or (isinstance(kind, GraphQLScalarType) and kind.name not in _NO_TEXT)
