"""Which pages there are: those of the navigation, and from each of them one step further."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

__all__ = ["FIXED", "PUBLIC", "Place", "addresses_from", "kind_of_address", "pages_of_menu"]

#: Pages that everybody has, and that no page links to in one step.
FIXED: Final = ("/", "/account", "/inbox", "/inbox/settings", "/find?q=a", "/schools", "/nouns", "/console/style")
#: Pages for people who are not signed in.
PUBLIC: Final = ("/sign-in", "/forgotten")
_ROW: Final = re.compile(r"[A-Z]\w*_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
#: Addresses that are no pages: files, parts of pages, data.
_NO_PAGES: Final = re.compile(r"^/(?:assets|auth|files|documents|graphql|history|lists|choices|run)\b|\.\w{2,4}$")
#: From one page, so many forms are shown at most; they are all made by the same templates.
_FORMS: Final = 2


@dataclass(frozen=True)
class Place:
    """A page to take pictures of.

    Args:
        school: The short name of the school.
        login: Who opens it; empty: nobody is signed in.
        role: Their role.
        address: The path with its query.
    """

    school: str
    login: str
    role: str
    address: str

    @property
    def name(self) -> str:
        """For files: the school, the address without ids, and the role."""
        words = re.sub(r"\W+", "-", kind_of_address(self.address)).strip("-") or "home"
        return f"{self.school}-{words}-{self.role.replace(' ', '-') or 'nobody'}"


def kind_of_address(address: str) -> str:
    """What pages of one kind have in common: the path, with one word in place of each id and each day."""
    path = urlsplit(address).path
    return _DAY.sub("day", _ROW.sub("row", path))


def addresses_from(address: str, links: Iterable[str], lists: Collection[str]) -> Iterator[str]:
    """The pages to visit after one, each of another kind.

    Args:
        address: The page.
        links: Addresses to which its content links.
        lists: The paths of the navigation; of other lists, no rows are shown, since all look the same.
    """
    seen: set[str] = set()
    forms = 0
    for each in links:
        path, kind = urlsplit(each).path, kind_of_address(each)
        if kind in seen or path in lists or _NO_PAGES.search(path):
            continue
        seen.add(kind)
        if path.startswith("/do/"):
            forms += 1
            if forms <= _FORMS and address != "/nouns":
                yield each
        elif path.startswith("/nouns/"):
            if path.rpartition("/")[0] == urlsplit(address).path and urlsplit(address).path in lists:
                yield each
        elif path.startswith(("/pages/", "/imports/", "/jobs/", "/inbox/")):
            yield each


def pages_of_menu(menu: Iterable[str]) -> list[str]:
    """The addresses of a navigation that are pages."""
    return [each for each in menu if not _NO_PAGES.search(urlsplit(each).path)]
