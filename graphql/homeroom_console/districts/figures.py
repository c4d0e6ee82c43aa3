"""The figures of the schools of a district, each asked in its school as the reader there."""

from __future__ import annotations

import asyncio
import functools
import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from graphql import FieldNode, NameNode, OperationDefinitionNode, OperationType, parse, print_ast

from homeroom.errors import ConfigurationError
from homeroom.labels import labels_in
from homeroom.pages import Figure
from homeroom_console.declared import declared_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from homeroom.callers import Caller, Space
    from homeroom_console.asking import Asking
    from homeroom_console.reader import Reader

__all__ = ["Number", "figure_titles", "numbers_of_schools"]

logger = logging.getLogger(__name__)

#: How many schools are asked at the same time; others want connections as well.
_AT_ONCE: Final = 4


@dataclass(frozen=True, slots=True)
class Number:
    """A figure of one school.

    Args:
        count: The number; none where the school has no such number.
        of: Of which it is a part; none for a plain number.
        allowed: Whether the reader may see it there.
    """

    count: int | None = None
    of: int | None = None
    allowed: bool = True


def figure_titles(reader: Reader, schools: Sequence[tuple[Space, Caller | None]]) -> dict[str, tuple[Figure, str]]:
    """The figures that the schools have, in their order: name to figure and title for the reader."""
    found: dict[str, tuple[Figure, str]] = {}
    for space, _ in schools:
        variant = reader.host.variant_of(space)
        # A district lacks the plugins of its schools, and so their words.
        labels = labels_in(variant, reader.language)
        for given in declared_in(reader.host, variant).figures:
            if isinstance(given.what, Figure) and given.what.name not in found:
                found[given.what.name] = (given.what, labels.text(given.plugin, given.what.title))
    return dict(sorted(found.items(), key=lambda each: each[1][0].order))


async def numbers_of_schools(
    asking: Asking, reader: Reader, schools: Sequence[tuple[Space, Caller | None]]
) -> dict[str, Mapping[str, Number]]:
    """The figures of schools: the short name of the school to the name of the figure to the number.

    Args:
        asking: Asks.
        reader: Who reads, in the district.
        schools: Each with the reader as a caller there; none: without a role there.
    """
    turn = asyncio.Semaphore(_AT_ONCE)

    async def ask(space: Space, caller: Caller | None) -> Mapping[str, Number]:
        if caller is None:
            return {}
        async with turn:
            return await _numbers(asking, replace(reader, caller=caller, kept={}), space)

    found = await asyncio.gather(*(ask(*each) for each in schools))
    return {space.slug: numbers for (space, _), numbers in zip(schools, found, strict=True)}


async def _numbers(asking: Asking, reader: Reader, space: Space) -> Mapping[str, Number]:
    declared = declared_in(reader.host, reader.host.variant_of(space))
    figures = [each.what for each in declared.figures if isinstance(each.what, Figure)]
    document = _together(tuple(each.document for each in figures))
    variables = {"today": reader.today, "weekAgo": (reader.now - timedelta(days=7)).isoformat()}
    used = {name: value for name, value in variables.items() if f"${name}:" in document}
    answer = await asking.ask(reader, document, used)
    if not answer.data:
        logger.error("figures of %s: %s", space.slug, answer.errors)
    return {each.name: _number(each, number, answer.data) for number, each in enumerate(figures)}


def _number(figure: Figure, number: int, answered: Mapping[str, Any]) -> Number:
    beginning = f"f{number}_"
    data = {name.removeprefix(beginning): value for name, value in answered.items() if name.startswith(beginning)}
    if not data or None in data.values():
        return Number(allowed=False)
    try:
        return Number(figure.counted(data), None if figure.of is None else figure.of(data))
    except Exception:  # of a plugin
        logger.exception("figure %s failed", figure.name)
        return Number()


@functools.lru_cache(maxsize=256)
def _together(documents: Sequence[str]) -> str:
    """One query of several: each field at the root is named after the number of its query."""
    fields: list[str] = []
    variables: dict[str, str] = {}
    for number, document in enumerate(documents):
        operation = parse(document).definitions[0]
        if not isinstance(operation, OperationDefinitionNode) or operation.operation is not OperationType.QUERY:
            raise ConfigurationError("a figure is asked by a query")
        variables |= {each.variable.name.value: print_ast(each.type) for each in operation.variable_definitions or ()}
        for field in operation.selection_set.selections:
            if isinstance(field, FieldNode):
                key = (field.alias or field.name).value
                named = {name: getattr(field, name) for name in field.keys} | {
                    "alias": NameNode(value=f"f{number}_{key}")
                }
                fields.append(print_ast(FieldNode(**named)))
    head = f"({', '.join(f'${name}: {kind}' for name, kind in variables.items())})" if variables else ""
    return f"query ConsoleFigures{head} {{ {' '.join(fields)} }}"
