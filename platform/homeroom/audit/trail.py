"""Writing the audit: one entry per command, one line per changed row, in the command's own transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from homeroom.database.engine import Change
from homeroom.database.ids import new_id, new_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from homeroom.callers import Caller
    from homeroom.database.engine import Transaction

__all__ = ["LOOK", "PARAMETERS", "AuditTrail"]

#: What the entry about a look at something sensitive is called.
LOOK = "audit.read"

_encode = msgspec.json.Encoder(decimal_format="string", uuid_format="canonical").encode

#: How many placeholders the audit takes in a statement that it shares; those of the rest follow.
PARAMETERS = 13

# The transaction runs it in one statement with the answer: one snapshot and one round trip.
# The space is asked for once, in a sub-select: the column's default would prove the signed context for every line.
_WITH = """
WITH audited AS (
    INSERT INTO audit_entry (tenant_id, id, at, account_id, login, via, command, reason, arguments)
    VALUES ((SELECT homeroom.space()), $1, $2, $3, $4, $5, $6, $7, $8::jsonb)),
audited_lines AS (
INSERT INTO audit_line (tenant_id, id, entry_id, noun, row_id, old_values, new_values)
SELECT (SELECT homeroom.space()), line.id, $1, coalesce(line.noun, ($10::text[])[1]), line.row_id,
       nullif(line.old_values, 'null'), nullif(line.new_values, 'null')
FROM ROWS FROM (unnest($9::uuid[]), unnest($10::text[]), unnest($11::uuid[]),
                jsonb_array_elements($12::jsonb), jsonb_array_elements($13::jsonb))
     AS line (id, noun, row_id, old_values, new_values))
"""


@dataclass(slots=True)
class AuditTrail:
    """What one command changed, kept until the command ends.

    Args:
        command: The command's dotted name.
        reason: Why, where the caller gave a reason.
        compared_rows: What :meth:`compared` has noted.
        looked_rows: What :meth:`looked` has noted: table, row, the fields shown, and those that it was found by.
    """

    command: str
    reason: str | None = None
    written: bool = False
    compared_rows: list[tuple[str, UUID, tuple[str, ...]]] = field(default_factory=list)
    looked_rows: list[tuple[str, UUID, tuple[str, ...], tuple[str, ...]]] = field(default_factory=list)
    _nouns: list[str] = field(default_factory=list)
    _rows: list[UUID] = field(default_factory=list)
    _old: list[str | None] = field(default_factory=list)
    _new: list[str | None] = field(default_factory=list)

    @property
    def lines(self) -> int:
        """How many rows were noted so far."""
        return len(self._rows)

    def changed(self, noun: str, row: UUID, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> None:
        """Note one changed row.

        Args:
            noun: The table's name.
            row: The row's id.
            old: The values before, those that changed; none for a new row.
            new: The values after; none for a removed row.
        """
        self._nouns.append(noun)
        self._rows.append(row)
        self._old.append(None if old is None else _encode(old).decode())
        self._new.append(None if new is None else _encode(new).decode())

    def changed_many(
        self,
        noun: str,
        rows: Sequence[UUID],
        old: Sequence[Mapping[str, Any] | None],
        new: Sequence[Mapping[str, Any] | None],
    ) -> None:
        """Note many changed rows of one table; all three sequences have one length."""
        self._nouns.extend([noun] * len(rows))
        self._rows.extend(rows)
        self._old.extend(None if each is None else _encode(each).decode() for each in old)
        self._new.extend(None if each is None else _encode(each).decode() for each in new)

    def looked(self, noun: str, row: UUID, read: Iterable[str], found_by: Iterable[str] = ()) -> None:
        """Note that something sensitive of a row was shown, or that the row was found by something sensitive.

        Args:
            noun: The table's name.
            row: The row's id.
            read: The fields that were shown.
            found_by: The fields, by their names in the schema, that it was found by.
        """
        read, found_by = tuple(read), tuple(found_by)
        self.looked_rows.append((noun, row, read, found_by))
        looks = {"read": sorted(read), "found_by": sorted(found_by)}
        self.changed(noun, row, None, {name: fields for name, fields in looks.items() if fields})

    def compared(self, noun: str, row: UUID, fields: Iterable[str]) -> None:
        """Note that a command compared sensitive values with what its caller expects there.

        A guess learns about the value from a refusal as well: the look is kept even if the command is refused.

        Args:
            noun: The table's name.
            row: The row's id.
            fields: The fields, by their names in the schema.
        """
        named = tuple(fields)
        self.looked(noun, row, (), named)
        self.compared_rows.append((noun, row, named))

    @property
    def length(self) -> int:
        """How many changes it has noted so far."""
        return len(self._nouns)

    def since(self, length: int) -> list[tuple[str, UUID, str | None, str | None]]:
        """The changes after the first ``length``: table, row, and the values before and after as JSON."""
        return [*zip(self._nouns[length:], self._rows[length:], self._old[length:], self._new[length:], strict=True)]

    def rows(self) -> dict[str, set[UUID]]:
        """Table to the rows that were changed, those included that were only looked at."""
        nouns = set(self._nouns)
        if len(nouns) == 1:
            return {nouns.pop(): set(self._rows)}
        found: dict[str, set[UUID]] = {}
        for noun, row in zip(self._nouns, self._rows, strict=True):
            found.setdefault(noun, set()).add(row)
        return found

    def forget(self, length: int) -> None:
        """Forget the changes after the first ``length``: they were undone."""
        for noted in (self._nouns, self._rows, self._old, self._new):
            del noted[length:]

    async def write(
        self,
        transaction: Transaction,
        caller: Caller,
        at: datetime,
        arguments: Mapping[str, Any] | None,
    ) -> None:
        """Write the entry and its lines, once; see :meth:`entry`.

        Args:
            transaction: The command's transaction.
            caller: Who asked.
            at: When.
            arguments: What is kept of the command's arguments.
        """
        await transaction.fetchval_with(self.entry(caller, at, arguments), "SELECT NULL")

    def entry(self, caller: Caller, at: datetime, arguments: Mapping[str, Any] | None) -> Change:
        """The entry and its lines, as a statement to run once. A command that changed nothing has an entry too.

        Args:
            caller: Who asked.
            at: When.
            arguments: What is kept of the command's arguments.
        """
        self.written = True
        nouns = self._nouns
        if nouns and nouns.count(nouns[0]) == len(nouns):
            nouns = nouns[:1]  # the statement repeats it: each element of an array costs time
        values = (
            new_id(),
            at,
            caller.account,
            caller.login,
            caller.via,
            self.command,
            self.reason,
            None if arguments is None else _encode(arguments).decode(),
            new_ids(len(self._rows)),
            nouns,
            self._rows,
            _array(self._old),
            _array(self._new),
        )
        return Change(_WITH, values)


def _array(values: Sequence[str | None]) -> str:
    """JSON values as one JSON array, with null for none: sending one text costs less than sending many."""
    return f"[{','.join(['null' if each is None else each for each in values])}]"
