"""For what families are asked."""

from __future__ import annotations

from typing import Final

from homeroom.code_tables import titles
from homeroom.privacy.purposes import Purpose, Terms

__all__ = ["BANK", "CONSENT_PURPOSES"]

BANK: Final = Purpose(
    "talent_bank",
    titles("Talent bank", "人才資料庫", "人才资料库", "Ngân hàng năng khiếu"),
    titles(
        "May the school show this student's achievements in its talent bank?",
        "學校可否在人才資料庫展示該學生的成就？",
        "学校可否在人才资料库展示该学生的成就？",
        "Nhà trường có được đưa thành tích của học sinh vào ngân hàng năng khiếu không?",
    ),
    Terms("the school's rules", guardian_below_age=18),
    regions={"hk": Terms("Cap. 486, Schedule 1, principle 3", guardian_below_age=18)},
)

CONSENT_PURPOSES: Final = (BANK,)
