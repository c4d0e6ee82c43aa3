"""Made-up names, the same for the same seed."""

from __future__ import annotations

import random
from dataclasses import dataclass

from homeroom.names import NameInput, Script
from homeroom_school.tables import Sex

__all__ = ["MadeUpPerson", "people"]

_VN_FAMILY = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý".split()
_VN_MIDDLE = {Sex.MALE: "Văn Hữu Đức Minh Quang Gia".split(), Sex.FEMALE: "Thị Ngọc Thu Minh Bảo Khánh".split()}
_VN_GIVEN = {
    Sex.MALE: "An Bình Cường Dũng Đạt Hải Hiếu Hoàng Huy Khang Khôi Long Nam Phúc Quân Sơn Thắng Tuấn Vinh".split(),
    Sex.FEMALE: "Anh Chi Diệp Giang Hà Hân Hoa Hương Lan Linh Mai My Ngân Nhi Phương Quỳnh Thảo Trang Yến".split(),
}
# Family and given names with a common Cantonese romanisation, as Hong Kong papers carry both.
_HK_FAMILY_TEXT = "陳/Chan 李/Lee 張/Cheung 黃/Wong 何/Ho 吳/Ng 劉/Lau 林/Lam 鄭/Cheng 梁/Leung 謝/Tse 郭/Kwok"
_HK_FAMILY = [tuple(pair.split("/")) for pair in _HK_FAMILY_TEXT.split()]
_HK_FIRST = {
    Sex.MALE: [tuple(pair.split("/")) for pair in "子/Tsz 俊/Chun 浩/Ho 家/Ka 志/Chi 梓/Tsz 柏/Pak 卓/Cheuk".split()],
    Sex.FEMALE: [tuple(pair.split("/")) for pair in "嘉/Ka 詠/Wing 曉/Hiu 穎/Wing 思/Sze 芷/Tsz 凱/Hoi 樂/Lok".split()],
}
_HK_SECOND = {
    Sex.MALE: [tuple(pair.split("/")) for pair in "軒/Hin 傑/Kit 然/Yin 明/Ming 朗/Long 賢/Yin 謙/Him 樂/Lok".split()],
    Sex.FEMALE: [tuple(pair.split("/")) for pair in "欣/Yan 彤/Tung 琳/Lam 怡/Yi 晴/Ching 瑤/Yiu 敏/Man 兒/Yi".split()],
}
_CN_FAMILY = list("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗")
_CN_FIRST = {Sex.MALE: list("志建文宇子浩俊博明晓"), Sex.FEMALE: list("雨思晓佳欣梦雅静心若")}
_CN_SECOND = {Sex.MALE: list("强军轩杰涛辉鹏飞宁阳"), Sex.FEMALE: list("婷怡萱琪颖洁雯娜彤琳")}


@dataclass(frozen=True, slots=True)
class MadeUpPerson:
    """Somebody who does not exist.

    Args:
        name: In the school's own script.
        sex: What the given name suggests.
        latin: The same name in Latin letters, where papers of the region carry it.
    """

    name: NameInput
    sex: Sex
    latin: NameInput | None = None


def people(region: str, seed: str) -> PeopleOfRegion:
    """An endless supply of made-up people.

    Args:
        region: ``vn``, ``hk`` or ``cn``.
        seed: Equal seeds give equal people.
    """
    return PeopleOfRegion(region, random.Random(seed))  # noqa: S311 - names, not secrets


class PeopleOfRegion:
    """Makes people up. Made by :func:`people`."""

    def __init__(self, region: str, chance: random.Random) -> None:
        self._make = {"vn": self._vietnamese, "hk": self._hong_kong, "cn": self._mainland}[region]
        self.chance = chance

    def make(self) -> MadeUpPerson:
        """The next person."""
        return self._make(self.chance.choice((Sex.MALE, Sex.FEMALE)))

    def _vietnamese(self, sex: Sex) -> MadeUpPerson:
        choose = self.chance.choice
        name = NameInput(choose(_VN_GIVEN[sex]), choose(_VN_FAMILY), choose(_VN_MIDDLE[sex]))
        return MadeUpPerson(name, sex)

    def _hong_kong(self, sex: Sex) -> MadeUpPerson:
        family, family_latin = self.chance.choice(_HK_FAMILY)
        first, first_latin = self.chance.choice(_HK_FIRST[sex])
        second, second_latin = self.chance.choice(_HK_SECOND[sex])
        return MadeUpPerson(
            NameInput(first + second, family),
            sex,
            NameInput(f"{first_latin} {second_latin}", family_latin, script=Script.LATIN),
        )

    def _mainland(self, sex: Sex) -> MadeUpPerson:
        choose = self.chance.choice
        return MadeUpPerson(NameInput(choose(_CN_FIRST[sex]) + choose(_CN_SECOND[sex]), choose(_CN_FAMILY)), sex)
