"""Rosters: bundles of CSV files that list who belongs to which school, class and course.

Three formats are read and written: Microsoft School Data Sync v1 and v2.1, and 1EdTech OneRoster 1.2 (bulk).
All become one neutral `Roster`.  Reading is pure: no database, no clock.  Passwords that a bundle carries are
dropped while its lines are read and are never held.
"""
