"""Whether people read everything in their language: texts of templates and scripts that no catalogue has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jinja2 import nodes

from homeroom_console.acceptance.parts import place_of
from homeroom_console.acceptance.scripts import said_by_scripts
from homeroom_console.acceptance.templates import sources_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from homeroom.acceptance import Subject

__all__ = ["wording_faults"]

#: Elements whose texts are the same in all languages, or that no reader sees.
_SPELT: Final = frozenset({"code", "kbd", "pre", "samp", "script", "style", "var"})
#: Attributes that people read.
_READ: Final = ("alt", "aria-description", "aria-label", "aria-roledescription", "placeholder", "title")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_REFERENCE: Final = re.compile(r"&#?\w+;")


def wording_faults(subject: Subject) -> Iterator[str]:
    """Texts that are written down in one language alone."""
    for source in sources_of(subject):
        for element in source.elements():
            texts = [element.text] if element.text and element.tag not in _SPELT else []
            texts += [element.attributes[name] for name in _READ if name in element.attributes]
            for text in texts:
                said = " ".join(_REFERENCE.sub(" ", text).split())
                if _WORD.search(said):
                    # In two pieces, or this line would itself be a text for translators.
                    quoted = f'"{said}"'
                    yield f"{place_of(subject, source.path, element.line)}: write {{{{ t({quoted}) }}}} for {said!r}"
        for call in source.tree.find_all(nodes.Call):
            spoken = isinstance(call.node, nodes.Name) and call.node.name == "t"
            if spoken and not (call.args and isinstance(call.args[0], nodes.Const)):
                yield f"{place_of(subject, source.path, call.lineno)}: t() takes a text as it is, for the catalogues"
    for file, line, text in said_by_scripts(subject):
        yield f"{place_of(subject, file, line)}: the script says {text!r}; take it from an attribute of the template"
