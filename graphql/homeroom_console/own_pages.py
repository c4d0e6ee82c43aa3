"""What the query and the template of a plugin's page get: of a reader, or of a check of the plugin."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from homeroom.errors import ConfigurationError
from homeroom_console.live import listens

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup

    from homeroom.pages import Page
    from homeroom_console.reader import Reader
    from homeroom_console.rendering import Renderer

__all__ = ["known_of", "values_of"]


def known_of(reader: Reader, page: Page, given: Mapping[str, str]) -> dict[str, Any]:
    """The variables of a page.

    Args:
        reader: Who reads.
        page: The page.
        given: Those of the address.
    """
    known: dict[str, Any] = {**given, "today": reader.today, "language": reader.language}
    if page.fill is not None:
        known |= page.fill(known, date.fromisoformat(reader.today))
    return known


def values_of(
    renderer: Renderer,
    reader: Reader,
    plugin: str,
    page: Page,
    known: Mapping[str, Any],
    data: Mapping[str, Any],
    errors: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """What the template of a page gets.

    Args:
        renderer: Knows the addresses of the page's files.
        reader: Who reads.
        plugin: Whose page it is.
        page: The page.
        known: Its variables.
        data: The answer to its query.
        errors: The errors of the answer.
    """

    def listening(name: str) -> Markup:
        document = page.operation(name)
        if document is None:
            raise ConfigurationError(f"page {page.name} has no operation {name!r} to listen to")
        return listens(document, known)

    return {
        "page": page,
        "page_title": reader.text(page.title, plugin),
        "modules": [renderer.assets.of_plugin(plugin, each) for each in page.modules],
        "styles": [renderer.assets.of_plugin(plugin, each) for each in page.styles],
        "variables": known,
        "errors": errors,
        "listens": listening,
        "beside": [],
        "data": page.arrange(data) if page.arrange is not None else data,
    }
