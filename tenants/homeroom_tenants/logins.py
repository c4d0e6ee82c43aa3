"""What a login and a name may look like."""

from __future__ import annotations

import unicodedata
from typing import Final

from homeroom.errors import Refusal
from homeroom.refusals import LENGTH
from homeroom.texts import required_text
from homeroom_tenants.refusals import LOGIN_FORMAT, MIXED_SCRIPTS, NO_LETTER, ONE_LINE

__all__ = ["checked_login", "checked_name", "checked_own_name", "normal_login", "storable"]

_LONGEST: Final = 200
#: Scripts whose letters look like one another: a word of a name has letters of one of them. The names of characters
#: begin with the name of their script.
_ALIKE: Final = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")


def normal_login(login: str) -> str:
    """A login as it is stored and looked up: one form for each text, lower case.

    Signs that no login can have, such as line breaks, are replaced by a mark: such a text is nobody's login.
    """
    text = _folded(login)
    return text if text.isprintable() else "".join(sign if sign.isprintable() else "\ufffd" for sign in text)


def _folded(login: str) -> str:
    return unicodedata.normalize("NFKC", storable(login)).strip().lower()


def storable(text: str) -> str:
    """A text that PostgreSQL takes: without NUL and halves of surrogate pairs, each replaced by a mark."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def checked_login(login: str) -> str:
    """A new account's login, in its normal form. Raises Refusal naming `login`."""
    normal = _folded(login)
    if not 1 <= len(normal) <= _LONGEST:
        raise Refusal(LENGTH, "login", most=_LONGEST)
    if any(sign.isspace() or not sign.isprintable() for sign in normal):
        raise Refusal(LOGIN_FORMAT, "login")
    return normal


def checked_name(name: str) -> str:
    """A new account's or space's name for people. Raises Refusal naming `name`."""
    if "\n" in name.strip() or "\r" in name.strip():
        raise Refusal(ONE_LINE, "name")
    return required_text(name, _LONGEST, "name")


def checked_own_name(name: str) -> str:
    """A name that people give themselves: nobody passes for somebody else by letters that look alike.

    Raises:
        Refusal: Naming ``name``.
    """
    plain = checked_name(name)
    if not any(sign.isalpha() for sign in plain):
        raise Refusal(NO_LETTER, "name")
    if not plain.isascii():
        for word in plain.split():
            scripts = {unicodedata.name(sign, "").partition(" ")[0] for sign in word if sign.isalpha()}
            if len(scripts.intersection(_ALIKE)) > 1:
                raise Refusal(MIXED_SCRIPTS, "name", word=word)
    return plain
