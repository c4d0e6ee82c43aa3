"""What a school of Vietnam starts with: purposes of consent, and how long data are kept.

The law is the Law on Personal Data Protection No. 91/2025/QH15 (Luật Bảo vệ dữ liệu cá nhân), in force since 1
January 2026. To make public what concerns the private life of a child of seven years or more, the child and the legal
representative have to agree (art. 24, as it is reported: read the text before you rely on it); a child is under sixteen
(Luật Trẻ em No. 102/2016/QH13, art. 1). No length of keeping is proposed as the law's: the rules are recommendations,
and switched off until the school has decided. School records (học bạ, sổ đăng bộ) are kept by rules of their own, so no
rule is proposed for them. That reads of records about pupils are logged is proposed as the school's own rule, and
switched off as well.
"""

from __future__ import annotations

from typing import Any, Final

from homeroom.privacy.proposals import ProposedPurpose, a_year_after_leaving
from homeroom_school.logged_reads import records_about_pupils

__all__ = ["PRIVACY"]

_CONSENT: Final = "Law on Personal Data Protection No. 91/2025/QH15, art. 24"
_KEPT: Final = "the school's own rule; a recommended length, which no law names"
_LOGGED: Final = "the school's own rule; a recommendation, which no law is cited for"
_CHILD_BELOW: Final = 16
_AGREES_FROM: Final = 7

PRIVACY: Final[dict[str, Any]] = {
    "purposes": (
        ProposedPurpose(
            "published_photos",
            "Công bố ảnh và video của học sinh",
            "Nhà trường muốn đăng ảnh và video của học sinh trong các hoạt động của trường lên trang thông tin, ấn phẩm"
            " và mạng xã hội của trường. Việc đồng ý là tự nguyện, không ảnh hưởng đến việc học; có thể rút lại sự đồng"
            " ý bất cứ lúc nào. Học sinh từ đủ 7 tuổi và cha mẹ hoặc người giám hộ cùng trả lời.",
            _CONSENT,
            guardian_below_age=_CHILD_BELOW,
            person_from_age=_AGREES_FROM,
        ),
        ProposedPurpose(
            "class_contacts",
            "Cung cấp thông tin liên hệ trong lớp",
            "Nhà trường muốn cung cấp họ tên và số điện thoại cho phụ huynh cùng lớp để liên lạc. Việc đồng ý là tự"
            " nguyện; có thể rút lại sự đồng ý bất cứ lúc nào.",
            _CONSENT,
            guardian_below_age=_CHILD_BELOW,
            person_from_age=_AGREES_FROM,
            active=False,
        ),
    ),
    "retention": a_year_after_leaving(_KEPT, active=False),
    "logged_reads": records_about_pupils(_LOGGED, active=False),
}
