"""When somebody else has changed a row meanwhile: what is theirs, what is one's own, and what must be chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

import msgspec

from homeroom_graphql.vocabulary.values import Control

if TYPE_CHECKING:
    from homeroom_graphql.vocabulary.values import VocabularyInput

__all__ = ["CHOOSE", "THEIRS", "merged", "with_choices"]

#: Before the names of what somebody chose where both have changed a value, and of the others' values.
CHOOSE: Final = "~choose."
THEIRS: Final = "~theirs."


def merged(
    inputs: Sequence[VocabularyInput], mine: Mapping[str, Any], seen: Mapping[str, Any], now: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the form shows after a conflict, and which values of theirs have to be chosen or refused.

    Args:
        inputs: What the verb takes.
        mine: What the form sent.
        seen: What it showed at first.
        now: What the row has now.
    """
    values, theirs = dict(mine), {}
    for each in inputs:
        if each.name not in now:
            continue
        if each.control is Control.VERSION:
            values[each.name] = now[each.name]
            continue
        before, after = seen.get(each.name), now[each.name]
        if each.name not in mine or _same(each, before, after):
            continue
        if _same(each, mine[each.name], before):
            values[each.name] = after
        elif not _same(each, mine[each.name], after):
            theirs[each.name] = after
    return values, theirs


def with_choices(arguments: dict[str, Any], sent: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """The arguments, with the values of others where these were chosen."""
    for name, chosen in sent.items():
        field = name.removeprefix(CHOOSE)
        if name.startswith(CHOOSE) and chosen[-1] == "theirs" and sent.get(f"{THEIRS}{field}"):
            theirs = str(sent[f"{THEIRS}{field}"][-1])
            try:
                arguments[field] = msgspec.json.decode(theirs)
            except (msgspec.MsgspecError, RecursionError):  # GraphQL says what is wrong with it
                arguments[field] = theirs
    return arguments


def _same(given: VocabularyInput, one: Any, other: Any) -> bool:
    return bool(_plain(given, one) == _plain(given, other))


def _plain(given: VocabularyInput, value: Any) -> Any:
    if value in (None, "", [], {}):
        return None
    try:
        if given.control is Control.DECIMAL:
            return Decimal(str(value))
        if given.control is Control.MOMENT:
            return datetime.fromisoformat(str(value))
    except (InvalidOperation, ValueError):
        pass
    return value
