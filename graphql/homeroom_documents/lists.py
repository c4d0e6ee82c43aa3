"""Lists of whole resources, page by page, with an entry in the audit."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from homeroom.audit import AuditTrail
from homeroom.custom_fields.titles import own_fields
from homeroom.errors import Failure, Refusal
from homeroom.labels import labels_in
from homeroom.languages import ENGLISH
from homeroom.sheets import Value
from homeroom_documents.columns import Column, columns_of, query_of
from homeroom_documents.permissions import EXPORT
from homeroom_documents.refusals import LIST_TOO_LONG, NO_SUCH_LIST

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from homeroom.callers import Caller
    from homeroom.host import Host
    from homeroom.resources import Resource
    from homeroom_documents.reading import Reader

__all__ = ["MOST_ROWS", "own_titles", "read_list"]

#: More than any school has of one thing in a year; what a spreadsheet opens with ease.
MOST_ROWS: Final = 100_000


async def read_list(
    host: Host,
    reader: Reader,
    caller: Caller,
    resource: Resource,
    given: Mapping[str, Any] | None,
    *,
    form: str,
    language: str = ENGLISH,
) -> tuple[list[Column], list[list[Value]]]:
    """Every row that a caller sees of a resource, and what may be read of it. The audit keeps who took what.

    Args:
        host: The host.
        reader: Reads pages.
        caller: Who asks.
        resource: Of what.
        given: A filter as in GraphQL, or none.
        form: For the audit: ``csv`` or ``xlsx``.
        language: Of the titles of its columns.

    Raises:
        Failure: NO_SUCH_LIST. The caller may not take lists, or sees nothing of the kind.
        Refusal: The filter is wrong, or there are more than :data:`MOST_ROWS` rows.
    """
    if EXPORT not in caller.access.commands:
        raise Failure(NO_SUCH_LIST)
    variant = host.variant_of(caller.space)
    labels = labels_in(variant, language, await own_titles(host, caller, language))
    columns = columns_of(variant, caller, resource, labels)
    if not columns:
        raise Failure(NO_SUCH_LIST)
    query = query_of(resource, columns)
    size = host.settings.graphql_max_page
    zone = caller.space.time_zone
    rows: list[list[Value]] = []
    after: str | None = None
    while True:
        variables = {"first": size, "after": after, "filter": given}
        page = (await reader.read(caller, query, variables))[resource.plural]
        rows += [[_local(column.value(node), zone) for column in columns] for node in page["nodes"]]
        if len(rows) > MOST_ROWS:
            raise Refusal(LIST_TOO_LONG, "filter", most=MOST_ROWS)
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    async with host.database.transaction(caller.space.id) as transaction:
        taken = {"resource": resource.name, "format": form, "filter": given, "rows": len(rows)}
        await AuditTrail(EXPORT).write(transaction, caller, host.clock(), taken)
    return columns, rows


def _local(value: Value, zone: ZoneInfo) -> Value:
    """A value as the school has it: moments by its clocks, as its dates are."""
    return value.astimezone(zone) if isinstance(value, datetime) else value


async def own_titles(host: Host, caller: Caller, language: str) -> dict[tuple[str, str], str]:
    """What the school calls the fields that it has added; in English, by which programs know them, their names."""
    if language == ENGLISH or not caller.space.fields:
        return {}
    async with host.database.transaction(caller.space.id) as transaction:
        return {(each.noun, each.name): each.title for each in await own_fields(transaction, language)}
