"""Which scheme governs a grade in a school year, among all that are installed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from homeroom_gradebook.examples import ExampleRunner
    from homeroom_gradebook.schemes import GradingScheme, SchemeSetting

__all__ = [
    "AmbiguousScheme",
    "ClashingSchemes",
    "NoScheme",
    "NotEligible",
    "SchemeFamily",
    "UnjudgeableRecord",
    "UnknownSetting",
    "checked_choices",
    "resolve_scheme",
    "settings_stamp",
]


class NoScheme(LookupError):  # noqa: N818
    """No installed scheme governs this grade in this school year."""

    def __init__(self, grade: int, school_year_start: int) -> None:
        super().__init__(f"no grading scheme governs grade {grade} in the school year from {school_year_start}")
        self.grade = grade
        self.school_year_start = school_year_start


class AmbiguousScheme(LookupError):  # noqa: N818
    """Two or more installed schemes claim this grade in this school year."""

    def __init__(self, grade: int, school_year_start: int, claimed_by: Sequence[GradingScheme]) -> None:
        claimants = ", ".join(f"{scheme.name} {scheme.version}" for scheme in claimed_by)
        super().__init__(
            f"grade {grade} in the school year from {school_year_start} is claimed by several schemes: {claimants}"
        )
        self.grade = grade
        self.school_year_start = school_year_start
        self.claimed_by = tuple(claimed_by)


class ClashingSchemes(ValueError):  # noqa: N818
    """Two schemes, or two example runners, carry the same name."""


class UnknownSetting(ValueError):  # noqa: N818
    """A school's choice names a setting, or a value, that the scheme does not have."""

    def __init__(self, scheme: str, name: str, message: str) -> None:
        super().__init__(f"{scheme}: {message}")
        self.scheme = scheme
        self.name = name


class NotEligible(ValueError):  # noqa: N818
    """A subject was assessed again although its result does not call for it."""

    def __init__(self, subject: str) -> None:
        super().__init__(f"{subject} may not be assessed again")
        self.subject = subject


class UnjudgeableRecord(ValueError):  # noqa: N818
    """The rules need something of a class or a student that entering marks cannot supply.

    Args:
        code: stable code of what is missing.
        message: the same in a sentence.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class SchemeFamily:
    """The schemes of one regional plugin, and how to run worked examples of its regulations.

    Args:
        name: the region's plugin.
        schemes: its schemes.
        runners: an example runner by (regulation as examples cite it, kind of example).
    """

    name: str
    schemes: tuple[GradingScheme, ...]
    runners: Mapping[tuple[str, str], ExampleRunner] = field(default_factory=dict)


def resolve_scheme(schemes: Iterable[GradingScheme], grade: int, school_year_start: int) -> GradingScheme:
    """The one scheme that governs a grade in a school year.

    Args:
        schemes: every scheme that the school has.
        grade: grade level.
        school_year_start: calendar year in which the school year starts.

    Raises:
        NoScheme: none claims it.
        AmbiguousScheme: several claim it.
    """
    found = [scheme for scheme in schemes if scheme.applies(grade, school_year_start)]
    if not found:
        raise NoScheme(grade, school_year_start)
    if len(found) > 1:
        raise AmbiguousScheme(grade, school_year_start, found)
    return found[0]


def checked_choices(scheme: str, settings: Sequence[SchemeSetting], choices: Mapping[str, str]) -> dict[str, str]:
    """Every setting with its value: the school's choice, or the default.

    Raises:
        UnknownSetting: a name or a value that is not declared.
    """
    values = {setting.name: setting.default for setting in settings}
    known = {setting.name: setting for setting in settings}
    for name, value in choices.items():
        if name not in known:
            raise UnknownSetting(scheme, name, f"has no setting {name!r}")
        if value not in known[name].choices:
            allowed = ", ".join(known[name].choices)
            raise UnknownSetting(scheme, name, f"setting {name!r} is one of {allowed}, not {value!r}")
        values[name] = value
    return values


def settings_stamp(version: str, settings: Sequence[SchemeSetting], values: Mapping[str, str]) -> str:
    """Version and every setting not at its default: ``TT22/2021;adjustment_reading=had_been_good``."""
    changed = [
        f"{setting.name}={values[setting.name]}" for setting in settings if values[setting.name] != setting.default
    ]
    return ";".join([version, *changed])
