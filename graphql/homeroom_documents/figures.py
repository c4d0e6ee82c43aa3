"""Statistics of a resource as a table: a row for each group, page by page, with an entry in the audit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from homeroom.audit import AuditTrail
from homeroom.errors import Failure, Refusal
from homeroom.labels import labels_in
from homeroom.languages import ENGLISH, text_in
from homeroom.resources import Field, camel_case
from homeroom.resources.grouping import groupings_of, has_statistics, moments_of, numbers_of
from homeroom_documents.columns import Column, names_of
from homeroom_documents.lists import MOST_ROWS, own_titles
from homeroom_documents.permissions import EXPORT
from homeroom_documents.refusals import LIST_TOO_LONG, NO_SUCH_GROUPING, NO_SUCH_LIST, NO_SUCH_MEASURE
from homeroom_graphql.aggregate_types import AGGREGATE, BUCKETS, MEASURES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from homeroom.callers import Caller
    from homeroom.host import Host
    from homeroom.labels import Labels
    from homeroom.resources import Resource
    from homeroom.sheets import Value
    from homeroom.variants import Variant
    from homeroom_documents.reading import Reader

__all__ = ["read_figures"]

_CATALOGUES: Final = Path(__file__).parent / "locale"
_COUNT: Final = "Number of rows"
_WORDS: Final = {"sum": "Sum", "average": "Average", "min": "Least", "max": "Greatest"}


async def read_figures(
    host: Host,
    reader: Reader,
    caller: Caller,
    resource: Resource,
    group_by: Sequence[str],
    measures: Sequence[str],
    given: Mapping[str, Any] | None,
    *,
    form: str,
    language: str = ENGLISH,
) -> tuple[list[Column], list[list[Value]]]:
    """The groups of the rows that a caller sees of a resource. The audit keeps who took what.

    Args:
        host: The host.
        reader: Reads pages.
        caller: Who asks.
        resource: Of what.
        group_by: Fields as in GraphQL, dates with what is put together: ``FOUND_ON:MONTH``.
        measures: Such as ``SUM_HOURS``, beside the number of rows.
        given: A filter as in GraphQL, or none.
        form: For the audit: ``csv`` or ``xlsx``.
        language: Of the titles of the columns.

    Raises:
        Failure: NO_SUCH_LIST. The caller may not take lists, or sees nothing of the kind.
        Refusal: An argument is wrong, or there are more than :data:`MOST_ROWS` groups.
    """
    variant = host.variant_of(caller.space)
    if EXPORT not in caller.access.commands or not has_statistics(resource, variant.by_table):
        raise Failure(NO_SUCH_LIST)
    labels = labels_in(variant, language, await own_titles(host, caller, language))
    groupings = [dict(zip(("field", "by"), each.split(":", 1), strict=False)) for each in group_by]
    keys = _keys(variant, caller, resource, groupings, labels)
    numbers = _numbers(resource, measures, labels)
    columns = [*keys, Column(text_in(_CATALOGUES, language, _COUNT), ("count",), "Int"), *numbers]
    name = resource.name
    by, grouped = (f"$by: [{name}GroupBy!]!, ", "groupBy: $by, ") if groupings else ("", "")
    query = (
        f"query Statistics({by}$filter: {name}Filter, $first: Int, $offset: Int) {{ {resource.plural}{AGGREGATE}("
        f"{grouped}filter: $filter, first: $first, offset: $offset) {{"
        f" totalCount groups {{ {' '.join(map(_selection, columns))} }} }} }}"
    )
    rows: list[list[Value]] = []
    while True:
        size = host.settings.graphql_max_page
        variables = {"filter": given, "first": size, "offset": len(rows), **({"by": groupings} if groupings else {})}
        page = (await reader.read(caller, query, variables))[f"{resource.plural}{AGGREGATE}"]
        if page["totalCount"] > MOST_ROWS:
            raise Refusal(LIST_TOO_LONG, "filter", most=MOST_ROWS)
        rows += [[column.value(group) for column in columns] for group in page["groups"]]
        if len(page["groups"]) < size:
            break
    async with host.database.transaction(caller.space.id) as transaction:
        taken = {
            "resource": resource.name, "format": form, "filter": given, "group_by": list(group_by),
            "measures": list(measures), "rows": len(rows),
        }  # fmt: skip
        await AuditTrail(EXPORT).write(transaction, caller, host.clock(), taken)
    return columns, rows


def _keys(
    variant: Variant, caller: Caller, resource: Resource, groupings: Sequence[Mapping[str, str]], labels: Labels
) -> list[Column]:
    known = groupings_of(resource, variant.by_table)
    columns = []
    for each in groupings:
        grouping = known.get(each["field"].lower())
        if grouping is None or each.get("by", BUCKETS[0]) not in BUCKETS:
            raise Refusal(NO_SUCH_GROUPING, "groupBy", name=":".join(each.values()))
        key, part = camel_case(grouping.name), grouping.part
        if isinstance(part, Field):
            columns.append(Column(labels.field(grouping.owner, part.name), ("key", key), grouping.type))
            continue
        columns += [
            Column(labels.through(grouping.owner, part.name, target, field.name), ("key", key, name), field.type)
            for target in [variant.by_table[part.target]]
            for field in names_of(variant, caller, target)
            for name in [camel_case(field.name)]
        ]
    return columns


def _numbers(resource: Resource, measures: Sequence[str], labels: Labels) -> list[Column]:
    numbers, moments = numbers_of(resource), moments_of(resource)
    columns = []
    for each in measures:
        measure, _, name = each.lower().partition("_")
        fields = numbers if measure in ("sum", "average") else [*numbers, *moments]
        field = next((field for field in fields if field.name == name), None) if measure in MEASURES else None
        if field is None:
            raise Refusal(NO_SUCH_MEASURE, "measures", name=each)
        title = f"{text_in(_CATALOGUES, labels.language, _WORDS[measure])}: {labels.field(resource, name)}"
        kind = "Decimal" if measure in ("sum", "average") else field.type
        columns.append(Column(title, (measure, camel_case(name)), kind))
    return columns


def _selection(column: Column) -> str:
    return " { ".join(column.path) + " }" * (len(column.path) - 1)
