"""What the schemes of all circulars share: settings, the stamp, and re-assessment by replacing results."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from homeroom_gradebook.scheme_choice import checked_choices, settings_stamp
from homeroom_gradebook.schemes import SubjectStanding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from homeroom_gradebook.schemes import OverallResult, PeriodRecord, Promotion, SchemeSetting, SubjectResult

__all__ = ["Circular", "rollout"]


class Circular(ABC):
    """The part of a grading scheme that does not differ between circulars.

    Args:
        choices: the school's settings by name; defaults hold for the others.

    Raises:
        Refusal: a name or value that the circular does not leave open.
    """

    name: str
    version: str
    source: str
    settings: tuple[SchemeSetting, ...] = ()
    terms: int = 2

    def __init__(self, choices: Mapping[str, str] | None = None) -> None:
        self._values = checked_choices(self.version, self.settings, choices or {})

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.stamp})"

    @property
    def stamp(self) -> str:
        """Version and every setting that differs from its default."""
        return settings_stamp(self.version, self.settings, self._values)

    def configured(self, choices: Mapping[str, str]) -> Self:
        """This scheme with the school's choices added."""
        checked_choices(self.version, self.settings, choices)
        return type(self)({**self._values, **choices})

    def chosen(self, setting: SchemeSetting) -> str:
        """The value that holds for a setting."""
        return self._values[setting.name]

    @abstractmethod
    def overall(self, record: PeriodRecord) -> OverallResult | None:
        """The level over all subjects."""

    @abstractmethod
    def eligible(self, record: PeriodRecord) -> tuple[str, ...]:
        """Codes of the subjects that may be assessed again."""

    @abstractmethod
    def promotion(
        self, record: PeriodRecord, overall: OverallResult, *, after_summer: bool = False
    ) -> Promotion | None:
        """The proposal at the end of a year."""

    def reassess(self, record: PeriodRecord, results: Mapping[str, SubjectResult]) -> PeriodRecord | None:
        """The year with the re-assessed results in place of the old ones, whether they are better or not.

        Nothing where a subject of ``results`` may not be assessed again.
        """
        if not results.keys() <= set(self.eligible(record)):
            return None
        subjects = tuple(
            SubjectStanding(one.subject, results.get(one.subject.code, one.result)) for one in record.subjects
        )
        return replace(record, subjects=subjects)


def rollout(first_year: Mapping[int, int], grade: int, school_year_start: int) -> bool:
    """Whether a circular that was introduced grade by grade already holds for a grade."""
    return grade in first_year and school_year_start >= first_year[grade]
