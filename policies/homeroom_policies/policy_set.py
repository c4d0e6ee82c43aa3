"""The rules of one space (or of many that have the same), and the accesses made from them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from threading import Lock
from typing import Final

from homeroom.permissions import Access, Rule

from .catalogue import Catalogue
from .compiler import compile_access
from .roles import with_inherited
from .rules import ANY_SPACE, PolicyLine, RoleLink

__all__ = ["PolicySet"]

#: Combinations of roles kept; a school has a few dozen.
_KEPT: Final = 1024


class PolicySet:
    """What holds in a space. Safe to share between threads; never changes.

    Args:
        lines: All rules; those of other spaces are left out.
        links: all role links; those of other spaces are left out.
        catalogue: what the space's enabled plugins declare.
        space: the space's id.
    """

    __slots__ = ("_accesses", "_lines", "_links", "_lock", "catalogue", "digest")

    def __init__(
        self, lines: Iterable[PolicyLine], links: Iterable[RoleLink], catalogue: Catalogue, space: str
    ) -> None:
        here = (ANY_SPACE, space)
        self._lines = tuple(line for line in lines if line.space in here)
        self._links = tuple(link for link in links if link.space in here)
        self._accesses: dict[frozenset[str], Access] = {}
        self._lock = Lock()
        self.catalogue = catalogue
        #: Digest of what the rules and links say; equal for spaces with equal policies.
        self.digest = self._digest()

    def _digest(self) -> str:
        content = [
            sorted({line.content for line in self._lines}),
            sorted({(link.role, link.inherits) for link in self._links}),
        ]
        return hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that hold here."""
        return tuple(line.rule for line in self._lines)

    @property
    def links(self) -> tuple[RoleLink, ...]:
        """The role links that hold here."""
        return self._links

    def roles(self, roles: Collection[str]) -> frozenset[str]:
        """The roles and those they inherit here."""
        return with_inherited(roles, self._links)

    def access(self, roles: Collection[str], valid_until: datetime | None = None) -> Access:
        """What somebody who holds these roles may do here.

        Args:
            roles: the names of the roles in force; unknown ones give nothing.
            valid_until: when this set of roles next changes by itself (UTC).
        """
        asked = frozenset(roles)
        found = self._accesses.get(asked)
        if found is None:
            made = compile_access(self.rules, self.roles(asked), self.catalogue)
            with self._lock:
                if len(self._accesses) >= _KEPT:
                    self._accesses.clear()
                found = self._accesses.setdefault(asked, made)
        return found if valid_until is None else replace(found, valid_until=valid_until)
