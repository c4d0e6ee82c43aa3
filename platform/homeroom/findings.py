"""Rows that come from the records of other plugins by declaration, such as the first of a year in a talent bank.

The plugin that keeps the rows has a column :func:`source` and a job::

    class TalentItem(SchoolTable, tablename="talent_item"):
        source = source()
        unique = (("source",),)

    JOBS = (findings_job("talent.item.find", ITEM, cron="30 4 1 * *", then=NOMINATION.open),)

Any plugin declares what it finds, in its module ``finders``::

    FINDERS = (Finder("talent.item", "gradebook.title", "SELECT r.id AS key, r.student_id AS student ..."),)

Every finding becomes one row, once: the job may run in two workers at a time, and again every day.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec
from piccolo.columns import Varchar

from homeroom.jobs import Job, job

if TYPE_CHECKING:
    from homeroom.context import Context
    from homeroom.files.attachments import Owner
    from homeroom.nouns import Noun

__all__ = ["Finder", "findings_job", "source"]

logger = logging.getLogger(__name__)
_KEY: Final = "key"
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Finder:
    """What a plugin finds in its records for the rows of another one.

    Args:
        of: The noun of the other plugin, as its permissions name it: ``talent.item``. Where the school does not have
            it, nobody asks.
        name: Plugin and finder: ``gradebook.title``.
        sql: Gives the column ``key``, which tells one finding from another, and the arguments of a new row by their
            names (``student``, ``title``); those that are NULL are not given. ``$1`` is today.
    """

    of: str
    name: str
    sql: str


def source() -> Any:
    """The column that keeps from where a finding comes. No verb writes it; declare it ``unique``."""
    return Varchar(
        length=_LONGEST, null=True, default=None, help_text="The finder and its key; none if people wrote it."
    )


def findings_job(
    name: str,
    of: Owner,
    *,
    cron: str,
    description: str,
    then: Callable[[Any, Sequence[UUID]], Awaitable[object]] | None = None,
) -> Job:
    """The job that makes rows of what other plugins find. A finding that the noun refuses is logged and left out.

    Args:
        name: Of the job: ``talent.item.find``.
        of: What :func:`homeroom.nouns.ordinary` made of the table, which has a column :func:`source`.
        cron: When it looks, in the time zone of the school; see :func:`homeroom.jobs.job`.
        description: What it does, for people.
        then: Does what follows with new rows: gets the context and their ids.
    """
    noun = of.noun

    async def find(context: Context) -> int:
        # Two workers at once: the second one waits, and then sees what the first one has made.
        await context.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"{name} {context.space.id}")
        found: dict[str, dict[str, Any]] = {}
        for finder in context.host.hooks.collect("finders", only=context.variant.plugins):
            if finder.of == noun.prefix:
                for row in await context.fetch(finder.sql, context.today):
                    found[f"{finder.name}:{row[_KEY]}"] = _arguments(noun, row)
        made = await _insert(context, noun, found)
        if made and then is not None:
            await then(context, made)
        return len(made)

    find.__name__ = find.__qualname__ = f"find_{noun.plural}"
    find.__doc__ = description
    return job(name, cron=cron)(find)


def _arguments(noun: Noun, row: Any) -> dict[str, Any]:
    """What a statement gives, as the arguments of a verb: an enum by its value, for example."""
    return {
        name: msgspec.convert(value, noun.columns[name].kind.argument(noun.columns[name].declared), strict=False)
        for name, value in row.items()
        if name != _KEY and value is not None
    }


async def _insert(context: Context, noun: Noun, found: dict[str, dict[str, Any]]) -> list[UUID]:
    table = noun.table._meta.tablename
    there = await context.fetch(f"SELECT source FROM {table} WHERE source = ANY($1::text[])", list(found))
    new = {each: found[each] for each in sorted(found.keys() - {row["source"] for row in there})}
    good = await _without_wrong(context, noun, new)
    if not good:
        return []
    rows = await noun.checked(context, list(good.values()), listed=True)
    # All rows have the same columns.
    empty = dict.fromkeys(name for row in rows for name in row)
    return await noun.insert(
        context, [{**empty, **row, "source": each} for each, row in zip(good, rows, strict=True)], listed=True
    )


async def _without_wrong(context: Context, noun: Noun, new: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Those that the noun accepts. A refusal would list the first problems alone, and the draft has all of them."""
    codes: dict[int | None, list[str]] = {}
    for problem in (await noun.drafted(context, list(new.values()), listed=True)).problems:
        codes.setdefault(problem.row, []).append(str(problem.code))
    for number, each in enumerate(new):
        if number in codes:
            logger.warning("the finding %s is left out: %s", each, ", ".join(codes[number]))
    return {each: given for number, (each, given) in enumerate(new.items()) if number not in codes}
