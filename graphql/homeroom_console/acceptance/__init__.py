"""What ``homeroom plugin check`` asks of pages and widgets: that they work for everybody, and are safe."""

from __future__ import annotations

from typing import Final

from homeroom.acceptance import Point
from homeroom_console.acceptance.asking import asking_faults, asking_statements
from homeroom_console.acceptance.files import file_faults
from homeroom_console.acceptance.markup import markup_faults
from homeroom_console.acceptance.rendering import rendering_faults
from homeroom_console.acceptance.scripts import script_faults
from homeroom_console.acceptance.wording import wording_faults

__all__ = ["POINTS"]

POINTS: Final = (
    Point(
        "Its pages ask what the schema has",
        "Correct the query or the declaration of the page, widget or figure that is named; variables come from its"
        " path, from `fill`, or are $today and $language; a figure gets $today and $weekAgo.",
        asking_faults,
        statements=asking_statements,
    ),
    Point(
        "Its pages can be rendered in each language",
        "Correct the template or function that is named; it is tried with a value in every field, and with next to"
        " nothing: no rows, and null where null may be. `rows_of(list)` gives the rows of a list that may be null.",
        rendering_faults,
    ),
    Point(
        "Its pages say everything by their catalogues",
        'Write {{ t(text) }} in templates, and give texts to scripts by attributes: data-to="{{ t(text) }}".',
        wording_faults,
    ),
    Point(
        "Its pages have nothing that browsers are kept from running",
        "Put scripts and styles into files, as `modules` and `styles` of the page; let Jinja escape what is shown.",
        markup_faults,
    ),
    Point(
        "Its page scripts are modules that make no code and no HTML of data",
        "Use textContent, dataset and createElement; name each file in `modules`, and run operations of the page.",
        script_faults,
    ),
    Point(
        "The files of its pages are installed with it",
        "Keep them in the package, in one folder `pages`, and let pyproject.toml put them into the wheel.",
        file_faults,
    ),
)
