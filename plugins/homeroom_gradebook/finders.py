"""What the talent bank takes from the gradebook: the titles of the years that have ended lately."""

from __future__ import annotations

from typing import Final

from homeroom.findings import Finder

_TITLES: Final = """
SELECT r.id AS key, r.student_id AS student, r.title_label || ', ' || y.name AS title, 'academic' AS section,
    'other' AS category, 'school' AS level, least(y.ends_on, $1) AS happened_on
FROM student_result r JOIN school_class c ON c.id = r.school_class_id JOIN school_year y ON y.id = c.school_year_id
WHERE r.span = 'year' AND r.title_label IS NOT NULL AND y.ends_on >= $1::date - 120
"""

FINDERS: Final = (Finder("talent.item", "gradebook.title", _TITLES),)
