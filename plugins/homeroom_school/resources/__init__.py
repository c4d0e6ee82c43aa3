"""What can be read of the registry, and which rows each scope lets through.

Scopes: ``school`` (all), ``own_class`` (the caller is homeroom teacher of the class today), ``own_teaching``
(the caller teaches the class today), ``self`` (the caller is the person), ``children`` (the caller is
guardian of the person today).
"""

from __future__ import annotations

from homeroom.resources import Resource
from homeroom_school.resources.belonging import BELONGING
from homeroom_school.resources.classes import CLASSES
from homeroom_school.resources.groups import GROUPS
from homeroom_school.resources.lessons import LESSONS
from homeroom_school.resources.people import PEOPLE
from homeroom_school.resources.photos import PHOTOS
from homeroom_school.resources.premises import PREMISES
from homeroom_school.resources.rosters import ROSTERS
from homeroom_school.resources.school_days import SCHOOL_DAYS
from homeroom_school.resources.status import STATUS

__all__ = ["RESOURCES"]

RESOURCES: tuple[Resource, ...] = (
    *CLASSES,
    *SCHOOL_DAYS,
    *PREMISES,
    *LESSONS,
    *PEOPLE,
    *PHOTOS,
    *BELONGING,
    *STATUS,
    *GROUPS,
    *ROSTERS,
)
