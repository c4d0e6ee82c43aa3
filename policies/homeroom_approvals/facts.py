"""The facts of a request: a hash over the row that it is about and over what belongs to that row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from uuid import UUID

from homeroom.database.tables import reference_of

if TYPE_CHECKING:
    from homeroom.context import Context
    from homeroom_approvals.flows import Flow

__all__ = ["OWN_VALUES", "facts_of", "watched_tables"]

#: Values of the school's own fields, by the row that they belong to.
OWN_VALUES: Final = "custom_value"

#: What is no fact: the space, and the version, which also rises when the flow itself sets the state.
_NO_FACTS: Final = ("tenant_id", "version")


def watched_tables(flow: Flow) -> dict[str, str]:
    """Tables whose rows are facts of a flow, to the column that leads to the row which requests are about."""
    found = {flow.table._meta.tablename: "id"}
    for column in flow.seen:
        found[column._meta.table._meta.tablename] = column._meta.db_column_name
    return found


async def facts_of(context: Context, flow: Flow, rows: Sequence[UUID]) -> dict[UUID, str]:
    """A hash of the facts of each row, 64 hexadecimal digits.

    The content of attached files is part of it, because their rows hold its digest; so are values of the school's own
    fields.

    Args:
        context: A command's or a job's.
        flow: The flow.
        rows: Rows of its table.
    """
    left_out = [*_NO_FACTS, *([flow.state._meta.db_column_name] if flow.state is not None else [])]
    parts = ["jsonb_strip_nulls(to_jsonb(r) - $2::text[])"]  # so that a new column that is empty changes nothing
    for column in flow.seen:
        table, name = column._meta.table._meta.tablename, column._meta.db_column_name
        assert reference_of(column) is not None
        parts.append(
            f"(SELECT jsonb_agg(jsonb_strip_nulls(to_jsonb(c) - $3::text[]) ORDER BY c.id)"
            f" FROM {table} c WHERE c.{name} = r.id)"
        )
    # Joined behind the others: where there is no value, the hash is that of requests from before there were any.
    own = (
        "coalesce((SELECT jsonb_agg(jsonb_strip_nulls(to_jsonb(v) - 'id' - $3::text[]) ORDER BY v.field_id)"
        # By field, as the index of values begins with it.
        f" FROM custom_field f JOIN {OWN_VALUES} v ON v.field_id = f.id AND v.row_id = r.id WHERE f.noun = $4), '[]')"
    )
    facts = f"(jsonb_build_array({', '.join(parts)}) || {own})::text"
    found = await context.fetch(
        f"SELECT r.id, encode(sha256(convert_to({facts}, 'UTF8')), 'hex') AS facts"
        f" FROM {flow.table._meta.tablename} r WHERE r.id = ANY($1::uuid[])",
        list(rows),
        left_out,
        list(_NO_FACTS),
        context.variant.by_table[flow.table._meta.tablename].name,
    )
    return {row["id"]: row["facts"] for row in found}
