"""Identifiers of people: what a number must look like before it is stored.

A *kind* has a name, its region, and one function that normalises and validates. The host registers the kinds of its
regions here; a plugin adds its own with `register_kind`.
"""

from __future__ import annotations

from homeroom.identifiers.hong_kong import HKID, STRN
from homeroom.identifiers.kind import (
    Checked,
    Doubt,
    IdentifierError,
    IdentifierKind,
    compare_with_person,
    identifier_kind,
    identifier_kinds,
    normalise,
    register_kind,
)
from homeroom.identifiers.mainland_china import RESIDENT_ID
from homeroom.identifiers.travel import PASSPORT
from homeroom.identifiers.vietnam import PERSONAL_NUMBER, SECTOR_CODE

__all__ = [
    "HKID",
    "PASSPORT",
    "PERSONAL_NUMBER",
    "RESIDENT_ID",
    "SECTOR_CODE",
    "STRN",
    "Checked",
    "Doubt",
    "IdentifierError",
    "IdentifierKind",
    "compare_with_person",
    "identifier_kind",
    "identifier_kinds",
    "normalise",
    "register_kind",
]

for _kind in (HKID, STRN, RESIDENT_ID, SECTOR_CODE, PERSONAL_NUMBER, PASSPORT):
    register_kind(_kind)
