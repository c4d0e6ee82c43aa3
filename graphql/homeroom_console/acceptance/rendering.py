"""Whether templates can be rendered: with an answer that has everything, with one that has next to nothing, and with
answers in which one field is null, as it is for readers who may not see it."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from graphql import OperationType, parse
from jinja2 import TemplateError, TemplateSyntaxError

from homeroom.callers import Caller, Space
from homeroom.languages import LANGUAGES
from homeroom.pages import Page, Widget
from homeroom.variants import full_access
from homeroom_console.acceptance.parts import called, declared_by, operations_for, place_of
from homeroom_console.brands import HOMEROOM
from homeroom_console.own_pages import known_of, values_of
from homeroom_console.reader import Reader, Words
from homeroom_console.rendering import Renderer
from homeroom_console.shell import shell_of
from homeroom_graphql.samples import SCALARS, SampleAnswer, document_faults, operation_in
from homeroom_graphql.vocabulary.build import vocabulary_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graphql import GraphQLSchema

    from homeroom.acceptance import Subject

__all__ = ["Rendered", "filled_for", "rendered_by", "rendering_faults"]

_NOW: Final = datetime(2025, 10, 15, 8, 30, tzinfo=UTC)
_ERROR: Final = {"message": "Sample", "path": ["sample"], "extensions": {"code": "FORBIDDEN"}}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page or a widget, rendered once.

    Args:
        what: The page or the widget.
        language: For whom; empty if it was tried in one language alone.
        answer: What the answer had, for the author.
        html: The text; empty if it could not be made.
        fault: Why not, with the place.
    """

    what: Page | Widget
    language: str
    answer: str
    html: str = ""
    fault: str = ""


def rendering_faults(subject: Subject) -> Iterator[str]:
    """What keeps templates from being rendered; what is wrong in several languages is reported once."""
    found: dict[tuple[str, str], list[Rendered]] = {}
    for each in rendered_by(subject):
        if each.fault:
            found.setdefault((each.what.name, each.fault), []).append(each)
    for tries in found.values():
        languages = {each.language for each in tries} - {""}
        where = "" if len(languages) in (0, len(LANGUAGES)) else f", in {', '.join(sorted(languages))}"
        yield f"the {called(tries[0].what)}, {tries[0].fault} (with {tries[0].answer}{where})"


def rendered_by(subject: Subject) -> list[Rendered]:
    """Each page and widget whose query is valid, in each language and with each answer; made once for each plugin."""
    found: list[Rendered] | None = subject.variant.parts.get("console.rendered")
    if found is None:
        found = subject.variant.parts["console.rendered"] = list(_rendered(subject))
    return found


def filled_for(subject: Subject, page: Page) -> Mapping[str, Any]:
    """The variables that a page's query gets of a sample address."""
    return known_of(_reader(subject, LANGUAGES[0]), page, _address_of(subject, page))


def page_at(subject: Subject, place: str) -> Page | None:
    """The page of a plugin that is a place for widgets; none if there is no page of that name."""
    return next((each for each in subject.host.hooks.collect("pages") if each.name == place), None)


def given_at(subject: Subject, widget: Widget, reader: Reader | None = None) -> Mapping[str, Any]:
    """The variables that a widget's query gets at its place."""
    reader = reader or _reader(subject, LANGUAGES[0])
    page = page_at(subject, widget.place)
    if page is not None:
        return known_of(reader, page, _address_of(subject, page))
    filled = {"today": reader.today, "language": reader.language}
    return filled if widget.place == "home" else {**filled, "id": SCALARS["ID"]}


def _rendered(subject: Subject) -> Iterator[Rendered]:
    schema = operations_for(subject).schema
    renderer = Renderer(subject.host)
    for what in declared_by(subject):
        if what.document and not _answerable(schema, what.document):
            continue  # which another point reports
        full = SampleAnswer(schema, parse(what.document)) if what.document else None
        data = full.answer() if full is not None else {}
        least = SampleAnswer(schema, parse(what.document), empty=True).answer() if what.document else {}
        for language in LANGUAGES:
            yield _tried(subject, renderer, what, language, data, "an answer")
            yield _tried(subject, renderer, what, language, least, "an answer that has next to nothing", [_ERROR])
        for path in full.nullable if full is not None else ():
            data = SampleAnswer(schema, parse(what.document), without=path).answer()
            tried = _tried(subject, renderer, what, LANGUAGES[0], data, f"an answer in which {path} is null")
            if tried.fault:  # one that works has nothing that the first has not
                yield replace(tried, language="")


def _tried(
    subject: Subject,
    renderer: Renderer,
    what: Page | Widget,
    language: str,
    data: Mapping[str, Any],
    answer: str,
    errors: Sequence[Mapping[str, Any]] = (),
) -> Rendered:
    try:
        return Rendered(what, language, answer, _html(subject, renderer, what, language, data, errors))
    except Exception as error:  # noqa: BLE001 - templates and the author's code may fail in any way
        return Rendered(what, language, answer, fault=_fault(subject, what, error))


def _answerable(schema: GraphQLSchema, document: str) -> bool:
    if document_faults(schema, document):
        return False
    operation = operation_in(document)
    return operation is not None and operation.operation is OperationType.QUERY


def _html(
    subject: Subject,
    renderer: Renderer,
    what: Page | Widget,
    language: str,
    data: Mapping[str, Any],
    errors: Sequence[Mapping[str, Any]],
) -> str:
    reader = _reader(subject, language)
    template = renderer.template_of(subject.name, what.template)
    if isinstance(what, Widget):
        return renderer.page(template, reader, subject.name, data=data, variables=given_at(subject, what, reader))
    known = known_of(reader, what, _address_of(subject, what))
    values = values_of(renderer, reader, subject.name, what, known, data, errors)
    around = {**shell_of(reader, f"/pages/{what.path}"), "scheme": ""}
    return renderer.page(template, reader, subject.name, **around, **values)


def _address_of(subject: Subject, page: Page) -> dict[str, str]:
    """The variables of a page's path, with values that its query takes."""
    kinds: dict[str, str] = {}
    operation = operation_in(page.document) if page.document else None
    for each in (operation.variable_definitions or ()) if operation is not None else ():
        named: Any = each.type
        while hasattr(named, "type"):
            named = named.type
        kinds[each.variable.name.value] = named.name.value
    return {name: str(SCALARS.get(kinds.get(name, "ID"), "Sample")) for name in page.variables}


def _reader(subject: Subject, language: str) -> Reader:
    """Somebody who may do and see everything in a school that has just the plugin and what it requires."""
    space = Space(UUID(int=0), "sample", "school", "Sample", "vn", ZoneInfo("UTC"), "en", subject.variant.plugins)
    access = full_access(subject.host.variant_of(space))
    caller = Caller(space, UUID(int=0), access=access, login="sample", name="Sample")
    vocabulary = vocabulary_for(subject.host, caller, language, [])
    return Reader(subject.host, caller, language, b"", vocabulary, Words.of(vocabulary), _NOW, HOMEROOM)


def _fault(subject: Subject, what: Page | Widget, error: Exception) -> str:
    """What went wrong, at the last place of it that is the author's."""
    said = f"{type(error).__name__}: {error}" if not isinstance(error, TemplateError) else str(error.message)
    if isinstance(error, TemplateSyntaxError) and error.filename:
        return f"{place_of(subject, Path(error.filename), error.lineno)}: {said}"
    folder = subject.folder.resolve()
    frames = [each for each in traceback.extract_tb(error.__traceback__) if Path(each.filename).is_absolute()]
    own = [each for each in frames if Path(each.filename).resolve().is_relative_to(folder)]
    if own:
        return f"{place_of(subject, Path(own[-1].filename), own[-1].lineno)}: {said}"
    return f"{place_of(subject, what.template)}: {said}"
