"""English labels in place of those that follow from names; see :mod:`homeroom.labels`."""

from __future__ import annotations

from typing import Final

LABELS: Final = {
    "Staff": "Staff member",
    "school.staff.create": "Create staff member",
    "school.staff.change": "Change staff member",
    "school.staff.import": "Import staff members",
    "school.staff.remove": "Remove staff members",
    "school.staff.merge": "Merge staff members",
    "school.class.import": "Import school classes",
    "school.employment.leave": "Let staff member leave",
    "school.enrolment.move.on": "Day of the move",
    "Script.han_traditional": "Traditional Chinese",
    "Script.han_simplified": "Simplified Chinese",
    "NameOrder.latin": "By Latin alphabet",
    "NameOrder.vietnamese": "By Vietnamese alphabet",
    "NameOrder.pinyin": "By pinyin",
    "NameOrder.strokes": "By strokes",
    "Order.latin": "By Latin alphabet",
    "Order.vietnamese": "By Vietnamese alphabet",
    "Order.pinyin": "By pinyin",
    "Order.strokes": "By strokes",
    "ClassKind.homeroom": "Homeroom class",
    "ClassKind.course": "Course class",
    "StudentStatusValue.retained": "Place kept",
    "school.status.change": "Correct status change",
    "StudentGroupKind.teaching": "Teaching group",
    "GroupKind.teaching": "Teaching group",
    "TextEncoding.utf_8": "UTF-8",
    "TextEncoding.utf_16": "UTF-16",
    "TextEncoding.gb18030": "GB18030 (Simplified Chinese)",
    "TextEncoding.big5": "Big5 (Traditional Chinese)",
    "TextEncoding.cp1258": "Windows-1258 (Vietnamese)",
    "TextEncoding.cp1252": "Windows-1252 (Western European)",
}
