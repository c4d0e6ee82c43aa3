"""Made-up names: common parts of names, put together at random."""

from __future__ import annotations

from random import Random
from typing import Final

from homeroom.names import PersonName, Script

__all__ = ["generated_name"]

_VIETNAMESE: Final = (
    "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Trịnh Mai Tô",
    "Văn Thị Minh Ngọc Thanh Quang Đức Hữu Thu Bảo Gia Khánh Hoàng Kim Xuân Hồng",
    "An Ánh Anh Bình Châu Chi Cường Dũng Duy Hà Hải Hân Hoa Hòa Hùng Khoa Lan Linh My Nam Phúc Quân Tú Vinh Đạt",
)
_TRADITIONAL: Final = (
    "陳林黃張李王吳劉蔡楊許鄭謝郭洪曾廖賴徐周葉蘇歐陽",
    "家俊子穎嘉欣詠詩浩然樂晴心怡天佑凱琳志明美玲文軒卓曦",
)
_SIMPLIFIED: Final = (
    "陈林黄张李王吴刘蔡杨许郑谢郭洪曾廖赖徐周叶苏单",
    "子轩雨涵浩然欣怡梓晨思远嘉琪文博明哲佳宁志强丽华俊杰",
)
_LATIN: Final = (
    "Abel Brook Carver Dale Ellery Farrow Gale Hale Ives Jessop Keel Lark Marsh Nye Orme Pell Quill Rowe Sedge Thorn",
    "Ada Ben Cleo Dan Edie Finn Gwen Hal Ida Jude Kit Lena Max Nell Otto Pia Rex Sia Tom Una Viv Wes",
)


def generated_name(random: Random, script: Script) -> PersonName:
    """A made-up name.

    Args:
        random: Seeded by the caller, so that a roster can be made again.
        script: In what it is written.
    """
    if script is Script.VIETNAMESE:
        family, middle, given = (random.choice(part.split()) for part in _VIETNAMESE)
        return PersonName(script, given=given, family=family, middle=middle)
    if script is Script.LATIN:
        family, given = (random.choice(part.split()) for part in _LATIN)
        return PersonName(script, given=given, family=family)
    families, characters = _TRADITIONAL if script is Script.HAN_TRADITIONAL else _SIMPLIFIED
    given = "".join(random.choice(characters) for _ in range(random.choice((1, 2, 2, 2))))
    return PersonName(script, given=given, family=random.choice(families))
