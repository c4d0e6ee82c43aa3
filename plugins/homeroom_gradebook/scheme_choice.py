"""Which scheme governs a grade in a school year, among all that are installed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from homeroom.worked_examples import Runners
    from homeroom_gradebook.schemes import GradingScheme, SchemeSetting


class NoScheme(LookupError):  # noqa: N818
    """No installed scheme governs this grade in this school year."""


class AmbiguousScheme(NoScheme):
    """Two or more installed schemes claim this grade in this school year."""


class UnknownSetting(ValueError):  # noqa: N818
    """A school's choice names a setting, or a value, that the scheme does not have."""


class NotEligible(ValueError):  # noqa: N818
    """A subject was assessed again although its result does not call for it."""


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
    runners: Runners = field(default_factory=dict)


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
    what = f"grade {grade} in the school year from {school_year_start}"
    if not found:
        raise NoScheme(f"no grading scheme governs {what}")
    if len(found) > 1:
        claimants = ", ".join(f"{scheme.name} {scheme.version}" for scheme in found)
        raise AmbiguousScheme(f"{what} is claimed by several schemes: {claimants}")
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
            raise UnknownSetting(f"{scheme}: has no setting {name!r}")
        if value not in known[name].choices:
            allowed = ", ".join(known[name].choices)
            raise UnknownSetting(f"{scheme}: setting {name!r} is one of {allowed}, not {value!r}")
        values[name] = value
    return values


def settings_stamp(version: str, settings: Sequence[SchemeSetting], values: Mapping[str, str]) -> str:
    """Version and every setting not at its default: ``TT22/2021;adjustment_reading=had_been_good``."""
    changed = [
        f"{setting.name}={values[setting.name]}" for setting in settings if values[setting.name] != setting.default
    ]
    return ";".join([version, *changed])
