"""The placeholders of a statement: what fills them at each run, and their numbers once the statement is whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from homeroom.database.walls import InSpace
    from homeroom_graphql.arguments import Given
    from homeroom_graphql.plans import Getter, Run

__all__ = ["Placeholders"]

#: What stands for a placeholder until the statement is whole: no text of a predicate or a query holds it.
_MARK = re.compile("\x01([0-9]+)\x01")
#: What predicates ask for by name; see :mod:`homeroom.resources`.
_NAMED: dict[str, tuple[str, Getter]] = {
    "persons": ("uuid[]", lambda run: run.caller.persons),
    "account": ("uuid", lambda run: run.caller.account),
    "roles": ("text[]", lambda run: sorted(run.caller.roles)),
    "today": ("date", lambda run: run.today),
    "now": ("timestamptz", lambda run: run.now),
    # Not for predicates: the compiler's own, for the days of moments.
    "zone": ("text", lambda run: run.caller.space.time_zone.key),
}


class Placeholders:
    """Collects what a statement needs; the first placeholder is always the signed context.

    Args:
        taken: How many placeholders another part of the statement has taken.
    """

    def __init__(self, taken: int = 0) -> None:
        self._taken = taken
        self._getters: list[Getter] = []
        self._known: dict[str, str] = {}

    @property
    def context(self) -> str:
        """The placeholder of the signed context."""
        return f"${self._taken + 1}"

    def value(self, getter: Getter, sql_type: str) -> str:
        """A placeholder whose value ``getter`` gives at each run."""
        self._getters.append(getter)
        return f"\x01{len(self._getters) - 1}\x01::{sql_type}"

    def argument(self, given: Given, sql_type: str, coerce: Callable[[Any], Any]) -> str:
        """A placeholder for the value of an argument, coerced at each run if it comes from a variable."""
        if given.variable is None:
            constant = coerce(given.now)
            if type(constant) is int and sql_type == "integer":
                return f"({constant})"  # the length of a page, above all: PostgreSQL plans better for one it knows
            return self.value(lambda _run: constant, sql_type)
        get = given.get
        return self.value(lambda run: coerce(get(run.variables)), sql_type)

    def named(self, name: str) -> str:
        """The placeholder of a name in :data:`_NAMED`: one each, however often it is asked for."""
        placeholder = self._known.get(name)
        if placeholder is None:
            sql_type, getter = _NAMED[name]
            placeholder = self._known[name] = self.value(getter, sql_type)
        return placeholder

    def number(self, sql: str) -> tuple[str, list[Getter]]:
        """Number the placeholders as they appear: those of a part that was denied are gone, and must not count.

        Returns:
            The statement, and what fills its placeholders from the context on.
        """
        getters: list[Getter] = [_context]
        numbers: dict[str, int] = {}

        def number(match: re.Match[str]) -> str:
            mark = match[1]
            if mark not in numbers:
                getters.append(self._getters[int(mark)])
                numbers[mark] = self._taken + len(getters)
            return f"${numbers[mark]}"

        return _MARK.sub(number, sql), getters


def _context(run: Run) -> InSpace:
    return run.context
