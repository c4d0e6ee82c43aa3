"""The tables of the audit. Nobody changes their rows; see :mod:`homeroom.audit.erasing` for what may be taken away."""

from __future__ import annotations

from piccolo.columns import JSONB, UUID, BigInt, Bytea, Text, Timestamptz

from homeroom.database.tables import SchoolTable, belongs_to, coded

__all__ = ["AuditEntry", "AuditHead", "AuditLine", "AuditSeal"]


class AuditEntry(SchoolTable, tablename="audit_entry"):
    """Something that was done: one command that somebody ran, or one look at what is sensitive."""

    at = Timestamptz(help_text="When.")
    account_id = UUID(null=True, default=None)
    login = Text(help_text="Who; empty once it was erased.")
    via = coded(Text(help_text="How they came: `session`, `token`, `cli` or `job`."), "cli")
    command = coded(Text(help_text="What was done, such as `gradebook.mark.enter`."), "school.student.create")
    reason = Text(null=True, default=None, help_text="Why, where somebody said so.")
    arguments = JSONB(null=True, default=None)
    txid = BigInt()


class AuditLine(SchoolTable, tablename="audit_line"):
    """One row that an entry is about."""

    entry_id = belongs_to(AuditEntry)
    noun = coded(Text(help_text="The table of the row."), "student")
    row_id = UUID(help_text="The row.")
    old_values = JSONB(null=True, default=None, help_text="What changed, as it was before.")
    new_values = JSONB(null=True, default=None, help_text="What changed, as it was afterwards.")


class AuditSeal(SchoolTable, tablename="audit_seal"):
    """The place of an entry in its space's chain. Its id is the entry's."""

    position = BigInt()
    salt = Bytea()
    digest = Bytea()
    line_ids = Bytea()
    line_salts = Bytea()
    line_digests = Bytea()
    chain = Bytea()


class AuditHead(SchoolTable, tablename="audit_head"):
    """Where a chain ended when it was sealed; each is also in a file outside the database, with a keyed digest."""

    number = BigInt()
    position = BigInt()
    chain = Bytea()
    watermark = BigInt()
    sealed_at = Timestamptz()
