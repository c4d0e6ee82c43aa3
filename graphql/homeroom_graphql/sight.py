"""What the caller may see: rows as conditions, fields as masks, and the errors that tell of what is denied."""

from __future__ import annotations

import contextlib
import itertools
from typing import TYPE_CHECKING, Any

from homeroom.database.sql import DENIED
from homeroom.logged_reads import logged_fields
from homeroom.messages import Message
from homeroom.permissions import Scopes
from homeroom.resources import EVERYTHING, Resource, camel_case
from homeroom_graphql.refusals import NOT_READABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from homeroom.permissions import Access
    from homeroom.variants import Variant

__all__ = ["Asked", "Denials", "Denied", "Kept", "Sight"]


class Denied(Exception):  # noqa: N818 - it becomes a GraphQL error
    """A field or a resource may not be read. Carries its name in the schema."""


class Sight:
    """The permissions of one access, as SQL over the rows of a statement.

    Args:
        variant: What the space consists of.
        access: What the caller may do.
        parameter: Gives the placeholder of a name in :data:`homeroom.database.sql.PARAMETER_TYPES`.
    """

    def __init__(self, variant: Variant, access: Access, parameter: Callable[[str], str]) -> None:
        self._variant = variant
        self._access = access
        self._parameter = parameter

    def visible(self, resource: Resource, row: str) -> str:
        """The condition that the caller may see a row. Raises :class:`Denied` if that is never so."""
        scopes = self._access.resources.get(resource.name)
        condition = self._variant.predicates.visible(resource, scopes, row, self._parameter)
        if condition == DENIED:
            raise Denied(resource.name)
        return condition

    def some(self, resource: Resource) -> bool:
        """Whether there may be any row of a resource that the caller sees."""
        return self._ever(resource, self._access.resources.get(resource.name))

    def readable(self, resource: Resource, name: str) -> bool:
        """Whether there may be any row in which the caller reads this field."""
        return self._ever(resource, self._access.field(resource.name, name))

    def require(self, resource: Resource, name: str) -> None:
        """Raise :class:`Denied` unless the caller may read this field somewhere."""
        if not self.readable(resource, name):
            raise Denied(f"{resource.name}.{camel_case(name)}")

    def mask(self, resource: Resource, name: str, row: str) -> str:
        """The condition that a field may be read in a row that is visible."""
        own = self._access.fields.get(resource.name)
        if own is None or name not in own or own[name] == self._access.resources.get(resource.name):
            return EVERYTHING
        return self._variant.predicates.visible(resource, own[name], row, self._parameter)

    def masked(self, resource: Resource, name: str, sql: str, row: str) -> str:
        """The value of a field, null in rows where the caller may not read it."""
        condition = self.mask(resource, name, row)
        return sql if condition == EVERYTHING else f"CASE WHEN {condition} THEN {sql} END"

    def _ever(self, resource: Resource, scopes: Any) -> bool:
        return self._variant.predicates.visible(resource, scopes, "x", lambda name: f":{name}") != DENIED


class Kept:
    """Which reads the audit keeps: those of sensitive fields, and those that the school has chosen to have logged.

    A sensitive field is declared by its plugin, and every read of it is kept. Of a chosen field, reads by staff are
    kept: not those of rows that the reader sees as the person concerned or as the family.

    Args:
        variant: What the space consists of.
        access: What the caller may do.
        parameter: Gives the placeholder of a name in :data:`homeroom.database.sql.PARAMETER_TYPES`.
        logged: What the space or its district has chosen, such as ``Student.birth_date``.
    """

    def __init__(
        self, variant: Variant, access: Access, parameter: Callable[[str], str], logged: frozenset[str]
    ) -> None:
        self._variant = variant
        self._access = access
        self._parameter = parameter
        self._logged = logged
        self._chosen: dict[str, frozenset[str]] = {}

    def condition(self, resource: Resource, name: str, row: str) -> str | None:
        """The condition that a read of a field in a row is kept; none if it never is."""
        if name in resource.sensitive:
            return EVERYTHING
        if not self._is_chosen(resource, name):
            return None
        return self._by_staff(resource, self._access.field(resource.name, name), row)

    def ever(self, resource: Resource, name: str) -> bool:
        """Whether a read of a field may be kept."""
        if name in resource.sensitive:
            return True
        return self._is_chosen(resource, name) and self._is_staff(self._access.field(resource.name, name))

    def of_found(self, resource: Resource, row: str) -> str | None:
        """The condition that it is kept that a row was found by a chosen field; none if it never is."""
        return self._by_staff(resource, self._access.resources.get(resource.name), row)

    def _is_chosen(self, resource: Resource, name: str) -> bool:
        if not self._logged:
            return False
        chosen = self._chosen.get(resource.name)
        if chosen is None:
            chosen = self._chosen[resource.name] = logged_fields(resource, self._logged)
        return name in chosen

    def _is_staff(self, scopes: Scopes | None) -> bool:
        return scopes is not None and not scopes.allow <= self._variant.own_scopes

    def _by_staff(self, resource: Resource, scopes: Scopes | None, row: str) -> str | None:
        if scopes is None or not self._is_staff(scopes):
            return None
        own = Scopes(scopes.allow & self._variant.own_scopes, scopes.deny)
        if not own.allow:
            return EVERYTHING
        condition = self._variant.predicates.visible(resource, own, row, self._parameter)
        return EVERYTHING if condition == DENIED else f"({condition}) IS NOT TRUE"


class Asked:
    """The fields by which an operation finds rows and whose reads the audit keeps.

    Args:
        kept: Which those are.
    """

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._names: set[str] = set()
        self._inner: set[str] = set()
        self._sensitive: set[str] = set()

    @property
    def all(self) -> frozenset[str]:
        """Their names in the schema."""
        return frozenset(self._names)

    def is_sensitive(self, name_of_field: str) -> bool:
        """Whether a field, by its name in the schema, is declared as sensitive and not chosen by the school alone."""
        return name_of_field in self._sensitive

    def tell(self, resource: Resource, name: str) -> None:
        """Note that rows are found by a field."""
        if not self._kept.ever(resource, name):
            return
        name_of_field = f"{resource.name}.{camel_case(name)}"
        self._names.add(name_of_field)
        self._inner.add(name_of_field)
        if name in resource.sensitive:
            self._sensitive.add(name_of_field)

    @contextlib.contextmanager
    def by(self) -> Iterator[set[str]]:
        """Gives what is noted within the block."""
        outer, self._inner = self._inner, set()
        try:
            yield self._inner
        finally:
            self._inner = outer | self._inner


class Denials:
    """What of an operation is denied, each at its place in the answer and once."""

    def __init__(self) -> None:
        self.errors: list[dict[str, Any]] = []
        self.path: list[str] = []
        self._reported: set[tuple[str, ...]] = set()

    @contextlib.contextmanager
    def at(self, *steps: str) -> Iterator[None]:
        """The block compiles what is at this place: response keys, ``*`` for the elements of a list."""
        self.path.extend(steps)
        try:
            yield
        finally:
            del self.path[len(self.path) - len(steps) :]

    def tell(self, resource: Resource, name: str | None = None, *steps: str) -> None:
        """Note that a resource, or a field of it, is denied here or some steps further in."""
        self.add(resource.name if name is None else f"{resource.name}.{camel_case(name)}", *steps)

    def add(self, what: str, *steps: str) -> None:
        """Note that something is denied, by its name in the schema."""
        path = (*self.path, *steps)
        if path in self._reported:
            return
        self._reported.add(path)
        # Elements of lists are not counted: the path ends at the first list that leads to the field.
        shown = list(itertools.takewhile(lambda step: step[0] != "*", path))
        self.errors.append(
            {
                "message": Message(NOT_READABLE, {"name": what}),
                "path": shown,
                "extensions": {"code": str(NOT_READABLE), "field": what},
            }
        )
