"""Texts that people give: one form for what looks the same, and no characters that mislead.

Every door reads texts here. Texts are kept in Unicode's composed form (NFC), as Windows keyboards type it; files from
macOS hold decomposed letters that look alike. A command's arguments are searched for characters that no text of a
school needs (:mod:`homeroom.text_arguments`), and single lines are tidied and measured by :func:`plain_text`.
Passwords do not come through here.

The rules name characters by their numbers, where Python's own tables may be older than the text: ideographs of later
versions of Unicode are letters too.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from homeroom.errors import Refusal
from homeroom.refusals import BAD_CHARACTER, REQUIRED, TOO_LONG

__all__ = [
    "code_text",
    "composed",
    "folded",
    "forbidden",
    "is_ideograph",
    "narrow",
    "plain_text",
    "required_code",
    "required_text",
    "tidy",
]

#: Characters that no text may hold: controls except tab and line breaks; overrides, embeddings and isolates, which show
#: a text in another order than it has; deprecated and annotating formats; tags; halves of surrogate pairs; and
#: what Unicode will never assign.
_FORBIDDEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u206f\ufff9-\ufffb\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    "\U000e0000-\U000e00ff" + "".join(f"{chr((p << 16) | 0xFFFE)}{chr((p << 16) | 0xFFFF)}" for p in range(1, 17)) + "]"
)
#: Characters without a width and a meaning in a name: soft hyphen, zero-width space and joiners of words, marks of an
#: encoding. They come along when a text is copied.
_SILENT: Final = re.compile("[\u00ad\u034f\u180e\u200b\u2060-\u2064\ufeff]")
#: Joiners where the character before does not join: scripts of South and West Asia and symbols do.
_IDLE_JOINER: Final = re.compile(
    "(?<![\u0600-\u109f\u1780-\u1cff\u2190-\u2bff\u3030\u303d\ua800-\uabff\ufb50-\ufdfd\ufe00-\ufe0f\ufe70-\ufefc"
    "\U00010a00-\U0001faff])[\u200c\u200d]"
)
#: What the eye does not see, at any place: formats, selectors of variants, fillers that are drawn as nothing.
_UNSEEN: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\U000e0000-\U000e0fff]"
)
#: Planes of ideographs, which grow with each version of Unicode.
_IDEOGRAPHS: Final = range(0x20000, 0x3FFFE)


def composed(text: str) -> str:
    """A text in Unicode's composed form (NFC): one form for all that look the same letter by letter."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def tidy(text: str) -> str:
    """A single line in composed form, with runs of spaces as one, without what comes along when a text is copied."""
    if text.isascii():
        return " ".join(text.split())
    return " ".join(_IDLE_JOINER.sub("", _SILENT.sub("", composed(text))).split())


def forbidden(text: str) -> str | None:
    """The first character of a text that no text may hold, such as ``U+202E``; none if all may stand there."""
    if text.isprintable():
        return None
    found = _FORBIDDEN.search(text)
    return None if found is None else f"U+{ord(found[0]):04X}"


def plain_text(text: str, longest: int, field: str, row: int | None = None) -> str:
    """A single line as it is kept: composed, runs of spaces as one space, without characters that nobody sees.

    Joiners (U+200C, U+200D) stay where the script needs them.

    Args:
        text: What was given.
        longest: How many characters it has at most; a longer text is refused and never cut.
        field: The input field.
        row: The row of a list that the field lies in.

    Raises:
        Refusal: The text is too long, or holds a character that cannot be read.
    """
    plain = tidy(text)
    if not (plain.isascii() and text.isprintable()):
        bad = forbidden(text) or _unreadable(plain)
        if bad is not None:
            raise Refusal(BAD_CHARACTER, field, row, character=bad)
        if not _UNSEEN.sub("", plain).strip():
            plain = ""
    if len(plain) > longest:
        raise Refusal(TOO_LONG, field, row, most=longest)
    return plain


def is_ideograph(character: str) -> bool:
    """Whether a character is a Chinese character, of the planes that grow with each version of Unicode too."""
    number = ord(character)
    return 0x3400 <= number <= 0x4DBF or 0x4E00 <= number <= 0x9FFF or number in _IDEOGRAPHS


def _unreadable(text: str) -> str | None:
    """A character that is no letter, mark, sign or joiner of any version of Unicode."""
    if text.isprintable():
        return None
    for each in text:
        if each.isprintable():
            continue
        category = unicodedata.category(each)
        # Not assigned yet may be assigned in a later version than Python's.
        if category not in ("Cf", "Cn") or (category == "Cn" and ord(each) not in _IDEOGRAPHS):
            return f"U+{ord(each):04X}"
    return None


def required_text(text: str, longest: int, field: str, row: int | None = None) -> str:
    """As :func:`plain_text`, and a refusal where nothing is left to see."""
    plain = plain_text(text, longest, field, row)
    if not plain:
        raise Refusal(REQUIRED, field, row)
    return plain


def code_text(text: str, longest: int, field: str, row: int | None = None) -> str:
    """A code or number as it is kept: as :func:`plain_text`, with full-width letters and digits as the plain ones.

    Compatibility forms are one (NFKC), and what the eye does not see is left out, so that no two codes look alike.
    """
    return plain_text(narrow(text), longest, field, row)


def narrow(text: str) -> str:
    """A code in one form: full-width letters and digits as the plain ones, without what the eye does not see."""
    return text if text.isascii() else _UNSEEN.sub("", unicodedata.normalize("NFKC", text))


def required_code(text: str, longest: int, field: str, row: int | None = None) -> str:
    """As :func:`code_text`, and a refusal where nothing is left to see."""
    code = code_text(text, longest, field, row)
    if not code:
        raise Refusal(REQUIRED, field, row)
    return code


def folded(text: str) -> str:
    """A text by which twins are found: letter case, width, joiners and spaces make no difference.

    For comparisons alone; it is never shown.
    """
    if not text.isascii():
        text = _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
        return " ".join(unicodedata.normalize("NFKC", text.casefold()).split())
    return " ".join(text.lower().split())
