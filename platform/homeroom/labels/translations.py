"""What a plugin says, for translators: its labels, and the texts of its refusals, papers and notices."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from homeroom.declared_codes import declared_codes, shared_codes
from homeroom.documents import texts_of
from homeroom.errors import ConfigurationError
from homeroom.labels.terms import Declared, Term, terms_of
from homeroom.languages import text_among, texts_in
from homeroom.pages import texts_in_files
from homeroom.pages import texts_of as texts_of_page
from homeroom.parts import plugin_package

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from homeroom.host import Host
    from homeroom.plugins import Plugin
    from homeroom.refusals import Code

__all__ = ["append", "as_po", "declared_by", "label_faults", "missing", "said_by", "unlabelled"]

_HEADER = """msgid ""
msgstr ""
"Language: {tag}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""


def declared_by(host: Host, plugin: Plugin) -> Declared:
    """What a plugin declares that has labels; what a broken plugin cannot give is left out.

    Args:
        host: A host, open or not.
        plugin: One of its plugins, or one that is quarantined.
    """
    everything = host.variant(frozenset(host.registry.plugins))
    known, by_table = dict(everything.resources), dict(everything.by_table)
    own = _given(host, plugin, "resources")
    for each in own:
        known.setdefault(each.name, each)
        by_table.setdefault(each.table, each)
    return Declared(
        plugin.title,
        own,
        _given(host, plugin, "extensions"),
        [*_given(host, plugin, "commands"), *_given(host, plugin, "queries")],
        _given(host, plugin, "jobs"),
        dict(_given(host, plugin, "role_titles")),
        dict(_given(host, plugin, "rights")),
        known,
        by_table,
    )


def _given(host: Host, plugin: Plugin, hook: str) -> list[Any]:
    if plugin.name in host.registry.plugins:
        return host.hooks.collect(hook, only=frozenset({plugin.name}))
    implementation = getattr(plugin, hook, None)
    try:
        found = implementation() if implementation is not None else ()
        return list(found.items() if hasattr(found, "items") else found)
    except Exception:  # noqa: BLE001 - it is quarantined because something of it fails, which may be this
        return []


def unlabelled(host: Host, plugin: Plugin, language: str) -> Iterator[Term]:
    """The terms of a plugin that have no label in a language, with the English labels that the plugin chose.

    Args:
        host: A host, open or not.
        plugin: One of its plugins, or one that is quarantined.
        language: One of :data:`~homeroom.languages.LANGUAGES` but English.
    """
    folders = host.registry.catalogues_of(plugin)
    for term in _terms(host, plugin):
        if text_among(folders, language, term.english, term.context) is None:
            yield term


def _terms(host: Host, plugin: Plugin) -> Iterator[Term]:
    chosen: dict[str, str] = {}
    for each in reversed(host.registry.with_nearest(plugin)):
        chosen |= dict(_given(host, each, "labels"))
    for term in terms_of(declared_by(host, plugin)):
        yield term.with_english(chosen.get(term.key, term.english))


def label_faults(host: Host, plugin: Plugin) -> Iterator[str]:
    """What is wrong with the labels that a plugin gives: those of things that it does not declare."""
    known = {term.key for term in terms_of(declared_by(host, plugin))}
    for key in dict(_given(host, plugin, "labels")):
        if key not in known:
            yield f"labels.LABELS names {key}, which the plugin does not declare"


def said_by(host: Host, plugin: str) -> Iterator[tuple[str, str]]:
    """Every text of a plugin in English, and where it is shown.

    Args:
        host: A host, open or not.
        plugin: Its name; it may be quarantined.

    Raises:
        ConfigurationError: There is no such plugin, or it could not be imported.
    """
    found = host.registry.known(plugin)
    yield from _own_texts(host, found)
    yield from _page_texts(host, found)
    yield from ((term.english, term.place) for term in _terms(host, found))


def _own_texts(host: Host, plugin: Plugin) -> Iterator[tuple[str, str]]:
    """The texts of a plugin that only its own catalogue translates."""
    for kind in _given(host, plugin, "notice_kinds"):
        yield from ((text, f"The notice {kind.name}.") for text in (kind.title, kind.subject, kind.body))
    for document in _given(host, plugin, "documents"):
        yield from ((text, f"The paper {document.name}.") for text in texts_of(document))
    for code in _own_codes(host, plugin):
        yield code.text, f"The refusal {code}."


def _page_texts(host: Host, plugin: Plugin) -> Iterator[tuple[str, str]]:
    """The texts of a plugin's pages, which the catalogues of the host may translate as well."""
    for hook in ("pages", "widgets", "figures", "looks"):
        for each in _given(host, plugin, hook):
            yield from ((text, f"The {hook} of the plugin.") for text in texts_of_page(each))
    for folder in _folders(plugin):
        yield from ((text, f"In {file}.") for text, file in texts_in_files(folder))


def _folders(plugin: Plugin) -> list[Path]:
    """The folder of a plugin's package; none for a plugin that is a single module, alone or among others."""
    package = sys.modules[plugin_package(plugin)]
    if type(plugin).__module__ != f"{package.__name__}.plugin":
        return []
    return [Path(each) for each in getattr(package, "__path__", ())]


def _own_codes(host: Host, plugin: Plugin) -> Iterator[Code]:
    """The codes that a plugin declares, without those that it imports."""
    others = [
        each
        for each in host.registry.in_order(host.registry.with_requirements([plugin.name, *plugin.requires]))
        if each.name != plugin.name
    ]
    foreign = {id(code) for code in shared_codes()} | {id(code) for each in others for code in declared_codes(each)}
    try:
        return (code for code in declared_codes(plugin) if id(code) not in foreign)
    except Exception as error:
        raise ConfigurationError(f"{plugin_package(plugin)}.refusals: {type(error).__name__}: {error}") from error


def missing(host: Host, plugin: str, language: str) -> dict[str, list[str]]:
    """The texts of a plugin that its catalogue lacks, each with the places where it is shown.

    Labels may also be in the catalogues of the plugins that it requires and in the host's.

    Args:
        host: A host, open or not.
        plugin: Its name; it may be quarantined.
        language: One of :data:`~homeroom.languages.LANGUAGES` but English.

    Raises:
        ConfigurationError: There is no such plugin, it could not be imported, or a catalogue cannot be read.
    """
    found = host.registry.known(plugin)
    lacking: dict[str, list[str]] = {}
    try:
        own = {text.rpartition("\x04")[2] for text in texts_in(found.locale, language)}
        texts = [(text, place) for text, place in _own_texts(host, found) if text not in own]
        known = [
            each.locale
            for each in (found, *(host.registry.plugins[each] for each in host.registry.host_parts()))
            if each.locale is not None
        ]
        texts += [each for each in _page_texts(host, found) if text_among(known, language, each[0]) is None]
        texts += [(term.english, term.place) for term in unlabelled(host, found, language)]
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"plugin {plugin}, catalogue for {language}: {error}") from error
    for text, place in texts:
        if place not in lacking.setdefault(text, []):
            lacking[text].append(place)
    return lacking


def as_po(texts: Mapping[str, list[str]]) -> str:
    """Texts without translations as entries of a PO file, with comments that say where each is used."""
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
        ConfigurationError: There is no such plugin, or it names no folder of catalogues.
    """
    from babel.messages.pofile import read_po

    folder = host.registry.known(plugin).locale
    if folder is None:
        raise ConfigurationError(f"the plugin {plugin} names no folder of catalogues as its locale")
    path = folder / f"{language}.po"
    present = path.read_text("utf-8") if path.is_file() else _HEADER.format(tag=language.replace("-", "_"))
    entries = {message.id for message in read_po(io.BytesIO(present.encode())) if not message.context}
    added = {text: places for text, places in texts.items() if text not in entries}
    if added:
        path.write_text(f"{present.rstrip()}\n\n{as_po(added)}", "utf-8")
    return path
