"""The days whose lessons a survey counts: one whole cycle, or one week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta


def days_of_cycle(
    on: date, cycle_days: Mapping[date, int | None], cycle_length: int | None
) -> tuple[date, date] | None:
    """The first and the last day of the cycle that a day lies in; of its week, where the school has no cycle.

    A cycle begins on the last school day with the number one that does not lie after the day, or on the first after it
    where none does, and has as many school days as the cycle is long; at the end of the year it may be cut short.

    Args:
        on: The day.
        cycle_days: School days to their number in the cycle.
        cycle_length: How many days the cycle has; none: the school plans by weeks.

    Returns:
        Both days, or none where the year has no cycle that could stand for the day.
    """
    if cycle_length is None:
        monday = on - timedelta(days=on.weekday())
        return monday, monday + timedelta(days=6)
    days: Sequence[date] = sorted(cycle_days)
    first_days = [day for day in days if cycle_days[day] == 1]
    before = [day for day in first_days if day <= on]
    if not first_days:
        return None
    first = before[-1] if before else first_days[0]
    following = [day for day in days if day >= first and cycle_days[day] is not None][:cycle_length]
    return first, following[-1]
