"""Order of Chinese names: by pinyin, or by number of strokes (姓氏笔画 / 筆劃).

Pinyin: character by character, its syllable (ü after u), its tone, its strokes, its code point.
Strokes: character by character, its count, then its code point, which within a block of Unicode follows
the Kangxi radicals.  Lists that go on to the kind of the first stroke (heng, shu, pie, dian, zhe) need
stroke-order data that is not free; between characters of equal count this order differs from theirs.
"""

from __future__ import annotations

import importlib
import os
import unicodedata
from functools import cache, lru_cache
from types import ModuleType
from typing import Final

from homeroom.names.key import join_fields
from homeroom.names.strokes import UNKNOWN, stroke_count
from homeroom.texts import is_ideograph

__all__ = ["COMPOUND_FAMILY_NAMES", "load_readings", "pinyin_key", "pinyin_syllables", "split_chinese", "stroke_key"]

#: The variable that makes pypinyin leave out its phrases; the library reads it once, while it is imported.
_NO_PHRASES: Final = "PYPINYIN_NO_PHRASES"
#: Family names that are read otherwise than the same character elsewhere (simplified and traditional).
_FAMILY_READINGS: Final = {
    "曾": "zeng1",
    "单": "shan4",
    "單": "shan4",
    "仇": "qiu2",
    "解": "xie4",
    "区": "ou1",
    "區": "ou1",
    "查": "zha1",
    "任": "ren2",
    "於": "yu1",
    "哈": "ha3",
    "郇": "xun2",
    "朴": "piao2",
    "盖": "ge3",
    "蓋": "ge3",
    "华": "hua4",
    "華": "hua4",
    "翟": "zhai2",
    "员": "yun4",
    "員": "yun4",
    "燕": "yan1",
    "乐": "yue4",
    "樂": "yue4",
    "种": "chong2",
    "繁": "po2",
    "缪": "miao4",
    "繆": "miao4",
    "召": "shao4",
    "折": "she2",
    "黑": "he4",
    "洗": "xian3",
    "葛": "ge3",
    "纪": "ji3",
    "紀": "ji3",
    "那": "na1",
    "相": "xiang4",
}

_COMPOUNDS: Final = """
欧阳 歐陽 司马 司馬 上官 诸葛 諸葛 东方 東方 皇甫 公孙 公孫
慕容 司徒 令狐 夏侯 西门 西門 南宫 南宮 独孤 獨孤 端木 轩辕
軒轅 百里 呼延 太史 申屠 钟离 鍾離 宇文 公羊 濮阳 濮陽 淳于
赫连 赫連 闻人 聞人 东郭 東郭 司空 拓跋 第五 公冶 太叔 仲孙
仲孫 左丘 梁丘 公西 颛孙 顓孫
"""
#: Family names of two characters in use today, with readings where they differ from the usual ones.
COMPOUND_FAMILY_NAMES: Final[dict[str, tuple[str, str] | None]] = {
    **dict.fromkeys(_COMPOUNDS.split()),
    "尉迟": ("yu4", "chi2"),
    "尉遲": ("yu4", "chi2"),
    "万俟": ("mo4", "qi2"),
    "萬俟": ("mo4", "qi2"),
    "长孙": ("zhang3", "sun1"),
    "長孫": ("zhang3", "sun1"),
    "澹台": ("tan2", "tai2"),
    "澹臺": ("tan2", "tai2"),
    "单于": ("chan2", "yu2"),
    "單于": ("chan2", "yu2"),
}


def _characters(text: str) -> list[str]:
    composed = unicodedata.normalize("NFC", text).casefold()
    return [
        character for character in composed if unicodedata.category(character)[0] in "LMN" or is_ideograph(character)
    ]


def _is_han(character: str) -> bool:
    return stroke_count(character) != UNKNOWN


@lru_cache(maxsize=16384)
def _reading(character: str) -> str:
    # Most processes never meet a Chinese name.
    pypinyin = _pypinyin()
    spoken: list[str] = pypinyin.lazy_pinyin(
        character, style=pypinyin.Style.TONE3, neutral_tone_with_five=True, errors="ignore", v_to_u=False
    )
    return spoken[0] if spoken else ""


@cache
def _pypinyin() -> ModuleType:
    """The library, without its phrases: single characters are read, and the phrases take 45 MiB and 0.2 s."""
    before = os.environ.get(_NO_PHRASES)
    os.environ[_NO_PHRASES] = "1"
    try:
        return importlib.import_module("pypinyin")
    finally:
        if before is None:
            del os.environ[_NO_PHRASES]
        else:
            os.environ[_NO_PHRASES] = before


def load_readings() -> None:
    """Load the dictionary now, so that no request to a server has to wait for it."""
    _reading("中")


def _family_readings(family: list[str]) -> list[str]:
    compound = COMPOUND_FAMILY_NAMES.get("".join(family))
    if compound is not None:
        return list(compound)
    if len(family) == 1:
        return [_FAMILY_READINGS.get(family[0], "") or _reading(family[0])]
    return [_reading(character) for character in family]


def _pinyin_unit(character: str, reading: str) -> str:
    if not reading:
        # Characters without a reading, and Latin letters in a Chinese name, come after all syllables.
        return f"~{ord(character):06x}"
    return f"{reading}{stroke_count(character):02d}{ord(character):06x}"


def pinyin_key(family: str, given: str) -> str:
    """The key of a Chinese name by pinyin.  Compare keys byte by byte.

    Family names are read as family names (曾 zēng, 单 shàn, 尉迟 yùchí); given names as each character's
    commonest reading.
    """
    first = _characters(family)
    second = _characters(given)
    return join_fields(
        (
            "".join(map(_pinyin_unit, first, _family_readings(first))),
            "".join(_pinyin_unit(character, _reading(character)) for character in second),
        )
    )


def pinyin_syllables(family: str, given: str) -> tuple[list[str], list[str]]:
    """The syllables of a Chinese name without tones; characters without a reading are passed over."""
    first = _characters(family)
    second = [_reading(character) for character in _characters(given)]
    bare = [[each.rstrip("12345") for each in part if each] for part in (_family_readings(first), second)]
    return bare[0], bare[1]


def stroke_key(family: str, given: str) -> str:
    """The key of a Chinese name by number of strokes.  Compare keys byte by byte."""
    return join_fields(
        "".join(f"{stroke_count(character):02d}{ord(character):06x}" for character in _characters(field))
        for field in (family, given)
    )


def split_chinese(full: str) -> tuple[str, str]:
    """(family, given) of a full Chinese name: a known compound family name, else the first character."""
    text = "".join(full.split())
    if len(text) > 2 and text[:2] in COMPOUND_FAMILY_NAMES:
        return text[:2], text[2:]
    return text[:1], text[1:]
