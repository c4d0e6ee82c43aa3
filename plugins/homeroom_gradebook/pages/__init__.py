"""What people see of the gradebook in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from homeroom.pages import Nav, Page
from homeroom_gradebook.pages.arranging import book, books, progress
from homeroom_gradebook.pages.home import FIGURES, WIDGETS
from homeroom_gradebook.pages.looks import LOOKS

__all__ = ["FIGURES", "LOOKS", "PAGES", "WIDGETS"]

_HERE: Final = Path(__file__).parent

PAGES: Final = (
    Page(
        "gradebook.books",
        title="Gradebooks",
        path="gradebooks",
        query=_HERE / "books.graphql",
        template=_HERE / "books.html",
        nav=Nav("teaching", 10, needs=("gradebook.mark.enter", "gradebook.round.open")),
        arrange=books,
    ),
    Page(
        "gradebook.book",
        title="Marks of a class",
        path="gradebooks/{gradebook}",
        query=_HERE / "book.graphql",
        operations={each: _HERE / f"{each}.graphql" for each in ("save", "lines", "entered")},
        template=_HERE / "book.html",
        modules=(_HERE / "book.js",),
        tab_of="Gradebook",
        arrange=book,
    ),
    Page(
        "gradebook.progress",
        title="Marks that are missing",
        path="missing-marks",
        query=_HERE / "progress.graphql",
        template=_HERE / "progress.html",
        nav=Nav("teaching", 20),
        needs=("gradebook.round.close",),
        arrange=progress,
    ),
)
