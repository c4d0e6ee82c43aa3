"""Notices about rows by declaration: what they say, whom they reach, and those that the calendar sends.

::

    LENT_LOAN = NoticeAbout(LENT, FAMILY.through(Loan.student_id), {"tag": "laptop_id.tag", "due": "due_on"})
    remind = reminder(
        "laptops.loan.remind", "0 7 * * 1-5", LATE_LOAN, "Remind families of laptops that are overdue.",
        where="{row}.state = 'lent' AND {row}.due_on < :today",
    )

The first is called with a context and the ids of rows, by a command, a job or what follows from a verb of a noun. The
second is a :class:`~homeroom.jobs.Job` for the plugin's ``JOBS``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from homeroom.database.tables import reference_of
from homeroom.errors import ConfigurationError
from homeroom.jobs import Job, job

if TYPE_CHECKING:
    from homeroom.context import Context
    from homeroom.database.tables import SchoolTable
    from homeroom.notices.kinds import NoticeKind
    from homeroom.recipients import Recipients

__all__ = ["NoticeAbout", "reminder"]

_DUE = "{where} AND NOT EXISTS (SELECT FROM job_effect e WHERE e.key = $2 || {row}.id)"


@dataclass(frozen=True)
class NoticeAbout:
    """A notice about rows of one table.

    Args:
        kind: Its kind.
        recipients: Who belongs to a row.
        values: Each value of the kind to the column that it is read from: of the row (``due_on``), or of one that the
            row leads to (``laptop_id.tag``). Columns hold texts, numbers and dates.

    Raises:
        ConfigurationError: These are not the values of the kind, or a table has no such column.
    """

    kind: NoticeKind
    recipients: Recipients
    values: Mapping[str, str] = field(default_factory=dict)
    _sql: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.values.keys() != self.kind.values.keys():
            raise ConfigurationError(f"notice kind {self.kind.name}: its values are {', '.join(self.kind.values)}")
        if not self.recipients.table:
            raise ConfigurationError(
                f"notice kind {self.kind.name}: its recipients {self.recipients.name} belong to no table; name"
                ' that of the rows, such as holders_of("principal", of=Loan)'
            )
        shown, joins = ["r.id"], []
        for name, path in self.values.items():
            *steps, last = path.split(".")
            table: type[SchoolTable] | str = self.recipients.of
            row = "r"
            for number, step in enumerate(steps):
                table = _led_to(table, step)
                target = table if isinstance(table, str) else table._meta.tablename
                joins.append(f"LEFT JOIN {target} {name}_{number} ON {name}_{number}.id = {row}.{step}")
                row = f"{name}_{number}"
            _column(table, last)
            shown.append(f"{row}.{last} AS {name}")
        sql = f"SELECT {', '.join(shown)} FROM {self.recipients.table} r {' '.join(joins)} WHERE r.id = ANY($1::uuid[])"
        object.__setattr__(self, "_sql", sql)

    async def __call__(self, context: Context, rows: Collection[UUID]) -> list[UUID]:
        """Send it about rows, to each person once about a row.

        Args:
            context: Of the command, job or event that sends it.
            rows: Their ids.

        Returns:
            The notices' ids.
        """
        from homeroom.notices.about_rows import notify_about

        found = await context.fetch(self._sql, list(rows))
        read = {each["id"]: {name: each[name] for name in self.values} for each in found}
        return await notify_about(context, self.kind, self.recipients, list(read), values=lambda row: read[row])


def _column(table: type[SchoolTable] | str, name: str) -> Any:
    """A column of a table; none where only the name of the table is known."""
    if isinstance(table, str):
        return None
    known = {each._meta.db_column_name: each for each in table._meta.columns}
    if name not in known:
        raise ConfigurationError(f"{table.__name__} has no column {name}")
    return known[name]


def _led_to(table: type[SchoolTable] | str, name: str) -> type[SchoolTable] | str:
    """The table that a column leads to, or its name."""
    column = _column(table, name)
    if column is None:
        raise ConfigurationError(f"{table}.{name}: only the name of the table {table} is known here, not its columns")
    if reference_of(column) is None:
        raise ConfigurationError(f"{table if isinstance(table, str) else table.__name__}.{name} leads to no table")
    target: type[SchoolTable] | str = column.target
    return target


def reminder(name: str, cron: str, notice: NoticeAbout, description: str, *, where: str) -> Job:
    """A job that sends a notice about rows by the calendar, once about each row.

    Nothing runs, and nothing is recorded, on days when there is no such row.

    Args:
        name: Of the job, dotted: ``<plugin>.<noun>.<verb>``.
        cron: When it looks, in the time zone of the school; see :func:`homeroom.jobs.job`.
        notice: What is sent, and to whom.
        description: What it does, for people.
        where: SQL over one row, ``{row}``: which rows it is about. It may use ``:today``.
    """
    due = _DUE.format(where=f"({where.format(row='r').replace(':today', '$1::date')})", row="r")
    table = notice.recipients.table

    async def some_are_due(context: Context) -> bool:
        found: bool = await context.fetchval(
            f"SELECT EXISTS (SELECT FROM {table} r WHERE {due})", context.today, f"{name}:"
        )
        return found

    async def remind(context: Context) -> int:
        rows = await context.fetch(f"SELECT r.id FROM {table} r WHERE {due} ORDER BY r.id", context.today, f"{name}:")
        sent = [row["id"] for row in rows if await context.once(f"{name}:{row['id']}")]
        await notice(context, sent)
        return len(sent)

    remind.__doc__ = description
    return job(name, cron=cron, when=some_are_due)(remind)
