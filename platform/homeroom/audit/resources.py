"""What can be read of the audit."""

from __future__ import annotations

from typing import Final

from homeroom.audit.tables import AuditEntry, AuditLine
from homeroom.resources import EVERYTHING, many, resource

__all__ = ["RESOURCES"]

_ENTRY: Final = resource(
    AuditEntry,
    many("lines", AuditLine.entry_id, description="The rows that it is about."),
    scopes={
        "school": EVERYTHING,
        # Of everybody: who changed or read the own record.
        "self": "{row}.id IN (SELECT al.entry_id FROM audit_line al WHERE al.row_id = ANY(:persons))",
        # Who has set something of the school.
        "settings": r"{row}.id IN (SELECT al.entry_id FROM audit_line al WHERE al.noun LIKE '%\_settings')",
    },
    plural="auditEntries",
    exclude=("account_id", "arguments", "txid"),
    filters=("at", "login", "via", "command", "reason", "lines"),
    order=("at",),
    default_order=("-at",),
)

_LINE: Final = resource(
    AuditLine,
    scopes={
        "school": EVERYTHING,
        "self": "{row}.row_id = ANY(:persons)",
        "settings": r"{row}.noun LIKE '%\_settings'",
    },
    kinds={"row_id": "noun"},
    filters=("noun", "row_id", "entry"),
    order=("noun",),
    default_order=(),
    # They hold whatever the row held, fields that need a permission of their own included.
    restricted=("old_values", "new_values"),
)

RESOURCES = (_ENTRY, _LINE)
