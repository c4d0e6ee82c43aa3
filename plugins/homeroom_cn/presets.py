"""The preset of a college in mainland China: up to four years of study, two terms, general compulsory courses.

Colleges differ in nearly everything, so this is a start and no rule: a three-year vocational college (高职) removes the
fourth year, and courses of a field are added by the college. Dates lie around the Spring Festival and are the
college's to change.
"""

from __future__ import annotations

from typing import Any, Final

from homeroom.presets import Preset
from homeroom_cn.privacy import PRIVACY

__all__ = ["PRESETS"]

_YEARS: Final = ("一年级", "二年级", "三年级", "四年级")

#: Code, title and the years of study in which general courses usually lie.
_COURSES: Final = (
    ("daode-fazhi", "思想道德与法治", (1,)),
    ("xingshi-zhengce", "形势与政策", (1, 2, 3, 4)),
    ("daxue-yingyu", "大学英语", (1, 2)),
    ("gaodeng-shuxue", "高等数学", (1,)),
    ("xinxi-jishu", "信息技术", (1,)),
    ("daxue-yuwen", "大学语文", (1,)),
    ("tiyu", "体育", (1, 2)),
    ("junshi-lilun", "军事理论", (1,)),
    ("xinli-jiankang", "心理健康教育", (1,)),
    ("zhiye-guihua", "职业生涯规划", (1, 3)),
)

_SCHOOL: Final[dict[str, Any]] = {
    "name_script": "han_simplified",
    "name_order": "pinyin",
    "year": {
        "starts_on": "09-01",
        "ends_on": "08-31",
        "terms": [
            {"name": "第一学期", "starts_on": "09-01", "ends_on": "01-31"},
            {"name": "第二学期", "starts_on": "02-01", "ends_on": "08-31"},
        ],
    },
    "grade_levels": [
        {"number": number, "code": str(number), "title": title, "stage": "higher"}
        for number, title in enumerate(_YEARS, start=1)
    ],
    "subjects": [
        {"code": code, "title": title, "periods": {str(year): None for year in years}}
        for code, title, years in _COURSES
    ],
}

_CALENDAR: Final = {"weekdays": ["monday", "tuesday", "wednesday", "thursday", "friday"]}

PRESETS: Final = (
    Preset(
        region="cn",
        title="中国内地：高等学校",
        plugins=("school", "photos", "calendar", "rosters", "surveys", "transfers", "cn"),
        time_zone="Asia/Shanghai",
        locale="zh-Hans-CN",
        options={"privacy": PRIVACY, "school": _SCHOOL, "calendar": _CALENDAR},
    ),
)
