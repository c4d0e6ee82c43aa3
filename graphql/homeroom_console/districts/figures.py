"""The figures of the schools of a district, each asked in its school as the reader there."""

from __future__ import annotations

import asyncio
import functools
import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from graphql import FieldNode, NameNode, OperationType, parse, print_ast

from homeroom.labels import labels_in
from homeroom.pages import Figure
from homeroom.refusals import FORBIDDEN
from homeroom_console.declared import declared_in
from homeroom_graphql.limits import Limits
from homeroom_graphql.samples import document_faults, operation_in
from homeroom_graphql.schemas import operations_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from graphql import GraphQLSchema

    from homeroom.callers import Caller, Space
    from homeroom.host import Host
    from homeroom.variants import Variant
    from homeroom_console.asking import Asking
    from homeroom_console.reader import Reader

__all__ = ["Number", "figure_faults", "figure_titles", "numbers_of_schools"]

logger = logging.getLogger(__name__)

#: How many schools are asked at the same time; others want connections as well.
_AT_ONCE: Final = 4
_PART: Final = "console.figures"
#: The variables of figures, with their types.
_GIVEN: Final = {"today": "Date", "weekAgo": "DateTime"}


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
    figures = await _sound(reader.host, reader.host.variant_of(space))
    if not figures:
        return {}
    document = _together(tuple(each.document for each in figures))
    variables = {"today": reader.today, "weekAgo": (reader.now - timedelta(days=7)).isoformat()}
    used = {name: value for name, value in variables.items() if f"${name}:" in document}
    answer = await asking.ask(reader, document, used)
    if not answer.data:
        logger.error("figures of %s: %s", space.slug, answer.errors)
    closed = {str(error["path"][0]) for error in answer.errors if _is_closed(error)}
    return {each.name: _number(each, f"f{number}_", answer.data, closed) for number, each in enumerate(figures)}


async def _sound(host: Host, variant: Variant) -> Sequence[Figure]:
    """The figures of a variant that can be asked in its schema. Any other one is left out, for it would spoil all."""
    found: Sequence[Figure] | None = variant.parts.get(_PART)
    if found is None:
        schema = (await operations_of(variant, Limits.of(host.settings))).schema
        figures = [each.what for each in declared_in(host, variant).figures if isinstance(each.what, Figure)]
        faults = {each.name: figure_faults(schema, each) for each in figures}
        for name, said in faults.items():
            if said:
                logger.error("figure %s cannot be asked: %s", name, "; ".join(said))
        found = variant.parts[_PART] = tuple(each for each in figures if not faults[each.name])
    return found


def figure_faults(schema: GraphQLSchema, figure: Figure) -> list[str]:
    """Why a figure cannot be asked in a schema; empty if it can."""
    faults = [each.message for each in document_faults(schema, figure.document)]
    if faults:
        return faults
    operation = operation_in(figure.document)
    if operation is None or operation.operation is not OperationType.QUERY:
        return ["it is to hold one query"]
    inline = any(not isinstance(each, FieldNode) for each in operation.selection_set.selections)
    if inline or len(parse(figure.document).definitions) > 1:
        return ["the query of a figure has no fragments, because those of a school are asked as one"]
    given = {each.variable.name.value: print_ast(each.type) for each in operation.variable_definitions or ()}
    return [f"${name}: {kind} is not given" for name, kind in given.items() if _GIVEN.get(name) != kind.strip("!")]


def _is_closed(error: Mapping[str, Any]) -> bool:
    """Whether an error says that the reader may not see a field of the query."""
    return bool(error.get("path")) and (error.get("extensions") or {}).get("code") == FORBIDDEN


def _number(figure: Figure, beginning: str, answered: Mapping[str, Any], closed: Collection[str]) -> Number:
    if any(each.startswith(beginning) for each in closed):
        return Number(allowed=False)
    data = {name.removeprefix(beginning): value for name, value in answered.items() if name.startswith(beginning)}
    if not data or None in data.values():
        return Number()
    try:
        return Number(figure.counted(data), None if figure.of is None else figure.of(data))
    except Exception:  # of a plugin
        logger.exception("figure %s failed", figure.name)
        return Number()


@functools.lru_cache(maxsize=256)
def _together(documents: Sequence[str]) -> str:
    """One query of several sound ones: each field at the root is named after the number of its query."""
    fields: list[str] = []
    variables: dict[str, str] = {}
    for number, document in enumerate(documents):
        operation = operation_in(document)
        assert operation is not None
        for each in operation.variable_definitions or ():
            name, kind = each.variable.name.value, print_ast(each.type)
            # One may leave open what another needs.
            variables[name] = max(variables.get(name, ""), kind, key=len)
        for field in operation.selection_set.selections:
            assert isinstance(field, FieldNode)
            key = (field.alias or field.name).value
            named = {name: getattr(field, name) for name in field.keys} | {"alias": NameNode(value=f"f{number}_{key}")}
            fields.append(print_ast(FieldNode(**named)))
    head = f"({', '.join(f'${name}: {kind}' for name, kind in variables.items())})" if variables else ""
    return f"query ConsoleFigures{head} {{ {' '.join(fields)} }}"
