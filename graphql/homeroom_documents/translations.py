"""What a plugin says, for whoever translates it: the texts of its papers and notices, and the heads of its lists."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from homeroom import refusals
from homeroom.documents import texts_of
from homeroom.errors import ConfigurationError
from homeroom.languages import texts_in
from homeroom.messages import codes_in, declared_codes
from homeroom_documents.columns import heads_of, title_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from homeroom.host import Host
    from homeroom.refusals import Code

__all__ = ["append", "as_po", "missing", "said_by"]

_HEADER = """msgid ""
msgstr ""
"Language: {tag}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""


def said_by(host: Host, plugin: str) -> Iterator[tuple[str, str]]:
    """Every text of a plugin in English, and where it stands.

    Args:
        host: A host, open or not.
        plugin: Its name.

    Raises:
        ConfigurationError: There is no such plugin.
    """
    if plugin not in host.registry.plugins:
        raise ConfigurationError(f"there is no plugin {plugin!r}")
    variant = host.variant(host.registry.with_requirements([plugin]))
    own = frozenset({plugin})
    for kind in host.hooks.collect("notice_kinds", only=own):
        yield from ((text, f"The notice {kind.name}.") for text in (kind.title, kind.subject, kind.body))
    for document in host.hooks.collect("documents", only=own):
        yield from ((text, f"The paper {document.name}.") for text in texts_of(document))
    for code in _own_codes(host, plugin):
        yield code.text, f"The refusal {code}."
    for resource in variant.resources.values():
        for name in heads_of(variant, resource):
            by = variant.given_by.get(f"{resource.name}.{name}") or variant.given_by[resource.name]
            if by == plugin:
                yield title_of(name), f"Heads a column of {resource.name}."


def _own_codes(host: Host, plugin: str) -> Iterator[Code]:
    """The codes that a plugin declares, without those that it imports."""
    others = [each for each in host.registry.in_order() if each.name != plugin]
    foreign = {id(code) for code in codes_in(refusals)} | {
        id(code)
        for each in others
        if each.name in host.registry.with_requirements([plugin])
        for code in declared_codes(each)
    }
    return (code for code in declared_codes(host.registry.plugins[plugin]) if id(code) not in foreign)


def missing(host: Host, plugin: str, language: str) -> dict[str, list[str]]:
    """The texts of a plugin that its catalogue lacks, each with the places where it stands.

    Args:
        host: A host, open or not.
        plugin: Its name.
        language: One of :data:`~homeroom.languages.LANGUAGES`.

    Raises:
        ConfigurationError: There is no such plugin.
    """
    lacking: dict[str, list[str]] = {}
    said = list(said_by(host, plugin))
    known = {text.rpartition("\x04")[2] for text in texts_in(host.registry.plugins[plugin].locale, language)}
    for text, place in said:
        if text not in known and place not in lacking.setdefault(text, []):
            lacking[text].append(place)
    return lacking


def as_po(texts: Mapping[str, list[str]]) -> str:
    """Texts without translations as entries of a PO file, with comments that say where each stands."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    catalogue = Catalog()
    for text, places in texts.items():
        catalogue.add(text, auto_comments=places)
    written = io.BytesIO()
    write_po(written, catalogue, width=0, omit_header=True)
    return written.getvalue().decode()


def append(host: Host, plugin: str, language: str, texts: Mapping[str, list[str]]) -> Path:
    """Add texts to a plugin's catalogue, which is made if there is none. Entries that it has are left unchanged.

    A text that is there already, but without a translation, is not added again.

    Args:
        host: A host, open or not.
        plugin: Its name.
        language: One of :data:`~homeroom.languages.LANGUAGES`.
        texts: As :func:`missing` gives them.

    Returns:
        The file.

    Raises:
        ConfigurationError: The plugin names no folder of catalogues.
    """
    from babel.messages.pofile import read_po

    folder = host.registry.plugins[plugin].locale
    if folder is None:
        raise ConfigurationError(f"the plugin {plugin} names no folder of catalogues as its locale")
    path = folder / f"{language}.po"
    present = path.read_text("utf-8") if path.is_file() else _HEADER.format(tag=language.replace("-", "_"))
    entries = {message.id for message in read_po(io.BytesIO(present.encode())) if not message.context}
    added = {text: places for text, places in texts.items() if text not in entries}
    if added:
        path.write_text(f"{present.rstrip()}\n\n{as_po(added)}", "utf-8")
    return path
