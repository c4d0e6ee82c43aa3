"""The preset of a Vietnamese school: a primary and lower secondary school with grades 1 to 9.

Subjects and lesson periods are those of the 2018 general education programme (Thông tư 32/2018/TT-BGDĐT). Where a
school teaches other subjects or numbers of lessons, it changes its plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from homeroom.presets import Preset
from homeroom_vn.privacy import PRIVACY

__all__ = ["PRESETS"]


@dataclass(frozen=True, slots=True)
class _Subject:
    """A subject of the programme.

    Args:
        code: Its code in the school.
        title: Its name.
        periods: Lessons a year by grade; a grade that is not named does not have it.
        measure: ``scored`` with marks (in primary school: with tests), ``commented`` without.
        key: What the circulars' rules call it, where one does.
    """

    code: str
    title: str
    periods: dict[int, int]
    measure: str = "scored"
    key: str | None = None


def _grades(first: int, last: int, periods: int) -> dict[int, int]:
    return dict.fromkeys(range(first, last + 1), periods)


_PRIMARY = (
    _Subject("tieng-viet", "Tiếng Việt", {1: 420, 2: 350, 3: 245, 4: 245, 5: 245}, key="vietnamese"),
    _Subject("tu-nhien-xa-hoi", "Tự nhiên và Xã hội", _grades(1, 3, 70), "commented"),
    _Subject("dao-duc", "Đạo đức", _grades(1, 5, 35), "commented"),
    _Subject("khoa-hoc", "Khoa học", _grades(4, 5, 70), key="science"),
    _Subject("tin-hoc-cong-nghe", "Tin học và Công nghệ", _grades(3, 5, 70), key="informatics_technology"),
    _Subject("hoat-dong-trai-nghiem", "Hoạt động trải nghiệm", _grades(1, 5, 105), "commented"),
)
_BOTH = (
    _Subject("toan", "Toán", {1: 105, **_grades(2, 5, 175), **_grades(6, 9, 140)}, key="math"),
    _Subject("ngoai-ngu-1", "Ngoại ngữ 1", {**_grades(3, 5, 140), **_grades(6, 9, 105)}, key="foreign_language"),
    _Subject(
        "lich-su-dia-li", "Lịch sử và Địa lí", {**_grades(4, 5, 70), **_grades(6, 9, 105)}, key="history_geography"
    ),
    _Subject("giao-duc-the-chat", "Giáo dục thể chất", _grades(1, 9, 70), "commented"),
    _Subject("nghe-thuat", "Nghệ thuật", _grades(1, 9, 70), "commented"),
)
_LOWER_SECONDARY = (
    _Subject("ngu-van", "Ngữ văn", _grades(6, 9, 140), key="literature"),
    _Subject("giao-duc-cong-dan", "Giáo dục công dân", _grades(6, 9, 35)),
    _Subject("khoa-hoc-tu-nhien", "Khoa học tự nhiên", _grades(6, 9, 140)),
    _Subject("cong-nghe", "Công nghệ", {**_grades(6, 7, 35), **_grades(8, 9, 52)}),
    _Subject("tin-hoc", "Tin học", _grades(6, 9, 35)),
    _Subject("giao-duc-dia-phuong", "Nội dung giáo dục của địa phương", _grades(6, 9, 35), "commented"),
    _Subject("trai-nghiem-huong-nghiep", "Hoạt động trải nghiệm, hướng nghiệp", _grades(6, 9, 105), "commented"),
)
_SUBJECTS: Final = (*_PRIMARY[:1], *_LOWER_SECONDARY[:1], *_BOTH, *_PRIMARY[1:], *_LOWER_SECONDARY[1:])

_SCHOOL: Final[dict[str, Any]] = {
    "name_script": "vietnamese",
    "name_order": "vietnamese",
    "year": {
        "starts_on": "09-05",
        "ends_on": "05-31",
        "terms": [
            {"name": "Học kì I", "starts_on": "09-05", "ends_on": "01-15"},
            {"name": "Học kì II", "starts_on": "01-16", "ends_on": "05-31"},
        ],
    },
    "grade_levels": [
        {
            "number": grade,
            "code": str(grade),
            "title": f"Lớp {grade}",
            "stage": "primary" if grade <= 5 else "lower_secondary",
        }
        for grade in range(1, 10)
    ],
    "subjects": [
        {
            "code": subject.code,
            "title": subject.title,
            "periods": {str(grade): periods for grade, periods in subject.periods.items()},
        }
        for subject in _SUBJECTS
    ],
}

_GRADEBOOK: Final[dict[str, Any]] = {
    "subjects": [{"code": subject.code, "measure": subject.measure, "key": subject.key} for subject in _SUBJECTS]
}

_CALENDAR: Final = {"weekdays": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]}

PRESETS: Final = (
    Preset(
        region="vn",
        title="Việt Nam: trường tiểu học và trung học cơ sở",
        plugins=("school", "photos", "calendar", "rosters", "surveys", "transfers", "gradebook", "vn"),
        time_zone="Asia/Ho_Chi_Minh",
        locale="vi",
        options={"privacy": PRIVACY, "school": _SCHOOL, "calendar": _CALENDAR, "gradebook": _GRADEBOOK},
    ),
)
