"""The page of one import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from homeroom_console.forms.imports import columns_of, import_controls

if TYPE_CHECKING:
    from litestar import Request

    from homeroom_console.reader import Reader
    from homeroom_console.routes.serving import Answer, Serving
    from homeroom_graphql.vocabulary.values import VocabularyVerb

__all__ = ["import_page"]


async def import_page(
    serving: Serving, request: Request[Any, Any, Any], reader: Reader, verb: VocabularyVerb
) -> Answer:
    """The form of an import, with the columns that a file may have.

    Args:
        serving: Answers.
        request: What it answers.
        reader: Who imports.
        verb: The import.
    """
    columns = await columns_of(serving.asking, reader, verb)
    controls = await import_controls(serving.asking, reader, verb, {})
    return serving.page(request, reader, "console/import.html", verb=verb, columns=columns, controls=controls)
