"""What a college of mainland China starts with: purposes of consent, and how long data are kept.

The law is the Personal Information Protection Law (个人信息保护法): data are kept for the shortest time that the
purpose needs (art. 19) and erased once it is reached (art. 47); consent is informed, voluntary and can be
withdrawn (art. 13 to 15); data of minors under 14 are sensitive (art. 28), and the consent of their parents
or other guardians is needed (art. 31). It names no number of months: the lengths are recommendations. Files
of student status and marks are kept by the rules of archives, staff files by those of personnel, so no rule
is proposed for them. A college has nobody under 14; a school that has switches the purpose of minors on.

The Regulation on the Protection of Minors Online (未成年人网络保护条例, State Council Decree No. 766, in force since 1
January 2024) asks that each access of staff to personal information of minors is recorded (art. 36). Colleges have
students below 18 as well, so reads of records about students are logged from the first day.
"""

from __future__ import annotations

from typing import Any, Final

from homeroom.privacy.proposals import ProposedPurpose, a_year_after_leaving
from homeroom_school.logged_reads import records_about_pupils

__all__ = ["PRIVACY"]

_CONSENT: Final = "Personal Information Protection Law, art. 13 to 15 and 31"
_MINORS: Final = "Personal Information Protection Law, art. 28 and 31"
_KEPT: Final = "Personal Information Protection Law, art. 19 and 47; a recommended length"
_LOGGED: Final = "Regulation on the Protection of Minors Online (State Council Decree No. 766), art. 36"
_PARENTS_BELOW: Final = 14

PRIVACY: Final[dict[str, Any]] = {
    "purposes": (
        ProposedPurpose(
            "published_photos",
            "公开发布学生照片和视频",
            "学校希望在网站、校刊和新媒体平台发布您参加学校活动的照片和视频。是否同意完全自愿，不影响学习；您可以随时撤回同意。",
            _CONSENT,
            guardian_below_age=_PARENTS_BELOW,
        ),
        ProposedPurpose(
            "class_contacts",
            "在班级内提供联系方式",
            "学校希望在班级内提供您的姓名和电话，便于联系。是否同意完全自愿，您可以随时撤回同意。",
            _CONSENT,
            guardian_below_age=_PARENTS_BELOW,
            active=False,
        ),
        ProposedPurpose(
            "minors",
            "处理不满十四周岁未成年人的个人信息",
            "为办理入学和教学管理，学校需要处理您的孩子的姓名、证件、联系方式、健康和学习信息。请监护人阅读学校的个人信息处理规则"
            "后作答；您可以随时撤回同意。",
            _MINORS,
            guardian_below_age=_PARENTS_BELOW,
            active=False,
        ),
    ),
    "retention": a_year_after_leaving(_KEPT),
    "logged_reads": records_about_pupils(_LOGGED),
}
