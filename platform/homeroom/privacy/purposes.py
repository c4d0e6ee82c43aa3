"""Purposes of consent that plugins declare, and how they reach schools.

A plugin lists them as ``PURPOSES`` in the module ``consent`` of its package. Every school that has the plugin has the
purpose, in its language and with the terms of its region: when it switches the plugin on, and with ``homeroom migrate``
after the plugin was updated. What the school has defined or changed itself stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from homeroom.code_tables.arriving import title_in
from homeroom.code_tables.declare import Titles
from homeroom.errors import ConfigurationError
from homeroom.languages import LANGUAGES
from homeroom.privacy.consent_tables import ConsentPurpose

if TYPE_CHECKING:
    from homeroom.context import Context
    from homeroom.database.migrations import Schema
    from homeroom.hooks import Hooks

__all__ = ["Purpose", "Terms", "add_to_all", "add_to_space"]


@dataclass(frozen=True, slots=True)
class Terms:
    """On what a region's schools ask for consent.

    Args:
        legal_basis: The law by title and article.
        guardian_below_age: Below how many years a guardian answers; none: the person always does.
        person_from_age: From how many years the person has to agree beside the guardian.
    """

    legal_basis: str
    guardian_below_age: int | None = None
    person_from_age: int | None = None


@dataclass(frozen=True, slots=True)
class Purpose:
    """A purpose for which schools ask consent.

    Args:
        code: Unique, beginning with the plugin's name: ``talents_bank``. Commands ask by it.
        titles: What people call it, in the four languages; see :func:`homeroom.code_tables.titles`.
        texts: What people are asked, in the four languages.
        terms: For schools of regions without terms of their own.
        regions: Region to its terms.
        active: Whether people are asked from the first day.
    """

    code: str
    titles: Titles
    texts: Titles
    terms: Terms
    regions: Mapping[str, Terms] | None = None
    active: bool = True

    def __post_init__(self) -> None:
        for language in LANGUAGES:
            if not self.titles.get(language) or not self.texts.get(language):
                raise ConfigurationError(f"purpose of consent {self.code}: its texts are not there in {language}")

    def row(self, region: str, language: str) -> dict[str, Any]:
        """The row of a school.

        Args:
            region: Of the school.
            language: Of the school, as a BCP 47 tag.
        """
        terms = (self.regions or {}).get(region, self.terms)
        return {
            "code": self.code,
            "title": title_in(language, self.titles),
            "text": title_in(language, self.texts),
            "legal_basis": terms.legal_basis,
            "guardian_below_age": terms.guardian_below_age,
            "person_from_age": terms.person_from_age,
            "active": self.active,
        }


_ALIKE: Final = """
SELECT region, locale, plugins, array_agg(id) AS spaces FROM homeroom.space WHERE kind = 'school'
GROUP BY region, locale, plugins
"""
_ADD: Final = """
INSERT INTO consent_purpose
    (tenant_id, id, code, title, text, legal_basis, guardian_below_age, person_from_age, active)
SELECT s.space, gen_random_uuid(), $2, $3, $4, $5, $6::smallint, $7::smallint, $8
FROM unnest($1::uuid[]) AS s (space) ON CONFLICT (tenant_id, code) DO NOTHING
"""


async def add_to_space(context: Context) -> None:
    """Add the declared purposes that a school does not have."""
    if context.space.kind != "school":
        return
    declared: Sequence[Purpose] = context.host.hooks.collect("consent_purposes", only=context.variant.plugins)
    known = {row["code"] for row in await context.fetch("SELECT code FROM consent_purpose")} if declared else set()
    await context.rows(ConsentPurpose).insert(
        [each.row(context.space.region, context.space.locale) for each in declared if each.code not in known]
    )


async def add_to_all(schema: Schema, hooks: Hooks) -> None:
    """Add the declared purposes that schools do not have to all of them."""
    declared = hooks.collect_by_plugin("consent_purposes")
    for alike in await schema.fetch(_ALIKE) if declared else ():
        on = hooks.host_parts | set(alike["plugins"])
        for purpose in (each for plugin, found in declared if plugin in on for each in found):
            await schema.execute(_ADD, alike["spaces"], *purpose.row(alike["region"], alike["locale"]).values())
