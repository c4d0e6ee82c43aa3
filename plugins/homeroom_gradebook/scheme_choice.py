"""Which scheme governs a grade in a school year, among all that are installed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from homeroom.errors import Refusal
from homeroom.refusals import ONE_OF
from homeroom_gradebook.refusals import NO_SCHEME, NO_SUCH_SETTING, SEVERAL_SCHEMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from homeroom.worked_examples import Runners
    from homeroom_gradebook.schemes import GradingScheme, SchemeSetting


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
        schemes: Every scheme that the school has.
        grade: The number of the grade level.
        school_year_start: The calendar year in which the school year starts.

    Raises:
        Refusal: none claims it, or several do.
    """
    found = [scheme for scheme in schemes if scheme.applies(grade, school_year_start)]
    if len(found) != 1:
        claimants = [f"{scheme.name} {scheme.version}" for scheme in found]
        code = SEVERAL_SCHEMES if found else NO_SCHEME
        raise Refusal(code, "school_class", grade=grade, year=school_year_start, schemes=claimants)
    return found[0]


def checked_choices(scheme: str, settings: Sequence[SchemeSetting], choices: Mapping[str, str]) -> dict[str, str]:
    """Every setting with its value: the school's choice, or the default.

    Raises:
        Refusal: a name or a value that is not declared.
    """
    values = {setting.name: setting.default for setting in settings}
    known = {setting.name: setting for setting in settings}
    for name, value in choices.items():
        if name not in known:
            raise Refusal(NO_SUCH_SETTING, "name", scheme=scheme, name=name)
        if value not in known[name].choices:
            raise Refusal(ONE_OF, "value", options=known[name].choices)
        values[name] = value
    return values


def settings_stamp(version: str, settings: Sequence[SchemeSetting], values: Mapping[str, str]) -> str:
    """Version and every setting not at its default: ``TT22/2021;adjustment_reading=had_been_good``."""
    changed = [
        f"{setting.name}={values[setting.name]}" for setting in settings if values[setting.name] != setting.default
    ]
    return ";".join([version, *changed])
