"""SQL texts that more than one part of the house writes.

Predicates of resources (see :mod:`homeroom.resources`) become SQL here: for reads, which the GraphQL
compiler writes, and for commands, which ask whether rows are within the caller's scopes.
"""

from __future__ import annotations

import functools
import itertools
import re
from typing import TYPE_CHECKING

from homeroom.database.walls import SETTING
from homeroom.errors import ConfigurationError
from homeroom.resources import EVERYTHING, AllOf, AnyOf, Predicate, Resource, Through

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from homeroom.permissions import Scopes

__all__ = ["DENIED", "PARAMETER_TYPES", "Predicates", "fill", "within"]

_OF_ROW = re.compile(r"\{row\}(?:\.(\w+))?")

#: What predicates may use of the caller and the moment, and its SQL type.
PARAMETER_TYPES = {"persons": "uuid[]", "account": "uuid", "roles": "text[]", "today": "date", "now": "timestamptz"}
#: No row at all.
DENIED = "FALSE"


def within(context_parameter: str, value: str) -> str:
    """A statement whose one value is ``value``, seen from the space of the signed context.

    CASE evaluates its condition first, and sub-selects run when they are first needed, so the context is
    set before any policy asks for it. If that ever failed to hold, no row would be seen.

    Args:
        context_parameter: Such as ``$1``.
        value: A scalar SQL expression.
    """
    return f"SELECT CASE WHEN set_config('{SETTING}', {context_parameter}, true) <> '' THEN {value} END"


class Predicates:
    """Writes the rows of scopes as SQL.

    Args:
        resources: Table name to resource, of the plugins that are on.
    """

    def __init__(self, resources: Mapping[str, Resource]) -> None:
        self._resources = resources
        self._numbers = itertools.count(1)

    def visible(self, resource: Resource, scopes: Scopes | None, row: str, parameter: Callable[[str], str]) -> str:
        """The rows in any allowed scope and in no denied one.

        Args:
            resource: Whose rows.
            scopes: The scopes in force; none denies.
            row: The SQL alias of the row.
            parameter: Gives the placeholder of a name in :data:`PARAMETER_TYPES`.

        Returns:
            A condition; ``TRUE`` and ``FALSE`` where it does not depend on the row.
        """
        if scopes is None:
            return DENIED
        allow, deny = (
            [functools.partial(self._scope, resource, name, row) for name in sorted(names)]
            for names in (scopes.allow, scopes.deny)
        )
        if _any(allow, _unused) == DENIED or _any(deny, _unused) == EVERYTHING:
            return DENIED
        allowed, denied = _any(allow, parameter), _any(deny, parameter)
        if denied == DENIED:
            return allowed
        # A predicate that is unknown (NULL) denies: what cannot be shown to be outside stays closed.
        return f"({allowed} AND ({denied}) IS FALSE)"

    def predicate(self, resource: Resource, predicate: Predicate, row: str, parameter: Callable[[str], str]) -> str:
        """One predicate over the row ``row``."""
        if isinstance(predicate, str):
            return fill(predicate, row, parameter)
        if isinstance(predicate, AnyOf | AllOf):
            writers = [functools.partial(self.predicate, resource, each, row) for each in predicate.predicates]
            return _any(writers, parameter) if isinstance(predicate, AnyOf) else _all(writers, parameter)
        return self._through(predicate, row, parameter)

    def _scope(self, resource: Resource, name: str, row: str, parameter: Callable[[str], str]) -> str:
        # A scope that a resource does not know lets no row through: a rule may name it for other resources.
        predicate = resource.scopes.get(name)
        return DENIED if predicate is None else self.predicate(resource, predicate, row, parameter)

    def _through(self, way: Through, row: str, parameter: Callable[[str], str]) -> str:
        target = self._resources.get(way.target)
        if target is None:
            raise ConfigurationError(f"through(): no resource over the table {way.target}")
        predicate = target.scopes.get(way.scope)
        if isinstance(predicate, str) and {"id"} == set(_OF_ROW.findall(predicate)):
            # What is asked of the other row is asked of its id alone, and that is known here: the row itself need not
            # be looked up, because a reference always leads to one.
            return fill(predicate.replace("{row}.id", f"{row}.{way.column}"), row, parameter)
        alias = f"v{next(self._numbers)}"
        inner = self._scope(target, way.scope, alias, parameter)
        if inner in (EVERYTHING, DENIED):
            return inner
        return f"{row}.{way.column} IN (SELECT {alias}.id FROM {target.table} {alias} WHERE {inner})"


def fill(template: str, row: str, parameter: Callable[[str], str]) -> str:
    """A predicate's text with its row and parameters in place."""
    text = template.replace("{row}", row)
    for name in PARAMETER_TYPES:
        if f":{name}" in text:
            text = text.replace(f":{name}", parameter(name))
    return text


def _any(writers: Sequence[Callable[[Callable[[str], str]], str]], parameter: Callable[[str], str]) -> str:
    """Conditions joined by OR."""
    return _joined(writers, parameter, "OR", settles=EVERYTHING, adds_nothing=DENIED)


def _all(writers: Sequence[Callable[[Callable[[str], str]], str]], parameter: Callable[[str], str]) -> str:
    """Conditions joined by AND."""
    return _joined(writers, parameter, "AND", settles=DENIED, adds_nothing=EVERYTHING)


def _joined(
    writers: Sequence[Callable[[Callable[[str], str]], str]],
    parameter: Callable[[str], str],
    word: str,
    *,
    settles: str,
    adds_nothing: str,
) -> str:
    """Conditions joined by a word. One that adds nothing is not written: its parameters would be without a place."""
    tried = [write(_unused) for write in writers]
    if settles in tried:
        return settles
    conditions = [write(parameter) for write, text in zip(writers, tried, strict=True) if text != adds_nothing]
    if not conditions:
        return adds_nothing
    return conditions[0] if len(conditions) == 1 else "(" + f" {word} ".join(conditions) + ")"


def _unused(_name: str) -> str:
    return "NULL"
