"""What of a plugin is checked: its pages, widgets and figures, with the places of their files."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Final

from homeroom.pages import Figure, Page, Widget
from homeroom_graphql.limits import Limits
from homeroom_graphql.operations import Operations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from homeroom.acceptance import Subject

__all__ = ["asked_by", "called", "code_of", "declared_by", "documents_of", "operations_for", "place_of"]

_KEPT: Final = "console.checked"


def declared_by(subject: Subject) -> list[Page | Widget]:
    """The pages and the widgets of a plugin."""
    return [*subject.given("pages", Page), *subject.given("widgets", Widget)]


def asked_by(subject: Subject) -> list[Page | Widget | Figure]:
    """All of a plugin that asks: its pages, its widgets, and its figures, which have no template."""
    return [*declared_by(subject), *subject.given("figures", Figure)]


def called(what: Page | Widget | Figure) -> str:
    """What messages call a page, a widget or a figure."""
    return f"{type(what).__name__.lower()} {what.name}"


def place_of(subject: Subject, file: Path, line: int | None = None) -> str:
    """A file and a line, for the author."""
    folder = subject.folder.parent.resolve()
    path = file.resolve()
    shown = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.as_posix()
    return shown if line is None else f"{shown}:{line}"


def documents_of(what: Page | Widget | Figure) -> Iterator[tuple[str, str | Path, str]]:
    """The documents of a page, a widget or a figure: what it is, where it is written, and its text."""
    if what.document:
        yield "its query", what.query, what.document
    for name in what.operations if isinstance(what, Page) else ():
        assert isinstance(what, Page)
        yield f"its operation {name}", what.operations[name], what.operation(name) or ""


def operations_for(subject: Subject) -> Operations:
    """The schema that the documents of a plugin are checked in: what it has together with what it requires."""
    found = subject.variant.parts.get(_KEPT)
    if found is None:
        found = subject.variant.parts[_KEPT] = Operations(subject.variant, Limits.of(subject.host.settings))
    assert isinstance(found, Operations)
    return found


def code_of(subject: Subject) -> list[Path]:
    """The files of Python that make what pages show: those beside them, and those of ``fill`` and ``arrange``."""
    folder = subject.folder
    found = {folder / "pages.py", *(folder / "pages").rglob("*.py")}
    for what in declared_by(subject):
        for name in ("fill", "arrange"):
            function: Any = getattr(what, name, None)
            file = inspect.getsourcefile(inspect.unwrap(function)) if inspect.isfunction(function) else None
            found |= {each for each in folder.rglob("*.py") if file is not None and each.samefile(file)}
    return sorted(each for each in found if each.is_file())
