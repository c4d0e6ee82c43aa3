"""The scales that marks are written in: ten points, pass or not, and the three levels of primary school."""

from __future__ import annotations

from decimal import Decimal

from homeroom_gradebook.scales import CodeScale, Label, NumberScale

__all__ = [
    "FINAL",
    "FINAL_TEST",
    "MIDTERM",
    "MIDTERM_TEST",
    "PASS_FAIL",
    "REGULAR",
    "SUBJECT_LEVELS",
    "TEN_POINTS",
    "TRAIT_LEVELS",
    "WHOLE_POINTS",
    "WHOLE_POINTS_FROM_ONE",
]

REGULAR = Label("regular", "Đánh giá thường xuyên", "ĐĐGtx")
MIDTERM = Label("midterm", "Đánh giá giữa kì", "ĐĐGgk")
FINAL = Label("final", "Đánh giá cuối kì", "ĐĐGck")
MIDTERM_TEST = Label("midterm_test", "Bài kiểm tra giữa học kì", "KTgk")
FINAL_TEST = Label("final_test", "Bài kiểm tra cuối học kì", "KTck")

TEN_POINTS = NumberScale("vn.ten_points", "Thang điểm 10", Decimal(0), Decimal(10), Decimal("0.1"))
WHOLE_POINTS = NumberScale("vn.whole_points", "Thang điểm 10, điểm nguyên", Decimal(0), Decimal(10), Decimal(1))
WHOLE_POINTS_FROM_ONE = NumberScale(
    "vn.whole_points_from_one",
    "Thang điểm 10, điểm nguyên, không có điểm 0",
    Decimal(1),
    Decimal(10),
    Decimal(1),
)

# U+00D0, the Icelandic capital, is what some keyboards and old files give for the Vietnamese one.
_PASS = ("đ", "\u00d0", "Đạt", "D")
_FAIL = ("cđ", "C\u00d0", "Chưa đạt", "CD")

PASS_FAIL = CodeScale(
    "vn.pass_fail",
    "Đạt / Chưa đạt",
    (Label("Đ", "Đạt", "Đ"), Label("CĐ", "Chưa đạt", "CĐ")),
    {"Đ": _PASS, "CĐ": _FAIL},
)
SUBJECT_LEVELS = CodeScale(
    "vn.subject_levels",
    "Hoàn thành tốt / Hoàn thành / Chưa hoàn thành",
    (Label("T", "Hoàn thành tốt", "T"), Label("H", "Hoàn thành", "H"), Label("C", "Chưa hoàn thành", "C")),
    {"T": ("Hoàn thành tốt",), "H": ("Hoàn thành",), "C": ("Chưa hoàn thành",)},
)
TRAIT_LEVELS = CodeScale(
    "vn.trait_levels",
    "Tốt / Đạt / Cần cố gắng",
    (Label("T", "Tốt", "T"), Label("Đ", "Đạt", "Đ"), Label("C", "Cần cố gắng", "C")),
    {"T": ("Tốt",), "Đ": _PASS, "C": ("Cần cố gắng",)},
)
