"""The text of a file: in the encoding that it names, that its sender names, or that it is plainly in."""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from homeroom.reading.faults import Fault, Faults, shown
from homeroom.reading.refusals import BAD_ENCODING, NOT_UTF8, NOT_UTF8_BUT, NUL_CHARACTER
from homeroom.wording import Message

__all__ = ["TextEncoding", "decode"]


class TextEncoding(StrEnum):
    """How the letters of a text file are written as bytes.

    UTF-8 and UTF-16 are recognised. The others are what spreadsheets in mainland China (GB18030, which covers GBK and
    GB 2312), Hong Kong and Taiwan (Big5), Vietnam (CP1258) and western Europe (CP1252) save without UTF-8.
    """

    UTF_8 = "utf_8"
    UTF_16 = "utf_16"
    GB18030 = "gb18030"
    BIG5 = "big5"
    CP1258 = "cp1258"
    CP1252 = "cp1252"

    @property
    def codec(self) -> str:
        """Python's name of it; Big5 is read with the additions of Hong Kong."""
        return "big5hkscs" if self is TextEncoding.BIG5 else self.value.replace("_", "-")


_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UTF_8: Final = "utf-8"
#: Bytes that are looked at to find out what a text is in.
_SAMPLE: Final = 64 * 1024
#: Signs beyond ASCII below which nothing is certain.
_ENOUGH: Final = 12
#: How many signs must be usual in an encoding for it to be named.
_LIKELY: Final = 0.5
#: How many of its signs must be among the commonest of its language, and how few in any other encoding.
_CERTAIN: Final = 0.15
_DOUBTFUL: Final = 0.05
_TABLE: Final = frozenset(b"0123456789,;\t\r\n")
#: The commonest family names, and the words of rosters and timetables.
_SIMPLIFIED: Final = frozenset(
    "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔"
    "任陆廖姚方金邱夏谭韦贾邹石熊孟秦薛侯雷白龙学生姓名性别男女班级年号老师教课程科目语文数英物理化史地政体音美日期月时间"
    "一二三四五六七八九十初小中大节室"
)
_TRADITIONAL: Final = frozenset(
    "陳林黃張李王吳劉蔡楊許鄭謝郭洪曾邱廖賴徐周葉蘇莊呂江何羅高蕭潘簡朱鍾彭游詹胡施沈余趙盧梁顏柯翁魏孫戴范方宋鄧杜馮麥"
    "譚關區鄺伍歐馬唐溫袁馬學生姓名性別男女班級年號老師教課程科目語文數英物理化史地政體音美日期月時間"
    "一二三四五六七八九十初小中大節室"
)
#: Letters that Vietnamese and no language of western Europe has; CP1258 puts most tones behind their letters.
_VIETNAMESE: Final = frozenset("ăđơưĂĐƠƯ\u0300\u0301\u0303\u0309\u0323")
_VIETNAMESE_LETTERS: Final = _VIETNAMESE | frozenset("âêôÂÊÔàáãèéìíòóõùúýÀÁÃÈÉÌÍÒÓÕÙÚÝ")


def decode(file: str, data: bytes, faults: Faults, encoding: TextEncoding | None = None) -> str | None:
    """The text of a file, in normal form C; none where it cannot be known.

    Without a mark and without a named encoding, UTF-8 and UTF-16 are recognised by their bytes, and others where a
    text of some length can be in nothing else. What may be in several is refused in one line that names them.

    Args:
        file: The name by which faults call the file.
        data: Its bytes.
        faults: Gains what is wrong.
        encoding: What its sender says that it is in; a byte order mark contradicts and wins.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _strictly(file, data[len(mark) :], name, faults)
    if encoding is not None:
        return _strictly(file, data, _codec(encoding, data), faults)
    wide = _wide(data)
    if wide is not None:
        return _strictly(file, data, wide, faults)
    try:
        return _clean(file, data.decode(_UTF_8), faults)
    except UnicodeDecodeError as error:
        at = error.start
    likely = _likely(data)
    if likely and likely[0].certain >= _CERTAIN and all(each.certain <= _DOUBTFUL for each in likely[1:]):
        return _strictly(file, data, likely[0].encoding.codec, faults)
    line = data.count(b"\n", 0, at) + 1
    if likely:
        words = [f"{each.encoding.name} (“{shown(each.word, 20)}”)" for each in likely]
        faults.append(Fault(file, line, "", NOT_UTF8_BUT, encodings=words))
    else:
        faults.append(Fault(file, line, "", NOT_UTF8))
    return None


def _codec(encoding: TextEncoding, data: bytes) -> str:
    # Without a mark, the order of the bytes shows in the signs of ASCII that every table has.
    return (_wide(data) or "utf-16-le") if encoding is TextEncoding.UTF_16 else encoding.codec


def _strictly(file: str, data: bytes, encoding: str, faults: Faults) -> str | None:
    try:
        return _clean(file, data.decode(encoding), faults)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = Message(NOT_UTF8) if encoding == _UTF_8 else Message(BAD_ENCODING, {"encoding": encoding.upper()})
        faults.append(Fault.of(file, line, "", message))
        return None


def _clean(file: str, text: str, faults: Faults) -> str | None:
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        faults.append(Fault(file, line, "", NUL_CHARACTER))
        return None
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: the separators, digits and line breaks of a table are ASCII signs beside a 0."""
    head = data[:_SAMPLE]
    if len(data) % 2 or b"\0" not in head:
        return None
    even, odd = head[0::2], head[1::2]
    little = sum(low in _TABLE and not high for low, high in zip(even, odd, strict=False))
    big = sum(low in _TABLE and not high for high, low in zip(even, odd, strict=False))
    if max(little, big) < 2 or little == big:
        return None
    return "utf-16-le" if little > big else "utf-16-be"


@dataclass(frozen=True, slots=True)
class _Likely:
    """An encoding that bytes may be in: how usual its signs are, how many are the commonest, and a word in it."""

    encoding: TextEncoding
    usual: float
    certain: float
    word: str


def _likely(data: bytes) -> list[_Likely]:
    """Encodings that the bytes may be in, the best first."""
    sample = data[:_SAMPLE]
    if len(data) > _SAMPLE:
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    found = []
    for encoding, (usual, common) in _USUAL.items():
        try:
            text = sample.decode(encoding.codec)
            if len(data) > len(sample):
                data.decode(encoding.codec)
        except UnicodeDecodeError:
            continue
        beyond = [sign for sign in text if not sign.isascii()]
        if not beyond or (score := usual(beyond)) < _LIKELY:
            continue
        # Certainty needs more than a name or two.
        certain = sum(sign in common for sign in beyond) / len(beyond) if len(beyond) >= _ENOUGH else 0.0
        found.append(_Likely(encoding, score, certain, _word(text)))
    return sorted(found, key=lambda each: (-each.certain, -each.usual))


def _word(text: str) -> str:
    word = next(word for word in text.replace(",", " ").replace(";", " ").split() if not word.isascii())
    return unicodedata.normalize("NFC", word)


def _chinese(codec: str, first: int, last: int) -> Callable[[list[str]], float]:
    """How many signs are among the commonest of a character set, which stand first in it."""

    def usual(beyond: list[str]) -> float:
        known = 0
        for sign in beyond:
            try:
                lead = sign.encode(codec)[0]
            except UnicodeEncodeError:
                continue
            known += first <= lead <= last or unicodedata.category(sign)[0] == "P"
        return known / len(beyond)

    return usual


def _vietnamese(beyond: list[str]) -> float:
    if not _VIETNAMESE.intersection(beyond) or not _VIETNAMESE_LETTERS.issuperset(beyond):
        return 0.0
    return 1.0


_USUAL: Final[dict[TextEncoding, tuple[Callable[[list[str]], float], frozenset[str]]]] = {
    TextEncoding.GB18030: (_chinese("gb2312", 0xB0, 0xD7), _SIMPLIFIED),
    TextEncoding.BIG5: (_chinese("big5", 0xA4, 0xC6), _TRADITIONAL),
    TextEncoding.CP1258: (_vietnamese, _VIETNAMESE),
}
