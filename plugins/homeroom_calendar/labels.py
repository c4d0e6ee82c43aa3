"""English labels in place of those that follow from names; see :mod:`homeroom.labels`."""

from __future__ import annotations

from typing import Final

LABELS: Final = {
    "CalendarEntryKind.special": "Special day",
    "CalendarEntryKind.make_up": "Make-up day",
    "CalendarDayKind.special": "Special day",
    "CalendarDayKind.school": "School day",
    "EntryKind.special": "Special day",
    "EntryKind.make_up": "Make-up day",
    "LessonOrigin.hand": "By hand",
}
