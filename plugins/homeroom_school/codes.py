"""The code tables of the registry, and how a command turns a code into the row that its column holds.

A column that holds a code is a reference to :class:`~homeroom_school.tables.CodeValue`. The foreign key is what keeps
a used code from being deleted, and GraphQL shows the code with its titles as a relation.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec

from homeroom.context import Context
from homeroom.errors import Problem, Refusal
from homeroom.refusals import INACTIVE_CODE, UNKNOWN_CODE
from homeroom_school.refusals import TITLE_NEEDED
from homeroom_school.tables import CodeLayer, CodeValue

__all__ = [
    "DESTINATION",
    "FACILITY",
    "ROOM_KIND",
    "STANDARD_CODES",
    "STATUS_CHANGE",
    "add_missing_codes",
    "code_id",
    "code_ids",
]

ROOM_KIND: Final = "school.room_kind"
FACILITY: Final = "school.room_facility"
STATUS_CHANGE: Final = "school.status_change"
DESTINATION: Final = "school.destination"


def _titles(en: str, hant: str, hans: str, vi: str) -> Mapping[str, str]:
    return {"en": en, "zh-Hant": hant, "zh-Hans": hans, "vi": vi}


#: Code table to code to titles: what every school starts with.
STANDARD_CODES: Final[Mapping[str, Mapping[str, Mapping[str, str]]]] = {
    ROOM_KIND: {
        "classroom": _titles("Classroom", "課室", "普通教室", "Phòng học"),
        "laboratory": _titles("Laboratory", "實驗室", "实验室", "Phòng thí nghiệm"),
        "computer_room": _titles("Computer room", "電腦室", "机房", "Phòng máy tính"),
        "workshop": _titles("Workshop", "工場", "实训室", "Xưởng thực hành"),
        "art_room": _titles("Art room", "視覺藝術室", "美术室", "Phòng mĩ thuật"),
        "music_room": _titles("Music room", "音樂室", "音乐室", "Phòng âm nhạc"),
        "library": _titles("Library", "圖書館", "图书馆", "Thư viện"),
        "hall": _titles("Hall", "禮堂", "礼堂", "Hội trường"),
        "sports_ground": _titles("Sports ground", "運動場", "运动场", "Sân thể thao"),
        "gymnasium": _titles("Gymnasium", "體育館", "体育馆", "Nhà thể chất"),
        "office": _titles("Office", "辦公室", "办公室", "Văn phòng"),
        "other": _titles("Other", "其他", "其他", "Khác"),
    },
    STATUS_CHANGE: {
        "suspend": _titles("Suspension of studies", "休學", "休学", "Tạm nghỉ học"),
        "resume": _titles("Return to studies", "復學", "复学", "Trở lại học"),
        "retain": _titles("Place kept", "保留學籍", "保留学籍", "Bảo lưu"),
        "hold_admission": _titles("Admission kept", "保留入學資格", "保留入学资格", "Bảo lưu kết quả trúng tuyển"),
        "take_up_admission": _titles("Admission taken up", "恢復入學資格", "恢复入学资格", "Nhập học sau bảo lưu"),
        "cancel_admission": _titles("Admission cancelled", "取消入學資格", "取消入学资格", "Hủy kết quả trúng tuyển"),
        "transfer_out": _titles("Transfer to another school", "轉校", "转学（转出）", "Chuyển trường đi"),
        "transfer_in": _titles("Arrival from another school", "轉入", "转学（转入）", "Chuyển trường đến"),
        "withdraw": _titles("Withdrawal", "退學", "退学", "Thôi học"),
        "expel": _titles("Expulsion", "開除學籍", "开除学籍", "Buộc thôi học"),
        "graduate": _titles("Graduation", "畢業", "毕业", "Tốt nghiệp, hoàn thành chương trình"),
        "complete": _titles("Completion", "結業", "结业", "Kết thúc khóa học"),
        "graduate_after_completion": _titles("Later graduation", "結業後畢業", "结业换毕业", "Tốt nghiệp sau"),
        "leave_unfinished": _titles("Left unfinished", "肄業", "肄业", "Bỏ học"),
        "death": _titles("Death", "死亡", "死亡", "Qua đời"),
        "repeat_grade": _titles("Repeats the grade", "留級", "留级", "Lưu ban"),
        "move_down": _titles("Moved down a grade", "降級", "降级", "Xuống lớp"),
        "skip_grade": _titles("Skips a grade", "跳級", "跳级", "Học vượt lớp"),
        "extend": _titles("Extension of studies", "延長修業期", "延长学制", "Kéo dài thời gian học"),
        "readmit": _titles("Readmission", "重新入學", "重新入学", "Tiếp nhận lại"),
        "change_programme": _titles("Change of programme", "轉專業", "转专业", "Chuyển ngành"),
    },
    DESTINATION: {
        "school": _titles("Another school", "升學", "升学", "Học trường khác"),
        "university": _titles("University or college", "大專院校", "高等学校", "Đại học, cao đẳng"),
        "vocational": _titles("Vocational training", "職業訓練", "职业教育", "Học nghề"),
        "employment": _titles("Employment", "就業", "就业", "Đi làm"),
        "army": _titles("Army service", "服兵役", "入伍", "Nghĩa vụ quân sự"),
        "abroad": _titles("Studies abroad", "海外升學", "出国（境）", "Du học"),
        "none": _titles("None yet", "待業", "待就业", "Chưa có"),
        "unknown": _titles("Unknown", "不詳", "不详", "Không rõ"),
    },
    FACILITY: {
        "projector": _titles("Projector", "投影機", "投影仪", "Máy chiếu"),
        "display": _titles("Display", "顯示屏", "显示屏", "Màn hình"),
        "computer": _titles("Computer", "電腦", "电脑", "Máy tính"),
        "sound": _titles("Sound system", "音響", "音响", "Hệ thống âm thanh"),
        "air_conditioning": _titles("Air conditioning", "空調", "空调", "Điều hòa"),
        "piano": _titles("Piano", "鋼琴", "钢琴", "Đàn piano"),
        "step_free": _titles("Step-free access", "無障礙通道", "无障碍通道", "Lối đi không bậc"),
    },
}


async def code_ids(
    context: Context, code_table: str, codes: Sequence[str], *, field: str, rows: bool = False
) -> list[UUID]:
    """The rows of codes, for columns that hold them.

    Args:
        context: The command's.
        code_table: Which code table.
        codes: What was given.
        field: The input field in GraphQL spelling.
        rows: Whether the codes are those of the rows of a list, so that the refusal names each.

    Raises:
        Refusal: UNKNOWN_CODE for a code that the table has not, INACTIVE_CODE for one that may not be chosen any more.
    """
    found = {
        each["code"]: each
        for each in await context.fetch(
            "SELECT id, code, active FROM code_value WHERE code_table = $1 AND code = ANY($2::text[])",
            code_table,
            list(codes),
        )
    }
    problems = []
    for number, code in enumerate(codes):
        row = number if rows else None
        if code not in found:
            problems.append(Problem(UNKNOWN_CODE, field, row, code=code))
        elif not found[code]["active"]:
            problems.append(Problem(INACTIVE_CODE, field, row, code=code))
    if problems:
        raise Refusal.of(problems)
    return [found[code]["id"] for code in codes]


async def code_id(context: Context, code_table: str, code: str | None, *, field: str) -> UUID | None:
    """The row of one code, none for none; see :func:`code_ids`."""
    if code is None or code == "":
        return None
    (found,) = await code_ids(context, code_table, [code], field=field)
    return found


async def add_missing_codes(
    context: Context,
    layer: CodeLayer,
    tables: Mapping[str, Mapping[str, Mapping[str, str]]],
    unused: Mapping[str, Collection[str]] | None = None,
) -> list[UUID]:
    """Add the codes of a layer that the school lacks; what it has stays as it is.

    Args:
        context: The command's.
        layer: Standard or region.
        tables: Code table to code to titles by language tag. Raises Refusal for a code without titles.
        unused: Code table to the codes that the region does not use: they come inactive.
    """
    language = context.space.locale
    known = {(row["code_table"], row["code"]) for row in await context.fetch("SELECT code_table, code FROM code_value")}
    rows: list[dict[str, Any]] = []
    for code_table, codes in tables.items():
        for position, (code, titles) in enumerate(codes.items(), start=1):
            if (code_table, code) in known:
                continue
            if not titles:
                raise Refusal(TITLE_NEEDED, "code_table", code=code, table=code_table)
            rows.append(
                {
                    "code_table": code_table,
                    "code": code,
                    "title": _title_in(language, titles),
                    "titles": msgspec.json.encode(dict(titles)).decode(),
                    "layer": layer.value,
                    "position": position,
                    "active": code not in (unused or {}).get(code_table, ()),
                }
            )
    return await context.rows(CodeValue).insert(rows) if rows else []


def _title_in(language: str, titles: Mapping[str, str]) -> str:
    """The title in a language: zh-Hant-HK, else zh-Hant, else zh, else English, else the first."""
    tag = language
    while tag:
        if tag in titles:
            return titles[tag]
        tag = tag.rpartition("-")[0]
    return titles.get("en") or next(iter(titles.values()))
