"""Who decides about consent, and how long which data are kept, as pure functions."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date

from homeroom.data_categories import CHOSEN, DataCategory

__all__ = ["age_on", "due_categories", "due_from", "guardian_decides", "who_answers"]


def age_on(born: date, day: date) -> int:
    """Full years of life on a day; who was born on 29 February is a year older on 1 March of other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def guardian_decides(born: date | None, below_age: int | None, day: date) -> bool:
    """Whether a guardian answers in place of the person.

    Mainland China, Personal Information Protection Law, art. 31: for minors under 14 years of age the consent of the
    parents or other guardians is needed. Other ages are the school's decision, by its own region's law.

    Args:
        born: The day of birth; of whom it is not known counts as below any age.
        below_age: Years, or none if each person decides alone.
        day: The day of the answer.
    """
    return below_age is not None and (born is None or age_on(born, day) < below_age)


def who_answers(born: date | None, below_age: int | None, from_age: int | None, day: date) -> tuple[bool, bool]:
    """Whether the person answers, and whether a guardian does; where both do, both have to agree.

    Vietnam, Law on Personal Data Protection No. 91/2025/QH15, art. 24 as it is reported: to make public what concerns
    the private life of a child of seven years or more, the consent of the child and of the legal representative is
    needed.

    Args:
        born: The day of birth; of whom it is not known counts as below any age.
        below_age: Years below which a guardian answers, or none if each person decides alone.
        from_age: Years from which the person has to agree as well, or none if the guardian's answer is enough.
        day: The day of the answer.
    """
    guardian = guardian_decides(born, below_age, day)
    old_enough = from_age is not None and born is not None and age_on(born, day) >= from_age
    return not guardian or old_enough, guardian


def due_from(left_on: date, months: int) -> date:
    """The first day on which data need not be kept any more.

    Args:
        left_on: When the person left.
        months: How long they are kept from then on; in a month that has no such day, to its last day.
    """
    years, month = divmod(left_on.month - 1 + months, 12)
    year = left_on.year + years
    return date(year, month + 1, min(left_on.day, calendar.monthrange(year, month + 1)[1]))


def due_categories(
    months: Mapping[DataCategory | None, int], left_on: date, today: date
) -> frozenset[DataCategory] | None:
    """What of a person need not be kept any more; none if that is the whole person.

    A category's own rule takes precedence over the rule of the whole person, whether it is longer or shorter. The whole
    person is due once no category has to be kept any more.

    Args:
        months: How long: by category, and under none for all categories without a rule of their own.
        left_on: When the person left.
        today: The day on which it is looked.
    """
    rest = months.get(None)
    kept = {each: months.get(each, rest) for each in CHOSEN}
    due = frozenset(each for each, long in kept.items() if long is not None and due_from(left_on, long) <= today)
    return None if due == CHOSEN else due
