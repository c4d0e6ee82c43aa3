"""What a school of Hong Kong starts with: purposes of consent, and how long data are kept.

The law is the Personal Data (Privacy) Ordinance (Cap. 486). Data are erased once they are no longer required (s. 26),
and not kept longer than is necessary (Schedule 1, principle 2(2)); a use beyond the purpose of collection needs the
consent of the person (principle 3). Neither names a number of months for schools, nor is there a statute of minors:
the lengths for pupils and parents, and the age of 18 below which parents answer, are recommendations. For staff the
Privacy Commissioner's Code of Practice on Human Resource Management says not longer than seven years after the
employment (paragraph 4.2.3). How long marks and the register of admission are kept is for the school to decide, so no
rule is proposed for them.

Practicable steps are taken against unauthorised access (Schedule 1, principle 4). It names no log of reads: that reads
of records about pupils are logged is proposed, and switched off until the school has decided.
"""

from __future__ import annotations

from typing import Any, Final

from homeroom.privacy.proposals import ProposedPurpose, ProposedRetention, a_year_after_leaving
from homeroom_school.logged_reads import records_about_pupils

__all__ = ["PRIVACY"]

_USE: Final = "Personal Data (Privacy) Ordinance (Cap. 486), Schedule 1, principle 3"
_KEPT: Final = (
    "Personal Data (Privacy) Ordinance (Cap. 486), s. 26 and Schedule 1, principle 2(2); a recommended length"
)
_LOGGED: Final = (
    "Personal Data (Privacy) Ordinance (Cap. 486), Schedule 1, principle 4; a recommendation, which names no log"
)
_STAFF: Final = "Code of Practice on Human Resource Management, paragraph 4.2.3: not longer than seven years"
_PARENTS_BELOW: Final = 18

PRIVACY: Final[dict[str, Any]] = {
    "purposes": (
        ProposedPurpose(
            "published_photos",
            "公開刊登學生相片及影片",
            "本校希望在學校網頁、校刊及社交平台刊登　貴子弟參與學校活動的相片及影片。"
            "同意與否純屬自願，不會影響　貴子弟的學習；"
            "你可隨時撤回同意。",
            _USE,
            guardian_below_age=_PARENTS_BELOW,
        ),
        ProposedPurpose(
            "class_contacts",
            "向同班家長提供聯絡資料",
            "本校希望把你的姓名及電話提供予同班家長，以便聯絡。同意與否純屬自願，你可隨時撤回同意。",
            _USE,
            guardian_below_age=_PARENTS_BELOW,
            active=False,
        ),
    ),
    "retention": (
        *a_year_after_leaving(_KEPT),
        ProposedRetention("Staff", 84, _STAFF),
    ),
    "logged_reads": records_about_pupils(_LOGGED, active=False),
}
