"""The registry of identifier kinds, and the errors and warnings that they give."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

__all__ = [
    "Checked",
    "Doubt",
    "IdentifierError",
    "IdentifierKind",
    "clean",
    "compare_with_person",
    "identifier_kind",
    "identifier_kinds",
    "mask_middle",
    "normalise",
    "register_kind",
]


class IdentifierError(ValueError):
    """A number that cannot be stored as this kind.

    `kind` is the kind's name, `code` a stable word (`length`, `characters`, `check_character`,
    `birth_date`, `unknown_kind`, `empty`), `reason` a sentence that never repeats the number itself.
    """

    def __init__(self, kind: str, code: str, reason: str) -> None:
        super().__init__(f"{kind}: {reason}")
        self.kind = kind
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something a person should look at; it never refuses the number."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A valid identifier in its stored form, and what the number itself tells."""

    value: str
    birth_date: date | None = None
    #: Two digits of the birth year where the number carries no full date, with its century.
    birth_year: int | None = None
    #: ``male`` or ``female``; None where the number does not tell.
    sex: str | None = None
    warnings: tuple[Doubt, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class IdentifierKind:
    """One kind of number: who issues it, how it is checked, how it is shown in lists.

    Args:
        name: ``region.word`` in lower case; what is stored beside the value.
        region: ``HK``, ``CN``, ``VN``, or ``*`` for numbers of any region.
        title: the name in English with the local term.
        check: takes the cleaned text, gives the stored form or raises `IdentifierError`.
        mask: what lists show instead of the stored form.
        sensitive: whether lists show the mask.
    """

    name: str
    region: str
    title: str
    check: Callable[[str], Checked]
    mask: Callable[[str], str]
    sensitive: bool = True


_KINDS: dict[str, IdentifierKind] = {}


def register_kind(kind: IdentifierKind) -> None:
    """Add a kind.  Raises ValueError when another kind has its name: two rules for one word is a fault."""
    known = _KINDS.get(kind.name)
    if known is not None and known != kind:
        raise ValueError(f"identifier kind {kind.name!r} is registered twice")
    _KINDS[kind.name] = kind


def identifier_kind(name: str) -> IdentifierKind:
    """The kind of that name.  Raises `IdentifierError` with the code ``unknown_kind``."""
    try:
        return _KINDS[name]
    except KeyError:
        raise IdentifierError(name, "unknown_kind", "no such kind of identifier") from None


def identifier_kinds(region: str | None = None) -> Iterator[IdentifierKind]:
    """All kinds by name; with `region`, those of that region and those of any."""
    for name in sorted(_KINDS):
        kind = _KINDS[name]
        if region is None or kind.region in (region, "*"):
            yield kind


def clean(text: str) -> str:
    """Full-width forms folded, every space removed, upper case: what people type, without its clothes."""
    while True:
        # A mark that followed a space joins the letter before it once the space is removed: fold that too.
        cleaned = "".join(unicodedata.normalize("NFKC", text).split()).upper()
        if cleaned == text:
            return cleaned
        text = cleaned


def normalise(kind: str, text: str) -> Checked:
    """Validate `text` as an identifier of that kind and give its stored form.

    Raises `IdentifierError` with the kind and the reason; nothing of the text is repeated in it.
    """
    found = identifier_kind(kind)
    cleaned = clean(text)
    if not cleaned:
        raise IdentifierError(kind, "empty", "the number is empty")
    return found.check(cleaned)


def compare_with_person(
    checked: Checked, *, birth_date: date | None = None, sex: str | None = None
) -> tuple[Doubt, ...]:
    """Warnings where what the number tells differs from what the person's record says.

    Both are facts from paper; which is wrong only the office can find out, so nothing is refused.
    `sex` is ``male`` or ``female``; other words are not compared.
    """
    found: list[Doubt] = []
    if birth_date is not None:
        if checked.birth_date is not None and checked.birth_date != birth_date:
            found.append(Doubt("birth_date_differs", "the number carries another birth date"))
        elif checked.birth_year is not None and checked.birth_year != birth_date.year:
            found.append(Doubt("birth_year_differs", "the number carries another birth year"))
    if sex in ("male", "female") and checked.sex is not None and checked.sex != sex:
        found.append(Doubt("sex_differs", "the number carries another sex"))
    return tuple(found)


def mask_middle(value: str, head: int, tail: int) -> str:
    """`value` with everything but `head` first and `tail` last characters starred; short values whole."""
    hidden = len(value) - head - tail
    if hidden <= 0:
        return "*" * len(value)
    return value[:head] + "*" * hidden + (value[-tail:] if tail else "")
