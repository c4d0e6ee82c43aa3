"""Lists of whole resources, page by page, with an entry in the audit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from homeroom.audit import AuditTrail
from homeroom.errors import Forbidden, Invalid
from homeroom.sheets import Value
from homeroom_documents.columns import Column, columns_of, query_of
from homeroom_documents.rights import EXPORT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from homeroom.callers import Caller
    from homeroom.host import Host
    from homeroom.resources import Resource
    from homeroom_documents.reading import Reader

__all__ = ["MOST_ROWS", "read_list"]

#: More than any school has of one thing in a year; what a spreadsheet opens with ease.
MOST_ROWS: Final = 100_000


async def read_list(
    host: Host, reader: Reader, caller: Caller, resource: Resource, given: Mapping[str, Any] | None, *, form: str
) -> tuple[list[Column], list[list[Value]]]:
    """Every row that a caller sees of a resource, and what may be read of it. The audit keeps who took what.

    Args:
        host: The host.
        reader: Reads pages.
        caller: Who asks.
        resource: Of what.
        given: A filter as in GraphQL, or none.
        form: For the audit: ``csv`` or ``xlsx``.

    Raises:
        Forbidden: The caller may not take lists, or sees nothing of the kind.
        Invalid: The filter is wrong, or there are more than :data:`MOST_ROWS` rows.
    """
    if EXPORT not in caller.access.commands:
        raise Forbidden("you may not take lists out of here")
    columns = columns_of(host.variant_of(caller.space), caller, resource)
    if not columns:
        raise Forbidden(f"you may not read {resource.name}")
    query = query_of(resource, columns)
    size = host.settings.graphql_max_page
    rows: list[list[Value]] = []
    after: str | None = None
    while True:
        variables = {"first": size, "after": after, "filter": given}
        page = (await reader.read(caller, query, variables))[resource.plural]
        rows += [[column.value(node) for column in columns] for node in page["nodes"]]
        if len(rows) > MOST_ROWS:
            raise Invalid(f"the list has more than {MOST_ROWS:,} rows; give a filter", field="filter")
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    async with host.database.transaction(caller.space.id) as transaction:
        taken = {"resource": resource.name, "format": form, "filter": given, "rows": len(rows)}
        await AuditTrail(EXPORT).write(transaction, caller, host.clock(), taken)
    return columns, rows
