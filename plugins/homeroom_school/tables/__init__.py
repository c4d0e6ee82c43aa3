"""The tables of the registry. Other plugins refer to them by these names."""

from __future__ import annotations

from homeroom_school.tables.belonging import *
from homeroom_school.tables.calendar import *
from homeroom_school.tables.classes import *
from homeroom_school.tables.groups import *
from homeroom_school.tables.identity import *
from homeroom_school.tables.people import *
from homeroom_school.tables.premises import *
from homeroom_school.tables.settings import *
from homeroom_school.tables.status import *
