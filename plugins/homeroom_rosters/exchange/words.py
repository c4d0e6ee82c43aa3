"""What the words of rosters mean to the registry: roles, relations, sexes, grades, names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from homeroom.names import PersonName, Script, script_of, split_full_name
from homeroom_rosters.roster.records import Person
from homeroom_school.tables import Relation, Sex

#: The staff roles of both vendors' lists of values.
_STAFF: Final = frozenset(
    "principal chair professor researcher adjunct affiliate occupationaltherapist physicaltherapist speechtherapist "
    "visiontherapist paraprofessional specialservices advisor proctor nurse officestaff lecturer itadmin "
    "administrator teacher faculty staff teacherassistant assistant instructor substitute coach aide counselor "
    "districtadministrator siteadministrator systemadministrator".split()
)
_RELATIONS: Final = {"": Relation.GUARDIAN, **{each.value: each for each in Relation}}
_SEXES: Final = {
    **{each.value: each for each in Sex},
    "m": Sex.MALE,
    "f": Sex.FEMALE,
    # As offices write them: no format has these words, and no school means anything else by them.
    "nam": Sex.MALE,
    "nữ": Sex.FEMALE,
    "男": Sex.MALE,
    "女": Sex.FEMALE,
}


def is_student(role: str) -> bool:
    """Whether a role makes somebody a student."""
    return role.casefold() == "student"


def is_staff(role: str) -> bool:
    """Whether a role makes somebody staff."""
    return role.removeprefix("ext:").casefold() in _STAFF


def relation(word: str) -> Relation:
    """What a guardian is to a student."""
    return _RELATIONS.get(word.removeprefix("ext:").casefold(), Relation.OTHER)


def sex(word: str) -> Sex | None:
    """The sex that a roster states; none if it states none that is known."""
    return _SEXES.get(word.casefold())


def grade_level(word: str, levels: Mapping[str, UUID]) -> UUID | None:
    """The grade level that a roster's word names: by its code, else by the number in it.

    Args:
        word: Such as ``9``, ``09`` or ``P3``.
        levels: Code (case folded) and number (as text) to id.
    """
    found = levels.get(word.casefold())
    if found is None and (match := re.search(r"\d+", word)) is not None:
        found = levels.get(str(int(match.group())))
    return found


def name_of(person: Person, script: Script) -> PersonName:
    """A person's name as the school writes it.

    Formats have a family and a given name and no script: the letters show it, and a Vietnamese given name of
    several words carries the middle names.
    """
    family, middle, given = person.family, person.middle, person.given
    written = script_of(family + given, script)
    if written is Script.VIETNAMESE and not middle and " " in given:
        parts = split_full_name(Script.VIETNAMESE, f"x {given}")
        middle, given = parts.middle, parts.given
    return PersonName(written, given=given or family, family=family if given else "", middle=middle)
