"""Rosters: bundles of CSV files that list who belongs to which school, class and course.

Three formats are read and written: Microsoft School Data Sync v1 and v2.1, and 1EdTech OneRoster 1.2 (bulk).
All become one neutral `Roster`.  Reading is pure: no database, no clock.  Passwords that a bundle carries are
dropped while its lines are read and are never held.
"""

from __future__ import annotations

from homeroom.reading.faults import Fault as Problem
from homeroom.reading.faults import FileRefused as RosterRejected
from homeroom.reading.layouts import ReadOptions
from homeroom_rosters.roster.bundle import open_bundle, write_zip
from homeroom_rosters.roster.formats import FORMATS, problem_at, read_roster, write_roster
from homeroom_rosters.roster.records import (
    Course,
    Demographics,
    Enrolment,
    Flag,
    Guardianship,
    Org,
    Person,
    Profile,
    Role,
    Roster,
    Section,
    Session,
    without_places,
)
from homeroom_rosters.roster.selection import Selection, select_orgs

__all__ = [
    "FORMATS",
    "Course",
    "Demographics",
    "Enrolment",
    "Flag",
    "Guardianship",
    "Org",
    "Person",
    "Problem",
    "Profile",
    "ReadOptions",
    "Role",
    "Roster",
    "RosterRejected",
    "Section",
    "Selection",
    "Session",
    "open_bundle",
    "problem_at",
    "read_roster",
    "select_orgs",
    "without_places",
    "write_roster",
    "write_zip",
]
