"""The preset of a Hong Kong primary school: P1 to P6, two terms, the eight subjects of most schools.

Subjects are those of the primary curriculum since school year 2025/26, in which Science and Humanities take the place
of General Studies; a school that still teaches General Studies to some levels adds it. Weekly lessons are the school's
own affair, so no numbers of periods are given. Dates are a start for the calendar: the Education Bureau's list of
each year wins.
"""

from __future__ import annotations

from typing import Any, Final

from homeroom.presets import Preset
from homeroom_hk.privacy import PRIVACY

__all__ = ["PRESETS"]

_LEVELS: Final = ("小一", "小二", "小三", "小四", "小五", "小六")

_SUBJECTS: Final = (
    ("chinese", "中國語文"),
    ("english", "英國語文"),
    ("mathematics", "數學"),
    ("science", "科學"),
    ("humanities", "人文"),
    ("visual-arts", "視覺藝術"),
    ("music", "音樂"),
    ("physical-education", "體育"),
)

_SCHOOL: Final[dict[str, Any]] = {
    "name_script": "han_traditional",
    "name_order": "strokes",
    "year": {
        "starts_on": "09-01",
        "ends_on": "08-31",
        "terms": [
            {"name": "上學期", "starts_on": "09-01", "ends_on": "01-31"},
            {"name": "下學期", "starts_on": "02-01", "ends_on": "08-31"},
        ],
    },
    "grade_levels": [
        {"number": number, "code": f"P{number}", "title": title, "stage": "primary"}
        for number, title in enumerate(_LEVELS, start=1)
    ],
    "subjects": [
        {
            "code": code,
            "title": title,
            "periods": {f"P{number}": None for number in range(1, len(_LEVELS) + 1)},
        }
        for code, title in _SUBJECTS
    ],
}

_CALENDAR: Final = {"weekdays": ["monday", "tuesday", "wednesday", "thursday", "friday"]}

PRESETS: Final = (
    Preset(
        region="hk",
        title="香港：小學",
        plugins=("school", "photos", "calendar", "rosters", "surveys", "transfers", "hk"),
        time_zone="Asia/Hong_Kong",
        locale="zh-Hant-HK",
        options={"privacy": PRIVACY, "school": _SCHOOL, "calendar": _CALENDAR},
    ),
)
