"""The hooks that the talent bank offers to other plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom.hookspecs import hookspec

if TYPE_CHECKING:
    from datetime import date

    from homeroom.context import Context
    from homeroom_talent.jobs import Found
    from homeroom_talent.queries import Barred


@hookspec
async def talent_finding(context: Context, found: Found) -> None:
    """Add what students achieved in the records of this plugin, such as the first of a year. Async, each, per space.

    Args:
        context: The job's.
        found: Takes the achievements; those that are there already are passed over.
    """


@hookspec
async def talent_barring(context: Context, on: date | None, barred: Barred) -> None:
    """Bar students whom a rule of this plugin keeps from activities. Async, each, per space.

    Args:
        context: The query's.
        on: The day of the activity, where it is known.
        barred: Has the students that were found, and takes those who are barred.
    """
