"""What clients can subscribe to in the gradebook."""

from __future__ import annotations

from typing import Final

from homeroom.subscriptions import Subscription, values_of

SUBSCRIPTIONS: Final = (
    Subscription(
        field="marksEntered",
        event="gradebook.marks.entered",
        resource="SubjectResult",
        rows=values_of("lines"),
        description="The lines of the students whose marks somebody has just entered or changed, with their averages.",
        about={"gradebook": "Gradebook"},
    ),
)
