"""For what families are asked."""

from __future__ import annotations

from homeroom.code_tables import titles
from homeroom.privacy.purposes import Purpose, Terms

BANK = Purpose(
    "talents_bank",
    titles("Talent bank", "人才資料庫", "人才资料库", "Ngân hàng năng khiếu"),
    titles("May we keep it?", "可否保存？", "可否保存？", "Nhà trường được lưu không?"),
    Terms("the school's rules", guardian_below_age=18),
    regions={"hk": Terms("Cap. 486, Schedule 1, principle 3", guardian_below_age=16, person_from_age=7)},
)
CONSENT_PURPOSES = (BANK,)
